"""How augmentations are used: made ready once for the channels, then applied to batch after batch."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch


class Mixture(NamedTuple):
    """With what each window of a batch was mixed.

    Attributes
    ----------
    partners : torch.Tensor of int of shape (n_windows,)
        Position, in the batch, of the other window.
    shares : torch.Tensor of shape (n_windows,)
        Of the window itself; the rest is the partner's.
    """

    partners: torch.Tensor
    shares: torch.Tensor


def prepare_augmentation(augmentation, names: Sequence[str] | None, means, scales) -> list[Callable]:
    """Functions of (values, generator) that change batches, one after the other.

    Parameters
    ----------
    augmentation : callable, object with ``for_channels``, list or tuple of them, or None
    names : sequence of str or None
        Of the channels.
    means, scales : array-like of shape (n_channels,)
        Mean and standard deviation of each channel over the windows that train.
    """
    steps = augmentation if isinstance(augmentation, (list, tuple)) else [augmentation]
    return [_prepared(step, names, means, scales) for step in steps if step is not None]


def _prepared(step, names, means, scales) -> Callable:
    if isinstance(step, type):
        raise TypeError(f"augmentation holds the class {step.__name__}; make one of it: {step.__name__}().")
    if hasattr(step, "for_channels"):
        return step.for_channels(names, means, scales)
    if not callable(step):
        raise TypeError(
            f"augmentation holds {step!r}; it takes what is in sklearn_har.sampling, such as Jitter(), or a "
            "callable of a batch and a generator."
        )
    return step


def augment(
    steps: Sequence[Callable], values: torch.Tensor, generator: torch.Generator
) -> tuple[torch.Tensor, Mixture | None]:
    """A batch as changed by every step in turn, and with what its windows were mixed, if they were."""
    mixture = None
    for step in steps:
        changed = step(values, generator)
        if isinstance(changed, tuple):
            if mixture is not None:
                raise ValueError("augmentation mixes labels twice; leave one MixUp in it.")
            changed, mixture = changed[0], _checked_mixture(changed, len(values))
        values = _checked(changed, values.shape)
    return values, mixture


def _checked(changed, shape: torch.Size) -> torch.Tensor:
    if not isinstance(changed, torch.Tensor) or changed.shape != shape:
        found = tuple(getattr(changed, "shape", ())) or type(changed).__name__
        raise ValueError(
            f"augmentation must return a tensor of the shape that it was given, {tuple(shape)}; got {found}."
        )
    return changed


def _checked_mixture(changed: tuple, n_windows: int) -> Mixture:
    if len(changed) == 3 and all(getattr(one, "shape", None) == (n_windows,) for one in changed[1:]):
        return Mixture(*changed[1:])
    raise ValueError(
        "augmentation that mixes windows must return the batch, the position of each window's partner and "
        f"the window's own share, both of shape ({n_windows},)."
    )
