from ._dataset import list_datasets
from ._geotec import fetch_geotec
from ._hapt import fetch_hapt
from ._simulated import make_recordings
from ._wisdm2019 import fetch_wisdm2019

__all__ = [
    "fetch_geotec",
    "fetch_hapt",
    "fetch_wisdm2019",
    "list_datasets",
    "make_recordings",
]
