"""What the displays share: matplotlib on demand, panels, colours of activities, legends, names of units."""

from collections.abc import Sequence

import numpy as np

from ..recordings._channels import AXIS, INSTRUMENT

# Paul Tol's muted scheme: told apart with any kind of colour vision.
# https://personal.sron.nl/~pault/
COLORS = (
    "#332288",
    "#DDCC77",
    "#117733",
    "#CC6677",
    "#88CCEE",
    "#882255",
    "#44AA99",
    "#AA4499",
    "#999933",
)
HATCHES = ("", "////", "....", "xxxx")  # tell colours apart that are used again
LINE_COLORS = ("#222222", "#D55E00", "#56B4E9")
MODEL_COLORS = ("#332288", "#CC6677", "#117733", "#88CCEE", "#882255", "#999933", "#44AA99", "#AA4499")
MARKERS = ("o", "D", "s", "^", "v", "P", "X", "*", "h")  # tell colours apart a second way
SIGNALS = {"acc": "acceleration", "gyr": "angular rate", "mag": "magnetic field"}
UNITS = {"acc": "m/s²", "gyr": "rad/s", "mag": "µT"}
AXIS_INCHES = 0.45  # height of an axis with its numbers and its label
CHARACTERS_PER_LINE = 100  # of a legend below a figure of the usual width


def import_pyplot(display: str):
    """Import matplotlib's pyplot, or say how to install it."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f"{display}.plot needs matplotlib, which is not installed: pip install sklearn-har[plot]"
        ) from error
    return pyplot


def panels(pyplot, ax, n_rows: int, n_columns: int, **figure_options) -> np.ndarray:
    """Return the panels given, or those of a new figure.

    Raises
    ------
    ValueError
        If another number of panels was given than is drawn in.
    """
    n_panels = n_rows * n_columns
    if ax is None:
        _, ax = pyplot.subplots(n_rows, n_columns, layout="constrained", **figure_options)
    axes = np.ravel(ax)
    if len(axes) != n_panels:
        raise ValueError(f"ax holds {len(axes)} axes; this display draws in {n_panels}.")
    return axes


def style_of_class(code: int) -> dict:
    """Colour and hatching of an activity, given its place among the classes."""
    cycle, place = divmod(code, len(COLORS))
    return {
        "facecolor": COLORS[place],
        "hatch": HATCHES[cycle % len(HATCHES)],
        "edgecolor": "white",
        "linewidth": 0,
    }


def legend_below(ax, handles) -> None:
    """Put a legend below the label of a panel's time axis, with as many columns as its texts allow."""
    from matplotlib.transforms import ScaledTranslation

    longest = max(len(handle.get_label()) for handle in handles)
    columns = max(1, min(len(handles), CHARACTERS_PER_LINE // (longest + 8)))
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, -AXIS_INCHES, ax.figure.dpi_scale_trans),
        ncols=columns,
        frameon=False,
        fontsize="small",
    )


def name_score(metric: str) -> str:
    """Name of a score as it is spoken.

    >>> name_score("f1_macro"), name_score("balanced_accuracy")
    ('macro F1', 'balanced accuracy')
    """
    words = metric.replace("f1", "F1").split("_")
    if words[-1] in {"macro", "micro", "weighted"}:
        words = [words[-1], *words[:-1]]
    return " ".join(words)


def name_signals(names: Sequence) -> str:
    """What channels measure and in which unit, where their names say so, and of all the same.

    >>> name_signals(["wrist_acc_x", "wrist_acc_y"]), name_signals(["acc_x", "gyro_x"])
    ('acceleration (m/s²)', 'signal')
    """
    found = {_instrument_of(str(name)) for name in names}
    instrument = found.pop() if len(found) == 1 else ""
    return f"{SIGNALS[instrument]} ({UNITS[instrument]})" if instrument else "signal"


def unit_of(name) -> str:
    """Unit of a channel, where its name says so.

    >>> unit_of("gyro_x"), unit_of("acc_magnitude")
    ('rad/s', '')
    """
    return UNITS.get(_instrument_of(str(name)), "")


def _instrument_of(name: str) -> str:
    words = name.split("_") if AXIS.fullmatch(name) else []
    return next((match[1] for word in words if (match := INSTRUMENT.fullmatch(word))), "")
