"""``sklearn-har predict``: what a model says of files."""

from pathlib import Path

from .._core._progress import progress_bar
from ..deploy._recognized import channels_of, rate_of, recognized
from ..recordings import fill_gaps, resample
from ._messages import INTERRUPTED, NOTHING_DONE, reason_of, said_warnings, say, say_failed, say_options
from ._models import load_model
from ._output import OutputFile, Screen
from ._reading import found_files, read_one


class Work:
    """What was done of the files so far."""

    def __init__(self, n_files: int, level: str):
        self.n_files = n_files
        self.n_done = 0
        self.n_lines = 0
        self._level = level

    def __str__(self) -> str:
        files = "file" if self.n_files == 1 else "files"
        lines = self._level if self.n_lines != 1 else self._level[:-1]
        return f"{self.n_lines:,} {lines} of {self.n_done} of {self.n_files} {files}"


def predict(options) -> int:
    """Recognise the activities in files; return the exit status."""
    try:
        model = load_model(options)
        channels = channels_of(model)
    except Exception as error:
        say_failed(options.model, error)
        return NOTHING_DONE
    found, n_failed = found_files(options)
    if not found:
        return 1
    try:
        output = _output(options, found)
    except (OSError, ValueError, ImportError) as error:
        say_failed(f"--out {options.out}", error)
        return NOTHING_DONE
    work = Work(len(found), options.level)
    try:
        n_failed += _recognise(found, options, model, channels, output, work)
        output.finish()
    except BrokenPipeError:
        raise
    except (KeyboardInterrupt, Exception) as error:
        say(f"{_why(error)} {_what_is_left(output, options.out, work)}")
        return 1 if isinstance(error, Exception) else INTERRUPTED
    say(f"{work}." if work.n_done or options.out == "-" else f"{work}; {options.out} was not written.")
    if n_failed:
        say_options("predict", "--time", "--time-unit", "--channels", "--units", "--fill-gaps", "--resample")
    return 1 if n_failed else 0


def _output(options, found):
    if options.out == "-":
        return Screen()
    path = Path(options.out)
    if any(path.resolve() == each.path.resolve() for each in found):
        raise ValueError(f"--out {path} is one of the files to read; name another.")
    return OutputFile(path)


def _recognise(found, options, model, channels, output, work: Work) -> int:
    """Recognise file after file; return how many failed."""
    with progress_bar(len(found), "Files", None) as bar:
        for each in found:
            try:
                with said_warnings(each.path):
                    table = _table_of(each, options, model, channels)
            except Exception as error:
                say_failed(each.path, error)
            else:
                output.add(table)
                work.n_done += 1
                work.n_lines += len(table)
            bar.update()
    return len(found) - work.n_done


def _table_of(each, options, model, channels):
    X, _ = read_one(each, options, channels=channels)
    if options.fill_gaps is not None:
        X = fill_gaps(X, max_gap=options.fill_gaps)
    if options.resample:
        X = resample(X, sampling_rate=rate_of(model))
    table = recognized(model, X, options.level)
    table.insert(0, "file", str(each.path))
    return table


def _why(error: BaseException) -> str:
    return reason_of(error) if isinstance(error, Exception) else "Interrupted."


def _what_is_left(output, out: str, work: Work) -> str:
    """Say what was done until work stopped, and where that is."""
    kept = output.give_up()
    if out == "-":
        return f"Done: {work}."
    return f"{f'Done: {work}, in {kept}' if kept else 'Nothing was kept'}; {out} is as it was."
