"""Any sampler of imbalanced-learn, on windows."""

from collections.abc import Mapping

import numpy as np
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from imblearn.under_sampling import EditedNearestNeighbours, TomekLinks
from sklearn.base import clone
from sklearn.utils import get_tags

from .._core._sklearn import HasMethods
from ..windowing import Windows
from ._assembling import select_windows
from ._person_by_person import resample_people
from ._window_sampler_base import WindowSamplerBase


class WindowSampler(WindowSamplerBase):
    """Balance windows with a sampler of imbalanced-learn, in training only.

    Put into a pipeline of imbalanced-learn it acts in fit and does nothing in predict. Windows keep
    their shape and all they carry, so whatever holds people out behind the sampler still can.

    A sampler that selects windows (copies or drops them) sees all of them at once. One that makes
    new windows, such as SMOTE, works person by person: between two people lies nobody, and a
    window with parents in training and in validation would leak. Its ``sampling_strategy`` still
    means all windows: as many of an activity as it asks for are shared out among the people, in
    proportion to the windows they have of it.

    Parameters
    ----------
    sampler : sampler
        Of imbalanced-learn. It sees each window as one row of n_timesteps × n_channels values. All of
        them work but SMOTEN and SMOTENC, which are for categories.

    Attributes
    ----------
    sampler_ : sampler
        The fitted sampler, where it selects windows. It saw labels as numbers, 0 for the first of them in
        sorted order.
    sample_indices_ : ndarray of int of shape (n_windows_new,)
        Which window each of the result is, where the sampler selects windows.

    Warns
    -----
    PeopleNotSampledWarning
        If a sampler that makes new windows cannot do so of some people's, because they have too few
        windows of an activity, or did nothing else. Their windows are kept, others have more new ones.
    SubjectsUnknownWarning
        If a sampler makes new windows of windows that do not say who was recorded.

    Notes
    -----
    In the result, ``origin`` tells recorded windows (0) from copies (1) and synthetic ones (2); the
    latter have no ``starts`` or ``runs`` (-1) and name one of their person's recordings. Where new
    windows are made, what was there before comes first, in order, unless it is cleaned afterwards.

    Samplers that make new windows sample every activity by itself, as SMOTE does. SMOTEENN and SMOTETomek
    do so first, and then clean the windows of all people together. A FunctionSampler, or a
    sampler of your own, gets the windows of one person at a time, with its parameters as they are.

    imbalanced-learn takes no ``sample_weight`` through a sampler: weights given to the pipeline's fit keep
    their old length and are refused by the classifier behind it. Use ``class_weight`` there, or
    weights without a sampler.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn.over_sampling import RandomOverSampler
    >>> from sklearn_har.sampling import WindowSampler
    >>> windows, labels = np.zeros((5, 128, 6)), ["sit", "sit", "sit", "sit", "walk"]
    >>> sampler = WindowSampler(RandomOverSampler(random_state=0))
    >>> more_windows, more_labels = sampler.fit_resample(windows, labels)
    >>> more_windows.shape, np.unique(more_labels, return_counts=True)[1].tolist()
    ((8, 128, 6), [4, 4])
    """

    _sampling_type = "bypass"
    _parameter_constraints = {"sampler": [HasMethods(["fit_resample"])]}

    def __init__(self, sampler):
        self.sampler = sampler

    def _table_sampler(self):
        return clone(self.sampler)

    def _fit_resample(self, windows: Windows, labels: np.ndarray) -> tuple[Windows, np.ndarray]:
        inner = clone(self.sampler)
        if isinstance(inner, WindowSamplerBase):
            raise ValueError(
                f"{type(inner).__name__} takes windows itself, and would get each as one long row of "
                "numbers. Use it without WindowSampler."
            )
        if isinstance(inner, (SMOTEN, SMOTENC)):
            raise ValueError(
                f"{type(inner).__name__} is for categories, and the values of windows are measurements. Use "
                "SMOTE, or WindowSMOTE."
            )
        if isinstance(inner, (SMOTEENN, SMOTETomek)):
            for step in _steps_of(inner):
                windows, labels = WindowSampler(step)._fit_resample(windows, labels)
            return windows, labels
        flat = _rows_of(windows)
        tags = getattr(get_tags(inner), "sampler_tags", None)  # other libraries' samplers have none
        if tags is not None and tags.sample_indices:
            selecting = _with_codes(clone(inner), labels)
            rows, _ = selecting.fit_resample(flat, np.unique(labels, return_inverse=True)[1])
            selected = selecting.sample_indices_
            # a sampler that shifts its copies has indices too, but its rows are not those windows
            if np.array_equal(rows, flat[selected]):
                self.sampler_, self.sample_indices_ = selecting, selected
                return select_windows(windows, selected), labels[selected]
        return resample_people(inner, windows, flat, labels)

    def __sklearn_tags__(self):
        return get_tags(self.sampler)


def _steps_of(combined: SMOTEENN | SMOTETomek) -> tuple:
    """Over-sampler and cleaner that a combination of both stands for."""
    over = combined.smote or SMOTE(
        sampling_strategy=combined.sampling_strategy, random_state=combined.random_state
    )
    if isinstance(combined, SMOTEENN):
        return over, combined.enn or EditedNearestNeighbours(sampling_strategy="all", n_jobs=combined.n_jobs)
    return over, combined.tomek or TomekLinks(sampling_strategy="all", n_jobs=combined.n_jobs)


def _with_codes(sampler, labels: np.ndarray):
    """Have a sampler mean codes of labels, 0, 1, …: some of imbalanced-learn cannot work with others."""
    codes = {label: code for code, label in enumerate(np.unique(labels).tolist())}
    for name, strategy in sampler.get_params().items():
        if name.rpartition("__")[2] != "sampling_strategy":
            continue
        if callable(strategy):
            strategy = strategy(labels)
        if not isinstance(strategy, (Mapping, list)):
            continue
        unknown = [label for label in strategy if label not in codes]
        if unknown:  # as numbers they could be taken for codes of others
            raise ValueError(f"{name}={strategy!r} has {unknown}, which are not present in y: {list(codes)}.")
        if isinstance(strategy, Mapping):
            sampler.set_params(**{name: {codes[label]: n for label, n in strategy.items()}})
        else:
            sampler.set_params(**{name: [codes[label] for label in strategy]})
    return sampler


def _rows_of(windows: Windows) -> np.ndarray:
    """Windows as rows of a table; float16 as float32, which is what imbalanced-learn can compute with."""
    values = np.asarray(windows).reshape(len(windows), -1)
    return values.astype(np.float32) if values.dtype == np.float16 else values
