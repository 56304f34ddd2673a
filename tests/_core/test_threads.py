"""Threads of ours, and what they leave behind."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from joblib import Parallel, delayed
from threadpoolctl import ThreadpoolController, threadpool_limits

from sklearn_har._core import _threads
from sklearn_har._core._threads import map_in_threads


def blas_limits():
    return [library["num_threads"] for library in ThreadpoolController().select(user_api="blas").info()]


def test_blas_keeps_to_one_thread_and_gets_back_its_own():
    with threadpool_limits(2, user_api="blas"):
        with map_in_threads() as spread:
            assert set(blas_limits()) == {1}
            assert list(spread(abs, [-1, 2])) == [1, 2]
            with map_in_threads() as inner:
                assert list(inner(abs, [-3])) == [3]
            assert set(blas_limits()) == {1}
        assert set(blas_limits()) == {2}


class Blas:
    """A library of two threads; threadpoolctl's newest release lets only one thread limit the true one."""

    n_threads = 2

    def info(self):
        return [{"num_threads": self.n_threads}]

    @contextmanager
    def limit(self, limits):
        before, self.n_threads = self.n_threads, limits
        yield
        self.n_threads = before


@pytest.mark.parametrize("first_to_leave", ["this", "other"])
def test_calls_that_overlap_set_the_limit_back(first_to_leave, monkeypatch):
    blas = Blas()
    monkeypatch.setattr(_threads, "_blas", lambda: blas)
    this_is_in, other_is_in, first_has_left = Event(), Event(), Event()

    def other():
        assert this_is_in.wait(10)
        with map_in_threads() as spread:
            other_is_in.set()
            if first_to_leave == "this":
                assert first_has_left.wait(10)
            found = list(spread(abs, [-1]))
        if first_to_leave == "other":
            first_has_left.set()
        return found

    with ThreadPoolExecutor(1) as pool:
        of_other = pool.submit(other)
        with map_in_threads() as spread:
            this_is_in.set()
            assert other_is_in.wait(10)
            if first_to_leave == "other":
                assert first_has_left.wait(10)
            assert blas.n_threads == 1
            assert list(spread(abs, [-1])) == [1]
        first_has_left.set()
        assert of_other.result(10) == [1]
    assert blas.n_threads == 2


def test_a_limit_that_cannot_be_set_leaves_the_threads_to_blas(monkeypatch):
    monkeypatch.setattr(_threads, "_threads_of_blas", lambda: 2)
    with map_in_threads() as spread:
        assert spread is map


def test_an_error_sets_the_limit_back():
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(ZeroDivisionError), map_in_threads() as spread:
            list(spread(lambda value: 1 / value, [0]))
        assert set(blas_limits()) == {2}


def test_there_is_one_thread_where_blas_or_the_machine_has_one(monkeypatch):
    with threadpool_limits(1, user_api="blas"), map_in_threads() as spread:
        assert spread is map
    with threadpool_limits(2, user_api="blas"):
        with map_in_threads() as spread:
            assert (spread is map) == (_threads.cpu_count() == 1)
        monkeypatch.setattr(_threads, "cpu_count", lambda: 1)
        with map_in_threads() as spread:
            assert spread is map


def is_map():
    with map_in_threads() as spread:
        return spread is map


def test_there_is_one_thread_beside_other_calls():
    with threadpool_limits(2, user_api="blas"):
        assert Parallel(n_jobs=2, backend="threading")(delayed(is_map)() for _ in range(2)) == [True, True]
