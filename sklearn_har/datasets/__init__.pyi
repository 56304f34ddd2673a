from ._dataset import list_datasets
from ._hapt import fetch_hapt
from ._simulated import make_recordings

__all__ = [
    "fetch_hapt",
    "list_datasets",
    "make_recordings",
]
