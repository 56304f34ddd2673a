"""What can be written after ``sklearn-har``, and what it says of itself."""

import argparse
import csv

from .. import __version__

EXIT_STATUS = "Exit status: 0 if all is well, 1 if some files failed, 2 if nothing could be done."
FORM = argparse.RawDescriptionHelpFormatter

ABOUT = f"""\
Recognise human activities in recordings of accelerometers and gyroscopes.

  sklearn-har describe walk.csv --channels ax=acc_x,ay=acc_y,az=acc_z --time t --time-unit ms
  sklearn-har predict walking.harmodel walk.csv --out episodes.csv

{EXIT_STATUS}"""

PREDICT = """\
Recognise the activities in recordings, with a model that was saved by
sklearn_har.deploy.save, or exported to ONNX. Models run no code when they are loaded.

A file that cannot be read, or that holds something else than the model was trained on (another
unit, another rate), is reported with the reason; the others are recognised all the same."""

AFTER_PREDICT = f"""\
examples:
  a folder of files whose columns have the model's names, and "time" in seconds:
    sklearn-har predict walking.harmodel data/ --out episodes.csv
  columns of other names, in g, at another rate than the model's:
    sklearn-har predict walking.harmodel walk.csv --time t --time-unit ms \\
        --channels ax=acc_x,ay=acc_y,az=acc_z --units acc=g --resample
  folders that the app Sensor Logger exported:
    sklearn-har predict walking.harmodel export/* --logger sensor_logger

{EXIT_STATUS}"""

DESCRIBE = """\
Say what is in recordings: rows, seconds, rate, gaps, channels, labels, and what looks wrong:
another unit (told by the length of gravity), an irregular clock, channels that are stuck."""

EXPORT = """\
Write a model as one ONNX file, for onnxruntime in any language, or as a web page that
recognises on a phone."""

MODELS_CHANNELS = "the model's channels, by their names"


def parsed(argv=None) -> argparse.Namespace:
    """Parse the arguments; ``run`` is what they ask for."""
    parser = argparse.ArgumentParser("sklearn-har", description=ABOUT, formatter_class=FORM)
    parser.add_argument("--version", action="version", version=f"sklearn-har {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_predict(commands)
    _add_describe(commands)
    _add_export(commands)
    return parser.parse_args(argv)


def _add_predict(commands) -> None:
    command = commands.add_parser(
        "predict",
        help="recognise activities in files",
        description=PREDICT,
        epilog=AFTER_PREDICT,
        formatter_class=FORM,
    )
    _add_model(command)
    _add_files(command)
    command.add_argument(
        "--out",
        metavar="FILE",
        default="-",
        help="the table to write, .csv or .parquet; it appears when it is whole. Default: CSV, to the screen",
    )
    command.add_argument(
        "--level",
        choices=["episodes", "windows", "rows"],
        default="episodes",
        help="a line for every stretch of one activity, every window, or every instant; default: episodes",
    )
    _add_columns(command, MODELS_CHANNELS)
    mending = command.add_argument_group("mending")
    mending.add_argument(
        "--fill-gaps",
        metavar="SECONDS",
        type=_positive,
        help="bridge missing values and rows up to so many seconds by straight lines, first",
    )
    mending.add_argument(
        "--resample",
        action="store_true",
        help="bring another rate, or an irregular clock, to the model's rate",
    )
    command.set_defaults(run=_predict)


def _add_describe(commands) -> None:
    command = commands.add_parser(
        "describe",
        help="say what is in files, and what looks wrong",
        description=DESCRIBE,
        epilog=EXIT_STATUS,
        formatter_class=FORM,
    )
    _add_files(command)
    _add_columns(command, "whatever comes as x, y and z: acc_x, acc_y, acc_z")
    command.add_argument(
        "--label", metavar="COLUMN", help="column of the activity. Default: 'activity', if there is one"
    )
    command.add_argument("--json", action="store_true", help="write an object for every recording, as JSON")
    command.set_defaults(run=_describe)


def _add_export(commands) -> None:
    command = commands.add_parser(
        "export",
        help="write a model as an ONNX file or a web page",
        description=EXPORT,
        epilog=EXIT_STATUS,
        formatter_class=FORM,
    )
    _add_model(command)
    command.add_argument("--to", choices=["onnx", "web"], required=True, help="one file, or a folder")
    command.add_argument(
        "--out", metavar="PATH", help="where to. Default: MODEL with the ending .onnx, or with -web"
    )
    command.add_argument(
        "--title", metavar="TEXT", help="what the page is headed by. Default: 'Activity recognizer'"
    )
    command.add_argument(
        "--precision",
        choices=["float32", "float16", "int8"],
        default="float32",
        help="of the weights; less makes a smaller file. int8 needs --data. Default: float32",
    )
    command.add_argument(
        "--data",
        dest="files",
        metavar="FILE",
        nargs="+",
        default=[],
        help="recordings of people it was trained on, to compare on and to choose int8 by; a few windows of "
        "them are in the file afterwards. Default: made-up windows",
    )
    _add_columns(command, MODELS_CHANNELS)
    command.set_defaults(run=_export)


def _add_model(command) -> None:
    command.add_argument("model", metavar="MODEL", help="a model file; one that ends in .onnx is ONNX")
    command.add_argument(
        "--trusted",
        metavar="NAME",
        action="append",
        default=[],
        help="full name of a class of your own in the model, such as mypackage.MyNetwork; may be repeated",
    )


def _add_files(command) -> None:
    command.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="CSV or Parquet, one row per instant; a folder of them; or a pattern in quotes, such as "
        "'data/{subject}/{recording}.csv'",
    )


