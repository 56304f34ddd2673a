import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_har.evaluation import RecordingDisplay, SubjectConfusionDisplay, TrainingHistoryDisplay
from sklearn_har.evaluation._envelope import envelope, stretches
from sklearn_har.evaluation._plotting import COLORS, HATCHES, style_of_class
from sklearn_har.windowing import SlidingWindowClassifier

HISTORY = {
    "epoch": [1, 2, 3],
    "train_loss": [1.0, 0.6, 0.4],
    "train_accuracy": [0.5, 0.7, 0.9],
    "valid_loss": [1.1, 0.8, 0.9],
    "valid_accuracy": [0.4, 0.6, 0.6],
}


class Trained(ClassifierMixin, BaseEstimator):
    """A classifier of windows that calls them all "walk", and remembers its training."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.history_ = pd.DataFrame(HISTORY)
        return self

    def predict(self, X):
        return np.full(len(X), "walk", dtype=object)


@pytest.fixture
def recordings(make_rows):
    X = make_rows({(1, 1): range(8), (1, 2): range(6), (2, 1): range(4)})
    y = pd.Series(["sit"] * 5 + ["walk"] * 3 + ["walk"] * 6 + ["lie", "sit", None, "sit"], index=X.index)
    return X, y


def bars(ax) -> list[tuple]:
    """Colour, height and (first, last) time of every bar that was drawn."""
    from matplotlib.colors import to_hex

    found = []
    for collection in ax.collections:
        for path in collection.get_paths():
            low, high = path.get_extents().get_points()
            color = to_hex(collection.get_facecolor()[0])
            found.append((color, round((low[1] + high[1]) / 2), (low[0], high[0])))
    return sorted(found, key=lambda bar: bar[1:])


def color(code: int) -> str:
    return COLORS[code].lower()


def test_bands_show_true_above_predicted_activities(pyplot, recordings):
    X, y = recordings
    y_pred = np.full(len(X), "walk", dtype=object)
    display = RecordingDisplay.from_predictions(X, y, y_pred, subject=1, recording=1)
    _, sit, walk = range(3)  # sorted classes of all labels, also those of other recordings
    assert bars(display.axes_[1]) == [
        (color(sit), 0, (0.0, 5.0)),
        (color(walk), 0, (5.0, 8.0)),
        (color(walk), 1, (0.0, 8.0)),
    ]
    assert [text.get_text() for text in display.axes_[1].get_yticklabels()] == ["true", "predicted"]
    assert display.axes_[1].yaxis_inverted()
    legend = display.axes_[1].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["sit", "walk"]
    assert display.axes_[0].get_title(loc="left") == "subject 1, recording 1"
    assert display.figure_ is display.axes_[0].figure
    display.figure_.draw_without_rendering()


def test_unlabelled_rows_and_gaps_stay_blank(pyplot, recordings):
    X, y = recordings
    keep = np.ones(len(X), dtype=bool)
    keep[2:4] = False
    display = RecordingDisplay.from_predictions(X[keep], y[keep], subject=1, recording=1)
    assert [bar[2] for bar in bars(display.axes_[1])] == [(0.0, 2.0), (4.0, 5.0), (5.0, 8.0)]
    line = display.axes_[0].lines[0].get_ydata()
    np.testing.assert_array_equal(line, [0, 1, np.nan, 4, 5, 6, 7])
    display = RecordingDisplay.from_predictions(X, y, subject=2)
    assert [bar[2] for bar in bars(display.axes_[1])] == [(0.0, 1.0), (1.0, 2.0), (3.0, 4.0)]


def test_a_signal_has_its_unit(pyplot, recordings):
    X, y = recordings
    display = RecordingDisplay.from_predictions(X, y, subject=2)
    assert display.axes_[0].get_ylabel() == "acceleration (m/s²)"
    display = RecordingDisplay.from_predictions(X.set_axis(["pressure"], axis=1), y, subject=2)
    assert display.axes_[0].get_ylabel() == "signal"


def test_a_recognizer_is_given_the_recordings_of_one_person(pyplot, recordings):
    X, y = recordings
    lengths = []

    class Recognizer(SlidingWindowClassifier):
        def predict(self, X):
            lengths.append(len(X))
            return super().predict(X)

    model = Recognizer(Trained(), window_length=2).fit(X, y)
    display = RecordingDisplay.from_estimator(model, X, y, subject=1, recording=2)
    assert lengths == [14]
    assert bars(display.axes_[1]) == [(color(2), 0, (0.0, 6.0)), (color(2), 1, (0.0, 6.0))]
    display = RecordingDisplay.from_estimator(model, X, subject=2)
    assert bars(display.axes_[1]) == [(color(2), 0, (0.0, 4.0))]


def test_predictions_are_those_of_the_recording_that_is_drawn(pyplot, recordings):
    X, y = recordings
    y_pred = np.array(["sit"] * 8 + ["walk"] * 6 + ["lie"] * 4, dtype=object)

    class Parrot:
        classes_ = np.unique(y_pred)

        def predict(self, X):
            return pd.Series(y_pred, index=y.index).loc[X.index].to_numpy()

    display = RecordingDisplay.from_estimator(Parrot(), X, subject=1, recording=2)
    assert bars(display.axes_[1]) == [(color(2), 0, (0.0, 6.0))]


def test_plain_arrays_are_one_recording(pyplot):
    display = RecordingDisplay.from_predictions(np.zeros((3, 4)), ["a", "a", "b"])
    assert bars(display.axes_[1]) == [(color(0), 0, (0.0, 2.0)), (color(1), 0, (2.0, 3.0))]
    assert len(display.axes_[0].lines) == 3  # the first three channels
    model = SlidingWindowClassifier(Trained(), window_length=1).fit(np.zeros((3, 4)), ["sit", "sit", "walk"])
    display = RecordingDisplay.from_estimator(model, np.zeros((5, 4)))
    assert bars(display.axes_[1]) == [(color(1), 0, (0.0, 5.0))]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, r"name 3 recordings; name one. .*\(1, 1\), \(1, 2\), \(2, 1\)\."),
        ({"subject": 1}, r"name 2 recordings; name one. .*\(1, 1\), \(1, 2\)\."),
        ({"subject": 3}, r"subject=3, recording=None name 0 recordings; .*\(1, 1\), \(1, 2\), \(2, 1\)\."),
        ({"subject": 2, "channels": ["acc_q"]}, r"no channel 'acc_q'; there are \['acc_x'\]"),
        ({"subject": 2, "ax": [None]}, "ax holds 1 axes; this display draws in 2"),
    ],
)
def test_what_cannot_be_drawn_is_named(pyplot, recordings, options, message):
    X, y = recordings
    with pytest.raises(ValueError, match=message):
        RecordingDisplay.from_predictions(X, y, **options)


def test_there_must_be_activities_to_draw(pyplot, recordings):
    with pytest.raises(ValueError, match="give y_true, y_pred or both"):
        RecordingDisplay.from_predictions(recordings[0], subject=2)


def test_classes_must_hold_all_activities(pyplot):
    with pytest.raises(ValueError, match=r"\['b'\] are not among those named: \['a'\]"):
        RecordingDisplay(np.zeros((2, 1)), y_true=["a", "b"], classes=["a"]).plot()


def test_labels_must_belong_to_the_rows(pyplot):
    with pytest.raises(ValueError, match="y must hold one label for every row"):
        RecordingDisplay(np.zeros((3, 1)), y_true=["a", "b"]).plot()


def test_every_activity_looks_different_and_keeps_its_look():
    n_looks = len(COLORS) * len(HATCHES)
    looks = {(style["facecolor"], style["hatch"]) for style in map(style_of_class, range(n_looks))}
    assert len(looks) == n_looks


def test_a_long_signal_keeps_its_peaks_and_its_gaps():
    times = np.r_[0:5000, 6000:9000].astype(float)
    values = np.zeros((8000, 1))
    values[1234], values[6789] = 5, -7
    x, y = envelope(times, values, np.array([0, 5000, 8000]), n_columns=100)
    assert len(x) == len(y) < 250
    assert (np.nanmax(y), np.nanmin(y)) == (5, -7)
    gap = np.flatnonzero(np.isnan(x))
    assert len(gap) == 1
    assert x[gap[0] - 1] < 5000 <= x[gap[0] + 1] == 6000


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=5),
    st.integers(1, 30),
    st.integers(0, 2**32 - 1),
)
def test_an_envelope_has_the_range_of_every_run(lengths, n_columns, seed):
    run_starts = np.concatenate([[0], np.cumsum(lengths)])
    times = np.arange(run_starts[-1]) + np.repeat(np.arange(len(lengths)) * 10.0, lengths)
    values = np.random.default_rng(seed).normal(size=(len(times), 2))
    x, y = envelope(times, values, run_starts, n_columns)
    np.testing.assert_array_equal(np.isnan(x), np.isnan(y).all(axis=1))
    parts = np.split(y, np.flatnonzero(np.isnan(x)))
    assert len(parts) == len(lengths)
    for part, low, high in zip(parts, run_starts[:-1], run_starts[1:], strict=True):
        np.testing.assert_array_equal(np.nanmin(part, axis=0), values[low:high].min(axis=0))
        np.testing.assert_array_equal(np.nanmax(part, axis=0), values[low:high].max(axis=0))


def test_stretches_end_with_their_run():
    heads, lasts = stretches(np.array([1, 1, 1, 0, -1]), np.array([0, 2, 5]))
    assert heads.tolist() == [0, 2, 3, 4]
    assert lasts.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "kind", [dict, pd.DataFrame, lambda history: pd.DataFrame(history).to_dict("records")], ids=str
)
def test_learning_curves_show_what_was_recorded(pyplot, kind):
    display = TrainingHistoryDisplay.from_history(kind(HISTORY))
    for ax, score in zip(display.axes_, ("loss", "accuracy"), strict=True):
        train, valid, best = ax.lines
        np.testing.assert_array_equal(train.get_ydata(), HISTORY[f"train_{score}"])
        np.testing.assert_array_equal(valid.get_ydata(), HISTORY[f"valid_{score}"])
        assert best.get_xdata() == [2, 2]
        assert ax.get_xlabel() == "epoch"
    texts = [text.get_text() for text in display.axes_[0].get_legend().get_texts()]
    assert texts == ["training", "validation", "lowest validation loss (2)"]


def test_learning_curves_without_validation(pyplot):
    history = {name: HISTORY[name] for name in ("epoch", "train_loss", "train_accuracy")}
    display = TrainingHistoryDisplay.from_history(history)
    assert [len(ax.lines) for ax in display.axes_] == [1, 1]


@pytest.mark.parametrize("kind", ["plain", "recognizer", "pipeline", "search"])
def test_a_history_is_found_inside(pyplot, recordings, kind):
    X, y = recordings
    recognizer = SlidingWindowClassifier(make_pipeline("passthrough", Trained()), window_length=2)
    model = {
        "plain": Trained(),
        "recognizer": recognizer,
        "pipeline": make_pipeline("passthrough", recognizer),
        "search": GridSearchCV(
            recognizer, {"overlap": [0.5]}, cv=[([*range(18)],) * 2], scoring=lambda *_: 0.0
        ),
    }[kind]
    model.fit(X, y if kind != "plain" else y.fillna("lie"))
    display = TrainingHistoryDisplay.from_estimator(model)
    pd.testing.assert_frame_equal(display.history, pd.DataFrame(HISTORY))


def folds_of_training() -> pd.DataFrame:
    longer = pd.DataFrame(HISTORY | {"train_loss": [2.0, 1.0, 0.2], "valid_loss": [1.3, 1.0, 0.5]})
    shorter = pd.DataFrame(HISTORY).iloc[:2]
    return pd.concat([shorter, longer], keys=[1, 2], names=["fold"]).reset_index("fold")


def test_folds_are_a_mean_with_a_band_as_far_as_all_trained(pyplot):
    display = TrainingHistoryDisplay.from_history(folds_of_training())
    ax = display.axes_[0]
    of_folds, mean = ax.lines[:2], ax.lines[2]
    np.testing.assert_array_equal(of_folds[0].get_ydata(), [1.0, 0.6, np.nan])
    np.testing.assert_array_equal(of_folds[1].get_ydata(), [2.0, 1.0, 0.2])
    np.testing.assert_allclose(mean.get_xydata(), [[1, 1.5], [2, 0.8]])
    low, high = ax.collections[0].get_paths()[0].get_extents().get_points()
    std = np.std([1.0, 2.0], ddof=1)
    np.testing.assert_allclose((low[0], high[0], high[1]), (1, 2, 1.5 + std))
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [[2, 0.8], [3, 0.5]])  # the lowest of each
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == [
        "training, mean of 2 folds ± std",
        "validation, mean of 2 folds ± std",
        "lowest validation loss of a fold",
    ]


def test_folds_come_from_several_fitted_networks(pyplot, recordings):
    X, y = recordings
    models = [
        Trained().fit(X, y.fillna("lie")),
        make_pipeline("passthrough", Trained()).fit(X, y.fillna("lie")),
    ]
    display = TrainingHistoryDisplay.from_estimators(models)
    assert display.history["fold"].tolist() == [1, 1, 1, 2, 2, 2]
    with pytest.raises(ValueError, match="estimators is empty"):
        TrainingHistoryDisplay.from_estimators([])
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimators([Trained()])


def test_a_model_without_a_history_is_refused(recordings):
    X, y = recordings
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimator(Trained())
    model = make_pipeline("passthrough", Trained()).fit(X, y.fillna("lie"))
    del model[-1].history_
    with pytest.raises(ValueError, match=r"\(Pipeline > Trained\) has 'history_'"):
        TrainingHistoryDisplay.from_estimator(model)


def test_a_training_that_diverged_has_no_best_epoch(pyplot):
    lost = HISTORY | {"valid_loss": [np.nan] * len(HISTORY["epoch"])}
    assert TrainingHistoryDisplay.from_history(lost).axes_[0].get_lines()
    folds = pd.concat([pd.DataFrame(one) for one in (HISTORY, lost)], keys=[1, 2], names=["fold"])
    display = TrainingHistoryDisplay.from_history(folds.reset_index("fold"))
    assert len(display.axes_[0].get_lines()[-1].get_xdata()) == 1  # of the other fold


def test_a_label_of_another_kind_is_named(pyplot, recordings):
    X, y = recordings
    model = SlidingWindowClassifier(DummyClassifier(), window_length=2).fit(X, y)
    first = dict(zip(("subject", "recording"), X.index[0][:2], strict=True))
    with pytest.raises(ValueError, match=r"y_true, such as .*0.*, and of y_pred, such as '.*no common order"):
        RecordingDisplay.from_estimator(model, X, np.zeros(len(X), dtype=int), **first)


def test_a_history_without_a_column_is_refused():
    with pytest.raises(ValueError, match=r"has no \['train_accuracy'\]; it has \['epoch', 'train_loss'\]"):
        TrainingHistoryDisplay.from_history({"epoch": [1], "train_loss": [0.5]})


def test_confusion_gives_every_person_the_same_weight(pyplot):
    # ann: 3 of 4 rows of sit are right; bob: none of 1; only ann walks
    y_true = ["sit"] * 4 + ["walk", "sit"]
    y_pred = ["sit", "sit", "sit", "walk", "walk", "run"]
    display = SubjectConfusionDisplay.from_predictions(y_true, y_pred, subjects=["ann"] * 5 + ["bob"])
    assert display.classes.tolist() == ["run", "sit", "walk"]
    assert display.n_subjects.tolist() == [0, 2, 1]
    nan = np.nan
    np.testing.assert_allclose(display.mean, [[nan] * 3, [0.5, 0.375, 0.125], [0, 0, 1]])
    spread = [np.std([0, 1], ddof=1), np.std([0.75, 0], ddof=1), np.std([0.25, 0], ddof=1)]
    np.testing.assert_allclose(display.std, [[nan] * 3, spread, [nan] * 3])
    texts = {text.get_text() for text in display.ax_.texts}
    assert texts == {"0.50", "±0.71", "0.38", "±0.53", "0.12", "±0.18", "1.00"}
    ticks = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert ticks == ["run (0)", "sit (2)", "walk (1)"]


def test_confusion_from_an_estimator_asks_the_recordings_for_people(pyplot, recordings):
    X, y = recordings
    model = SlidingWindowClassifier(Trained(), window_length=2).fit(X, y)
    display = SubjectConfusionDisplay.from_estimator(model, X, y, labels=["walk", "sit", "lie"])
    assert display.n_subjects.tolist() == [1, 2, 1]
    np.testing.assert_array_equal(display.mean[:, 0], [1, 1, 1])


def test_displays_draw_where_they_are_told(pyplot):
    figure, axes = pyplot.subplots(1, 2)
    display = TrainingHistoryDisplay.from_history(HISTORY, ax=axes)
    assert display.axes_.tolist() == axes.tolist()
    assert display.plot(axes) is display
    confusion = SubjectConfusionDisplay.from_predictions(["a"], ["a"], subjects=[1], ax=axes[0])
    assert confusion.ax_ is axes[0]
    recording = RecordingDisplay.from_predictions(np.zeros((2, 1)), ["a", "b"], ax=axes)
    assert recording.figure_ is figure


@pytest.mark.parametrize(
    "display",
    [
        RecordingDisplay(np.zeros((2, 1)), y_true=["a", "b"]),
        TrainingHistoryDisplay(pd.DataFrame(HISTORY)),
        SubjectConfusionDisplay(np.eye(2), np.zeros((2, 2)), classes=np.array(["a", "b"]), n_subjects=[1, 1]),
    ],
    ids=lambda display: type(display).__name__,
)
def test_without_matplotlib_the_extra_is_named(without_matplotlib, display):
    with pytest.raises(ImportError, match=r"pip install sklearn-har\[plot\]"):
        display.plot()
