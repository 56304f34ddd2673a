from ._checks import Rows, check_recordings
from ._estimators import validate_rows
from ._labels import drop_unlabelled
from ._subjects import subjects, subjects_for_split
from ._tables import recordings_from_table

__all__ = [
    "Rows",
    "check_recordings",
    "drop_unlabelled",
    "recordings_from_table",
    "subjects",
    "subjects_for_split",
    "validate_rows",
]
