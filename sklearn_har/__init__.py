"""Scikit-learn estimators that recognise what people do from wearable sensors.

Import names from the subpackages; each is loaded when one of its names is first used::

    from sklearn_har.datasets import make_recordings
    from sklearn_har.windowing import SlidingWindowClassifier
"""

import lazy_loader as _lazy

__version__ = "0.1.0.dev0"

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=[
        "classifiers",
        "datasets",
        "deploy",
        "evaluation",
        "exceptions",
        "features",
        "model_selection",
        "networks",
        "preprocessing",
        "recordings",
        "sampling",
        "smoothing",
        "testing",
        "windowing",
    ],
)
