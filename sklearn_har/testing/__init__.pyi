from ._expected_failures import expected_failed_checks
from ._instances import estimator_instances, window_estimator_instances
from ._window_checks import check_window_estimator, parametrize_with_window_checks, window_checks

__all__ = [
    "check_window_estimator",
    "estimator_instances",
    "expected_failed_checks",
    "parametrize_with_window_checks",
    "window_checks",
    "window_estimator_instances",
]
