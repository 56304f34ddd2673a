"""A fitted recognizer at work while rows come in."""

from numbers import Real

import numpy as np
import pandas as pd

from ..recordings._index import INDEX_LEVELS, recordings_index, refuse_missing_levels
from ._by_recording import ONE, array_of, by_recording, seconds_of
from ._input_checks import check_channels
from ._intake import COUNTS
from ._person import Person
from ._plan import Plan
from ._run import empty_table

STATE_VERSION = 1


class StreamingRecognizer:
    """Recognise activities while rows come in, as `predict_windows` does afterwards.

    A call takes any number of rows, from one to those of hours. What comes out does not depend on it: the
    windows, labels and probabilities are those of the whole recording. Every person has a state of their
    own, whose size does not grow with time.

    Parameters
    ----------
    recognizer : estimator
        A fitted `SlidingWindowClassifier`; or a fitted pipeline of rows that ends with one, whose steps
        need no later rows (filters with ``zero_phase=False``) or few (`MedianFilter`); or a fitted search
        around either. Steps of others may be anything that takes every row by itself. A smoother must be
        causal.
    sampling_rate : float, default=None
        Rate in Hz of the rows that come, if they are to be resampled to that of fit, as `resample` does with
        ``timing="recorded"``, also to bridge single lost rows. None expects rows at the rate of fit, and
        any lost row ends a run.
    max_gap : float, default=None
        For resampling: seconds between two rows above which a run ends. None means 5 steps, at least 0.1 s.

    Attributes
    ----------
    delay : int
        Rows that come after the last row of a window before it is decided: 1 for ``MedianFilter(3)``.
    classes_ : ndarray of shape (n_classes,)
        The activities.

    Raises
    ------
    ValueError
        If a step or the smoother reads the future; it is named, with the setting that does not.
    TypeError
        If there is no recognizer of rows in the estimator.

    See Also
    --------
    sklearn_har.windowing.SlidingWindowClassifier : What is streamed.

    Notes
    -----
    The last window of a run ends with it, and is decided when it is known that the run has ended: when a row
    comes after a gap, or by `finish`.

    Single rows are never a reason to stop. Those with a value that is NaN, infinite or beyond 1e15 (a mark
    for no reading) are left out, which makes a gap; those of an earlier time than one before are left out
    too, unless such rows come in order for a second: then the clock was set back, and a new run begins. Of
    rows of one time the first counts (their mean, with resampling). A channel that is no longer there counts
    as NaN. Each is warned of once for each person, and counted in `report`.

    Rows of another kind than in fit raise before anything is said of them: other channels, another rate
    (told by the first 17 rows of a recording, which wait for each other), another unit (told by gravity, or
    by values far beyond those of fit, in the first window; such values later on, as of a person who did not
    move before, are warned of). A device that is turned, or worn elsewhere, is warned of when gravity
    points, in the first window, where it never did in fit. Without gravity in the rows that reach the
    recognizer, or without names of channels, only values far beyond those of fit tell.

    Examples
    --------
    >>> from sklearn_har.classifiers import RocketClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.deploy import StreamingRecognizer
    >>> from sklearn_har.windowing import SlidingWindowClassifier
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> recognizer = SlidingWindowClassifier(RocketClassifier(random_state=0), window_length=2.56).fit(X, y)
    >>> stream = StreamingRecognizer(recognizer)
    >>> second = int(recognizer.sampling_rate_in_)
    >>> came = [len(stream.update(X.iloc[first : first + second])) for first in range(0, 6 * second, second)]
    >>> came  # windows of 2.56 s that overlap by half
    [0, 0, 1, 1, 0, 1]
    >>> stream.finish()["activity"].size  # the last one ends with the rows
    1
    """

    def __init__(self, recognizer, *, sampling_rate=None, max_gap=None):
        for name, value in (("sampling_rate", sampling_rate), ("max_gap", max_gap)):
            if value is not None and not (isinstance(value, Real) and np.isfinite(value) and value > 0):
                raise ValueError(f"{name} is {value!r}; it must be a positive number, or None.")
        self.recognizer = recognizer
        self.sampling_rate = sampling_rate
        self.max_gap = max_gap
        self._plan = Plan.of(recognizer, sampling_rate, max_gap)
        self.delay = self._plan.delay
        self.classes_ = self._plan.recognizer.classes_
        self._people: dict = {}
        self._empty: dict = {}
        self._names_before: pd.Index | None = None  # channels that were found to be those of fit

    def update(self, rows, times=None) -> pd.DataFrame:
        """Take the next rows, and give the decisions that they make possible.

        Parameters
        ----------
        rows : DataFrame of shape (n_rows, n_channels) or array-like
            Recordings, of one or several people, also in turn. A recording that follows another of the same
            person ends it. An array is of one person (subject 1, recording 1).
        times : array-like of shape (n_rows,), default=None
            Seconds, for an array, if the recognizer was fitted on recordings.

        Returns
        -------
        DataFrame of shape (n_windows, n_columns)
            The columns of `predict_windows`, where ``first_row`` counts the rows of the person, then
            ``time``, when the decision could be made (seconds), and ``latency``, the rows that came between
            the last of the window and that.

        Raises
        ------
        ValueError
            If rows are of another kind than in fit: channels, rate, unit. What was remembered is then as
            before, as it is when a step or the classifier raises.
        """
        rows, index = self._check(rows, times)
        if not len(rows):
            return self._nothing()
        parts = list(by_recording(rows, index))
        risky = {part[0] for part in parts if not self._are_only_kept(*part)}
        parts.sort(key=lambda part: part[0] not in risky)  # so the others come when nothing raises any more
        return self._all_or_nothing(risky, (table for part in parts for table in self._push(*part)))

    def finish(self, subject=None) -> pd.DataFrame:
        """End recordings, and give the decisions that were waiting for more rows.

        Parameters
        ----------
        subject : object, default=None
            Whose; None ends those of all.

        Returns
        -------
        DataFrame of shape (n_windows, n_columns)
            As from `update`.

        Raises
        ------
        ValueError
            If rows of which there was no whole window before are in another unit than in fit. What was
            remembered is then as before; `reset` forgets it.
        """
        people = list(self._people.values()) if subject is None else [self._person(subject)]
        return self._all_or_nothing(
            [person.subject for person in people], (table for person in people for table in person.finish())
        )

    def reset(self, subject=None) -> None:
        """Forget rows and counts, without decisions.

        Parameters
        ----------
        subject : object, default=None
            Of whom; None forgets all people.
        """
        if subject is None:
            self._people.clear()
        else:
            del self._people[self._person(subject).subject]

    def report(self) -> pd.DataFrame:
        """Say what came, and what could not be used.

        Returns
        -------
        DataFrame of shape (n_people, 6)
            By subject: ``rows`` that came; of these ``missing`` (a value is NaN, infinite or beyond 1e15),
            ``late`` (earlier than one before) and ``repeated``; ``gaps`` and ``clock_set_back``, how often.
        """
        counts = [person.intake.state["counts"] for person in self._people.values()]
        index = pd.Index(list(self._people), name="subject", dtype=None if self._people else object)
        return pd.DataFrame(counts, index=index, columns=list(COUNTS))

    def state(self) -> dict:
        """All that is remembered of the rows so far, to go on with `restore` in another process.

        Returns
        -------
        dict
            Of strings, numbers and lists, with which ``json.dumps`` works if names of subjects and recordings
            are strings or numbers.
        """
        people = [person.state for person in self._people.values()]
        return {"version": STATE_VERSION, "recognizer": self._signature(), "people": people}

    def restore(self, state) -> "StreamingRecognizer":
        """Go on from a state.

        Parameters
        ----------
        state : dict
            From `state` of a stream of the same recognizer.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If the state is of another version or recognizer.
        """
        if state["version"] != STATE_VERSION:
            raise ValueError(
                f"This state has version {state['version']}; this library reads {STATE_VERSION}."
            )
        mine = self._signature()
        for fact, value in state["recognizer"].items():
            if value != mine.get(fact):
                raise ValueError(
                    f"This state is of another recognizer: its {fact} is {value}, here it is "
                    f"{mine.get(fact)}."
                )
        people = {}
        for remembered in state["people"]:
            person = people[remembered["subject"]] = Person(self._plan, remembered["subject"])
            person.state = remembered
        self._people = people
        return self

    def _signature(self) -> dict:
        """What a state must have in common with the recognizer that reads it."""
        recognizer = self._plan.recognizer
        return {
            "n_timesteps": int(recognizer.n_timesteps_),
            "step": int(recognizer.step_),
            "rate": float(self._plan.rate),
            "rate_in": None if self.sampling_rate is None else float(self.sampling_rate),
            "max_gap": None if self.max_gap is None else float(self.max_gap),
            "n_channels": int(self._plan.n_channels),
            "steps": [name for name, _ in self._plan.steps],
            "smoother": type(recognizer.smoother_).__name__,
            "classes": [str(label) for label in self.classes_],
        }

    def _push(self, subject, recording, values: np.ndarray, times: np.ndarray | None) -> list[pd.DataFrame]:
        """Rows to one person; tables of decisions come out."""
        person = self._people.get(subject)
        if person is None:
            person = self._people[subject] = Person(self._plan, subject)
        return person.push(recording, values, person.numbers(len(values)) if times is None else times)

    def _are_only_kept(self, subject, recording, values: np.ndarray, times: np.ndarray | None) -> bool:
        """Whether a row just waits for more: to remember how people were would take longer than that."""
        person = self._people.get(subject)
        return person is not None and len(values) == 1 and person.only_keeps(recording, times)

    def _all_or_nothing(self, subjects, tables) -> pd.DataFrame:
        """Tables that are made of the rows of some people as one; an error leaves these as they were."""
        people = {subject: self._people.get(subject) for subject in subjects}
        before = {subject: None if person is None else person.state for subject, person in people.items()}
        try:
            return self._joined(list(tables))
        except Exception:
            self._put_back(before)
            raise

    def _put_back(self, states: dict) -> None:
        """People as they were; those who were not there go."""
        for subject, state in states.items():
            if state is not None:
                self._people[subject].state = state
            else:
                self._people.pop(subject, None)

    def _person(self, subject) -> Person:
        if subject not in self._people:
            raise ValueError(f"No row of subject {subject!r} came; there are {list(self._people)}.")
        return self._people[subject]

    def _check(self, rows, times) -> tuple[np.ndarray, pd.MultiIndex | np.ndarray | None]:
        """Values as floats, and their index, or their times, or None."""
        index = recordings_index(rows)
        values = self._values_of(rows)
        if not self._plan.has_times:
            if index is not None or times is not None:
                raise ValueError(
                    "The recognizer was fitted on rows without times, so a stream of it has none."
                )
            return values, None
        if index is not None:
            if any((np.asarray(codes) < 0).any() for codes in index.codes[:2]):
                refuse_missing_levels(index)  # a time that is missing is that of a row to leave out
            return values, index
        if times is None:
            raise ValueError(
                "The recognizer was fitted on recordings, so rows need times: pass a frame with the index "
                f"{list(INDEX_LEVELS)}, or update(array, times)."
            )
        return values, seconds_of(times, len(values))

    def _values_of(self, rows) -> np.ndarray:
        """Rows as an array of floats, if their channels are those of fit."""
        names = None
        if isinstance(rows, pd.DataFrame):
            rows = self._with_lost_channels(rows)
            names = rows.columns
            values = rows.to_numpy()
            if values.dtype == object:  # as of columns that hold pd.NA
                values = rows.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            values = array_of(rows, self._plan.columns[0])
        if values.dtype != np.float32:
            values = values.astype(np.float64, copy=False)
        if names is None or not names.is_(self._names_before):  # parts of one frame share it
            check_channels(names, self._plan.columns[0], values.shape[1], self._plan.n_channels)
            self._names_before = names
        return values

    def _with_lost_channels(self, rows):
        """Rows with the channels that are no longer there, a sensor that fell silent, as NaN."""
        expected = self._plan.columns[0]
        if not self._people or expected is None:
            return rows
        if len(rows.columns) < len(expected) and rows.columns.isin(expected).all():
            return rows.reindex(columns=expected)
        return rows

    def _joined(self, tables: list[pd.DataFrame]) -> pd.DataFrame:
        if not tables:
            return self._nothing()
        return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)

    def _nothing(self) -> pd.DataFrame:
        """A table of decisions without any, with subjects and recordings of the type of the last ones."""
        person = next(reversed(self._people.values()), None)
        whose = ONE if person is None or person.recording is None else (person.subject, person.recording)
        kinds = tuple(type(name) for name in whose)
        if kinds not in self._empty:
            self._empty = {kinds: empty_table(self._plan, whose)}
        return self._empty[kinds].copy(deep=False)
