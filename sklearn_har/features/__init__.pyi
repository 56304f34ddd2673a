from ._motion_features import MotionFeatures
from ._prune import prune_features
from ._relevance_selector import RelevanceSelector
from ._rocket_features import RocketFeatures
from ._signal_statistics import SignalStatistics
from ._tsfresh_features import TsfreshFeatures

__all__ = [
    "MotionFeatures",
    "RelevanceSelector",
    "RocketFeatures",
    "SignalStatistics",
    "TsfreshFeatures",
    "prune_features",
]
