"""Where in a window a model sees an activity."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ..recordings._channels import find_positions
from ..windowing import SlidingWindowClassifier, Windows, check_windows
from ._plotting import import_pyplot, panels, unit_of
from ._saliency import integrated_gradients, occlusion
from ._unwrap import find_network, inside_out

METHODS = ("integrated_gradients", "occlusion")
MEANING = {
    "integrated_gradients": "share in the score of {}",
    "occlusion": "fall of the probability of {} when hidden",
}
CHANNEL_INCHES = 0.75
PATCHES = 10  # in a window, of the default length
STEPS = 4  # of a patch, by which the next one is further on
CAP = 0.995  # quantile of the sizes at which colours end, so that one peak does not hide the rest


class SaliencyDisplay:
    """The signals of one window, on the colour of what speaks for an activity and what against it.

    Use `from_estimator` to make one.

    Parameters
    ----------
    window : ndarray of shape (n_timesteps, n_channels)
    attributions : ndarray of shape (n_timesteps, n_channels)
        Positive where a value speaks for the activity.
    channel_names : sequence of str
    interval : float, default=None
        Seconds from one row to the next; None counts rows.
    title : str, default=""
    meaning : str, default="attribution"
        What the colour tells.

    Attributes
    ----------
    axes_ : ndarray of shape (n_channels,)
        A panel for each channel, once drawn.
    figure_ : matplotlib Figure

    Notes
    -----
    An attribution says what this model looks at, not what an activity is. Integrated gradients share
    out how far the score of an activity, before probabilities are made of the scores, lies above that
    of the baseline: they add up to it. Occlusion hides a part of one channel at a time, so that it
    does not see what two channels tell together or each of them alone.

    Examples
    --------
    >>> from sklearn_har.classifiers import RocketClassifier
    >>> from sklearn_har.datasets import make_recordings
    >>> from sklearn_har.evaluation import SaliencyDisplay
    >>> from sklearn_har.windowing import sliding_windows
    >>> X, y = make_recordings(n_subjects=2, random_state=0, return_X_y=True)
    >>> windows, labels = sliding_windows(X, y, window_length=2.56)
    >>> model = RocketClassifier(n_kernels=84, random_state=0).fit(windows, labels)
    >>> display = SaliencyDisplay.from_estimator(model, windows, 3, method="occlusion")
    >>> display.attributions.shape
    (128, 6)
    """

    def __init__(
        self, window, attributions, *, channel_names, interval=None, title="", meaning="attribution"
    ):
        self.window = window
        self.attributions = attributions
        self.channel_names = channel_names
        self.interval = interval
        self.title = title
        self.meaning = meaning

    @classmethod
    def from_estimator(
        cls,
        classifier,
        X,
        index,
        *,
        method="integrated_gradients",
        activity=None,
        baseline=None,
        n_steps=64,
        patch_length=None,
        channels=None,
        ax=None,
    ) -> "SaliencyDisplay":
        """Attribute what a classifier says of one window to its values, and draw.

        Parameters
        ----------
        classifier : estimator
            A fitted classifier of windows, or a pipeline or search around one. Integrated gradients
            need a network; occlusion takes any with ``predict_proba``.
        X : Windows, or array-like of shape (n_windows, n_timesteps, n_channels)
            Some windows, of which one is drawn.
        index : int
            Which one.
        method : {"integrated_gradients", "occlusion"}, default="integrated_gradients"
        activity : object, default=None
            A class of the classifier; None takes the one that it predicts.
        baseline : array-like of shape (n_channels,) or (n_timesteps, n_channels), default=None
            A window that speaks for nothing, in the channels of ``X``. None holds every channel still at
            its mean over ``X``, so give more windows than one, of several activities.
        n_steps : int, default=64
            Of integrated gradients; more are more exact.
        patch_length : float, default=None
            Of occlusion, in seconds (rows where the sampling rate is unknown). None hides a tenth of the
            window at a time.
        channels : list of str or int, default=None
            Which to draw; None draws all.
        ax : array-like of matplotlib axes, default=None
            One for each channel; None makes a figure.

        Returns
        -------
        SaliencyDisplay

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        ValueError
            If a method does not suit the classifier, or there is no such window, activity, channel or
            method.
        """
        if method not in METHODS:
            raise ValueError(f"method={method!r} is none of {METHODS}.")
        windows = _windows_of_classifier(classifier, X)
        if not 0 <= index < len(windows):
            raise ValueError(f"index={index}, but X has the windows 0 to {len(windows) - 1}.")
        window = windows[index : index + 1]
        target, title = _target_of(classifier, window, activity)
        start = _baseline_of(windows, baseline)
        interval = None if windows.sampling_rate is None else 1 / windows.sampling_rate
        if method == "occlusion":
            n_rows = _rows_of_patch(patch_length, windows.shape[1], interval)
            signals, names = np.asarray(window)[0], windows.channel_names
            attributions = _occluded(classifier, window, target, start, n_rows)
        else:
            signals, names, attributions = _integrated(classifier, window, target, start, n_steps)
        n_channels = signals.shape[1]
        drawn = slice(None) if channels is None else find_positions(channels, names, n_channels, "channels")
        return cls(
            signals[:, drawn],
            attributions[:, drawn],
            channel_names=np.array(names or [f"channel {i}" for i in range(n_channels)])[drawn].tolist(),
            interval=interval,
            title=f"window {index}{title}",
            meaning=MEANING[method].format(classifier.classes_[target]),
        ).plot(ax=ax)

    def plot(self, ax=None) -> "SaliencyDisplay":
        """Draw; the strongest colours are those of the largest half per cent of the attributions.

        Parameters
        ----------
        ax : array-like of matplotlib axes, default=None
            One for each channel; None makes a figure.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        pyplot = import_pyplot(type(self).__name__)
        n_timesteps, n_channels = self.window.shape
        options = {"figsize": (9, 1.3 + CHANNEL_INCHES * n_channels), "sharex": True}
        self.axes_ = panels(pyplot, ax, n_channels, 1, **options)
        self.figure_ = self.axes_[0].figure
        times = np.arange(n_timesteps) * (self.interval or 1)
        limit = np.quantile(np.abs(self.attributions), CAP) or 1.0
        for axis, name, values, shares in zip(
            self.axes_, self.channel_names, self.window.T, self.attributions.T, strict=True
        ):
            image = _draw_channel(axis, times, values, shares, limit)
            unit = unit_of(name)
            label = f"{name}\n({unit})" if unit else name
            axis.set_ylabel(label, rotation=0, ha="right", va="center", fontsize="small")
        self.axes_[-1].set_xlabel("time in the window (s)" if self.interval else "row of the window")
        lines = [self.title, f"colour: {self.meaning}"]
        self.axes_[0].set_title("\n".join(line for line in lines if line), loc="left", fontsize="medium")
        bar = {"pad": 0.01, "aspect": 8 * n_channels, "extend": "both", "extendfrac": 0.02}
        self.figure_.colorbar(image, ax=list(self.axes_), **bar)
        return self


