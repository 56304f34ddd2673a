"""InceptionTime: convolutions of several lengths side by side."""

import torch
from torch import nn

MODULES_PER_SHORTCUT = 3


class InceptionModule(nn.Module):
    """Convolutions of several lengths and a maximum of three timesteps, side by side.

    Maps (n, n_inputs, n_timesteps) to (n, (len(kernel_sizes) + 1) * filters, n_timesteps).
    """

    def __init__(self, n_inputs: int, filters: int, kernel_sizes: tuple[int, ...], bottleneck: int):
        super().__init__()
        # The batch normalisation has the offset.
        narrow = bottleneck and n_inputs > 1
        self.bottleneck = nn.Conv1d(n_inputs, bottleneck, 1, bias=False) if narrow else nn.Identity()
        n_narrow = bottleneck if narrow else n_inputs
        self.convolutions = nn.ModuleList(
            nn.Conv1d(n_narrow, filters, size, padding=size // 2, bias=False) for size in kernel_sizes
        )
        self.maximum = nn.MaxPool1d(3, stride=1, padding=1)
        self.of_maximum = nn.Conv1d(n_inputs, filters, 1, bias=False)
        self.norm = nn.BatchNorm1d((len(kernel_sizes) + 1) * filters)

    def forward(self, sequences: torch.Tensor) -> torch.Tensor:
        """Without the activation, which comes after the shortcut where there is one."""
        n_timesteps = sequences.shape[2]
        narrow = self.bottleneck(sequences)
        # An even kernel gives one timestep more.
        branches = [convolution(narrow)[:, :, :n_timesteps] for convolution in self.convolutions]
        return self.norm(torch.cat([*branches, self.of_maximum(self.maximum(sequences))], dim=1))


class InceptionTime(nn.Module):
    """InceptionTime: modules of convolutions of several lengths, with shortcuts.

    Each module sees its input through filters of several lengths at once, so that one layer has both
    the impact of a heel and the swing of a leg. Every third module has a shortcut. The mean over time
    is classified.

    The default is a small form of the published network: it halves the rate in a first convolution, has
    half the modules and a quarter of the filters, and trains more than ten times as fast. The
    published one is ``InceptionTime(..., filters=32, depth=6, kernel_sizes=(40, 20, 10), bottleneck=32,
    stem_filters=0, dropout=0.0)``, and its authors average five of them.

    Parameters
    ----------
    n_timesteps, n_channels, n_classes : int
        Size of the windows, and of the output.
    filters : int, default=8
        Of each branch; a module has one for each kernel size and one for the maximum.
    depth : int, default=3
        Number of modules.
    kernel_sizes : tuple of int, default=(21, 11, 5)
        Timesteps that the filters see; after the stem, where there is one, so that the default spans
        as much time as the published (40, 20, 10) do at the full rate.
    bottleneck : int, default=8
        Features to which the input of a module is reduced before its convolutions; 0 leaves it out.
    stem_filters : int, default=24
        Of a first convolution over seven timesteps; 0 leaves it out.
    stem_stride : int, default=2
        Timesteps from one output of the first convolution to the next.
    dropout : float, default=0.3
        Before the last layer.

    References
    ----------
    H. Ismail Fawaz et al., InceptionTime: finding AlexNet for time series classification, Data Mining
    and Knowledge Discovery 34 (2020), arXiv:1909.04939.

    Examples
    --------
    >>> import torch
    >>> from sklearn_har.networks import InceptionTime
    >>> InceptionTime(n_timesteps=128, n_channels=6, n_classes=5)(torch.zeros(2, 128, 6)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_timesteps: int,
        n_channels: int,
        n_classes: int,
        *,
        filters: int = 8,
        depth: int = 3,
        kernel_sizes: tuple[int, ...] = (21, 11, 5),
        bottleneck: int = 8,
        stem_filters: int = 24,
        stem_stride: int = 2,
        dropout: float = 0.3,
    ):
        super().__init__()
        self.stem = nn.Sequential()
        if stem_filters:
            self.stem.append(
                nn.Conv1d(n_channels, stem_filters, 7, stride=stem_stride, padding=3, bias=False)
            )
            self.stem.append(nn.BatchNorm1d(stem_filters))
            self.stem.append(nn.ReLU())
        n_inputs, n_features = stem_filters or n_channels, (len(kernel_sizes) + 1) * filters
        self.inceptions = nn.ModuleList(
            InceptionModule(n_features if i else n_inputs, filters, kernel_sizes, bottleneck)
            for i in range(depth)
        )
        self.shortcuts = nn.ModuleList(
            nn.Sequential(
                nn.Conv1d(n_features if i else n_inputs, n_features, 1, bias=False),
                nn.BatchNorm1d(n_features),
            )
            for i in range(depth // MODULES_PER_SHORTCUT)
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(n_features, n_classes)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (n_windows, n_timesteps, n_channels) to scores (n_windows, n_classes)."""
        sequences = start = self.stem(windows.transpose(1, 2))
        for i, inception in enumerate(self.inceptions, start=1):
            sequences = inception(sequences)
            if i % MODULES_PER_SHORTCUT == 0:
                sequences = sequences + self.shortcuts[i // MODULES_PER_SHORTCUT - 1](start)
            sequences = torch.relu(sequences)
            if i % MODULES_PER_SHORTCUT == 0:
                start = sequences
        return self.head(self.dropout(sequences.mean(dim=2)))
