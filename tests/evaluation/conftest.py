import builtins

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def pyplot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.close("all")
    yield pyplot
    pyplot.close("all")


@pytest.fixture
def make_rows():
    """Recordings at 1 Hz of one channel, given the values of each (subject, recording)."""

    def make(values_of: dict) -> pd.DataFrame:
        index = pd.MultiIndex.from_tuples(
            [(s, r, float(t)) for (s, r), values in values_of.items() for t in range(len(values))],
            names=["subject", "recording", "time"],
        )
        return pd.DataFrame({"acc_x": np.concatenate([*values_of.values()]).astype(float)}, index=index)

    return make


@pytest.fixture
def without_matplotlib(monkeypatch):
    """As if matplotlib were not installed."""
    real_import = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
