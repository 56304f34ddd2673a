"""The named warnings and errors of the library."""

__all__ = [
    "CalculatorFailedWarning",
    "CheckpointWarning",
    "DatasetIntegrityError",
    "DivergedWarning",
    "FewSubjectsWarning",
    "IncompleteDatasetWarning",
    "InterruptedFitWarning",
    "LabelsOutsideWarning",
    "LeakageError",
    "LeakageWarning",
    "ModelFileError",
    "NotCompiledWarning",
    "NotKeptWarning",
    "PeopleNotSampledWarning",
    "PredictionsChangedWarning",
    "RowsForgottenWarning",
    "RowsLeftOutWarning",
    "SampledBeforeSplitWarning",
    "SingleLabelWarning",
    "SubjectsUnknownWarning",
    "SuspectRecordingsWarning",
    "TimeLostWarning",
    "UnlabelledWarning",
    "UnlearnedLabelsWarning",
    "UntestedLabelsWarning",
]


class CalculatorFailedWarning(UserWarning):
    """A calculator has no value on some windows, where tsfresh would stop the whole run: it is NaN there."""


class CheckpointWarning(UserWarning):
    """The state of a fit could not be kept in a file."""


class DatasetIntegrityError(ValueError):
    """A file of a dataset is missing or is not the one that was published."""


class DivergedWarning(UserWarning):
    """The loss became infinite or NaN; training ended with the last good weights."""


class FewSubjectsWarning(UserWarning):
    """There are so few people that what is asked about people in general has no answer."""


class IncompleteDatasetWarning(UserWarning):
    """Files of some people are not there, so these people are not loaded."""


class InterruptedFitWarning(UserWarning):
    """A fit was interrupted; the model predicts with the weights of its last whole epoch."""


class LabelsOutsideWarning(UserWarning):
    """Labels lie where nothing was recorded."""


class LeakageError(ValueError):
    """Something of what is tested on was trained on: people, recordings, rows or copies of windows."""


class LeakageWarning(UserWarning):
    """What is predicted lies right beside what a model was fitted on, so a score is too high."""


class ModelFileError(ValueError):
    """A model cannot be saved, or a file holds none that can be loaded: damaged, foreign or not trusted."""


class NotCompiledWarning(UserWarning):
    """Features are computed by tsfresh itself, or by a user's function, window by window."""


class NotKeptWarning(UserWarning):
    """What was computed could not be kept in a file, and will be computed again."""


class PeopleNotSampledWarning(UserWarning):
    """Some people have too few windows of an activity for new ones to be made of them."""


class PredictionsChangedWarning(UserWarning):
    """A model that was loaded does not predict what it predicted when it was saved."""


class RowsForgottenWarning(UserWarning):
    """Rows that a model was fitted on before are not part of what is fitted now."""


class RowsLeftOutWarning(UserWarning):
    """Rows of files could not be used and were left out."""


class SampledBeforeSplitWarning(UserWarning):
    """Windows were copied or made up before a split, so some of them are tested on."""


class SingleLabelWarning(UserWarning):
    """All windows have one label, so a constant is predicted."""


class SubjectsUnknownWarning(UserWarning):
    """People cannot be told apart, so what is held out may belong to someone trained on."""


class SuspectRecordingsWarning(UserWarning):
    """Something about recordings looks wrong: a unit, a clock, a channel, a label."""


class TimeLostWarning(UserWarning):
    """Recorded time cannot be used, and is left out."""


class UnlabelledWarning(UserWarning):
    """Rows or windows without a label were left out of a fit."""


class UnlearnedLabelsWarning(UserWarning):
    """No window that is trained on has these labels, so a fit cannot learn them."""


class UntestedLabelsWarning(UserWarning):
    """Only people who are trained on have these labels, so a score says nothing of them."""
