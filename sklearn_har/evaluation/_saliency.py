"""Which rows and channels of a window speak for an activity: two ways to attribute a score."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import nn

BATCH_BYTES = 2**22  # of windows that a model is given at once


def integrated_gradients(
    module: "nn.Module", window: np.ndarray, target: int, *, baseline: np.ndarray, n_steps: int = 64
) -> np.ndarray:
    """Share every value of a window has in how far its score is above that of a baseline.

    The gradient of the score is integrated along the straight line from the baseline to the window, by
    Gauss-Legendre quadrature. The attributions add up to the difference of the two scores, as far as
    ``n_steps`` suffice.

    M. Sundararajan, A. Taly and Q. Yan, Axiomatic attribution for deep networks, ICML 2017.

    Parameters
    ----------
    module : torch.nn.Module
        From windows of shape (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes).
    window : ndarray of shape (n_timesteps, n_channels)
    target : int
        Place of the class whose score is shared out.
    baseline : ndarray that broadcasts to (n_timesteps, n_channels)
        A window that speaks for nothing.
    n_steps : int, default=64
        Points on the line.

    Returns
    -------
    ndarray of shape (n_timesteps, n_channels)
    """
    start = np.broadcast_to(np.asarray(baseline, dtype=np.float64), window.shape)
    places, weights = np.polynomial.legendre.leggauss(n_steps)
    places, weights = (places + 1) / 2, weights / 2  # from (-1, 1) to (0, 1)
    mean_gradient = np.zeros(window.shape)
    size = max(1, BATCH_BYTES // (4 * window.size))
    for first in range(0, n_steps, size):
        part = slice(first, first + size)
        points = start + places[part, None, None] * (window - start)
        mean_gradient += np.tensordot(weights[part], gradients(module, points, target), axes=1)
    return (window - start) * mean_gradient


def gradients(module: "nn.Module", windows: np.ndarray, target: int) -> np.ndarray:
    """Gradient of one class's score with respect to each of some windows; the module is left as it was."""
    import torch

    parameter = next(module.parameters(), None)
    device = torch.device("cpu") if parameter is None else parameter.device
    values = torch.tensor(windows, dtype=torch.float32, device=device, requires_grad=True)
    was_training = module.training
    module.eval()
    try:
        # cuDNN has no backward pass of recurrent layers outside of training
        with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
            score = module(values)[:, target].sum()
            (gradient,) = torch.autograd.grad(score, values)
    finally:
        module.train(was_training)
    return gradient.cpu().double().numpy()


def occlusion(
    score: Callable[[np.ndarray], np.ndarray],
    window: np.ndarray,
    *,
    baseline: np.ndarray,
    patch_length: int,
    step: int,
) -> np.ndarray:
    """How much a score falls when a part of one channel is hidden behind a baseline.

    Every channel is hidden patch by patch; a value's attribution is the mean over the patches that hide
    it. It works with any model.

    M. D. Zeiler and R. Fergus, Visualizing and understanding convolutional networks, ECCV 2014.

    Parameters
    ----------
    score : callable
        From windows of shape (n_windows, n_timesteps, n_channels) to scores of shape (n_windows,).
    window : ndarray of shape (n_timesteps, n_channels)
    baseline : ndarray that broadcasts to (n_timesteps, n_channels)
        What is shown instead.
    patch_length, step : int
        Rows of a patch, at most those of the window, and from one patch to the next, at most
        ``patch_length``. The last patch ends with the window.

    Returns
    -------
    ndarray of shape (n_timesteps, n_channels)
    """
    n_timesteps, n_channels = window.shape
    last = n_timesteps - patch_length
    firsts = np.union1d(np.arange(0, last + 1, step), last)
    rows = np.arange(n_timesteps)
    hidden = (firsts[:, None] <= rows) & (rows < firsts[:, None] + patch_length)  # of every patch
    patch, channel = (part.ravel() for part in np.indices((len(firsts), n_channels)))
    shown = np.broadcast_to(np.asarray(baseline, dtype=window.dtype), window.shape)
    falls = np.empty(len(patch))
    whole = score(window[np.newaxis])[0]
    size = max(1, BATCH_BYTES // (8 * window.size))
    for first in range(0, len(patch), size):
        part = slice(first, first + size)
        here = hidden[patch[part], :, np.newaxis] & (np.arange(n_channels) == channel[part, None, None])
        falls[part] = whole - score(np.where(here, shown, window))
    sums = hidden.T.astype(np.float64) @ falls.reshape(len(firsts), n_channels)
    return sums / hidden.sum(axis=0)[:, np.newaxis]
