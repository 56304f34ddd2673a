import copy
import functools
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.base import clone

from sklearn_har.classifiers import DenseClassifier
from sklearn_har.classifiers._checkpoint import Checkpoint, fingerprint
from sklearn_har.classifiers._net import WeightedNet
from sklearn_har.exceptions import CheckpointWarning, InterruptedFitWarning

from .examples import SMALL, small, still_and_moving, weights_of
from .test_interruption import Raiser

N_STEPS = 8  # of an epoch: 64 windows in batches of 8

every_classifier = pytest.mark.parametrize("classifier", SMALL)


def interrupted(model, windows, labels, batch):
    """The model after a fit that was interrupted in a batch."""
    raiser = Raiser(KeyboardInterrupt(), batch)
    infer = WeightedNet.infer

    def interrupted_infer(net, windows):
        if net.module_.training:
            raiser(None, None)
        return infer(net, windows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WeightedNet, "infer", interrupted_infer)
        with pytest.raises(KeyboardInterrupt), pytest.warns(InterruptedFitWarning):
            model.fit(windows, labels)
    return model


@every_classifier
@pytest.mark.parametrize("stops_early", [False, True])
def test_a_fit_that_goes_on_ends_as_one_that_was_not_interrupted(classifier, stops_early, tmp_path):
    windows, labels = still_and_moving()
    params = {"epochs": 5, "early_stopping": stops_early, "patience": 2, "learning_rate": 0.02}
    whole = small(classifier, **params).fit(windows, labels)
    file = tmp_path / "fit.pt"
    model = small(classifier, **params, checkpoint=file)
    interrupted(clone(model), windows, labels, 2 * N_STEPS + 3)
    assert [path.name for path in tmp_path.iterdir()] == ["fit.pt"]
    model.fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(whole))
    assert model.history_ == whole.history_
    assert not list(tmp_path.iterdir())


def test_only_the_rest_is_trained(tmp_path):
    windows, labels = still_and_moving()
    counter = Raiser(None, 10**6)
    model = small(DenseClassifier, checkpoint=tmp_path / "fit.pt", augmentation=counter)
    interrupted(model, windows, labels, 3 * N_STEPS + 1)
    counter.n_calls = 0
    model.fit(windows, labels)
    assert counter.n_calls == N_STEPS


def test_interrupted_twice(tmp_path):
    windows, labels = still_and_moving()
    model = small(DenseClassifier, checkpoint=tmp_path / "fit.pt")
    interrupted(model, windows, labels, N_STEPS + 1)
    interrupted(model, windows, labels, N_STEPS + 1)
    whole = small(DenseClassifier).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model.fit(windows, labels)), weights_of(whole))
    assert model.history_ == whole.history_


@pytest.mark.parametrize("same_object", [True, False])
def test_a_warm_start_that_was_interrupted_goes_on_too(same_object, tmp_path):
    windows, labels = still_and_moving()
    first = small(DenseClassifier, warm_start=True, checkpoint=tmp_path / "fit.pt").fit(windows, labels)
    whole = copy.deepcopy(first).fit(windows, labels)
    stopped = interrupted(copy.deepcopy(first), windows, labels, 2 * N_STEPS + 1)
    resumed = (stopped if same_object else first).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(resumed), weights_of(whole))
    assert resumed.history_ == whole.history_
    assert resumed.history_["epoch"] == list(range(1, 9))


def left_behind(tmp_path, **params):
    """A checkpoint that an interrupted fit has left, with its model, windows and labels."""
    windows, labels = still_and_moving()
    model = small(DenseClassifier, checkpoint=tmp_path / "fit.pt", **params)
    return interrupted(model, windows, labels, N_STEPS + 1), windows, labels


@pytest.mark.parametrize(
    "changed", [{"learning_rate": 0.1}, {"hidden_units": (8,)}, {"random_state": 1}], ids=str
)
def test_other_parameters_are_refused(changed, tmp_path):
    model, windows, labels = left_behind(tmp_path)
    with pytest.raises(ValueError, match="of a fit with other parameters or other windows"):
        clone(model).set_params(**changed).fit(windows, labels)


@pytest.mark.parametrize("same", [{"verbose": False}, {"n_jobs": 1}, {"keep_optimizer": True}], ids=str)
def test_parameters_that_change_no_result_are_not_compared(same, tmp_path):
    model, windows, labels = left_behind(tmp_path)
    assert clone(model).set_params(**same).fit(windows, labels).history_["epoch"] == [1, 2, 3, 4]


@pytest.mark.parametrize("what", ["value", "order", "fewer", "labels", "names of labels", "weights"])
def test_other_windows_are_refused(what, tmp_path):
    model, windows, labels = left_behind(tmp_path)
    values, weights = np.array(windows), np.ones(64)
    if what == "value":
        values[3, 2, 1] += 1e-3
    elif what == "order":
        values, labels = values[::-1], labels[::-1]
    elif what == "fewer":
        values, labels, weights = values[:-1], labels[:-1], weights[:-1]
    elif what == "labels":
        labels = np.roll(labels, 1)
    elif what == "names of labels":
        labels = np.where(labels == "sit", "a", "b")
    else:
        weights[0] = 2.0
    with pytest.raises(ValueError, match="other windows"):
        clone(model).fit(values, labels, sample_weight=weights)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", "half", "another dict", "folder"])
