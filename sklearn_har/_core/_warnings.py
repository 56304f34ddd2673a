"""Warnings that point at the line of whoever called the library."""

import sys
import warnings

BETWEEN = {"sklearn_har", "sklearn", "imblearn", "joblib"}  # packages that call each other before they warn


def warn_user(message: str, category: type[Warning]) -> None:
    """Warn at the innermost line that is not of `BETWEEN`, however deep in them it happens."""
    frame, level = sys._getframe(1), 2
    while frame.f_globals.get("__name__", "").split(".")[0] in BETWEEN and frame.f_back:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
