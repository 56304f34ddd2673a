"""UCI HAR in miniature, in the published layout: a zip archive in a zip archive."""

import hashlib
import io
import zipfile

import numpy as np
import pytest

from sklearn_har.datasets import _uci_har, fetch_uci_har
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.model_selection import SubjectKFold
from sklearn_har.windowing import Windows

NAMES = ["WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"]
SIGNALS = [f"{signal}_{axis}" for signal in ("body_acc", "body_gyro", "total_acc") for axis in "xyz"]
SUBJECTS = {"train": [1, 1, 1, 3], "test": [2, 2, 4]}
CODES = {"train": [5, 5, 4, 1], "test": [2, 2, 6]}


def line(values):
    """As published: 16 characters a number, with three digits of exponent."""
    texts = [f"{value:.7e}" for value in values]
    return "".join(f"{text[:-2]}0{text[-2:]}".rjust(16) for text in texts) + "\n"


@pytest.fixture
def published():
    """Windows of 128 rows of nine signals; those of one person overlap by half, but for the last of train."""
    rng = np.random.default_rng(0)
    found = {}
    for part, subjects in SUBJECTS.items():
        rows = {subject: rng.uniform(-1, 1, (64 * 4, 9)) for subject in subjects}
        starts = [64 * subjects[:number].count(subject) for number, subject in enumerate(subjects)]
        found[part] = np.array(
            [rows[who][start : start + 128] for who, start in zip(subjects, starts, strict=True)]
        )
    return found


@pytest.fixture
def files(published):
    rng = np.random.default_rng(1)
    names = [f"tBodyAcc-mean()-{number}" for number in range(558)] + ["fBodyAcc-bandsEnergy()-1,8"] * 3
    written = {
        "README.txt": "About.\n",
        "features_info.txt": "About features.\n",
        "activity_labels.txt": "".join(f"{number} {name}\n" for number, name in enumerate(NAMES, start=1)),
        "features.txt": "".join(f"{number} {name}\n" for number, name in enumerate(names, start=1)),
    }
    for part, windows in published.items():
        for position, signal in enumerate(SIGNALS):
            lines = map(line, windows[:, :, position])
            written[f"{part}/Inertial Signals/{signal}_{part}.txt"] = "".join(lines)
        written[f"{part}/X_{part}.txt"] = "".join(map(line, rng.uniform(-1, 1, (len(windows), 561))))
        written[f"{part}/y_{part}.txt"] = "".join(f"{code}\n" for code in CODES[part])
        written[f"{part}/subject_{part}.txt"] = "".join(f"{who}\n" for who in SUBJECTS[part])
    return written


def archive_of(files):
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as opened:
        for path, text in files.items():
            opened.writestr(f"UCI HAR Dataset/{path}", text)
            opened.writestr(f"__MACOSX/UCI HAR Dataset/._{path.rpartition('/')[2]}", b"\0")
    with zipfile.ZipFile(outer, "w") as opened:
        opened.writestr("UCI HAR Dataset.zip", inner.getvalue())
        opened.writestr("UCI HAR Dataset.names", "About.\n")
    return outer.getvalue()


@pytest.fixture
def home(tmp_path, files, monkeypatch):
    monkeypatch.setattr(_uci_har, "published_checksums", lambda name: checksums_of(files))
    for path, text in files.items():
        target = tmp_path / "uci_har" / "UCI HAR Dataset" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return tmp_path


def checksums_of(files):
    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}


def expected(published, part):
    scales = np.repeat([9.80665, 1.0, 9.80665], 3)
    return (
        np.array([[f"{value:.7e}" for value in row] for row in published[part].reshape(-1, 9)])
        .astype(float)
        .reshape(-1, 128, 9)
        * scales
    )


def test_windows_are_the_published_ones_in_si_units(home, published):
    bunch = fetch_uci_har(data_home=home, download_if_missing=False)
    assert isinstance(bunch.data, Windows)
    assert bunch.data.shape == (7, 128, 9)
    wanted = np.concatenate([expected(published, part) for part in ("train", "test")])
    np.testing.assert_array_equal(np.asarray(bunch.data), wanted)
    assert bunch.data.channel_names == tuple(SIGNALS) == tuple(bunch.channel_names)
    assert bunch.data.sampling_rate == bunch.sampling_rate == 50.0
    assert bunch.channel_units["body_acc_x"] == bunch.channel_units["total_acc_z"] == "m/s²"
    assert bunch.channel_units["body_gyro_y"] == "rad/s"


