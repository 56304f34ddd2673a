"""Causal smoothers as plain values, and at work without a compiler."""

from typing import Any

import numpy as np

from ...smoothing._chain import Chain, likelihoods_of
from ...smoothing._confirmed import confirmed
from ...smoothing._sequences import sequences_of
from .._plain import from_plain, plain


def plain_smoother(smoother) -> dict:
    """Settings of a fitted smoother.

    Raises
    ------
    TypeError
        If it is none of this library, reads the future, or holds an estimator.
    """
    kind = SMOOTHERS.get(type(smoother).__name__)
    if kind is None or not type(smoother).__module__.startswith("sklearn_har."):
        raise TypeError(
            f"smoother ({type(smoother).__name__}) has no plain settings that a file can hold: take "
            "HMMSmoother or MinimumDuration, or export recognizer.without_smoother()."
        )
    name = type(smoother).__name__
    if not smoother.causal:
        raise TypeError(
            f"smoother ({name}) has causal=False: it reads windows that come later. Set "
            "smoother__causal=True, and fit again; or export recognizer.without_smoother()."
        )
    if smoother.calibrator is not None:
        raise TypeError(
            f"smoother ({name}) holds the estimator calibrator={smoother.calibrator!r}, which is no plain "
            "setting: leave it out, and fit again; or export recognizer.without_smoother()."
        )
    facts = {"classes": smoother.classes_, "columns": smoother._columns, **kind.facts_of(smoother)}
    return {"class": name, "fitted": plain(facts)}


def smoother_of(code: dict) -> "CausalSmoother":
    """A smoother at work, of `plain_smoother`."""
    return SMOOTHERS[code["class"]](from_plain(code["fitted"]))


class CausalSmoother:
    """What a fitted causal smoother says, window by window.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    """

    causal = True

    def __init__(self, facts: dict):
        self.classes_ = facts["classes"]
        self._columns = facts["columns"]
        self._facts = facts

    @staticmethod
    def facts_of(smoother) -> dict:
        """What it needs of the fitted smoother, as arrays and numbers."""
        raise NotImplementedError

    def step(self, probabilities, elapsed: float = 0.0, state: Any = None) -> tuple[np.ndarray, Any]:
        """Go on by one window: smoothed probabilities, and the state for the next step."""
        raise NotImplementedError

    def _values(self, X) -> np.ndarray:
        """Values of the windows of a table, sequence by sequence, shape (n_windows, n_classes)."""
        given = np.asarray(X, dtype=np.float64)
        sequences = sequences_of(X, len(given))
        begins = np.zeros(len(given), dtype=bool)
        begins[sequences.starts[:-1]] = True
        values, state = np.empty((len(given), len(self.classes_))), None
        for row, (one, elapsed) in enumerate(zip(given, sequences.elapsed.tolist(), strict=True)):
            values[row], state = self.step(one, elapsed, None if begins[row] else state)
        return values

    def predict(self, X) -> np.ndarray:
        """Label each window of a table, given those before it."""
        best = self._values(X).argmax(axis=1)
        return self.classes_[best]


class CausalHMM(CausalSmoother):
    """The forward filter of an `HMMSmoother`."""

    def __init__(self, facts: dict):
        super().__init__(facts)
        self._chain = Chain(facts["generator"], facts["first"], facts["stages"])

    @staticmethod
    def facts_of(smoother) -> dict:
        return {
            **smoother._chain._asdict(),
            "frequencies": smoother.frequencies_,
            "step": smoother.step_,
            "emission_weight": smoother.emission_weight_,
        }

    def predict_proba(self, X) -> np.ndarray:
        """Smooth the probabilities of each window of a table by those before it."""
        return self._values(X)

    def step(self, probabilities, elapsed=0.0, state=None):
        facts, stages = self._facts, self._chain.stages
        passed = np.array([facts["step"] if state is None else float(elapsed)])
        values = np.asarray(probabilities, dtype=np.float64)[np.newaxis, self._columns]
        likelihood = likelihoods_of(
            values, passed, facts["frequencies"], facts["step"], facts["emission_weight"]
        )[0]
        moved = self._chain.first if state is None else state @ self._chain.transitions(passed)[0][0]
        new = moved * np.repeat(likelihood, stages)
        new = new / new.sum()
        return new.reshape(-1, stages).sum(axis=1), new


class CausalDuration(CausalSmoother):
    """A `MinimumDuration` that waits until an activity has lasted."""

    @staticmethod
    def facts_of(smoother) -> dict:
        return {"seconds": float(smoother.seconds)}

    def step(self, probabilities, elapsed=0.0, state=None):
        best = int(np.asarray(probabilities)[self._columns].argmax())
        state = confirmed(best, float(elapsed), *(state or (-1, -1, 0.0)), self._facts["seconds"])
        return np.eye(len(self.classes_))[state[0]], state


SMOOTHERS: dict[str, type[CausalSmoother]] = {"HMMSmoother": CausalHMM, "MinimumDuration": CausalDuration}
