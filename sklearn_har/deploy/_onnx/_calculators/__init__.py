"""The calculators of tsfresh as operations on tensors, under the names that tsfresh gives them.

A calculator takes a `Series` and a list of parameters, and gives a tensor of shape (n_windows, n_channels,
n_parameters), NaN and infinity where tsfresh has them. All are made of operations that ONNX has. What is not
here are searches whose every step depends on the one before: Lempel-Ziv words, ridge lines of a wavelet
transform, the number of lags of a test for a unit root.
"""

from collections.abc import Callable

from ....features._tsfresh_settings import COMPREHENSIVE
from . import _changes, _counts, _entropy, _lags, _langevin, _locations, _spectrum, _statistics, _trend

_MODULES = _changes, _counts, _entropy, _lags, _langevin, _locations, _spectrum, _statistics, _trend

CALCULATORS: dict[str, Callable] = {
    name: function
    for module in _MODULES
    for name, function in vars(module).items()
    if name in COMPREHENSIVE and function.__module__ == module.__name__
}
