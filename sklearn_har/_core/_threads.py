"""How many threads compiled code may use."""

import multiprocessing
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch
from joblib import effective_n_jobs
from joblib.parallel import get_active_backend
from threadpoolctl import ThreadpoolController


def torch_threads(n_jobs: int | None) -> AbstractContextManager:
    """Let torch use ``n_jobs`` threads in the calling thread, but never more than it would use now.

    None is one, as everywhere in scikit-learn: small networks gain little from a second thread, and
    lose a factor of ten and more to OpenMP's barriers when another process takes one of the cores.
    """
    # torch sets OpenMP up at its first call in a thread, so this comes before the limit
    allowed = torch.get_num_threads()
    if allowed == 1:
        return nullcontext()
    n_threads = 1 if _beside_others() else min(effective_n_jobs(n_jobs), allowed)
    return _openmp().limit(limits=n_threads)


def _beside_others() -> bool:
    """Whether joblib runs calls side by side without sharing out the cores, as it does for loky alone."""
    nested = (getattr(get_active_backend()[0], "nesting_level", 0) or 0) > 0
    return nested and not multiprocessing.current_process().name.startswith("LokyProcess")


@cache
def _openmp() -> ThreadpoolController:
    # OpenMP keeps its limit for each thread, so nothing is changed for others; torch.set_num_threads would.
    return ThreadpoolController().select(user_api="openmp")
