"""Augmented windows beside the recorded ones."""

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from sklearn_har.classifiers import DenseClassifier
from sklearn_har.sampling import Jitter, MixUp, Rotate, TimeShift, WindowAugmenter, WindowSampler
from sklearn_har.testing._flatten import flatten
from tests.conftest import recordings
from tests.sampling.test_window_sampler import LABELS, same_windows, windows_of_three

AXES = ["acc_x", "acc_y", "acc_z"]


def twice(batch, generator):
    return 2 * batch


def test_classes_are_balanced_by_changed_windows_of_their_own():
    windows = windows_of_three()
    augmenter = WindowAugmenter(twice, random_state=0)
    more, labels = augmenter.fit_resample(windows, LABELS)
    assert labels.tolist().count("sit") == labels.tolist().count("walk") == 42
    assert augmenter.sampling_strategy_ == {"walk": 24}
    assert more.origin.tolist() == [0] * 60 + [2] * 24
    assert all(same_windows(more[:60], windows))
    models = augmenter.sample_indices_[60:]
    np.testing.assert_array_equal(augmenter.sample_indices_[:60], np.arange(60))
    np.testing.assert_array_equal(np.asarray(more)[60:], 2 * np.asarray(windows)[models])
    assert set(LABELS[models]) == {"walk"}
    assert np.bincount(models, minlength=60)[LABELS == "walk"].tolist().count(1) == 12  # of 18, for 24
    assert np.bincount(models).max() == 2


def test_what_windows_carry_is_that_of_their_models():
    windows = windows_of_three()
    augmenter = WindowAugmenter(Jitter(), n_copies=2, random_state=0)
    more, labels = augmenter.fit_resample(windows, LABELS)
    np.testing.assert_array_equal(augmenter.sample_indices_, np.tile(np.arange(60), 3))
    np.testing.assert_array_equal(labels, np.tile(LABELS, 3))
    np.testing.assert_array_equal(more.subjects, np.tile(windows.subjects, 3))
    np.testing.assert_array_equal(more.recordings, np.tile(windows.recordings, 3))
    np.testing.assert_array_equal(more.starts, np.concatenate([windows.starts, np.full(120, -1)]))
    np.testing.assert_array_equal(more.runs, np.concatenate([windows.runs, np.full(120, -1)]))
    assert (more.channel_names, more.sampling_rate) == (windows.channel_names, windows.sampling_rate)
    assert not np.array_equal(np.asarray(more)[60:120], np.asarray(more)[120:])


def test_nothing_to_add_gives_what_was_there():
    windows = windows_of_three()
    more, labels = WindowAugmenter(Jitter()).fit_resample(windows, np.tile(["a", "b"], 30))
    assert len(more) == len(labels) == 60


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_stays(dtype):
    windows = windows_of_three(dtype)
    more, _ = WindowAugmenter(Jitter(), random_state=0).fit_resample(windows, LABELS)
    assert more.dtype == dtype
    plain, _ = WindowAugmenter(Jitter(), random_state=0).fit_resample(np.asarray(windows), LABELS)
    assert (type(plain), plain.dtype) == (np.ndarray, dtype)
    np.testing.assert_array_equal(plain, more)


def test_noise_is_relative_to_all_windows():
    values = np.random.default_rng(0).normal(size=(50, 100, 2)) * [1, 50] + [0, 1000]
    more, _ = WindowAugmenter(Jitter(0.1), n_copies=1, random_state=0).fit_resample(values, np.arange(50) % 2)
    np.testing.assert_allclose((more[50:] - values).std(axis=(0, 1)), [0.1, 5], rtol=0.05)


def test_the_seed_alone_decides():
    windows = windows_of_three()
    numpy_before, torch_before = np.random.get_state()[1].copy(), torch.get_rng_state()
    values = [
        np.asarray(WindowAugmenter(Jitter(), random_state=seed).fit_resample(windows, LABELS)[0])
        for seed in (0, 0, 1, np.random.RandomState(0))
    ]
    np.testing.assert_array_equal(values[0], values[1])
    np.testing.assert_array_equal(values[0], values[3])
    assert not np.array_equal(values[0], values[2])
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)
    assert torch.equal(torch.get_rng_state(), torch_before)


def test_every_block_is_drawn_anew(monkeypatch):
    windows = np.zeros((40, 8, 2))
    monkeypatch.setattr("sklearn_har.sampling._window_augmenter.BLOCK_BYTES", 10 * 8 * 2 * 8)
    sizes = []

    def count(batch, generator):
        sizes.append(len(batch))
        return batch + torch.randn(batch.shape, generator=generator)

    more, _ = WindowAugmenter(count, n_copies=1, random_state=0).fit_resample(windows, np.arange(40) % 2)
    assert sizes == [10, 10, 10, 10]
    assert len(np.unique(more[40:, 0, 0])) == 40