def test_people_labels_and_the_official_split(home):
    bunch = fetch_uci_har(data_home=home)
    assert bunch.data.subjects.tolist() == bunch.subjects.tolist() == [1, 1, 1, 3, 2, 2, 4]
    assert bunch.target.tolist() == [
        "standing", "standing", "sitting", "walking", "walking_upstairs", "walking_upstairs", "laying",
    ]  # fmt: skip
    assert bunch.target_names == [name.lower() for name in NAMES]
    assert bunch.train.tolist() == [0, 1, 2, 3]
    assert bunch.test.tolist() == [4, 5, 6]
    for train, test in SubjectKFold(n_splits=2).split(bunch.data, bunch.target):
        assert not set(bunch.subjects[train]) & set(bunch.subjects[test])


def test_windows_that_overlap_are_of_one_run(home):
    bunch = fetch_uci_har(data_home=home)
    assert bunch.data.runs.tolist() == [0, 0, 0, 1, 2, 2, 3]
    assert "overlap" in bunch.DESCR


@pytest.mark.parametrize("form", ["windows", "features"])
def test_subsets(home, form):
    whole, labels = fetch_uci_har(data_home=home, form=form, return_X_y=True)
    train, train_labels = fetch_uci_har(data_home=home, form=form, subset="train", return_X_y=True)
    test = fetch_uci_har(data_home=home, form=form, subset="test")
    np.testing.assert_array_equal(np.concatenate([train, test.data]), whole)
    np.testing.assert_array_equal(np.concatenate([train_labels, test.target]), labels)
    assert test.subjects.tolist() == [2, 2, 4]
    assert (test.train.tolist(), test.test.tolist()) == ([], [0, 1, 2])


def test_features_are_a_table_with_each_name_once(home, files):
    bunch = fetch_uci_har(data_home=home, form="features")
    assert bunch.data.shape == (7, 561)
    assert bunch.data.columns.is_unique
    ends = ["fBodyAcc-bandsEnergy()-1,8-X", "fBodyAcc-bandsEnergy()-1,8-Y", "fBodyAcc-bandsEnergy()-1,8-Z"]
    assert bunch.data.columns[-3:].tolist() == ends
    assert bunch.data.columns[0] == "tBodyAcc-mean()-0"
    last = [float(text) for text in files["test/X_test.txt"].split("\n")[2].split()]
    assert bunch.data.iloc[6].tolist() == last


def test_shared_names(home):
    bunch = fetch_uci_har(data_home=home, harmonize=True)
    assert bunch.target[-1] == "lying"
    assert "laying" not in bunch.target_names


def test_a_zip_archive_in_a_zip_archive_is_downloaded(home, files, http_server, monkeypatch, tmp_path):
    http_server.served["/uci.zip"] = archive_of(files)
    monkeypatch.setattr(_uci_har, "ARCHIVES", {"uci.zip": f"{http_server.address}/uci.zip"})
    fresh = tmp_path / "fresh"
    for _ in range(2):
        fetched = fetch_uci_har(data_home=fresh)
        np.testing.assert_array_equal(fetched.data, fetch_uci_har(data_home=home).data)
    assert http_server.answers == 1
    assert (fresh / "uci_har/UCI HAR Dataset/train/y_train.txt").is_file()


def test_an_altered_file_is_refused(home):
    path = home / "uci_har/UCI HAR Dataset/test/y_test.txt"
    path.write_text("1\n1\n1\n")
    with pytest.raises(DatasetIntegrityError, match=r"1 of .* differ .*y_test\.txt"):
        fetch_uci_har(data_home=home)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("train/y_train.txt", "5\n5\n7\n1\n", r"y_train\.txt, line 3, has the activity 7; the .* 1, 2, 3, 4"),
        ("test/y_test.txt", "2\n2\n", r"3 windows but 2 activities in y_test\.txt and 3 people"),
        (
            "test/subject_test.txt",
            "2\n2\ntwo\n",
            r"subject_test\.txt, line 3, has 'two' where a number belongs",
        ),
        ("test/Inertial Signals/total_acc_z_test.txt", "1.0 2.0\n", r"line 1, has 2 numbers; every .* 128"),
    ],
)
def test_malformed_files_are_named_with_the_line(home, files, monkeypatch, path, text, message):
    files[path] = text
    (home / "uci_har/UCI HAR Dataset" / path).write_text(text)
    with pytest.raises(DatasetIntegrityError, match=message):
        fetch_uci_har(data_home=home)


def test_no_network_no_files(tmp_path):
    with pytest.raises(OSError, match=r"'uci_har' is not in .* download_if_missing is False"):
        fetch_uci_har(data_home=tmp_path, download_if_missing=False)
