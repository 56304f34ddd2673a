from ._checks import Rows, check_recordings
from ._describe_recordings import describe_recordings
from ._estimators import validate_rows
from ._gaps import fill_gaps
from ._intervals import label_intervals
from ._join_sensors import join_sensors
from ._labels import drop_unlabelled
from ._read import read_recordings
from ._resample import resample
from ._subjects import subjects, subjects_for_split
from ._tables import recordings_from_table

__all__ = [
    "Rows",
    "check_recordings",
    "describe_recordings",
    "drop_unlabelled",
    "fill_gaps",
    "join_sensors",
    "label_intervals",
    "read_recordings",
    "recordings_from_table",
    "resample",
    "subjects",
    "subjects_for_split",
    "validate_rows",
]
