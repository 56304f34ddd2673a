from ._check_windows import check_windows, refuse_recordings, validate_windows
from ._cutting import sliding_windows
from ._sliding_window import SlidingWindow
from ._sliding_window_classifier import SlidingWindowClassifier
from ._windows import Windows

__all__ = [
    "SlidingWindow",
    "SlidingWindowClassifier",
    "Windows",
    "check_windows",
    "refuse_recordings",
    "sliding_windows",
    "validate_windows",
]
