"""Twins of features give the original's table: in float64 but for rounding, in float32 nearly."""

import numpy as np
import pytest
import torch

from sklearn_har.deploy._onnx._twins import twin
from sklearn_har.deploy._onnx._twins._motion import MotionFeaturesTwin
from sklearn_har.deploy._onnx._twins._rocket import RocketFeaturesTwin
from sklearn_har.deploy._onnx._twins._statistics import SignalStatisticsTwin
from sklearn_har.features import MotionFeatures, RocketFeatures, SignalStatistics

from .twins import ExportedTwin, changed, simulated_windows

SIZES = ((128, 6), (61, 3), (300, 9), (7, 5), (3, 1))
KERNELS = {
    "kernels": {"n_kernels": 500},
    "everything": {"n_kernels": 250, "pooling": "all", "hydra_groups": 2},
    "groups": {"n_kernels": 0, "hydra_groups": 2},
    "of channels": {"n_kernels": 250, "differences": False, "channels_per_kernel": 3},
}


def relative(found, expected):
    """Largest difference of each column, for its size and spread."""
    size = np.abs(expected) + expected.std(axis=0) + 1e-3
    return (np.abs(found - expected) / size).max(axis=0)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("features", "twin_of"),
    [(MotionFeatures(), MotionFeaturesTwin), (SignalStatistics(), SignalStatisticsTwin)],
)
def test_float64_gives_the_same_table(features, twin_of, size):
    windows = simulated_windows(*size)
    expected = features.fit(windows).transform(windows)
    found = twin_of(features)(torch.as_tensor(np.asarray(windows))).numpy()
    # SignalStatistics gives float32
    assert relative(found, expected).max() < (1e-9 if expected.dtype == np.float64 else 2e-7)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "features", [MotionFeatures(), SignalStatistics()], ids=lambda one: type(one).__name__
)
def test_exported_features_are_nearly_the_same(features, size, tmp_path):
    windows = simulated_windows(*size)
    features.fit(windows)
    exported = ExportedTwin(twin(features), windows, tmp_path)
    for kind, of_kind in changed(windows).items():
        difference = relative(exported(of_kind), features.transform(of_kind))
        names = features.get_feature_names_out()
        # the original takes an angle from its cosine, which cannot tell small ones
        difference[[name.endswith("principal_variance_2") for name in names]] /= 100
        if size[0] > 3:
            assert difference.max() < 3e-4, (kind, names[difference.argmax()], difference.max())
        assert np.median(difference) < 1e-5


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("kernels", (128, 6)),
        ("everything", (61, 3)),
        ("groups", (7, 5)),
        ("of channels", (300, 9)),
        ("everything", (3, 1)),
    ],
)
def test_exported_kernels_count_the_same(kind, size, tmp_path):
    windows = simulated_windows(*size)
    features = RocketFeatures(**KERNELS[kind], random_state=0).fit(windows)
    exported = ExportedTwin(twin(features), windows, tmp_path)
    for of_kind in changed(windows).values():
        np.testing.assert_allclose(exported(of_kind), features.transform(of_kind), rtol=2e-6, atol=2e-6)


def test_ties_are_counted_as_by_the_compiled_kernels(tmp_path):
    """Sensors count in steps, so many convolutions equal a bias but for rounding."""
    windows = simulated_windows(128, 6, n_windows=40)
    stepped = np.round(np.asarray(windows) / 0.0137) * 0.0137
    features = RocketFeatures(1000, random_state=0).fit(stepped)
    exported = ExportedTwin(twin(features), stepped, tmp_path)
    np.testing.assert_array_equal(exported(stepped), features.transform(stepped))
    in_another_order = RocketFeaturesTwin(features)(torch.as_tensor(stepped)).numpy()
    assert (
        np.abs(in_another_order - features.transform(stepped)) > 1e-3
    ).any()  # float64 breaks ties otherwise


@pytest.mark.parametrize(
    "features", [MotionFeatures(), SignalStatistics()], ids=lambda one: type(one).__name__
)
def test_windows_of_two_timesteps_are_refused(features):
    features.fit(simulated_windows(2, 3))
    with pytest.raises(ValueError, match="was fitted on windows of 2 timesteps"):
        twin(features)
