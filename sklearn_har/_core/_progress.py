"""Bars for work that takes long enough to wait for."""

from joblib.parallel import get_active_backend
from tqdm.auto import tqdm


def progress_bar(total: int, description: str, verbose: bool | None) -> tqdm:
    """Make a bar that shows if ``verbose``; by default only on a terminal, and only after two seconds."""
    if verbose is None:
        return tqdm(total=total, desc=description, leave=False, delay=2.0, disable=inside_worker() or None)
    return tqdm(total=total, desc=description, disable=not verbose)


def inside_worker() -> bool:
    """Whether joblib runs this call beside others."""
    return (getattr(get_active_backend()[0], "nesting_level", 0) or 0) > 0
