"""Fitted estimators as torch modules: each module here registers with `twin` what it knows."""

from . import (  # noqa: F401 they register
    _linear,
    _motion,
    _networks,
    _rocket,
    _statistics,
    _steps,
    _tables,
    _tsfresh,
)
from ._twin import twin

__all__ = ["twin"]