def _add_columns(command, channels: str) -> None:
    group = command.add_argument_group("what the columns of the files hold")
    group.add_argument(
        "--channels",
        metavar="COLUMN=NAME,…",
        type=_pairs,
        default={},
        help=f"columns of the sensors, and what to call them: ax=acc_x,ay=acc_y. Default: {channels}",
    )
    group.add_argument(
        "--units",
        metavar="NAME=UNIT,…",
        type=_pairs,
        default={},
        help="units of channels, or of all of a sensor, that are not m/s² or rad/s: acc=g,gyro=deg/s",
    )
    group.add_argument("--time", metavar="COLUMN", help="a number, a date or a time of day. Default: 'time'")
    group.add_argument(
        "--time-unit", choices=["s", "ms", "us", "ns"], help="of a time that is a number. Default: s"
    )
    group.add_argument("--subject", metavar="COLUMN", help="who. Default: 'subject', if there is one")
    group.add_argument(
        "--recording", metavar="COLUMN", help="which session. Default: 'recording', if there is one"
    )
    group.add_argument("--separator", metavar="MARK", help="between fields. Default: told from each file")
    group.add_argument("--decimal", metavar="MARK", help="in numbers. Default: told from each file")
    group.add_argument(
        "--logger",
        choices=["sensor_logger", "phyphox", "physics_toolbox"],
        help="the app that wrote the files or folders; it knows columns and units",
    )


def _pairs(text: str) -> dict[str, str]:
    """``a=b,c`` as a dict; what stands alone is its own name."""
    parts = [part.strip() for part in next(csv.reader([text], skipinitialspace=True))]
    if not all(parts):
        raise argparse.ArgumentTypeError(f"{text!r} has an empty part; write COLUMN=NAME,COLUMN=NAME")
    split = [part.rpartition("=") for part in parts]
    if not all(after.strip() for _, _, after in split):
        raise argparse.ArgumentTypeError(f"{text!r} names nothing after an =")
    return {(before or after).strip(): after.strip() for before, _, after in split}


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return number


def _predict(options) -> int:
    from ._predict import predict

    return predict(options)


def _describe(options) -> int:
    from ._describe import describe

    return describe(options)


def _export(options) -> int:
    from ._export import export

    return export(options)
