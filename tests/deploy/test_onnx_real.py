"""Files of networks beside the networks, on people who were recorded."""

import numpy as np
import pytest

from sklearn_har.classifiers import CNNClassifier, CNNLSTMClassifier, LSTMClassifier
from sklearn_har.deploy import OnnxRecognizer, export_onnx
from sklearn_har.recordings import drop_unlabelled
from sklearn_har.windowing import sliding_windows

pytestmark = pytest.mark.real
TRAINED, TESTED = (1, 3, 5), (2, 4)


@pytest.fixture(scope="module")
def of_people(hapt):
    X, y = drop_unlabelled(*hapt)
    windows, labels = sliding_windows(X, y, window_length=2.56)
    return tuple(
        (windows[of_some], labels[of_some])
        for of_some in (np.isin(windows.subjects, some) for some in (TRAINED, TESTED))
    )


@pytest.mark.parametrize("network", [CNNClassifier, CNNLSTMClassifier, LSTMClassifier])
def test_file_gives_people_the_labels_of_the_network(of_people, network, tmp_path):
    (windows, labels), (others, _) = of_people
    model = network(epochs=2, random_state=0).fit(windows, labels)
    export_onnx(model, tmp_path / "network.onnx", X=windows)
    from_file = OnnxRecognizer(tmp_path / "network.onnx")
    assert (from_file.predict(others) == model.predict(others)).all()
    np.testing.assert_allclose(from_file.predict_proba(others), model.predict_proba(others), atol=1e-4)
