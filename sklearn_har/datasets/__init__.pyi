from ._daily_sports import fetch_daily_sports
from ._dataset import list_datasets
from ._geotec import fetch_geotec
from ._hapt import fetch_hapt
from ._hhar import fetch_hhar
from ._ku_har import fetch_ku_har
from ._mhealth import fetch_mhealth
from ._motion_sense import fetch_motion_sense
from ._opportunity import fetch_opportunity
from ._pamap2 import fetch_pamap2
from ._realworld import fetch_realworld
from ._simulated import make_recordings
from ._uci_har import fetch_uci_har
from ._usc_had import fetch_usc_had
from ._utd_mhad import fetch_utd_mhad
from ._wisdm import fetch_wisdm
from ._wisdm2019 import fetch_wisdm2019

__all__ = [
    "fetch_daily_sports",
    "fetch_geotec",
    "fetch_hapt",
    "fetch_hhar",
    "fetch_ku_har",
    "fetch_mhealth",
    "fetch_motion_sense",
    "fetch_opportunity",
    "fetch_pamap2",
    "fetch_realworld",
    "fetch_uci_har",
    "fetch_usc_had",
    "fetch_utd_mhad",
    "fetch_wisdm",
    "fetch_wisdm2019",
    "list_datasets",
    "make_recordings",
]
