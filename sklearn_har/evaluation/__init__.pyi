from ._activity_timeline_display import ActivityTimelineDisplay
from ._benchmark import benchmark
from ._benchmark_result import BenchmarkResult
from ._calibration_error import calibration_error
from ._class_balance_display import ClassBalanceDisplay
from ._compare_by_subject import SubjectComparison, compare_by_subject
from ._event_report import EventReport, event_report
from ._macro_f1_score import macro_f1_score
from ._protocols import Protocol, get_protocol
from ._recording_display import RecordingDisplay
from ._reliability_display import ReliabilityDisplay
from ._saliency_display import SaliencyDisplay
from ._score_interval import score_interval
from ._scorers import make_row_scorer, make_window_scorer
from ._subject_confusion_display import SubjectConfusionDisplay
from ._subject_learning_curve_display import SubjectLearningCurveDisplay
from ._subject_report import SubjectReport, classification_report_by_subject
from ._subject_scores_display import SubjectScoresDisplay
from ._training_history_display import TrainingHistoryDisplay

__all__ = [
    "ActivityTimelineDisplay",
    "BenchmarkResult",
    "ClassBalanceDisplay",
    "EventReport",
    "Protocol",
    "RecordingDisplay",
    "ReliabilityDisplay",
    "SaliencyDisplay",
    "SubjectComparison",
    "SubjectConfusionDisplay",
    "SubjectLearningCurveDisplay",
    "SubjectReport",
    "SubjectScoresDisplay",
    "TrainingHistoryDisplay",
    "benchmark",
    "calibration_error",
    "classification_report_by_subject",
    "compare_by_subject",
    "event_report",
    "get_protocol",
    "macro_f1_score",
    "make_row_scorer",
    "make_window_scorer",
    "score_interval",
]
