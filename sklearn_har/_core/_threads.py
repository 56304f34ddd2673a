"""How many threads compiled code may use."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from threading import Lock

from joblib import cpu_count, effective_n_jobs
from joblib.parallel import get_active_backend
from threadpoolctl import ThreadpoolController


def torch_threads(n_jobs: int | None) -> AbstractContextManager:
    """Let torch use ``n_jobs`` threads in the calling thread, but never more than it would use now.

    None is one, as everywhere in scikit-learn: small networks gain little from a second thread, and
    lose a factor of ten and more to OpenMP's barriers when another process takes one of the cores.
    """
    import torch  # what needs no network does without it

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


@contextmanager
def map_in_threads() -> Iterator[Callable]:
    """Give a ``map`` over threads of ours, while BLAS keeps to one thread in each of them.

    There are as many as BLAS would use, but no more than the cores for this process, and one beside other
    calls. Threads of BLAS wait for each other by spinning, which on a busy machine made a
    factorisation take four to six times the processor time; ours sleep.
    """
    n_before = _threads_of_blas()
    with one_blas_thread():
        # where another thread of the process set a limit, ours may have had no effect
        is_limited = _threads_of_blas() == 1
        n_threads = 1 if _beside_others() or not is_limited else min(n_before, cpu_count())
        if n_threads == 1:
            yield map
        else:
            with ThreadPoolExecutor(n_threads) as pool:
                yield pool.map


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread, unless a call that began before and goes on does so.

    The limit is the process's: if of two calls that overlap each set it and set it back, it could stay.
    """
    if _LIMITING.acquire(blocking=False):
        try:
            with _blas().limit(limits=1):
                yield
        finally:
            _LIMITING.release()
    else:
        yield


_LIMITING = Lock()


def _threads_of_blas() -> int:
    return max((library["num_threads"] for library in _blas().info()), default=1)


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")
