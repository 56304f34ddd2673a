import numpy as np
import pytest
import torch
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC
from torch import nn

from sklearn_har.classifiers import CNNClassifier, LSTMClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.evaluation import SaliencyDisplay
from sklearn_har.evaluation._saliency import gradients, integrated_gradients, occlusion
from sklearn_har.preprocessing import ChannelScaler
from sklearn_har.windowing import SlidingWindowClassifier, sliding_windows


@pytest.fixture(scope="module")
def data():
    X, y = make_recordings(n_subjects=2, n_recordings=1, sampling_rate=20, random_state=0, return_X_y=True)
    return sliding_windows(X, y, window_length=2.0)


@pytest.fixture(scope="module")
def network(data):
    return CNNClassifier(epochs=4, random_state=0).fit(*data)


class Linear(nn.Module):
    """Scores that are weighted sums of a window of 3 timesteps and 2 channels."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.arange(12.0).reshape(6, 2))

    def forward(self, windows):
        return windows.flatten(1) @ self.weight


def test_gradients_of_a_linear_module_are_its_weights():
    window = np.array([[1.0, 2], [3, 4], [5, 6]])
    weights = np.arange(12.0).reshape(3, 2, 2)[..., 1]
    np.testing.assert_allclose(gradients(Linear(), np.stack([window, -window]), 1), [weights, weights])
    found = integrated_gradients(Linear(), window, 1, baseline=np.array([1.0, 1.0]))
    np.testing.assert_allclose(found, weights * (window - 1))


def test_integrated_gradients_of_a_product_by_hand():
    class Product(nn.Module):
        def forward(self, windows):
            return windows[:, 0, 0:1] * windows[:, 1, 0:1]

    # the gradient at a share t of the way is (b, a) t, of which the integral is (b, a) / 2
    found = integrated_gradients(Product(), np.array([[3.0], [4.0]]), 0, baseline=np.zeros((2, 1)))
    np.testing.assert_allclose(found, [[6.0], [6.0]], rtol=1e-6)


@pytest.mark.parametrize("kind", [CNNClassifier, LSTMClassifier])
def test_attributions_add_up_to_the_difference_of_scores(data, kind):
    windows, labels = data
    model = kind(epochs=3, random_state=0).fit(windows, labels)
    values = np.asarray(windows, dtype=np.float64)
    baseline = np.broadcast_to(values.mean(axis=(0, 1)), values.shape[1:])
    with torch.inference_mode():
        both = torch.tensor(np.stack([baseline, *values[::9]]), dtype=torch.float32)
        scores = model.module_.eval()(both).double().numpy()
    for window, score in zip(values[::9], scores[1:], strict=True):
        target = int(score.argmax())
        found = integrated_gradients(model.module_, window, target, baseline=baseline, n_steps=256)
        difference = score[target] - scores[0, target]
        assert found.sum() == pytest.approx(difference, rel=0.03, abs=0.03)


def test_gradients_leave_the_module_as_it_was(network, data):
    module, values = network.module_, np.asarray(data[0])[:2]
    before = {name: value.clone() for name, value in module.state_dict().items()}
    module.zero_grad()
    for training in (True, False):
        module.train(training)
        gradients(module, values, 0)
        assert module.training is training
    assert all(parameter.grad is None for parameter in module.parameters())
    for name, value in module.state_dict().items():
        torch.testing.assert_close(value, before[name])


def test_occlusion_by_hand():
    weights = np.array([[1.0, 10], [2, 20], [3, 30], [4, 40]])

    def score(windows):
        return (windows * weights).sum(axis=(1, 2))

    window = np.ones((4, 2))
    falls = occlusion(score, window, baseline=np.zeros(2), patch_length=2, step=2)
    np.testing.assert_allclose(falls, [[3, 30], [3, 30], [7, 70], [7, 70]])
    falls = occlusion(
        score, window, baseline=np.zeros(2), patch_length=3, step=3
    )  # the last ends with the window
    np.testing.assert_allclose(falls[:, 0], [6, 7.5, 7.5, 9])
    falls = occlusion(score, window, baseline=np.ones(2), patch_length=4, step=1)
    np.testing.assert_array_equal(falls, 0)


def test_panels_show_the_signals_on_their_attributions(pyplot, network, data):
    windows, labels = data
    display = SaliencyDisplay.from_estimator(network, windows, 5, activity=labels[5])
    assert display.attributions.shape == (40, 6)
    values = np.asarray(windows)[5]
    for place, ax in enumerate(display.axes_):
        np.testing.assert_allclose(ax.lines[0].get_ydata(), values[:, place])
        np.testing.assert_allclose(ax.images[0].get_array()[0], display.attributions[:, place])
        low, high = ax.images[0].get_clim()
        assert low == -high
    np.testing.assert_allclose(display.axes_[0].lines[0].get_xdata()[[0, -1]], [0, 39 / 20])
    assert display.axes_[0].get_ylabel() == "acc_x\n(m/s²)"
    assert display.axes_[-1].get_xlabel() == "time in the window (s)"
    probability = network.predict_proba(windows[5:6])[0, list(network.classes_).index(labels[5])]
    assert display.axes_[0].get_title(loc="left") == (
        f"window 5 of subject {windows.subjects[5]}: {labels[5]} with a probability of {probability:.2f}\n"
        f"colour: share in the score of {labels[5]}"
    )
    display.figure_.draw_without_rendering()


def test_channels_are_chosen_by_name_or_place(pyplot, network, data):
    windows, labels = data
    whole = SaliencyDisplay.from_estimator(network, windows, 0).attributions
    by_name = SaliencyDisplay.from_estimator(network, windows, 0, channels=["gyro_z", "acc_x"])
    assert by_name.channel_names == ["gyro_z", "acc_x"]
    np.testing.assert_allclose(by_name.attributions, whole[:, [5, 0]])
    values = np.asarray(windows)
    model = CNNClassifier(validation_fraction=0.0, epochs=1, random_state=0).fit(values, labels)
    plain = SaliencyDisplay.from_estimator(model, values, 0, channels=[1])
    assert plain.channel_names == ["channel 1"]
    assert plain.axes_[0].get_xlabel() == "row of the window"


def test_occlusion_takes_any_classifier(pyplot, data):
    windows, labels = data
    model = DummyClassifier().fit(np.zeros((len(windows), 1)), labels)
    display = SaliencyDisplay.from_estimator(model, windows, 0, method="occlusion", patch_length=0.5)
    np.testing.assert_array_equal(display.attributions, 0)
    assert "fall of the probability" in display.axes_[0].get_title(loc="left")


def test_a_pipeline_is_followed_to_its_network(pyplot, data):
    windows, labels = data
    scaled = make_pipeline(ChannelScaler(), CNNClassifier(epochs=2, random_state=0)).fit(windows, labels)
    display = SaliencyDisplay.from_estimator(scaled, windows, 3)
    np.testing.assert_allclose(display.window, np.asarray(windows)[3])  # as recorded, not as scaled
    baseline = np.asarray(windows).mean(axis=(0, 1))
    both = np.stack([np.asarray(windows)[3], np.broadcast_to(baseline, (40, 6))])
    reached = np.asarray(scaled[0].transform(windows[[3, 3]].with_data(both)))
    with torch.inference_mode():
        scores = scaled[-1].module_.eval()(torch.tensor(reached, dtype=torch.float32)).numpy()
    target = scores[0].argmax()
    assert display.attributions.sum() == pytest.approx(
        scores[0, target] - scores[1, target], rel=0.1, abs=0.1
    )


def test_where_channels_change_those_that_reach_the_network_are_shown(pyplot, data):
    windows, labels = data

    def magnitudes(windows):
        values = np.asarray(windows)
        return np.linalg.norm(values.reshape(*values.shape[:2], 2, 3), axis=3)

    model = make_pipeline(FunctionTransformer(magnitudes), CNNClassifier(epochs=1, random_state=0)).fit(
        windows, labels
    )
    display = SaliencyDisplay.from_estimator(model, windows, 0)
    assert display.window.shape == (40, 2)
    assert display.channel_names == ["channel 0", "channel 1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "lime"}, "method='lime' is none of"),
        ({"index": 1000}, "index=1000, but X has the windows 0 to"),
        ({"activity": "flying"}, "activity='flying' is none of the classes"),
        ({"baseline": [0.0]}, r"baseline has the shape \(1,\); it must be \(6,\) or \(40, 6\)"),
        ({"channels": ["acc_q"]}, "channels has the channel 'acc_q'"),
        ({"method": "occlusion", "patch_length": 9.0}, "patch_length=9.0 is 180 rows; a window has 40"),
        ({"ax": [None]}, "ax holds 1 axes; this display draws in 6"),
    ],
)
def test_bad_input_is_named(pyplot, network, data, options, message):
    with pytest.raises(ValueError, match=message):
        SaliencyDisplay.from_estimator(network, data[0], **({"index": 0} | options))


def test_what_has_no_gradients_or_probabilities_is_named(pyplot, data):
    windows, labels = data
    flat = np.zeros((len(windows), 1))
    with pytest.raises(NotFittedError):
        SaliencyDisplay.from_estimator(CNNClassifier(), windows, 0)
    with pytest.raises(
        ValueError, match=r"no network in this estimator \(DummyClassifier\).*'occlusion' works"
    ):
        SaliencyDisplay.from_estimator(DummyClassifier().fit(flat, labels), windows, 0)
    with pytest.raises(ValueError, match="LinearSVC has no predict_proba"):
        SaliencyDisplay.from_estimator(LinearSVC().fit(np.eye(2), [0, 1]), windows, 0)
    X, y = make_recordings(n_subjects=1, random_state=0, return_X_y=True)
    recognizer = SlidingWindowClassifier(DummyClassifier(), window_length=2.0).fit(X, y)
    with pytest.raises(ValueError, match=r"labels rows\. Cut windows yourself"):
        SaliencyDisplay.from_estimator(recognizer, X, 0)


def test_without_matplotlib_the_extra_is_named(without_matplotlib):
    display = SaliencyDisplay(np.zeros((4, 1)), np.zeros((4, 1)), channel_names=["acc_x"])
    with pytest.raises(ImportError, match=r"SaliencyDisplay.plot needs .*sklearn-har\[plot\]"):
        display.plot()
