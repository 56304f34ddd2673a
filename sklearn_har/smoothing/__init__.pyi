from ._hmm_smoother import HMMSmoother
from ._minimum_duration import MinimumDuration

__all__ = [
    "HMMSmoother",
    "MinimumDuration",
]