def _draw_channel(ax, times: np.ndarray, values: np.ndarray, shares: np.ndarray, limit: float):
    from matplotlib.ticker import MaxNLocator

    low, high = values.min(), values.max()
    margin = 0.1 * (high - low) or 1.0
    half = (times[1] - times[0]) / 2 if len(times) > 1 else 0.5
    image = ax.imshow(
        shares[np.newaxis],
        extent=(times[0] - half, times[-1] + half, low - margin, high + margin),
        aspect="auto",
        cmap="PuOr_r",  # orange speaks for it, purple against
        vmin=-limit,
        vmax=limit,
        alpha=0.75,  # the line stays visible on the darkest
        interpolation="nearest",
    )
    ax.plot(times, values, color="black", linewidth=1.1)
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.tick_params(labelsize="small")
    return image


def _windows_of_classifier(classifier, X) -> Windows:
    check_is_fitted(classifier)
    if any(isinstance(part, SlidingWindowClassifier) for part in inside_out(classifier)):
        raise ValueError(
            "This classifier labels rows. Cut windows yourself (sliding_windows) and give what labels them: "
            "the estimator_ of the SlidingWindowClassifier."
        )
    return check_windows(X)


def _target_of(classifier, window: Windows, activity) -> tuple[int, str]:
    """Place of the activity among the classes, and what is said of it."""
    if not hasattr(classifier, "predict_proba"):
        raise ValueError(
            f"{type(classifier).__name__} has no predict_proba; saliency explains probabilities."
        )
    probabilities = classifier.predict_proba(window)[0]
    classes = list(classifier.classes_)
    if activity is not None and activity not in classes:
        raise ValueError(f"activity={activity!r} is none of the classes {classes}.")
    target = int(probabilities.argmax()) if activity is None else classes.index(activity)
    whose = "" if window.subjects is None else f" of subject {window.subjects[0]}"
    return target, f"{whose}: {classes[target]} with a probability of {probabilities[target]:.2f}"


def _baseline_of(windows: Windows, baseline) -> np.ndarray:
    """A window to start from, shape (n_timesteps, n_channels)."""
    _, n_timesteps, n_channels = windows.shape
    if baseline is None:
        baseline = np.asarray(windows).mean(axis=(0, 1))
    values = np.asarray(baseline, dtype=np.float64)
    if values.shape not in [(n_channels,), (n_timesteps, n_channels)]:
        raise ValueError(
            f"baseline has the shape {values.shape}; it must be ({n_channels},) or "
            f"({n_timesteps}, {n_channels})."
        )
    return np.broadcast_to(values, (n_timesteps, n_channels))


def _rows_of_patch(patch_length: float | None, n_timesteps: int, interval: float | None) -> int:
    if patch_length is None:
        return max(1, round(n_timesteps / PATCHES))
    n_rows = round(patch_length / (interval or 1))
    if not 1 <= n_rows <= n_timesteps:
        raise ValueError(f"patch_length={patch_length} is {n_rows} rows; a window has {n_timesteps}.")
    return n_rows


def _occluded(classifier, window: Windows, target: int, start: np.ndarray, n_rows: int) -> np.ndarray:
    def probability(values: np.ndarray) -> np.ndarray:
        many = window[np.zeros(len(values), dtype=int)].with_data(values)
        return classifier.predict_proba(many)[:, target]

    step = max(1, n_rows // STEPS)
    return occlusion(probability, np.asarray(window)[0], baseline=start, patch_length=n_rows, step=step)


def _integrated(classifier, window: Windows, target: int, start: np.ndarray, n_steps: int) -> tuple:
    """Signals, names and attributions of what reaches the network; the signals given, where shapes agree."""
    own = np.asarray(window)[0]
    both = window[[0, 0]].with_data(np.stack([own, start]))
    network, reached = find_network(classifier, both)
    values, first = np.asarray(reached, dtype=np.float64)
    attributions = integrated_gradients(network.module_, values, target, baseline=first, n_steps=n_steps)
    if values.shape == own.shape:
        return own, window.channel_names, attributions
    return values, getattr(reached, "channel_names", None), attributions
