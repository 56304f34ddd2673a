from ._channel_dropout import ChannelDropout
from ._crop import Crop
from ._jitter import Jitter
from ._magnitude_warp import MagnitudeWarp
from ._mix_up import MixUp
from ._rotate import Rotate
from ._scale import Scale
from ._time_shift import TimeShift
from ._time_warp import TimeWarp
from ._window_augmenter import WindowAugmenter
from ._window_sampler import WindowSampler
from ._window_smote import WindowSMOTE

__all__ = [
    "ChannelDropout",
    "Crop",
    "Jitter",
    "MagnitudeWarp",
    "MixUp",
    "Rotate",
    "Scale",
    "TimeShift",
    "TimeWarp",
    "WindowAugmenter",
    "WindowSMOTE",
    "WindowSampler",
]
