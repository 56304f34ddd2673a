"""How the learning rate goes while a network trains."""

from collections.abc import Callable

import numpy as np
from skorch.callbacks import Callback

WARM_UP = 0.25  # share of the steps in which the learning rate of one cycle rises


def one_cycle(progress: float) -> float:
    """Share of the peak: from 1/25 up to 1 and down to nothing, on half cosine waves.

    L. N. Smith and N. Topin, Super-convergence, 2019, arXiv:1708.07120.

    >>> [round(float(one_cycle(progress)), 3) for progress in (0, 0.25, 0.625, 1)]
    [0.04, 1.0, 0.5, 0.0]
    """
    if progress < WARM_UP:
        return 1 / 25 + (1 - 1 / 25) * (1 - np.cos(np.pi * progress / WARM_UP)) / 2
    return cosine((progress - WARM_UP) / (1 - WARM_UP))


def cosine(progress: float) -> float:
    """Share of the peak: down to nothing, on half a cosine wave.

    I. Loshchilov and F. Hutter, SGDR, 2017, arXiv:1608.03983.
    """
    return 1e-5 + (1 - 1e-5) * (1 + np.cos(np.pi * progress)) / 2


def constant(progress: float) -> float:
    """All of the peak, always."""
    return 1.0


SCHEDULES = {"one_cycle": one_cycle, "cosine": cosine, "constant": constant}


class LearningRate(Callback):
    """Sets the learning rate of every step to a share of its peak.

    Parameters
    ----------
    peak : float
    schedule : callable
        Gives the share of the peak at a progress of 0 (first step) to 1 (last step).
    n_steps : int
    """

    def __init__(self, peak: float, schedule: Callable[[float], float], n_steps: int):
        self.peak = peak
        self.schedule = schedule
        self.n_steps = n_steps
        self.step = 0

    def on_batch_begin(self, net, training=None, **kwargs):
        """Set the learning rate of the step to come."""
        if training:
            progress = min(1.0, self.step / max(1, self.n_steps - 1))
            for group in net.optimizer_.param_groups:
                group["lr"] = self.peak * float(self.schedule(progress))
            self.step += 1
