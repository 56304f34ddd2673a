"""Windows that were copied or made up before a split."""

import numpy as np

from .._core._warnings import warn_user
from ..exceptions import SampledBeforeSplitWarning


def warn_of_sampled(X) -> None:
    """Warn if a split would test on windows that nobody recorded.

    Parameters
    ----------
    X : DataFrame of recordings, Windows, or array-like
        Only `Windows` know what was recorded.
    """
    if not (hasattr(X, "origin") and hasattr(X, "sampling_rate")):  # a frame may have one such column
        return
    n_made = np.count_nonzero(X.origin)
    if n_made:
        warn_user(
            f"{n_made} of {len(X)} windows are copies or synthetic, made before this split, so scores count "
            "them too. Put the sampler into a pipeline of imbalanced-learn and split what was recorded, or "
            "score only windows of which origin is 0.",
            SampledBeforeSplitWarning,
        )