def test_input_is_not_changed():
    def darken(batch, generator):
        return batch.mul_(0.5)

    values = np.asarray(windows_of_three()).copy()
    kept = values.copy()
    WindowAugmenter(darken, n_copies=1).fit_resample(values, LABELS)
    np.testing.assert_array_equal(values, kept)


def test_channels_are_told_by_name():
    values = np.random.default_rng(0).normal(size=(60, 8, 3))
    with pytest.raises(ValueError, match=r"no names.*triads="):
        WindowAugmenter(Rotate()).fit_resample(values, LABELS)
    named = windows_of_three()
    three = type(named)(values, channel_names=AXES)
    more, _ = WindowAugmenter([Rotate(90)], n_copies=1, random_state=0).fit_resample(three, LABELS)
    lengths = np.linalg.norm(more, axis=2)
    np.testing.assert_allclose(lengths[60:], lengths[:60])


def test_blends_have_no_label():
    with pytest.raises(ValueError, match="MixUp, whose windows have no one label"):
        WindowAugmenter([Jitter(), MixUp()]).fit_resample(windows_of_three(), LABELS)


def test_one_class_cannot_be_balanced_but_copied():
    windows = windows_of_three()
    with pytest.raises(ValueError, match="class"):
        WindowAugmenter(Jitter()).fit_resample(windows, np.full(60, "sit"))
    more, _ = WindowAugmenter(Jitter(), n_copies=1).fit_resample(windows, np.full(60, "sit"))
    assert len(more) == 120


def test_rows_are_not_windows():
    for method in ("fit", "fit_resample"):
        with pytest.raises(ValueError, match=r"recordings \(rows\)"):
            getattr(WindowAugmenter(Jitter()), method)(recordings(60), LABELS)


@pytest.mark.parametrize(
    ("params", "says"),
    [({"augmentation": "Jitter"}, "'augmentation' parameter"), ({"n_copies": 0}, "'n_copies' parameter")],
)
def test_parameters_that_cannot_be(params, says):
    with pytest.raises(ValueError, match=says):
        WindowAugmenter(**{"augmentation": Jitter(), **params}).fit_resample(windows_of_three(), LABELS)


def test_a_table_holds_windows_of_one_channel():
    table = pd.DataFrame(np.asarray(windows_of_three())[:, :, 0])
    table.columns = [f"t{i}" for i in range(8)]
    more, labels = WindowAugmenter(TimeShift(0.5), random_state=0).fit_resample(table, pd.Series(LABELS))
    assert isinstance(more, pd.DataFrame)
    assert more.shape == (84, 8)
    assert len(labels) == 84
    assert np.isin(more.to_numpy()[60:], table.to_numpy()).all()


def test_nothing_is_added_in_predict():
    windows = windows_of_three()
    model = make_pipeline(
        WindowAugmenter(Jitter(), random_state=0), FunctionTransformer(flatten), DecisionTreeClassifier()
    ).fit(windows, LABELS)
    assert len(model.predict(windows)) == 60
    assert model[-1].tree_.n_node_samples[0] == 84


def test_augmented_windows_never_validate():
    windows = windows_of_three()
    seen = []

    def remember(batch, generator):
        seen.append(batch.clone())
        return batch

    network = DenseClassifier(
        hidden_units=(8,),
        epochs=1,
        batch_size=8,
        validation_fraction=0.34,
        random_state=0,
        augmentation=remember,
    )
    model = make_pipeline(WindowAugmenter(Jitter(1e-3), n_copies=1, random_state=0), network)
    fitted = model.fit(windows, LABELS)[-1]
    (person,) = fitted.held_out_people_
    levels = torch.cat(seen).mean(dim=(1, 2)).div(100).round()
    assert len(levels) == 80  # of the two who train, recorded and augmented
    assert person not in levels


def test_it_follows_a_sampler_of_copies():
    windows = windows_of_three()
    model = make_pipeline(
        WindowSampler(RandomOverSampler(random_state=0)),
        WindowAugmenter(Jitter(), n_copies=1, random_state=0),
        FunctionTransformer(flatten),
        DecisionTreeClassifier(),
    )
    assert clone(model).fit(windows, LABELS)[-1].tree_.n_node_samples[0] == 168
