"""Compiling is announced once, if it takes long."""

import pytest
from joblib import Parallel, delayed
from numba import njit

from sklearn_har._core import _compiling
from sklearn_har._core._compiling import announce_compiling, compiled


def compile_two(verbose):
    with announce_compiling(verbose):
        for offset in (1, 2):
            njit(lambda x, offset=offset: x + offset)(1.0)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(_compiling, "PATIENCE", -1.0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("verbose", [None, True])
def test_it_is_said_once(capsys, verbose):
    compile_two(verbose)
    assert capsys.readouterr().err.count("compiles") == 1


@pytest.mark.usefixtures("impatient")
def test_it_is_not_said_where_nothing_should_be(capsys):
    compile_two(False)
    Parallel(n_jobs=2, backend="threading")(delayed(compile_two)(None) for _ in range(2))
    same = njit(lambda x: x)
    same(1.0)
    with announce_compiling(None):
        same(2.0)
    assert capsys.readouterr().err == ""


def test_it_is_not_said_if_it_is_quick(capsys, monkeypatch):
    monkeypatch.setattr(_compiling, "PATIENCE", 1e6)
    compile_two(None)
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("impatient")
def test_where_nothing_can_be_kept_it_is_compiled_in_each_process(capsys, monkeypatch):
    monkeypatch.setattr(_compiling, "_NOT_KEPT", [])
    names = {}
    exec("def twice(x): return 2 * x", names)  # of no file, so that numba has no folder for it
    with pytest.raises(RuntimeError, match="cannot cache"):
        njit(cache=True)(names["twice"])
    twice = compiled(names["twice"])
    with announce_compiling(None):
        assert twice(2.0) == 4.0
    assert "NUMBA_CACHE_DIR" in capsys.readouterr().err


def test_options_of_numba_are_passed_on():
    @compiled(fastmath={"reassoc"})
    def twice(x):
        return 2 * x

    assert twice(2.0) == 4.0
    assert twice.targetoptions["fastmath"] == {"reassoc"}
    assert twice.targetoptions["nogil"]
