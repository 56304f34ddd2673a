"""Augmented windows beside the recorded ones, in training only."""

from numbers import Integral

import numpy as np
import torch
from imblearn.base import BaseSampler
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from sklearn.utils import check_random_state

from .._core._augmenting import augment, prepare_augmentation
from .._core._blocks import as_block, block_slices
from .._core._moments import moments_of_windows
from .._core._sklearn import HasMethods, Interval
from .._core._threads import torch_threads
from ..windowing import Windows, check_windows
from ._assembling import with_synthetic
from ._window_sampler_base import WindowSamplerBase

BLOCK_BYTES = 2**20  # of windows that are changed together: a few hundred, inside a processor's cache


class WindowAugmenter(WindowSamplerBase):
    """Add augmented windows to those recorded, in training only.

    For classifiers of any kind, and to balance classes with windows that are no mere copies: put into a
    pipeline of imbalanced-learn it acts in fit and does nothing in predict. A network trains better
    with ``augmentation=``, which changes every window anew in every epoch.

    An augmented window is of the person and the recording that its model is of. ``origin`` tells that
    it is synthetic, so it never validates, and is not trained on while its person is held out.

    Parameters
    ----------
    augmentation : augmentation, callable or list of them
        Such as ``[Jitter(), Rotate(30)]``, applied one after the other; see `sklearn_har.sampling`. A
        callable gets ``(batch, generator)``: a tensor of shape (n_windows, n_timesteps, n_channels) and a
        torch.Generator, and returns what it made of it, of the same shape.
    sampling_strategy : float, str, dict or callable, default="auto"
        How many windows each class is to have in the end, as for samplers of imbalanced-learn; "auto"
        brings all classes to the size of the largest. The windows of a class serve as models equally often.
    n_copies : int or None, default=None
        Augmented windows of every window; in place of ``sampling_strategy``.
    random_state : int, RandomState instance or None, default=None
        For the choice of models and all that is random in the augmentation.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of windows that were added to each class.
    sample_indices_ : ndarray of int of shape (n_windows_new,)
        Which window each of the result is, or was made of.
    n_timesteps_in_, n_channels_in_ : int
        Size of the windows.
    channel_names_in_ : tuple of str or None
    sampling_rate_in_ : float or None

    See Also
    --------
    WindowSampler : The samplers of imbalanced-learn on windows.

    Notes
    -----
    `MixUp` is refused: what it makes has no one label. Pass `Windows` where anything behind the sampler holds
    windows out: a plain array cannot say which of them are synthetic, and who was recorded.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.sampling import Jitter, TimeWarp, WindowAugmenter
    >>> windows, labels = np.random.default_rng(0).normal(size=(5, 128, 6)), ["sit"] * 4 + ["walk"]
    >>> augmenter = WindowAugmenter([Jitter(0.03), TimeWarp()], random_state=0)
    >>> more_windows, more_labels = augmenter.fit_resample(windows, labels)
    >>> more_windows.shape, np.unique(more_labels, return_counts=True)[1].tolist()
    ((8, 128, 6), [4, 4])
    """

    _sampling_type = "over-sampling"
    _parameter_constraints = {
        **BaseOverSampler._parameter_constraints,
        "augmentation": [HasMethods("for_channels"), callable, list, tuple],
        "n_copies": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(self, augmentation, *, sampling_strategy="auto", n_copies=None, random_state=None):
        self.augmentation = augmentation
        self.sampling_strategy = sampling_strategy
        self.n_copies = n_copies
        self.random_state = random_state

    def _fit_table(self, X, y) -> None:
        BaseSampler.fit(self, X, y)

    def _resample_table(self, X, y):
        return BaseSampler.fit_resample(self, X, y)

    def _check_X_y(self, X, y, accept_sparse=None):
        return super()._check_X_y(X, y, accept_sparse=False)

    def _set_numbers(self, labels: np.ndarray) -> None:
        if self.n_copies is None:
            numbers = check_sampling_strategy(self.sampling_strategy, labels, self._sampling_type)
        else:
            classes, counts = np.unique(labels, return_counts=True)
            numbers = dict(zip(classes, self.n_copies * counts, strict=True))
        self.sampling_strategy_ = numbers

    def _fit_resample(self, X, y):
        if isinstance(X, Windows):
            return self._add(X, y)
        self._set_numbers(y)
        more, labels = self._add(check_windows(X), y)
        return np.asarray(more)[:, :, 0], labels

    def _add(self, windows: Windows, labels: np.ndarray) -> tuple[Windows, np.ndarray]:
        random_state = check_random_state(self.random_state)
        models = self._models(labels, random_state)
        seed = random_state.randint(np.iinfo(np.int32).max)
        self.sample_indices_ = np.concatenate([np.arange(len(windows)), models])
        values = self._made_of(windows, models, seed)
        more = with_synthetic(windows, np.arange(len(windows)), values, like=models)
        return more, labels[self.sample_indices_]

    def _models(self, labels: np.ndarray, random_state: np.random.RandomState) -> np.ndarray:
        """Position of the window that each new one is made of; those of a class serve equally often."""
        if self.n_copies is not None:
            return np.tile(np.arange(len(labels)), self.n_copies)
        of_classes = [
            np.resize(random_state.permutation(np.flatnonzero(labels == label)), number)
            for label, number in self.sampling_strategy_.items()
        ]
        return np.concatenate([*of_classes, np.empty(0)]).astype(np.intp)

    def _made_of(self, windows: Windows, models: np.ndarray, seed: int) -> np.ndarray:
        """Augmented windows, block by block, of the dtype that the windows have."""
        moments = moments_of_windows(windows)
        steps = prepare_augmentation(self.augmentation, windows.channel_names, moments.mean, moments.scale())
        generator = torch.Generator().manual_seed(seed)
        dtype = np.promote_types(windows.dtype, np.float32)
        made = np.empty((len(models), *windows.shape[1:]), dtype=windows.dtype)
        with torch_threads(None):
            for block in block_slices(len(models), np.prod(windows.shape[1:]) * dtype.itemsize, BLOCK_BYTES):
                values = torch.from_numpy(as_block(windows[models[block]], dtype).copy())
                changed, mixture = augment(steps, values, generator)
                if mixture is not None:
                    raise ValueError(
                        "augmentation has a MixUp, whose windows have no one label that a sampler could "
                        "give them. Use it as augmentation= of a network classifier, which mixes the loss."
                    )
                made[block] = changed.detach().cpu().numpy()
        return made

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.input_tags.three_d_array = True
        tags.sampler_tags.sample_indices = True
        return tags
