"""Synthetic windows between windows of one person."""

from numbers import Integral

import numpy as np
from imblearn.over_sampling import SMOTE
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state

from .._core._blocks import block_slices
from .._core._moments import Moments, moments_of_windows
from .._core._sklearn import Interval
from ..windowing import Windows
from ._assembling import with_synthetic
from ._people import Failure, nobody_has_enough, people_of, shares, warn_of_failures
from ._window_sampler_base import WindowSamplerBase

ALONE = "there is 1 window, and a new one lies between two"


class WindowSMOTE(WindowSamplerBase):
    """Add windows that lie between two windows of one person and one activity.

    A synthetic window is ``a + step * (b - a)``: ``a`` is a window, ``b`` one of those most like it of the
    same person and label, and ``step``, uniform in [0, 1), is one number for all timesteps and channels,
    so that what the sensors say together stays together.

    Put into a pipeline of imbalanced-learn it acts in fit and does nothing in predict.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        How many windows there shall be of each label, as in imbalanced-learn: "auto" as many as of the most
        frequent one, a dict the numbers by label, a float (two labels only) the ratio of their numbers. It
        means the windows of all people together. What is missing is shared out among the people
        in proportion to the windows that they have of the label.
    k_neighbors : int, default=5
        Among how many windows ``b`` is drawn. Who has fewer others of the label lends all they have.
    random_state : int, RandomState instance or None, default=None
        Draws neighbours and steps.

    Attributes
    ----------
    sampling_strategy_ : dict
        How many windows were added, by label.
    parents_ : ndarray of int of shape (n_synthetic, 2)
        Positions of ``a`` and ``b`` of every synthetic window, in their order. Windows only.

    Warns
    -----
    PeopleNotSampledWarning
        If some have one window of a label, next to which there is nothing to lie between; others
        have more new ones instead.
    SubjectsUnknownWarning
        If the windows do not say who was recorded: two people's may then be joined.

    See Also
    --------
    WindowSampler : Any sampler of imbalanced-learn on windows, SMOTE and its variants among them.

    Notes
    -----
    Windows are alike whose Euclidean distance is small after every channel was divided by its
    standard deviation over all windows given; otherwise the channel with the largest numbers, such as
    gravity in m/s² beside rad/s, would decide alone. The windows themselves are not scaled. Every window
    is ``a`` as often as any other of its person and label, give or take one, as in the paper.

    Two windows of a repeated movement that are out of step cancel each other in part, so that what lies
    between them is weaker than both; neighbours are in step as far as a person has many windows.

    In the result, windows that came in come first, in order. Synthetic ones have ``origin`` 2, the
    subject and recording of ``a``, and no ``starts`` or ``runs`` (-1). A 2-D array or table is given to
    SMOTE of imbalanced-learn as it is.

    References
    ----------
    Chawla, Bowyer, Hall & Kegelmeyer (2002), "SMOTE: Synthetic Minority Over-sampling Technique",
    Journal of Artificial Intelligence Research 16.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import WindowSMOTE
    >>> from sklearn_har.windowing import Windows
    >>> values = np.random.default_rng(0).normal(size=(8, 128, 6))
    >>> windows = Windows(values, subjects=["ann"] * 4 + ["bob"] * 4)
    >>> labels = ["run", "run", "walk", "walk", "walk", "walk", "walk", "walk"]
    >>> more_windows, more_labels = WindowSMOTE(random_state=0).fit_resample(windows, labels)
    >>> more_windows.subjects[8:].tolist(), more_labels[8:].tolist()
    (['ann', 'ann', 'ann', 'ann'], ['run', 'run', 'run', 'run'])
    """

    _sampling_type = "over-sampling"
    _parameter_constraints = {
        **BaseOverSampler._parameter_constraints,
        "k_neighbors": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, *, sampling_strategy="auto", k_neighbors=5, random_state=None):
        self.sampling_strategy = sampling_strategy
        self.k_neighbors = k_neighbors
        self.random_state = random_state

    def _table_sampler(self):
        return SMOTE(**self.get_params())

    def _set_numbers(self, labels: np.ndarray) -> None:
        self.sampling_strategy_ = check_sampling_strategy(self.sampling_strategy, labels, self._sampling_type)

    def _fit_resample(self, windows: Windows, labels: np.ndarray) -> tuple[Windows, np.ndarray]:
        random_state = check_random_state(self.random_state)
        self.parents_ = self._draw_parents(windows, labels, random_state)
        values = _between(windows, self.parents_, random_state.uniform(size=len(self.parents_)))
        first = self.parents_[:, 0]
        resampled = with_synthetic(windows, np.arange(len(windows)), values, like=first)
        return resampled, np.concatenate([labels, labels[first]])

    def _draw_parents(self, windows: Windows, labels: np.ndarray, random_state) -> np.ndarray:
        """Positions of two windows of one person for every window that is asked for."""
        name = type(self).__name__
        people = people_of(windows, name)
        moments = moments_of_windows(windows)
        parents, failures = [np.empty((0, 2), dtype=np.intp)], []
        for label, n_new in self.sampling_strategy_.items():
            if not n_new:
                continue
            positions = np.flatnonzero(labels == label)
            codes, counts = np.unique(people.codes[positions], return_counts=True)
            alone = [Failure(label, people.names[code], ALONE) for code in codes[counts == 1]]
            if len(alone) == len(codes):
                raise nobody_has_enough(name, alone, len(positions))
            failures += alone
            codes, counts = codes[counts > 1], counts[counts > 1]
            for code, n in zip(codes, shares(n_new, counts), strict=True):
                own = positions[people.codes[positions] == code]
                neighbors = _neighbors(windows[own], min(self.k_neighbors, len(own) - 1), moments)
                parents.append(own[_pairs(neighbors, n, random_state)])
        warn_of_failures(name, failures, len(people.names))
        return np.concatenate(parents)


def _neighbors(windows: Windows, n_neighbors: int, moments: Moments) -> np.ndarray:
    """Positions of the windows most like each window, shape (n_windows, n_neighbors)."""
    values = (np.asarray(windows) - moments.mean) / moments.scale()
    rows = values.reshape(len(values), -1)
    return NearestNeighbors(n_neighbors=n_neighbors).fit(rows).kneighbors(return_distance=False)


def _pairs(neighbors: np.ndarray, n_pairs: int, random_state) -> np.ndarray:
    """Pairs of a window and one of its neighbours; every window is first as often as any other, +-1."""
    first = np.resize(random_state.permutation(len(neighbors)), n_pairs)
    return np.stack([first, neighbors[first, random_state.randint(neighbors.shape[1], size=n_pairs)]], axis=1)


def _between(windows: Windows, parents: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Windows between two, at a step of the way from the first to the second."""
    _, n_timesteps, n_channels = windows.shape
    values = np.empty((len(parents), n_timesteps, n_channels), dtype=windows.dtype)
    for block in block_slices(len(parents), 8 * n_timesteps * n_channels):
        first, second = (np.asarray(windows[of], dtype=np.float64) for of in parents[block].T)
        values[block] = first + steps[block, np.newaxis, np.newaxis] * (second - first)
    return values
