"""Windows between two windows, and labels between two labels."""

import functools
from numbers import Real

import numpy as np
import torch

from .._core._sklearn import Interval
from ._augmentation import PROBABILITY, Augmentation


class MixUp(Augmentation):
    """Blend each window with another one of its batch, and its label with the other's.

    The loss of a blend is that of both labels, each with the share of its window and its weight, so
    class weights and sample weights count as they do without. For networks only: a blend has no label
    of its own that a sampler could give.

    Parameters
    ----------
    alpha : float, default=0.2
        The share is drawn from the beta distribution with both parameters alpha: near 0 or 1 where
        it is small, everywhere alike at 1.
    probability : float, default=1.0
        Of each window to be blended.

    References
    ----------
    H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, mixup: Beyond empirical risk minimization,
    ICLR 2018, arXiv:1710.09412. There a batch has one share; here every window has its own.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.classifiers import CNNClassifier
    >>> from sklearn_har.sampling import MixUp
    >>> windows = np.random.default_rng(0).normal(size=(40, 32, 3)) + np.tile([0, 9], 20)[:, None, None]
    >>> model = CNNClassifier(augmentation=MixUp(), epochs=5, batch_size=8, random_state=0)
    >>> model.fit(windows, np.tile(["sit", "lie"], 20)).score(windows, np.tile(["sit", "lie"], 20))
    1.0
    """

    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "probability": PROBABILITY,
    }

    def __init__(self, alpha=0.2, *, probability=1.0):
        self.alpha = alpha
        self.probability = probability

    def for_channels(self, names, means, scales):
        """Make ready for windows; whoever trains calls this, once.

        Parameters
        ----------
        names : sequence of str or None
        means, scales : array-like of shape (n_channels,)
            Not used; here so that all augmentations take the same.

        Returns
        -------
        callable
            Of a batch and a torch.Generator. It returns the blended batch, the position of every window's
            partner in it and the window's own share.
        """
        self._validate_params()
        return functools.partial(blend, alpha=self.alpha, probability=self.probability)


def blend(
    values: torch.Tensor, generator: torch.Generator, *, alpha: float, probability: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Windows blended with partners, the partners' positions, and the windows' own shares."""
    n_windows, device = len(values), generator.device
    partners = torch.randperm(n_windows, generator=generator, device=device).to(values.device)
    seed = torch.randint(2**63 - 1, (1,), generator=generator, device=device)
    rng = np.random.default_rng(int(seed))  # torch draws beta numbers with its global generator only
    drawn = np.where(rng.random(n_windows) < probability, rng.beta(alpha, alpha, n_windows), 1.0)
    shares = torch.as_tensor(drawn).to(values)
    return torch.lerp(values[partners], values, shares[:, None, None]), partners, shares
