from ._hapt import fetch_hapt
from ._simulated import make_recordings

__all__ = ["fetch_hapt", "make_recordings"]
