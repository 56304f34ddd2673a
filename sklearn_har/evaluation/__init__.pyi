from ._recording_display import RecordingDisplay
from ._scorers import make_row_scorer, make_window_scorer
from ._subject_confusion_display import SubjectConfusionDisplay
from ._subject_report import SubjectReport, classification_report_by_subject
from ._training_history_display import TrainingHistoryDisplay

__all__ = [
    "RecordingDisplay",
    "SubjectConfusionDisplay",
    "SubjectReport",
    "TrainingHistoryDisplay",
    "classification_report_by_subject",
    "make_row_scorer",
    "make_window_scorer",
]
