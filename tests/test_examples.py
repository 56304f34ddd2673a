"""Every example runs, on simulated people."""

import runpy
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("plot_*.py"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "argv", [str(path), "--save", str(tmp_path)])
    runpy.run_path(str(path), run_name="__main__")
    plt.close("all")
    assert list(tmp_path.glob("*.png"))
    assert "Accuracy" in capsys.readouterr().out or path.stem != "plot_01_quickstart"
