"""How many threads compiled code may use."""

import multiprocessing
from contextlib import AbstractContextManager, nullcontext

import torch
from joblib.parallel import get_active_backend
from threadpoolctl import threadpool_limits


def fair_threads(*, serialised: bool = False) -> AbstractContextManager:
    """One thread for torch where joblib runs calls like this one side by side and has not limited them.

    joblib limits the threads of its loky workers itself, but not those of the workers of its
    threading and multiprocessing backends. A forked process, moreover, can hang in OpenMP with more
    than one thread.

    Parameters
    ----------
    serialised : bool, default=False
        Whether a lock lets one thread of the process work at a time, which may then use every core.
    """
    process = multiprocessing.current_process()
    forked = process.daemon and not process.name.startswith("LokyProcess")
    nested = (getattr(get_active_backend()[0], "nesting_level", 0) or 0) > 0
    beside_threads = nested and not serialised and not process.name.startswith("LokyProcess")
    if not (forked or beside_threads):
        return nullcontext()
    torch.get_num_threads()  # torch sets up a thread's OpenMP at its first call, which would undo the limit
    return threadpool_limits(1)
