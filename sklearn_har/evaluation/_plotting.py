"""What the displays share: matplotlib on demand, two panels, colours of activities."""

import numpy as np

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
        _, ax = pyplot.subplots(n_rows, n_columns, layout="constrained", sharex=True, **figure_options)
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
