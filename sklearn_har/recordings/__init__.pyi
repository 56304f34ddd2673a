from ._checks import Rows, check_recordings
from ._describe_recordings import describe_recordings
from ._estimators import validate_rows
from ._join_sensors import join_sensors
from ._labels import drop_unlabelled
from ._resample import resample
from ._subjects import subjects, subjects_for_split
from ._tables import recordings_from_table

__all__ = [
    "Rows",
    "check_recordings",
    "describe_recordings",
    "drop_unlabelled",
    "join_sensors",
    "recordings_from_table",
    "resample",
    "subjects",
    "subjects_for_split",
    "validate_rows",
]
