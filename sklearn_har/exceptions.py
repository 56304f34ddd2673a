"""The named warnings and errors of the library."""

__all__ = [
    "DatasetIntegrityError",
    "IncompleteDatasetWarning",
    "SingleLabelWarning",
    "SubjectsUnknownWarning",
    "SuspectRecordingsWarning",
    "TimeLostWarning",
    "UnlabelledWarning",
]


class DatasetIntegrityError(ValueError):
    """A file of a dataset is missing or is not the one that was published."""


class IncompleteDatasetWarning(UserWarning):
    """Files of some people are not there, so these people are not loaded."""


class SingleLabelWarning(UserWarning):
    """All windows have one label, so a constant is predicted."""


class SubjectsUnknownWarning(UserWarning):
    """People cannot be told apart, so what is held out may belong to someone trained on."""


class SuspectRecordingsWarning(UserWarning):
    """Something about recordings looks wrong: a unit, a clock, a channel."""


class TimeLostWarning(UserWarning):
    """Recorded time cannot be used, and is left out."""


class UnlabelledWarning(UserWarning):
    """Rows or windows without a label were left out of a fit."""
