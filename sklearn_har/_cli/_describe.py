"""``sklearn-har describe``: what is in files, and what looks wrong."""

import json
import math
import sys
import warnings

import pandas as pd

from .._core._progress import progress_bar
from ..exceptions import SuspectRecordingsWarning
from ..recordings import describe_recordings
from ._messages import said_warnings, say_failed, say_options, show
from ._reading import found_files, label_column, read_one

REGULAR = 0.005  # a jitter that is not worth a word


def describe(options) -> int:
    """Describe files; return the exit status."""
    found, n_failed = found_files(options)
    objects = []
    with progress_bar(len(found), "Files", None) as bar:
        for each in found:
            try:
                with said_warnings(each.path):
                    X, y = read_one(each, options, label=label_column(each, options))
                    described = _described(X, y)
            except Exception as error:
                n_failed += 1
                say_failed(each.path, error)
            else:
                facts = [{"file": str(each.path), **line} for line in _facts(described, X)]
                objects += facts
                if not options.json:
                    show("".join(f"{line}\n" for line in _text_of(each.path, facts)))
            bar.update()
    if options.json:
        # JSON knows \u00fc, and not \xfc, which stdout writes of a letter that it has not
        is_unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
        show(json.dumps(objects, indent=1, ensure_ascii=not is_unicode, allow_nan=False) + "\n")
    if n_failed:
        say_options("describe", "--time", "--channels")
    return 1 if n_failed else 0


def _described(X, y) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SuspectRecordingsWarning)  # findings are printed
        return describe_recordings(X, y)


def _facts(described: pd.DataFrame, X) -> list[dict]:
    """A plain dict for each recording, with activities and channels together and None for NaN."""
    activities = [name for name in described.columns if name.endswith("_seconds")]
    lines = described.drop(columns=activities).reset_index().to_dict("records")
    balance = described[activities].rename(columns=lambda name: name.removesuffix("_seconds"))
    for line, seconds in zip(lines, balance.to_dict("records"), strict=True):
        line["channels"] = [str(name) for name in X.columns]
        line["activities"] = {name: value for name, value in seconds.items() if value > 0}
    return [{str(name): _plain(value) for name, value in line.items()} for line in lines]


def _plain(value):
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text_of(path, facts: list[dict]) -> list[str]:
    """Lines for a person about the recordings of a file."""
    lines = [f"{path}: {', '.join(facts[0]['channels'])}"]
    for fact in facts:
        lines.append(f"  subject {fact['subject']}, recording {fact['recording']}: {_clock(fact)}")
        lengths = {name.removesuffix("_length"): fact[name] for name in fact if name.endswith("_length")}
        if any(lengths.values()):
            said = ", ".join(f"{sensor} {length:.3g}" for sensor, length in lengths.items() if length)
            lines.append(f"    median length of the acceleration, m/s²: {said}")
        if fact["activities"]:
            seconds = [f"{name} {value:.0f} s" for name, value in fact["activities"].items()]
            missing = f"; {fact['unlabelled']:.0%} without a label" if fact["unlabelled"] else ""
            lines.append(f"    {', '.join(seconds)}{missing}")
        lines += [f"    ! {finding}" for finding in fact["findings"].split("; ") if finding]
    return lines


def _clock(fact: dict) -> str:
    rate = "an unknown rate" if fact["rate"] is None else f"{fact['rate']:.4g} Hz"
    jitter = f", steps spread by {fact['jitter']:.0%}" if (fact["jitter"] or 0) > REGULAR else ""
    gaps = f"{fact['gaps']} gaps, the longest {fact['longest_gap']:.3g} s" if fact["gaps"] else "no gaps"
    counts = "repeated_times", "backward_times", "missing_values"
    others = [f", {fact[name]:,} {name.replace('_', ' ')}" for name in counts if fact[name]]
    return f"{fact['rows']:,} rows, {fact['seconds']:.1f} s, {rate}{jitter}, {gaps}{''.join(others)}"
