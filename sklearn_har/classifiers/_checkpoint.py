"""The state of a fit in a file, so that an interrupted fit can go on."""

import contextlib
import functools
import hashlib
import os
import pickle
import re
from numbers import Integral
from pathlib import Path

import numpy as np
import torch

from .._core._warnings import warn_user
from ..exceptions import CheckpointWarning

NOT_OF_THE_RESULT = {"verbose", "n_jobs", "checkpoint", "callbacks", "device", "keep_optimizer"}


class Checkpoint:
    """Where the state of one fit is kept after each epoch.

    Parameters
    ----------
    path : str or path-like
    fingerprint : str
        Of the parameters and windows; a file of another fit is refused.
    """

    def __init__(self, path, fingerprint: str):
        self.path = Path(path)
        self.fingerprint = fingerprint

    def read(self) -> dict | None:
        """State in the file, or None if there is no file."""
        try:
            kept = torch.load(self.path, map_location="cpu", weights_only=True)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError:
            raise
        except (RuntimeError, EOFError, pickle.UnpicklingError, ValueError, OSError) as error:
            raise ValueError(
                f"checkpoint={str(self.path)!r} is there, but not the checkpoint of a fit. Delete it, or "
                "name another file."
            ) from error
        if not isinstance(kept, dict) or kept.get("fingerprint") != self.fingerprint:
            raise ValueError(
                f"checkpoint={str(self.path)!r} is of a fit with other parameters or other windows, or of "
                "another version. Delete it to begin anew, or name another file."
            )
        return kept["state"]

    def write(self, state: dict) -> None:
        """Keep a state; whoever reads sees the one before or this one, never half of it."""
        half_written = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        try:
            torch.save({"fingerprint": self.fingerprint, "state": state}, half_written)
            os.replace(half_written, self.path)
        except (OSError, RuntimeError) as error:  # torch turns a full disk into a RuntimeError
            warn_user(
                f"The fit goes on, but its state could not be kept in {str(self.path)!r}: {error}",
                CheckpointWarning,
            )
        finally:  # an interrupt may come while the file is written
            _unlink(half_written)

    def remove(self) -> None:
        """Take the file away: the fit has come to its end."""
        _unlink(self.path)


def _unlink(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        path.unlink()


def checkpoint_of(classifier, seed: int, *arrays: np.ndarray) -> Checkpoint:
    """Checkpoint of a fit that begins with this seed, on windows of which the arrays tell."""
    if not isinstance(classifier.random_state, Integral):
        raise ValueError(
            "checkpoint needs a random_state that is an integer: without it an interrupted fit cannot go on "
            f"as it began; it is {classifier.random_state!r}."
        )
    parameters = classifier.get_params() | {"seed": seed, "classes": classifier.classes_.tolist()}
    parameters = {name: value for name, value in parameters.items() if name not in NOT_OF_THE_RESULT}
    return Checkpoint(classifier.checkpoint, fingerprint(parameters, *arrays))


def fingerprint(parameters: dict, *arrays: np.ndarray) -> str:
    """Hexadecimal digest that changes with any parameter or any value of the arrays."""
    digest = hashlib.sha256()
    for name, value in sorted(parameters.items()):
        digest.update(f"{name}={_stable_text(value)};".encode())
    for values in arrays:
        digest.update(f"{values.dtype}{values.shape}".encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def _stable_text(value) -> str:
    """Text that is the same in another process; an object's address is not."""
    if isinstance(value, functools.partial):
        return _stable_text([value.func, value.args, value.keywords])
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_stable_text, value))}]"
    if isinstance(value, dict):
        return _stable_text(list(value.items()))
    if hasattr(value, "__code__"):  # lambdas side by side have one name
        code = value.__code__
        return f"{value.__module__}.{value.__qualname__}:{code.co_code.hex()}{_stable_text(code.co_consts)}"
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    address_free = re.sub(r" at 0x[0-9A-Fa-f]+", "", repr(value))
    return f"{address_free}{_stable_text(vars(value))}" if callable(value) else address_free
