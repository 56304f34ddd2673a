"""One file after another, as recordings, as the options say."""

from pathlib import Path

from ..recordings import read_recordings
from ..recordings._channels import find_triads
from ..recordings._csv import names_in_file
from ..recordings._paths import Found, escape_pattern, find_paths
from ._messages import say_failed

WHO = "subject", "recording"
TIME, ACTIVITY = "time", "activity"


def found_files(options) -> tuple[list[Found], int]:
    """Files that the arguments stand for, each once, and the number of arguments that stand for none."""
    files: dict[Path, Found] = {}
    failed = 0
    for argument in options.files:
        try:
            for found in _files_of(argument, options.logger is not None):
                files.setdefault(found.path, found)
        except (OSError, ValueError) as error:
            failed += 1
            say_failed(argument, error)
    return list(files.values()), failed


def _files_of(argument: str, of_logger: bool) -> list[Found]:
    path = Path(argument)
    if path.is_file() or (of_logger and path.exists()):
        return [Found(path, {})]
    return find_paths(argument, folders=of_logger)


def read_one(found: Found, options, *, channels=None, label: str | None = None):
    """Recordings of a file, and their labels or None.

    Parameters
    ----------
    found : Found
    options : argparse.Namespace
    channels : list of str, default=None
        Names that are wanted; None takes those of the options, or all that come as x, y and z.
    label : str, default=None
        Column of the activity.
    """
    given = {
        "time": options.time,
        **{level: getattr(options, level) for level in WHO},
        "time_unit": options.time_unit or "s",
        "logger": options.logger,
        "separator": options.separator,
        "decimal": options.decimal,
        "label": label,
    }
    if options.logger is None:
        given |= _columns(found, options, channels)
    else:
        given |= {"channels": options.channels or None, "units": options.units or None}
    X, y = read_recordings(escape_pattern(str(found.path)), **given)
    if options.logger is not None and channels is not None and set(channels) <= set(X.columns):
        X = X[list(channels)]
    for level, value in found.fields.items():
        X.index = X.index.set_levels([value], level=level)
    return X, None if y is None else y.set_axis(X.index)


def label_column(found: Found, options) -> str | None:
    """Column of the activity: the one that was named, or the usual one if it is there."""
    if options.logger is not None:
        return None
    return options.label or _if_there(ACTIVITY, names_in_file(found.path, options.separator))


def _if_there(name: str, names: list[str]) -> str | None:
    return name if name in names else None


def _columns(found: Found, options, wanted) -> dict:
    """What the options leave open about columns, told from the names that are there."""
    names = names_in_file(found.path, options.separator)
    who = {}
    for level in WHO:
        column = getattr(options, level)
        if column is not None and level in found.fields:
            raise ValueError(f"Both {{{level}}} in the path and --{level} tell the {level}; leave one out.")
        who[level] = None if level in found.fields else column or _if_there(level, names)
    channels = _channels(found, options, wanted, names)
    return {"channels": channels, "units": options.units, "time": options.time or TIME, **who}


def _channels(found: Found, options, wanted, names: list[str]) -> dict[str, str]:
    """Columns to read, and what they are called then."""
    if wanted is not None:
        if unknown := sorted(set(options.channels.values()) - set(wanted)):
            raise ValueError(
                f"--channels names {', '.join(map(repr, unknown))}, and the model's channels are "
                f"{', '.join(wanted)}: write COLUMN=NAME with one of these as the NAME, and leave out other "
                "columns."
            )
        column_of = {name: column for column, name in options.channels.items()}
        return {column_of.get(name, name): name for name in wanted}
    if options.channels:
        return options.channels
    chosen = {position for triad in find_triads(names).values() for position in triad}
    if not chosen:
        raise ValueError(
            f"{found.path} has no columns that are named as channels are, acc_x, acc_y, acc_z. Say which "
            f"they are with --channels COLUMN=acc_x,COLUMN=acc_y,…; there are {names}."
        )
    return {name: name for position, name in enumerate(names) if position in chosen}
