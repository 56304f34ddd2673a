from ._dataset import list_datasets
from ._geotec import fetch_geotec
from ._hapt import fetch_hapt
from ._simulated import make_recordings

__all__ = [
    "fetch_geotec",
    "fetch_hapt",
    "list_datasets",
    "make_recordings",
]
