"""A skorch net that trains on windows: batches, weighted loss, precision."""

import functools
import inspect
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from skorch import NeuralNet
from skorch.utils import to_tensor
from torch import nn

from .._core._augmenting import Mixture, augment
from .._core._blocks import as_block
from ..windowing import Windows

OPTIMIZERS: dict[str, tuple[Callable, dict]] = {
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "sgd": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
}


class LabelledWindows(torch.utils.data.Dataset):
    """Windows, label codes and weights; several at once are copied out together, as float32."""

    def __init__(self, windows: Windows, codes: np.ndarray, weights: np.ndarray):
        # Batches are gathered from rows that lie one after the other; those of a frame do not, so they
        # are copied once. A memory map is left where it is.
        self.windows = windows if windows._rows.flags.c_contiguous else windows.astype(np.float32)
        self.codes = torch.as_tensor(codes)
        self.weights = torch.as_tensor(weights, dtype=torch.float32)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitems__(self, positions: np.ndarray):
        values = torch.from_numpy(as_block(self.windows[positions], np.float32))
        return values, (self.codes[positions], self.weights[positions])


class Batches:
    """Goes through a dataset in batches of ``batch_size`` or a few more, so that no batch is tiny.

    Batch normalisation cannot learn from a batch of one. In a random order where there is a ``seed``,
    and then changed by the functions in ``augmentation``. A DataLoader would draw from torch's generator
    and put single windows together.
    """

    def __init__(
        self, dataset: LabelledWindows, batch_size: int, seed=None, augmentation: Sequence[Callable] = ()
    ):
        self.dataset = dataset
        self.batch_size = batch_size
        self.seed = seed
        self.augmentation = augmentation

    def __iter__(self):
        n_windows = len(self.dataset)
        order = np.arange(n_windows)
        if self.seed is not None:
            order = np.random.default_rng(self.seed).permutation(n_windows)
        generator = torch.Generator().manual_seed(own_seed(self.seed or 0))
        for positions in np.array_split(order, n_steps(n_windows, self.batch_size)):
            values, targets = self.dataset.__getitems__(positions)
            if self.augmentation:  # windows in their order are a view of the user's
                values, mixture = augment(self.augmentation, values.clone(), generator)
                values = values.to(torch.float32)
                targets = targets if mixture is None else mixed_targets(targets, mixture)
            yield values, targets


def own_seed(seed: int) -> int:
    """Seed of the augmentation of an epoch; with torch's own it would draw what the rotations are."""
    return int(np.random.SeedSequence([seed, 1]).generate_state(1)[0])


def n_steps(n_windows: int, batch_size: int) -> int:
    """Number of batches of an epoch."""
    return max(1, n_windows // batch_size)


def mixed_targets(targets: tuple, mixture: Mixture) -> tuple:
    """Codes and weights of windows, each weight by the window's share, then those of their partners."""
    codes, weights = targets
    partners, shares = mixture.partners.to(codes.device), mixture.shares.to(weights)
    return codes, shares * weights, codes[partners], (1 - shares) * weights[partners]


def pairs_of(targets: Sequence) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Codes and weights; two of each where labels are mixed."""
    return list(zip(targets[::2], targets[1::2], strict=True))


class WeightedNet(NeuralNet):
    """A skorch net whose targets are label codes and weights, or twice both where labels are mixed."""

    mixed_precision = False
    keep_optimizer = False

    def infer(self, x, **fit_params):
        """Scores of windows."""
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.mixed_precision):
            return super().infer(x, **fit_params).float()

    def get_loss(self, y_pred, y_true, *args, **kwargs):
        """Mean of the weighted losses."""
        pairs = pairs_of(to_tensor(y_true, device=self.device))
        losses = [self.criterion_(y_pred, codes) * weights for codes, weights in pairs]
        return functools.reduce(torch.add, losses).mean()

    def __getstate__(self):
        with self._without_optimizer_state():
            state = super().__getstate__()
        # module is module_, which a pickle holds already; a CPU is everywhere
        return state | {"module": None, "device": "cpu"}

    def __setstate__(self, state):
        super().__setstate__(state)
        self.module = self.module_

    @contextmanager
    def _without_optimizer_state(self):
        """The state of an optimizer is larger than the module, and only partial_fit can use it."""
        if self.keep_optimizer:
            yield
            return
        found, self.optimizer_.state = self.optimizer_.state, defaultdict(dict)
        try:
            yield
        finally:
            self.optimizer_.state = found


def optimizer_arguments(optimizer: str | Callable, module: nn.Module, weight_decay: float) -> dict:
    """Arguments of a skorch net that make its optimizer; offsets and scales do not decay."""
    make, options = OPTIMIZERS[optimizer] if isinstance(optimizer, str) else (optimizer, {})
    if weight_decay and "weight_decay" in inspect.signature(make).parameters:
        offsets = [(name, {"weight_decay": 0.0}) for name, p in module.named_parameters() if p.ndim < 2]
        options = options | {"weight_decay": weight_decay, "param_groups": offsets}
    elif weight_decay:
        raise ValueError(
            f"weight_decay={weight_decay}, but the optimizer {optimizer!r} has no such parameter. Set "
            "weight_decay=0."
        )
    return {"optimizer": make} | {f"optimizer__{name}": value for name, value in options.items()}


def copied_state(before: torch.optim.Optimizer, optimizer: torch.optim.Optimizer) -> dict:
    """State of an optimizer of the same weights, for one to go on with; none if it is of another kind.

    A copy, so that steps that fail leave the first one as it was.
    """
    if type(before) is not type(optimizer):
        return {}
    return {weights: _on_device(state, weights.device) for weights, state in before.state.items()}


def _on_device(state: dict, device: torch.device) -> dict:
    return {
        name: value.detach().clone().to(device if value.ndim else value.device)  # counts of steps stay
        if isinstance(value, torch.Tensor)
        else value
        for name, value in state.items()
    }
