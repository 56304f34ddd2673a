"""What is said on stderr: what failed and why, what looks wrong, and how far the work is."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

NOTHING_DONE = 2  # an exit status
INTERRUPTED = 130  # that which shells give for Ctrl-C: 128 and the number of the signal
NOBODY_READS = 141  # likewise for a pipe that was closed, as by head
EXPECTED = ValueError, TypeError, OSError, ImportError  # they say what to do; others need a name


def say(message: str) -> None:
    """Print a line above the progress bar."""
    from tqdm.auto import tqdm  # not for --help

    tqdm.write(f"sklearn-har: {message}", file=sys.stderr)


def show(text: str) -> None:
    """Write to stdout at once, above a progress bar that is on the same screen."""
    from tqdm.auto import tqdm

    with tqdm.external_write_mode(file=sys.stdout):
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            # Python flushes stdout once more at its end, which must not fail again
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise


def say_failed(what, error: Exception) -> None:
    """Say what failed, and why."""
    say(_about(what, reason_of(error)))


def say_options(command: str, *names: str) -> None:
    """Point at the options that help with files of another kind."""
    say(f"For files that are written otherwise there are {', '.join(names)}: sklearn-har {command} --help")


@contextmanager
def said_warnings(what) -> Iterator[None]:
    """Say warnings of the library as sentences about a file, rather than of lines of code."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        try:
            yield
        finally:
            for message in dict.fromkeys(str(warning.message) for warning in caught):
                say(_about(what, f"warning: {message}"))


def reason_of(error: Exception) -> str:
    """The message of an error, with its kind where that says more."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    text = str(error)
    return text if text and isinstance(error, EXPECTED) else f"{type(error).__name__}: {text}"


def _about(what, text: str) -> str:
    """Text that begins with what it is about, by its path or its name."""
    return text if text.startswith((str(what), PurePath(what).name)) else f"{what}: {text}"
