"""UTD-MHAD in miniature, in the published layout, served on this machine."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from sklearn_har.datasets import _utd_mhad, fetch_utd_mhad
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

TAKES = {(1, 1, 1): 140, (1, 1, 2): 150, (10, 2, 1): 120, (23, 1, 1): 160, (27, 8, 4): 130}  # rows


@pytest.fixture
def miniature(tmp_path, http_server, monkeypatch):
    folder = tmp_path / "archive/Inertial"
    folder.mkdir(parents=True)
    rng, tables = np.random.default_rng(0), {}
    for (action, subject, take), n_rows in TAKES.items():
        tables[action, subject, take] = rng.standard_normal((n_rows, 6)) * [1, 1, 1, 90, 90, 90]
        content = {"d_iner": tables[action, subject, take]}
        savemat(folder / f"a{action}_s{subject}_t{take}_inertial.mat", content)
    archive = shutil.make_archive(str(tmp_path / "published"), "zip", tmp_path / "archive")
    http_server.served["/Inertial.zip"] = Path(archive).read_bytes()
    monkeypatch.setattr(_utd_mhad, "ARCHIVES", {"Inertial.zip": f"{http_server.address}/Inertial.zip"})
    return tmp_path / "home", tables, http_server


def test_rows_are_the_published_ones_in_si_units(miniature):
    home, tables, server = miniature
    bunch = fetch_utd_mhad(data_home=home)
    assert bunch.data.shape == (sum(TAKES.values()), 6)
    for (action, subject, take), table in tables.items():
        rows = bunch.data.loc[(subject, f"a{action}_t{take}")]
        np.testing.assert_array_equal(rows.iloc[:, :3], table[:, :3] * 9.80665)
        np.testing.assert_allclose(rows.iloc[:, 3:], table[:, 3:] * np.pi / 180, rtol=1e-14)
        np.testing.assert_array_equal(rows.index, np.arange(len(table)) / 50)
    assert check_recordings(bunch.data).sampling_rate == 50.0
    assert bunch.target.loc[(2, "a10_t1")].unique().tolist() == ["right_hand_draw_circle_counter_clockwise"]
    assert bunch.target.loc[(8, "a27_t4")].unique().tolist() == ["squat"]
    assert len(bunch.target_names) == 27
    assert bunch.report["takes"] == 5
    fetch_utd_mhad(data_home=home)
    assert server.answers == 1


def test_one_position(miniature):
    X, y = fetch_utd_mhad(data_home=miniature[0], position="thigh", return_X_y=True)
    assert X.index.unique("recording").tolist() == ["a23_t1", "a27_t4"]
    assert y.unique().tolist() == ["walking_in_place", "squat"]
    assert y.cat.categories.tolist()[0] == "jogging_in_place"
    y = fetch_utd_mhad(data_home=miniature[0], position="wrist", return_X_y=True)[1]
    assert len(y) == 140 + 150 + 120
    assert len(y.cat.categories) == 21


def test_harmonized_words_and_another_rate(miniature):
    bunch = fetch_utd_mhad(data_home=miniature[0], harmonize=True, sampling_rate=25)
    assert check_recordings(bunch.data).sampling_rate == 25.0
    assert set(bunch.target.dropna()) == {"walking"}
    assert set(bunch.report["rows_without_shared_activity"]) == {
        "right_arm_swipe_to_the_left", "right_hand_draw_circle_counter_clockwise", "squat",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"other": np.ones((5, 6))}, "has nothing as d_iner"),
        ({"d_iner": np.ones((5, 4))}, r"has shape \(5, 4\) as d_iner"),
        ({"d_iner": np.diag([1, 1, np.nan, 1, 1, 1.0])}, "row 3 of d_iner, has a value that is not finite"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path, content, message):
    path = tmp_path / "a1_s1_t1_inertial.mat"
    savemat(path, content)
    with pytest.raises(DatasetIntegrityError, match=rf"a1_s1_t1_inertial\.mat.* {message}"):
        _utd_mhad._read_take(path)


def test_a_file_that_breaks_off_is_an_error(tmp_path):
    path = tmp_path / "a1_s1_t1_inertial.mat"
    savemat(path, {"d_iner": np.ones((50, 6))})
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(DatasetIntegrityError, match="cannot be read as a MATLAB file"):
        _utd_mhad._read_take(path)


def test_names_of_files_are_checked():
    with pytest.raises(DatasetIntegrityError, match="is not a file of actions 1 to 27"):
        _utd_mhad._numbers("a28_s1_t1_inertial.mat")
