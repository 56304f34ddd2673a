"""`TsfreshFeatures` as a torch module: only the columns that are there, in few operations."""

from collections.abc import Iterable

import numpy as np
import torch
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from ....features import TsfreshFeatures, prune_features
from ....features._calculations import Plan
from ....features._tsfresh_fallback import name_of
from ....features._undefined import DefinedValues
from .._calculators import CALCULATORS
from .._calculators._series import Constants, Series, select
from ._twin import twin


class TsfreshTwin(nn.Module):
    """Windows, shape (n_windows, n_timesteps, n_channels), to the table of a fitted `TsfreshFeatures`.

    What is asked of any channel is computed of all, and picked from: a call costs more than arithmetic.
    Windows are float32, and so is the table, unless ``table_dtype`` is another; between them is ``dtype``. In
    float64 counts, comparisons and regressions on lags come out as in Python. Trees of
    `HistGradientBoostingClassifier` decide as in Python behind a table of float64 only.
    """

    def __init__(
        self,
        features: TsfreshFeatures,
        dtype: torch.dtype = torch.float64,
        table_dtype: torch.dtype = torch.float32,
    ):
        super().__init__()
        self.table_dtype = table_dtype
        check_is_fitted(features)
        plans = features._plans
        _check_has_counterparts(plans)
        self.n_timesteps = int(features.n_timesteps_in_)
        self.n_channels = int(features.n_channels_in_)
        self.constants = Constants(dtype)
        self.asked = _asked_of_any(plans.values())
        self.picks = _picks(self.asked, list(plans.values()))
        self.defined = None if features.on_undefined == "nan" else features._defined
        with torch.no_grad():  # which makes all constants
            self.eval()(torch.zeros(1, self.n_timesteps, self.n_channels))

    def forward(self, windows: Tensor) -> Tensor:
        values = windows.to(self.constants.dtype).transpose(1, 2)
        series = Series(values, self.n_channels, self.n_timesteps, self.constants)
        found = [CALCULATORS[name](series, list(of_it.values())) for name, of_it in self.asked.items()]
        table = select(torch.cat(found, -1).flatten(1), series, "picks", self.picks)
        return (table if self.defined is None else self._fill(table, self.defined)).to(self.table_dtype)

    def _fill(self, table: Tensor, defined: DefinedValues) -> Tensor:
        keep = self.constants.keep
        highest, lowest = keep("highest", defined.highest), keep("lowest", defined.lowest)
        bound = torch.where(table > 0, highest, lowest)
        filled = torch.where(torch.isinf(table), bound, table)
        return torch.where(torch.isnan(table), keep("median", defined.median), filled)


@twin.register
def _(estimator: TsfreshFeatures) -> nn.Module:
    return TsfreshTwin(estimator)


def only_selected(pipeline: Pipeline) -> Pipeline:
    """The pipeline without the features of tsfresh that its selectors leave out, where it can be cut."""
    if not any(isinstance(step, TsfreshFeatures) for _, step in pipeline.steps):
        return pipeline
    try:
        return prune_features(pipeline)
    except ValueError:  # no selector behind them, or a step between that needs them all
        return pipeline


def _asked_of_any(plans: Iterable[Plan]) -> dict[str, dict[str, dict]]:
    """For every calculator, the part of each column's name that follows the channel, and its parameters."""
    asked: dict[str, dict[str, dict]] = {}
    for one in (one for plan in plans for one in plan.calculations):
        asked.setdefault(name_of(one.calculator), {}).update(zip(one.keys, one.parameters, strict=True))
    return asked


def _picks(asked: dict[str, dict[str, dict]], plans: list[Plan]) -> np.ndarray:
    """Where each column of the table stands among what is computed of all channels."""
    place = {key: i for i, key in enumerate(key for of_it in asked.values() for key in of_it)}
    return np.array(
        [channel * len(place) + place[key] for channel, plan in enumerate(plans) for key in plan.keys]
    )


def _check_has_counterparts(plans: dict[str, Plan]) -> None:
    lacking: dict[str, list[str]] = {}
    names = []
    for channel, plan in plans.items():
        for one in plan.calculations:
            if not (one.compiled and one.calculator in CALCULATORS):
                names.append(name_of(one.calculator))
                for key in one.keys:
                    lacking.setdefault(key, []).append(channel)
    if lacking:
        calculators = tuple(dict.fromkeys(names))
        n_columns = sum(map(len, lacking.values()))
        columns = "; ".join(f"{key} of {', '.join(channels)}" for key, channels in lacking.items())
        raise TypeError(
            f"{n_columns} of the {sum(len(plan.keys) for plan in plans.values())} columns of TsfreshFeatures "
            f"have no counterpart in ONNX: {columns}. Leave these out, and only these: fit again with "
            "settings={channel: {name: of_it for name, of_it in calculators.items() "
            f"if getattr(name, '__name__', name) not in "
            f"{calculators!r}}} for channel, calculators in features.settings_.items()}}, or with a selector "
            "that does not keep them."
        )
