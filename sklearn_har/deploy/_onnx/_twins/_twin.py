"""What a fitted estimator computes, as one torch module: windows in, features or probabilities out."""

from functools import singledispatch

from torch import nn


@singledispatch
def twin(estimator) -> nn.Module:
    """Return a module in float32 whose output equals that of the fitted estimator."""
    raise TypeError(
        f"{type(estimator).__name__} has no counterpart in ONNX here. Export a recognizer without it: "
        "networks, RocketClassifier, MotionFeatures, SignalStatistics, TsfreshFeatures, scalers, linear "
        "models and trees can be exported."
    )
