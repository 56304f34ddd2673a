"""A small model in a file, and files of a person whom it does not know."""

import shutil

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_har.classifiers import CNNClassifier
from sklearn_har.datasets import make_recordings
from sklearn_har.deploy import save
from sklearn_har.features import MotionFeatures
from sklearn_har.preprocessing import MedianFilter
from sklearn_har.windowing import SlidingWindowClassifier

ACC = ["acc_x", "acc_y", "acc_z"]


@pytest.fixture(scope="session")
def people():
    """Rows and labels of three simulated people, with an accelerometer."""
    X, y = make_recordings(n_subjects=3, n_recordings=1, random_state=0, return_X_y=True)
    return X[ACC], y


@pytest.fixture(scope="session")
def model(people):
    """A recognizer behind a filter, fitted on two of them."""
    X, y = people
    windows = make_pipeline(MotionFeatures(), StandardScaler(), LogisticRegression(max_iter=1000))
    recognizer = SlidingWindowClassifier(windows, window_length=2.56)
    return make_pipeline(MedianFilter(3), recognizer).fit(X.loc[:2], y.loc[:2])


@pytest.fixture(scope="session")
def model_file(model, people, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "walking.harmodel"
    save(model, path, X=people[0])
    return path


@pytest.fixture
def folder(model_file, people, tmp_path, monkeypatch):
    """The current folder, with walking.harmodel, walk.csv, and phone.csv with the same rows in g."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(model_file, tmp_path / "walking.harmodel")
    X, y = people
    rows = X.loc[[3]].join(y).reset_index().drop(columns=["subject", "recording"])
    rows.to_csv("walk.csv", index=False)
    phone = rows.assign(t=(rows["time"] * 1000).round().astype(int))
    phone[ACC] /= 9.80665
    phone = phone.rename(columns={"acc_x": "ax", "acc_y": "ay", "acc_z": "az", "activity": "doing"})
    phone[["t", "ax", "ay", "az", "doing"]].to_csv("phone.csv", index=False, sep=";", decimal=",")
    return tmp_path


@pytest.fixture(scope="session")
def network_file(people, tmp_path_factory):
    classifier = CNNClassifier(filters=(8,), kernel_sizes=(5,), epochs=1, random_state=0)
    recognizer = SlidingWindowClassifier(classifier, window_length=2.56).fit(*people)
    path = tmp_path_factory.mktemp("models") / "network.harmodel"
    save(recognizer, path, X=people[0])
    return path


@pytest.fixture
def network(folder, network_file):
    """The folder with network.harmodel too; what it predicts does not matter."""
    shutil.copy(network_file, folder)
