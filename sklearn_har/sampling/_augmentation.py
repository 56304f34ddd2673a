"""What augmentations of windows have in common."""

import functools
from collections.abc import Callable, Sequence
from numbers import Real
from typing import NamedTuple

import torch
from sklearn.base import BaseEstimator

from .._core._sklearn import Interval
from ._random import uniform

PROBABILITY = [Interval(Real, 0, 1, closed="both")]
NOT_NEGATIVE = [Interval(Real, 0, None, closed="left")]
TRIADS = [list, tuple, dict, None]

Change = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


class Channels(NamedTuple):
    """The channels of windows.

    Attributes
    ----------
    names : sequence of str or None
    means, scales : torch.Tensor of shape (n_channels,)
        Mean and standard deviation over the windows that train.
    """

    names: Sequence[str] | None
    means: torch.Tensor
    scales: torch.Tensor

    @property
    def n_channels(self) -> int:
        return len(self.means)


class Augmentation(BaseEstimator):
    """A random change of windows while training.

    A subclass says in ``_change_for`` what it does to windows of known channels, as a pure function
    of a batch and a generator.
    """

    probability: float

    def for_channels(self, names, means, scales) -> Callable:
        """Make ready for windows of these channels; whoever trains calls this, once.

        Parameters
        ----------
        names : sequence of str or None
            Of the channels.
        means, scales : array-like of shape (n_channels,)
            Mean and standard deviation of each channel over the windows that train.

        Returns
        -------
        callable
            Of a batch, a tensor of shape (n_windows, n_timesteps, n_channels), and a torch.Generator.
            It returns a changed copy; what is not drawn by ``probability`` is untouched to the bit.

        Raises
        ------
        ValueError
            If a parameter has a value that it cannot have, or channels have no role that is needed.
        """
        self._validate_params()
        change = self._change_for(Channels(names, torch.as_tensor(means), torch.as_tensor(scales)))
        if self.probability == 1:
            return change
        return functools.partial(change_some, change=change, probability=self.probability)

    def _change_for(self, channels: Channels) -> Change:
        raise NotImplementedError


def change_some(
    values: torch.Tensor, generator: torch.Generator, *, change: Change, probability: float
) -> torch.Tensor:
    """Change every window with this probability."""
    drawn = (uniform((len(values),), values, generator) < probability).nonzero().squeeze(1)
    if not len(drawn):
        return values
    return values.index_copy(0, drawn, change(values[drawn], generator))
