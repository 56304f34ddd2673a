from ._butterworth_filter import ButterworthFilter
from ._channel_scaler import ChannelScaler
from ._gravity_separator import GravitySeparator
from ._magnitude import Magnitude
from ._median_filter import MedianFilter

__all__ = ["ButterworthFilter", "ChannelScaler", "GravitySeparator", "Magnitude", "MedianFilter"]
