"""What is on both sides of a split, in numbers and in sentences."""

from dataclasses import dataclass

import numpy as np

N_NAMED = 5  # people or recordings that a message names


@dataclass(frozen=True, eq=False, repr=False)
class LeakageReport:
    """What `check_no_leakage` found; printing it gives sentences.

    Attributes
    ----------
    subjects : tuple or None
        People on both sides; None if nobody knows who was recorded.
    recordings : tuple
        Recordings on both sides, as (subject, recording).
    shared : ndarray of int of shape (n_test,)
        How many rows each test window has in common with a training window, at its beginning or its end;
        the length of a window for a copy of one. For rows and tables, 1 if the same is trained on.
    length : int
        Rows in a window; 1 for rows and tables.
    not_recorded : ndarray of bool of shape (n_test,)
        Test windows that are copies or synthetic, by their ``origin``.
    caveat : str
        What values cannot tell of data of this form, such as overlap in a table of features; else empty.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_har.model_selection import check_no_leakage
    >>> windows = np.random.default_rng(0).normal(size=(6, 20, 3))
    >>> report = check_no_leakage(windows[:4], windows[3:], raise_error=False)
    >>> report.found, report.subjects, report.shared.tolist()
    (True, None, [20, 0, 0])
    """

    subjects: tuple | None
    recordings: tuple
    shared: np.ndarray
    length: int
    not_recorded: np.ndarray
    caveat: str

    @property
    def found(self) -> bool:
        """Whether there is a leak."""
        return bool(self.subjects or self.recordings or self.shared.any() or self.not_recorded.any())

    @property
    def _only_values(self) -> bool:
        """Whether people are known to be apart, and only values say otherwise."""
        return self.subjects == () and not (self.recordings or self.not_recorded.any())

    def __str__(self) -> str:
        if not self.found:
            nothing = "Nothing of the test side was found on the training side"
            nothing += "; who was recorded is not known." if self.subjects is None else "."
            return f"{nothing} {self.caveat}".rstrip()
        return "\n".join(
            ["What is tested on was trained on, so scores will be too high:"]
            + [f"- {sentence}" for sentence in _sentences(self)]
            + [UNDER_TWO_NAMES if self._only_values else REMEDY]
        )

    def __repr__(self) -> str:
        n_people = "unknown" if self.subjects is None else len(self.subjects)
        return (
            f"<LeakageReport: subjects on both sides {n_people}, recordings {len(self.recordings)}, "
            f"test windows with rows of training {np.count_nonzero(self.shared)} of {len(self.shared)}>"
        )


REMEDY = (
    "Split whole people, before windows are balanced or augmented: subject_train_test_split, SubjectKFold, "
    "StratifiedSubjectKFold."
)
UNDER_TWO_NAMES = (
    "Nobody is on both sides by name, so one recording may be there under two names, or what was made of it. "
    "Leave one of them out."
)


def _sentences(report: LeakageReport) -> list[str]:
    shared, n_test = report.shared, len(report.shared)
    copies = np.flatnonzero(shared == report.length)
    overlapping = np.flatnonzero((shared > 0) & (shared < report.length))
    found = []
    if report.subjects:
        found.append(_on_both_sides(report.subjects, "person", "people"))
    if report.recordings:
        found.append(_on_both_sides(report.recordings, "recording", "recordings"))
    if len(overlapping):
        most = overlapping[shared[overlapping].argmax()]
        found.append(
            f"{len(overlapping)} of {n_test} test windows share rows with training windows; test window "
            f"{most}, for example, {shared[most]} of its {report.length}."
        )
    if len(copies):
        what = "rows" if report.length == 1 else "windows"
        found.append(
            f"{len(copies)} of {n_test} test {what} are trained on as they are; the first is {copies[0]}."
        )
    if report.not_recorded.any():
        found.append(
            f"{report.not_recorded.sum()} of {n_test} test windows are copies or synthetic. Score what was "
            "recorded: test[test.origin == 0]."
        )
    return found


def _on_both_sides(names: tuple, one: str, many: str) -> str:
    some = ", ".join(map(str, names[:N_NAMED])) + (", …" if len(names) > N_NAMED else "")
    return f"{len(names)} {f'{one} is' if len(names) == 1 else f'{many} are'} on both sides: {some}."