def test_what_is_no_checkpoint_is_refused_and_left_alone(content, tmp_path):
    model, windows, labels = left_behind(tmp_path)
    file = tmp_path / "fit.pt"
    whole = file.read_bytes()
    if content == "folder":
        file.unlink()
        file.mkdir()
    elif content == "another dict":
        torch.save({"weights": torch.ones(2)}, file)
    else:
        file.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    with pytest.raises(ValueError, match=r"not the checkpoint of a fit|other parameters"):
        clone(model).fit(windows, labels)
    assert file.exists()


@pytest.mark.parametrize("random_state", [None, np.random.RandomState(0)], ids=["None", "RandomState"])
def test_a_seed_is_needed(random_state, tmp_path):
    windows, labels = still_and_moving()
    model = small(DenseClassifier, checkpoint=tmp_path / "fit.pt", random_state=random_state)
    with pytest.raises(ValueError, match="checkpoint needs a random_state that is an integer"):
        model.fit(windows, labels)


def fits_nevertheless(file):
    windows, labels = still_and_moving()
    with pytest.warns(CheckpointWarning, match="The fit goes on, but its state could not be kept"):
        model = small(DenseClassifier, checkpoint=file).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(small(DenseClassifier).fit(windows, labels)))


def test_a_folder_that_is_not_there_is_warned_of(tmp_path):
    fits_nevertheless(tmp_path / "no folder" / "fit.pt")
    (tmp_path / "file").write_text("no folder")
    fits_nevertheless(tmp_path / "file" / "fit.pt")


def test_a_folder_that_cannot_be_written_is_warned_of(tmp_path, monkeypatch):
    def refuse(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    fits_nevertheless(tmp_path / "fit.pt")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), RuntimeError("PytorchStreamWriter")]
)
def test_a_full_disk_is_warned_of_and_nothing_half_written_stays(error, tmp_path, monkeypatch):
    def fill(state, path):
        path.write_bytes(b"half")
        raise error

    monkeypatch.setattr("torch.save", fill)
    fits_nevertheless(tmp_path / "fit.pt")
    assert not list(tmp_path.iterdir())


def test_an_interrupt_while_the_file_is_written_leaves_the_file_before(tmp_path, monkeypatch):
    kept = Checkpoint(tmp_path / "fit.pt", "abc")
    kept.write({"epoch": 1})

    def interrupt(state, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("torch.save", interrupt)
    with pytest.raises(KeyboardInterrupt):
        kept.write({"epoch": 2})
    assert [path.name for path in tmp_path.iterdir()] == ["fit.pt"]
    assert kept.read() == {"epoch": 1}


def test_a_part_keeps_no_checkpoint(tmp_path):
    windows, labels = still_and_moving()
    small(DenseClassifier, checkpoint=tmp_path / "no folder" / "fit.pt").partial_fit(windows, labels)
    model, windows, labels = left_behind(tmp_path)
    model.partial_fit(windows, labels)
    assert (tmp_path / "fit.pt").exists()


class Jitter:
    def __init__(self, spread):
        self.spread = spread

    def __call__(self, batch, generator):
        return batch + self.spread * torch.randn(batch.shape, generator=generator)


def test_parameters_have_a_digest_that_no_address_changes():
    assert (
        fingerprint({"a": Jitter(1.0)}) == fingerprint({"a": Jitter(1.0)}) != fingerprint({"a": Jitter(2.0)})
    )
    made = [functools.partial(torch.optim.SGD, momentum=momentum) for momentum in (0.5, 0.5, 0.6)]
    digests = [fingerprint({"optimizer": one, "params": {"f": test_a_seed_is_needed}}) for one in made]
    assert digests[0] == digests[1] != digests[2]
    assert fingerprint({}, np.zeros(4)) != fingerprint({}, np.zeros((2, 2))) != fingerprint({}, np.zeros(2))


def test_functions_of_one_name_have_digests_of_their_own():
    digests = [
        fingerprint({"a": function}) for function in (lambda batch: batch + 1, lambda batch: batch + 2)
    ]
    assert digests[0] != digests[1]


ELSEWHERE = """
import sys

import numpy as np

sys.path.insert(0, ".")
from tests.classifiers.examples import small, still_and_moving, weights_of
from tests.classifiers.test_checkpoint import Jitter, interrupted
from sklearn_har.classifiers import DenseClassifier

windows, labels = still_and_moving()
model = small(DenseClassifier, checkpoint=sys.argv[1], augmentation=Jitter(0.5))
interrupted(model, windows, labels, 2 * 8 + 1)
"""


def test_another_process_goes_on(tmp_path):
    file = tmp_path / "fit.pt"
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(file)], check=True)
    windows, labels = still_and_moving()
    model = small(DenseClassifier, checkpoint=file, augmentation=Jitter(0.5)).fit(windows, labels)
    assert len(model.net_.history) == 2  # the epochs that were left
    whole = small(DenseClassifier, augmentation=Jitter(0.5)).fit(windows, labels)
    np.testing.assert_array_equal(weights_of(model), weights_of(whole))
