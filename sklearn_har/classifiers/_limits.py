"""Limits that parameters of many networks have."""

from numbers import Integral, Real

from .._core._sklearn import Interval

COUNT = [Interval(Integral, 1, None, closed="left")]
COUNT_OR_NONE = [Interval(Integral, 0, None, closed="left")]
COUNTS = ["array-like"]
SHARE = [Interval(Real, 0, 1, closed="left")]
POSITIVE = Interval(Real, 0, None, closed="neither")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
