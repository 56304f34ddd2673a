"""HHAR in miniature, in the published layout, served on this machine."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sklearn_har.datasets import _hhar, fetch_hhar
from sklearn_har.exceptions import DatasetIntegrityError
from sklearn_har.recordings import check_recordings

HEADER = "Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt\n"
START = 1424696633908  # ms
NANOSECONDS, MILLISECONDS = 1_000_000, 1
SLOW = 300  # rows
LABELS = ["null"] * 50 + ["stand"] * 100 + ["bike"] * 150


def stream(user, device, rate, unit, origin, *, delay=20, start=0.0, labels=LABELS, seed=0):
    """Lines of one sensor of one device, and its seconds and values."""
    rng, n = np.random.default_rng(seed), len(labels)
    seconds = start + np.arange(n) / rate
    creation = origin + np.rint(seconds * 1000 * unit).astype(np.int64)
    arrival = START + delay + np.ceil(seconds * 100).astype(np.int64) * 10  # in bursts of 10 ms
    values = rng.standard_normal((n, 3))
    model = device.split("_")[0]
    lines = [
        f"{i},{a},{c},{x!r},{y!r},{z!r},{user},{model},{device},{label}\n"
        for i, (a, c, (x, y, z), label) in enumerate(
            zip(arrival.tolist(), creation.tolist(), values.tolist(), labels, strict=True)
        )
    ]
    return lines, seconds, values


@pytest.fixture
def home(tmp_path, http_server, monkeypatch):
    """Archives inside the archive; user b's S+ has no gyroscope, the Gear's clock counts milliseconds."""
    folder = tmp_path / "inner/Activity recognition exp"
    folder.mkdir(parents=True)
    nexus = stream("a", "nexus4_1", 200, NANOSECONDS, 10**18, labels=np.repeat(LABELS, 4).tolist())
    old = stream("b", "samsungold_1", 50, NANOSECONDS, 5 * 10**12, seed=1)
    acc = [*nexus[0], *old[0]]
    acc[10], acc[11] = acc[11], acc[10]  # not in the order of time
    gyro = stream("a", "nexus4_1", 200, NANOSECONDS, 77, labels=np.repeat(LABELS, 4).tolist(), seed=2)
    watch_acc = stream("a", "gear_1", 100, MILLISECONDS, 12345, seed=3)
    watch_gyro = stream("a", "gear_1", 100, MILLISECONDS, 12345, seed=4)
    for name, lines in {
        "Phones_accelerometer": acc,
        "Phones_gyroscope": gyro[0],
        "Watch_accelerometer": watch_acc[0],
        "Watch_gyroscope": watch_gyro[0],
    }.items():
        (folder / f"{name}.csv").write_text(HEADER + "".join(lines))
    outer = tmp_path / "outer"
    outer.mkdir()
    shutil.make_archive(str(outer / "Activity recognition exp"), "zip", tmp_path / "inner")
    archive = shutil.make_archive(str(tmp_path / "published"), "zip", outer)
    http_server.served["/hhar.zip"] = Path(archive).read_bytes()
    monkeypatch.setattr(_hhar, "ARCHIVES", {"h.zip": f"{http_server.address}/hhar.zip"})
    return tmp_path / "home", {"nexus": nexus, "old": old, "gyro": gyro, "watch": watch_acc}, http_server


def test_rows_of_one_sensor_are_the_published_ones_in_the_order_of_time(home):
    folder, streams, server = home
    bunch = fetch_hhar(data_home=folder, sensors="acc", sampling_rate=None)
    for key, name in (("nexus", ("a", "nexus4_1")), ("old", ("b", "samsungold_1"))):
        rows = bunch.data.loc[name]
        np.testing.assert_array_equal(rows.to_numpy(), streams[key][2])
        np.testing.assert_allclose(rows.index, streams[key][1], atol=1e-6)
    assert bunch.channel_names == ["acc_x", "acc_y", "acc_z"]
    clocks = bunch.report["clocks"]
    assert clocks["a/nexus4_1"] == {
        "rows": 1200, "clock": "creation", "clock_jumps": 0, "rows_out_of_order": 1,
    }  # fmt: skip
    labels = bunch.target.loc[("b", "samsungold_1")]
    assert labels.isna().sum() == 50
    assert labels.value_counts()[["stand", "bike"]].tolist() == [100, 150]
    fetch_hhar(data_home=folder, sensors="acc")
    assert server.answers == 1


def test_both_sensors_are_joined_and_what_has_no_partner_is_named(home):
    bunch = fetch_hhar(data_home=home[0])
    assert bunch.data.shape[1] == 6
    assert check_recordings(bunch.data).sampling_rate == 50.0
    assert bunch.data.index.unique("recording").tolist() == ["nexus4_1"]
    assert bunch.report["recordings_of_one_sensor"] == ["b samsungold_1"]
    assert bunch.data.index.get_level_values("time")[0] == 0.0
    assert len(bunch.data) == pytest.approx(300, abs=2)
    assert bunch.target.value_counts()["bike"] == pytest.approx(150, abs=2)
    rows = fetch_hhar(data_home=home[0], sampling_rate=None)
    assert rows.data.shape == (1200, 6)
    expected = np.hstack([home[1]["nexus"][2], home[1]["gyro"][2]])
    np.testing.assert_array_equal(rows.data.to_numpy(), expected)


def test_a_clock_in_milliseconds_is_understood(home):
    bunch = fetch_hhar(data_home=home[0], device="watch", sensors="acc", sampling_rate=None)
    rows = bunch.data.loc[("a", "gear_1")]
    np.testing.assert_allclose(rows.index, home[1]["watch"][1], atol=1e-6)
    np.testing.assert_array_equal(rows.to_numpy(), home[1]["watch"][2])


def test_harmonized_words(home):
    assert fetch_hhar(data_home=home[0], device="watch", harmonize=True).target_names == [
        "walking", "walking_upstairs", "walking_downstairs", "cycling", "sitting", "standing",
    ]  # fmt: skip


def test_a_clock_that_jumps_is_followed():
    seconds = np.arange(400) / 100
    arrival = START + np.rint(seconds * 1000).astype(np.int64) + 7
    creation = np.rint(seconds * 1e9).astype(np.int64)
    creation[200:] += 500 * 10**9  # the origin changed
    times, facts = _hhar._times(arrival, creation)
    np.testing.assert_allclose(times - START / 1000, seconds + 0.007, atol=1e-6)
    assert facts["clock_jumps"] == 1


def test_a_clock_without_sense_gives_way_to_arrival():
    arrival = START + np.arange(100) * 10
    times, facts = _hhar._times(arrival, np.arange(100) * 37)
    np.testing.assert_allclose(times, arrival / 1000, rtol=1e-15)
    assert facts["clock"] == "arrival"


@pytest.mark.parametrize(
    ("arrival", "creation"),
    [([7], [7]), ([7, 7, 7], [1, 2, 3]), ([1, 2, 3], [7, 7, 7]), ([1, 2, 3], [3, 2, 1])],
    ids=["one row", "came at once", "made at once", "runs backwards"],
)
def test_a_clock_that_tells_no_unit_gives_way_to_arrival(arrival, creation):
    times, facts = _hhar._times(np.array(arrival), np.array(creation))
    np.testing.assert_allclose(times, np.array(arrival) / 1000, rtol=1e-15)
    assert facts["clock"] == "arrival"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("a,nexus4,nexus4_1,stand", "a,nexus4,nexus4_1,dance", r"line 8, has the activity 'dance'"),
        ("0.5", "half", r"line 8, has 'half' where a number belongs"),
        ("0.5", "nan", r"line 8, (has 'nan' where a number belongs|lacks a value)"),
        ("a,nexus4,nexus4_1,stand", "a", r"line 8, has 7 values; every line has 10"),
        ("a,nexus4,nexus4_1,stand", "a,nexus4,nexus4_1,stand,1", r"line 8, has 11 values"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path, monkeypatch, old, new, message):
    monkeypatch.setattr(_hhar, "CHUNK_ROWS", 3)  # so that what is wrong lies in the third part
    line = "{i},1424696633908,1424696631913248572,0.5,-0.25,9.8,a,nexus4,nexus4_1,stand\n"
    lines = [line.replace("{i}", str(number)) for number in range(20)]
    lines[6] = lines[6].replace(old, new)
    path = tmp_path / "Phones_accelerometer.csv"
    path.write_text(HEADER + "".join(lines))
    with pytest.raises(DatasetIntegrityError, match=rf"Phones_accelerometer\.csv.*{message}"):
        _hhar._label_codes(_hhar._read_table(path)["gt"], path)
