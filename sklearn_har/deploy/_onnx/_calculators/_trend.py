"""Straight lines fitted to the samples, and to what chunks of them have in common."""

import numpy as np
import torch
from scipy.special import betaln, gammaln
from torch import Tensor

from ._series import Series, once, one_column, split, undefined

SMALL_P = 11.0  # the square of a t whose p-value is about a thousandth


def linear_trend(series: Series, parameters: list[dict]) -> Tensor:
    """Least squares line through the samples: ``attr`` is what is told of it."""
    return agg_linear_trend(series, [{"chunk_len": 1, "f_agg": "mean", **one} for one in parameters])


def agg_linear_trend(series: Series, parameters: list[dict]) -> Tensor:
    """Least squares line through ``f_agg`` of chunks of ``chunk_len`` samples; the last may be short."""
    columns = []
    for one in parameters:
        chunk_len = int(one["chunk_len"])
        if chunk_len >= series.n_timesteps:
            columns.append(undefined(series)[..., 0])
            continue
        line = _line(series, chunk_len, one["f_agg"])
        columns.append(_p_value(series, line) if one["attr"] == "pvalue" else line[one["attr"]])
    return torch.stack(columns, -1)


@once
def _line(series: Series, chunk_len: int, aggregate: str) -> dict:
    points, level = _points(series, chunk_len, aggregate)
    n = -(-series.n_timesteps // chunk_len)
    x_mean, x_var = (n - 1) / 2, (n * n - 1) / 12
    x = series.constants.keep(f"line_{n}", np.arange(n) - x_mean)
    y_mean = points.sum(-1, keepdim=True) / n
    deviations = points - y_mean
    y_var = (deviations**2).sum(-1) / n
    covariance = (deviations * x).sum(-1) / n
    slope = covariance / x_var
    # samples less the line keep the digits of what is left where r is almost 1
    left = ((deviations - slope.unsqueeze(-1) * x) ** 2).sum(-1) / n
    r = (covariance / (x_var * y_var).sqrt()).clamp(-1, 1)
    stderr = torch.zeros_like(slope) if n == 2 else torch.where(r != r, r, (left / x_var / (n - 2)).sqrt())
    return {
        "slope": slope,
        "intercept": y_mean[..., 0] + level - slope * x_mean,
        "rvalue": r,
        "stderr": stderr,
        "intercept_stderr": stderr * (x_var + x_mean**2) ** 0.5,
        "n_points": n,
        "unexplained": left / y_var,
    }


def _points(series: Series, chunk_len: int, aggregate: str) -> tuple[Tensor, Tensor]:
    """What chunks have in common, and a level that was taken out of it."""
    n_whole = series.n_timesteps // chunk_len
    level = torch.zeros_like(series.mean) if aggregate == "var" else series.values[..., 0]
    stop = n_whole * chunk_len
    chunks = split(series, series.from_first[..., :stop], n_whole, chunk_len)
    points = _aggregate(chunks, chunk_len, aggregate)
    n_left = series.n_timesteps - stop
    if n_left:
        rest = _aggregate(series.from_first[..., stop:].unsqueeze(-2), n_left, aggregate)
        points = torch.cat([points, rest], -1)
    return points, level


def _aggregate(chunks: Tensor, n: int, aggregate: str) -> Tensor:
    if aggregate in ("max", "min"):
        return chunks.amax(-1) if aggregate == "max" else chunks.amin(-1)
    mean = chunks.sum(-1, keepdim=True) / n
    if aggregate == "mean":
        return mean[..., 0]
    return ((chunks - mean) ** 2).sum(-1) / n


def _p_value(series: Series, line: dict) -> Tensor:
    """Two-sided p-value of r: the regularised incomplete beta function of 1 - r², in two series.

    For small p-values a sum of positive terms keeps all digits; for large ones it would be endless, and one
    less the other tail is as good.
    """
    n, r = line["n_points"], line["rvalue"]
    if n == 2:  # all is explained, unless there is nothing to explain
        return (line["slope"] == 0).to(r.dtype)
    a, b = (n - 2) / 2, 0.5
    tiny = torch.finfo(r.dtype).tiny
    x, y = one_column(line["unexplained"].clamp(tiny, 1)), one_column((r * r).clamp(tiny, 1))
    small = SMALL_P / (n - 2 + SMALL_P)
    powers = np.arange(4.0 * n + 60)
    keep = series.constants.keep
    exponents = keep(f"p_exponents_{n}", powers)
    upper = keep(f"p_upper_{n}", _log_rising(a + b, powers) - _log_rising(a + 1, powers))
    lower = keep(f"p_lower_{n}", _log_rising(a + b, powers) - _log_rising(b + 1, powers))
    front = a * x.log() + b * y.log() - betaln(a, b)
    tail = (front - np.log(a) + exponents * x.log() + upper).exp().sum(-1)
    y = y.clamp(max=2 * small)  # beyond, the other series is taken, and this one would overflow
    bulk = 1 - (front - np.log(b) + exponents * y.log() + lower).exp().sum(-1)
    return torch.where(r != r, r, torch.where(r * r > small, tail, bulk))


def _log_rising(start: float, powers: np.ndarray) -> np.ndarray:
    """Logarithm of start (start + 1) ... (start + power - 1)."""
    return gammaln(start + powers) - gammaln(start)
