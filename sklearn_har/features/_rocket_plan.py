"""Which kernels of MiniRocket and Hydra are laid over which series of a window, drawn once in fit."""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from ._rocket_kernels import LENGTH

TAPS = np.array(list(combinations(range(LENGTH), 3)))  # where a kernel's weight is 2 and not -1: 84 kernels
MOST_DILATIONS = 32
GOLDEN_RATIO = (np.sqrt(5) + 1) / 2
COMPETITORS = 8  # kernels of a group of Hydra


class Convolutions(NamedTuple):
    """Convolutions in the order in which they share work: by dilation, then by series.

    Attributes
    ----------
    dilations : ndarray of int of shape (n_convolutions,)
    series : ndarray of int of shape (n_convolutions, channels_per_kernel)
        Whose sum is convolved; -1 behind the last where there are fewer.
    kernels : ndarray of int of shape (n_convolutions,)
        Rows of TAPS.
    padded : ndarray of bool of shape (n_convolutions,)
        Whether all timesteps are pooled, with zeros around the window, or only those of which the
        kernel sees nothing but the window.
    firsts : ndarray of int of shape (n_convolutions + 1,)
        Number of biases of all convolutions before.
    """

    dilations: np.ndarray
    series: np.ndarray
    kernels: np.ndarray
    padded: np.ndarray
    firsts: np.ndarray


class Groups(NamedTuple):
    """Groups of kernels that compete; the first axis of each is n_groups times the dilations.

    Attributes
    ----------
    dilations : ndarray of int
    series : ndarray of int of shape (…, channels_per_kernel)
    weights : ndarray of float32 of shape (…, 8, 9)
    """

    dilations: np.ndarray
    series: np.ndarray
    weights: np.ndarray


def draw_convolutions(n_kernels, n_timesteps, n_series, channels_per_kernel, rng) -> Convolutions:
    """Spread ``n_kernels``, rounded down to a multiple of 84, over dilations, and draw series for them."""
    of_each, n_biases = spread_dilations(n_kernels // len(TAPS), max(n_timesteps, LENGTH))
    place, kernels = np.divmod(np.arange(len(of_each) * len(TAPS)), len(TAPS))
    series = draw_series(len(place), n_series, channels_per_kernel, rng)
    padded = (place + kernels) % 2 == 0
    order = np.lexsort((kernels, *series.T[::-1], place))
    firsts = np.concatenate([[0], np.cumsum(n_biases[place])])
    return Convolutions(of_each[place], series[order], kernels[order], padded[order], firsts)


def draw_groups(n_groups, n_timesteps, n_series, channels_per_kernel, rng) -> Groups:
    """Draw groups of kernels for every dilation that is a power of two."""
    longest = largest_dilation_exponent(max(n_timesteps, LENGTH))
    dilations = np.repeat(2 ** np.arange(int(longest) + 1), n_groups)
    weights = rng.normal(size=(len(dilations), COMPETITORS, LENGTH))
    weights -= weights.mean(axis=2, keepdims=True)
    weights /= np.abs(weights).sum(axis=2, keepdims=True)
    series = draw_series(len(dilations), n_series, channels_per_kernel, rng)
    return Groups(dilations, series, weights.astype(np.float32))


def largest_dilation_exponent(n_timesteps: int) -> float:
    """Logarithm, base 2, of the dilation at which a kernel is as long as the window."""
    return np.log2((n_timesteps - 1) / (LENGTH - 1))


def spread_dilations(n_biases: int, n_timesteps: int) -> tuple[np.ndarray, np.ndarray]:
    """Dilations, and how many of the biases of each of the 84 kernels belong to each.

    They grow exponentially; where rounding makes several alike, that one gets their biases, so that
    small dilations have more.
    """
    n_steps = min(n_biases, MOST_DILATIONS)
    steps = np.logspace(0, largest_dilation_exponent(n_timesteps), n_steps, base=2).astype(np.int64)
    dilations, counts = np.unique(steps, return_counts=True)
    n_each = counts * n_biases // n_steps
    np.add.at(n_each, np.arange(n_biases - n_each.sum()) % len(n_each), 1)
    return dilations, n_each


def draw_series(n_sets: int, n_series: int, most: int, rng) -> np.ndarray:
    """Sets of one to ``most`` different series, in order; few are likelier than many."""
    most_of_all = min(most, n_series)
    sizes = (2 ** rng.uniform(0, np.log2(most_of_all + 1), n_sets)).astype(np.int64)
    drawn = rng.uniform(size=(n_sets, n_series)).argsort(axis=1)[:, :most_of_all]
    is_left_out = np.arange(most_of_all) >= sizes[:, np.newaxis]
    drawn = np.sort(np.where(is_left_out, n_series, drawn), axis=1)
    return np.where(drawn == n_series, -1, drawn)


def quantile_levels(n_levels: int) -> np.ndarray:
    """Levels spread evenly over 0 to 1, however many of them one takes."""
    return np.arange(1, n_levels + 1) * GOLDEN_RATIO % 1


def quantiles_of_rows(values: np.ndarray, rows: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The quantile of a row for each of ``levels``, between neighbours in line; float32."""
    ordered = np.sort(values, axis=1)
    place = levels * (values.shape[1] - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, values.shape[1] - 1)
    low, high = ordered[rows, below].astype(np.float64), ordered[rows, above]
    return (low + (place - below) * (high - low)).astype(np.float32)


def names_of_biases(convolutions: Convolutions, poolings: tuple[str, ...]) -> list[str]:
    """Name the columns of every pooling: ``ppv_d4_k17_b3``."""
    dilations, _, kernels, _, firsts = convolutions
    n_biases = np.diff(firsts)
    columns = zip(
        np.repeat(dilations, n_biases).tolist(),
        np.repeat(kernels, n_biases).tolist(),
        (np.arange(firsts[-1]) - np.repeat(firsts[:-1], n_biases)).tolist(),
        strict=True,
    )
    ends = [f"_d{dilation}_k{kernel}_b{bias}" for dilation, kernel, bias in columns]
    return [pooling + end for pooling in poolings for end in ends]


def names_of_groups(dilations: np.ndarray) -> list[str]:
    """Name the columns of groups, which are numbered anew at every dilation: ``hydra_d4_g3_k5_max``."""
    _, begins, place = np.unique(dilations, return_index=True, return_inverse=True)
    numbers = np.arange(len(dilations)) - begins[place]
    return [
        f"hydra_d{dilation}_g{group}_k{kernel}_{end}"
        for dilation, group in zip(dilations.tolist(), numbers.tolist(), strict=True)
        for end in ("max", "min")
        for kernel in range(COMPETITORS)
    ]
