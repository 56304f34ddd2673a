"""How long an activity lasts and what follows it, as a Markov chain in continuous time.

Each activity is a row of stages that are passed through one after the other at one rate, so that its length
is the sum of as many exponential ones (Erlang's distribution). Time is continuous, so that rows may follow
each other after any number of seconds.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg import expm

from ._sequences import Sequences

FLOOR = 1e-3  # of every probability: no window alone may rule an activity out
DIGITS = 3  # significant ones of the seconds between rows, of which one matrix is made each


class Changes(NamedTuple):
    """What a person did, counted.

    Attributes
    ----------
    counts : ndarray of shape (n_classes, n_classes)
        How often the second followed the first; the diagonal is 0.
    seconds : ndarray of shape (n_classes,)
        How long each lasted in sum.
    first : ndarray of shape (n_classes,)
        How many sequences begin with it.
    """

    counts: np.ndarray
    seconds: np.ndarray
    first: np.ndarray


def count_changes(codes: np.ndarray, sequences: Sequences, n_classes: int) -> Changes:
    """Count the changes of every sequence; the time between two labelled rows belongs to each by half.

    What is returned has a first axis of sequences.
    """
    n_sequences = len(sequences.starts) - 1
    of_row = np.repeat(np.arange(n_sequences), np.diff(sequences.starts))
    clock = np.cumsum(sequences.elapsed)
    rows = np.flatnonzero(codes >= 0)
    owner, label, time = of_row[rows], codes[rows], clock[rows]
    heads = np.r_[True, owner[1:] != owner[:-1]]
    first = np.zeros((n_sequences, n_classes))
    first[owner[heads], label[heads]] = 1
    follows = ~heads[1:]
    owner, before, after = owner[1:][follows], label[:-1][follows], label[1:][follows]
    step = np.diff(time)[follows]
    seconds = np.zeros((n_sequences, n_classes))
    np.add.at(seconds, (owner, before), step / 2)
    np.add.at(seconds, (owner, after), step / 2)
    changed = before != after
    counts = np.zeros((n_sequences, n_classes, n_classes))
    np.add.at(counts, (owner[changed], before[changed], after[changed]), 1)
    return Changes(counts, seconds, first)


def learn_rates(changes: Changes, prior: float, order: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rate of leaving each class (per second), what follows it, and what comes first.

    ``prior`` imagined changes out of each class are added, at the rate of all classes together and to all
    others alike.
    """
    counts, seconds, first = changes
    n_classes = len(seconds)
    left = counts.sum(axis=1)
    pooled = max(left.sum(), 1) / (seconds.sum() or 1.0)
    rates = (left + prior) / (seconds + prior / pooled)
    others = (1 - np.eye(n_classes)) / (n_classes - 1)
    if order == "uniform":
        return rates, others, np.full(n_classes, 1 / n_classes)
    follows = (counts + prior * others) / (left + prior)[:, np.newaxis]
    return rates, follows, (first + prior / n_classes) / (first.sum() + prior)


class Chain(NamedTuple):
    """A Markov chain of stages, ``stages`` after one another for each class.

    Attributes
    ----------
    generator : ndarray of shape (n_states, n_states)
        Rates from stage to stage, per second; rows add up to 0.
    first : ndarray of shape (n_states,)
        Probabilities of the first row of a sequence.
    stages : int
    """

    generator: np.ndarray
    first: np.ndarray
    stages: int

    @classmethod
    def of(cls, rates: np.ndarray, follows: np.ndarray, first: np.ndarray, stages: int) -> "Chain":
        """Chain of classes that are left at some rates; a sequence may begin in any stage."""
        within = np.eye(stages, k=1)
        last_to_first = np.zeros((stages, stages))
        last_to_first[-1, 0] = 1
        speed = stages * np.repeat(rates, stages)[:, np.newaxis]
        moves = np.kron(np.eye(len(rates)), within) + np.kron(follows, last_to_first)
        generator = speed * (moves - np.eye(len(moves)))
        return cls(generator, np.repeat(first / stages, stages), stages)

    def transitions(self, elapsed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Matrices of transition probabilities, and which of them belongs to each number of seconds."""
        some, which = np.unique(rounded(elapsed), return_inverse=True)
        return np.maximum(expm(self.generator * some[:, np.newaxis, np.newaxis]), 0), which


def rounded(seconds: np.ndarray) -> np.ndarray:
    """Seconds to `DIGITS` significant digits.

    >>> rounded(np.array([0.0, 1.27999, 12345.6]))
    array([0.00e+00, 1.28e+00, 1.23e+04])
    """
    digits = DIGITS - 1 - np.floor(np.log10(np.where(seconds > 0, seconds, 1.0)))
    return np.rint(seconds * 10.0**digits) / 10.0**digits


def floored(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities of which none is below `FLOOR`."""
    return FLOOR + (1 - FLOOR * probabilities.shape[1]) * probabilities


def likelihoods_of(
    probabilities: np.ndarray, elapsed: np.ndarray, frequencies: np.ndarray, step: float, weight: float
) -> np.ndarray:
    """Likelihood of each class for every row, the largest 1, shape (n_rows, n_classes)."""
    logs = np.log(floored(probabilities) / frequencies)
    logs -= logs.max(axis=1, keepdims=True)
    return np.exp(weight * np.minimum(elapsed / step, 1)[:, np.newaxis] * logs)
