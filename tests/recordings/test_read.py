"""Files of a user's own become recordings."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_har.exceptions import RowsLeftOutWarning, SuspectRecordingsWarning
from sklearn_har.recordings import check_recordings, read_recordings
from sklearn_har.recordings._csv import names_in_file

OPTIONS = {"channels": {"ax": "acc_x"}, "time": "t"}
LINES = "t,ax\n0.00,1.5\n0.02,2.5\n0.04,3.5\n"


def write(folder, **files):
    """Files by their path, with dots for folders: a__b is a/b.csv."""
    for name, text in files.items():
        path = folder.joinpath(*name.split("__")).with_suffix(".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder, pattern="{subject}/{recording}.csv", **options):
    return read_recordings(folder / pattern, **(OPTIONS | options))


def test_people_and_recordings_are_those_of_the_path(tmp_path):
    write(tmp_path, **{"07__b": LINES, "07__a": LINES, "ann__a": LINES})
    X, y = read(tmp_path)
    assert y is None
    heads = X.index.droplevel("time").unique().to_list()
    assert heads == [("07", "a"), ("07", "b"), ("ann", "a")]
    assert X.loc[("07", "b"), "acc_x"].to_dict() == {0.0: 1.5, 0.02: 2.5, 0.04: 3.5}
    assert check_recordings(X).sampling_rate == 50


def test_a_folder_is_read_whole_with_files_named_by_path(tmp_path):
    write(tmp_path, mon__am=LINES, mon__pm=LINES, tue=LINES)
    (tmp_path / "notes.md").write_text("not a table")
    X, _ = read_recordings(str(tmp_path), **OPTIONS)
    assert X.index.droplevel("time").unique().to_list() == [(0, "mon/am"), (0, "mon/pm"), (0, "tue")]


def test_parts_of_a_name_and_wildcards(tmp_path):
    write(tmp_path, **{"x__s1_r2": LINES, "y__s2_r1": LINES})
    X, _ = read(tmp_path, "**/s{subject}_r{recording}.csv")
    assert X.index.droplevel("time").unique().to_list() == [("1", "2"), ("2", "1")]


def test_a_field_that_comes_twice_must_agree(tmp_path):
    write(tmp_path, a__a_1=LINES, b__a_1=LINES)
    X, _ = read(tmp_path, "{subject}/{subject}_{recording}.csv")
    assert X.index.droplevel("time").unique().to_list() == [("a", "1")]


def test_columns_may_tell_everything(tmp_path):
    write(
        tmp_path,
        one="who,when,t,ax,doing\n1,9,0,1,sit\n1,9,1,2,\n",
        two="who,when,t,ax,doing\nbo,9,0,3,walk\n",
    )
    X, y = read(tmp_path, "*.csv", subject="who", recording="when", label="doing")
    assert X.index.to_list() == [("1", 9, 0.0), ("1", 9, 1.0), ("bo", 9, 0.0)]
    assert y.name == "doing"
    assert y.isna().tolist() == [False, True, False]
    assert y.index.equals(X.index)


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbft,ax\r\n0,1.5\r\n20,-2.5\r\n",  # byte order mark, Windows
        b"t;ax\n0;1,5\n20;-2,5\n",
        b"t\tax\n0\t1,5\n20\t-2,5\n",
        b'"t", "ax"\n\n0, 1.5\n\n20, -2.5',
        b'# made "by hand\n\nt,ax\n0,1.5,\n20,-2.5,\n',  # each line ends with a separator
        "t;ax\n0;1,5\n20;\u22122,5\n".encode(),
        b't,note,ax\n0,"a\nb, c",1.5\n20,,-2.5\n',
        b"t,ax\r0,1.5\r20,-2.5\r",  # as old Macs wrote it
    ],
)
def test_dialects(tmp_path, text):
    X, _ = read(write(tmp_path, a__r=text), time_unit="ms")
    assert X["acc_x"].tolist() == [1.5, -2.5]
    assert X.index.get_level_values("time").tolist() == [0.0, 0.02]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_line_that_is_wrong_is_found_wherever_it_is(data):
    blanks = st.lists(st.sampled_from(["", " "]), max_size=2)
    n = data.draw(st.integers(1, 20))
    wrong = data.draw(st.integers(0, n - 1))
    fault = data.draw(st.sampled_from(["{},x", "{},1,2", "{}"]))
    lines = [*data.draw(blanks), *(["# note"] * data.draw(st.integers(0, 2))), "t,ax"]
    for row in range(n):
        lines += data.draw(blanks)
        if row == wrong:
            expected = len(lines) + 1
        lines.append(fault.format(row) if row == wrong else f"{row},{row}.5")
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    with TemporaryDirectory() as folder:
        Path(folder, "r.csv").write_bytes((end.join(lines) + end).encode())
        with pytest.raises(ValueError, match=f"r.csv, line {expected}: "):
            read_recordings(folder, **OPTIONS)


def test_the_decimal_mark_and_separator_can_be_set(tmp_path):
    X, _ = read(write(tmp_path, a__r=b"t|ax\n0|1,5\n1|2.5\n"), separator="|", decimal=".", channels=["t"])
    assert X["t"].tolist() == [0, 1]


def test_the_decimal_mark_is_that_of_the_first_lines(tmp_path):
    lines = "".join(f"{k};1\n" for k in range(60)) + "60;1,5\n"
    with pytest.raises(ValueError, match=r"r.csv, line 62: column 'ax' holds '1,5'.* is set by decimal=','"):
        read(write(tmp_path, a__r="t;ax\n" + lines))
    X, _ = read(tmp_path, decimal=",")
    assert X["acc_x"].iloc[-1] == 1.5


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        (["2026-07-01T12:00:00.5Z", "2026-07-01T14:00:01+02:00"], [1782907200.5, 1782907201.0]),
        (["2026-07-01 12:00:00.5", "2026-07-01 12:00:01"], [1782907200.5, 1782907201.0]),
        (["23:59:59:750", "00:00:00:250"], [86399.75, 86400.25]),
        (["9:00:00.25", "9:00:01"], [32400.25, 32401.0]),
    ],
)
def test_dates_and_times_of_day(tmp_path, times, seconds):
    text = "t,ax\n" + "".join(f"{time},1\n" for time in times)
    X, _ = read(write(tmp_path, a__r=text))
    assert X.index.get_level_values("time").tolist() == seconds


def test_units_become_si(tmp_path):
    write(tmp_path, a__r="t,ax,gx\n0,1,180\n")
    X, _ = read(tmp_path, channels={"ax": "acc_x", "gx": "gyro_x"}, units={"acc_x": "g", "gyro_x": "deg/s"})
    assert X.to_numpy().ravel() == pytest.approx([9.80665, np.pi])


def test_empty_cells_of_channels_stay_and_nothing_is_said(tmp_path):
    X, _ = read(write(tmp_path, a__r="t,ax\n0,1\n1,\n2,nan\n"))
    assert X["acc_x"].isna().tolist() == [False, True, True]


def test_unusable_rows_are_counted_and_reported(tmp_path):
    write(tmp_path, a__r="who,t,ax\n1,0,1\n1,,2\n,2,3\n1,3,4\n1,4", b__r="who,t,ax\n2,0,1\n2,,2\n")
    with pytest.warns(RowsLeftOutWarning) as caught:
        X, _, report = read(tmp_path, "*/{recording}*.csv", subject="who", return_report=True)
    message = str(caught[0].message)
    assert "4 of 7 rows" in message
    assert "cut off: 1, the first in" in message
    assert f"no time: 2, the first in {tmp_path / 'a' / 'r.csv'}, line 3" in message
    assert "no subject: 1" in message
    assert X.index.to_list() == [(1, "r", 0.0), (1, "r", 3.0), (2, "r", 0.0)]
    assert report[["rows", "rows_left_out"]].to_numpy().tolist() == [[2, 3], [1, 1]]
    assert report["recording"].tolist() == ["r", "r"]


def test_a_warning_points_at_this_file(tmp_path):
    with pytest.warns(RowsLeftOutWarning) as caught:
        read(write(tmp_path, a__r="t,ax\n0,1\n,2\n"))
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", {}, "r.csv is empty"),
        ("\n \n", {}, "r.csv is empty"),
        ("# only\n", {}, "r.csv has no header"),
        ("t,ax\n", {}, "r.csv has a header but no rows"),
        ("t,axx\n0,1\n", {}, "r.csv has no column 'ax'; it has .*Did you mean 'axx'"),
        ("t,ax,ax\n0,1,2\n", {}, "r.csv has several columns called 'ax'"),
        ("\nt,ax\n0,1\n\n1,2,3\n2,3\n", {}, r"r.csv, line 5: 3 fields, but the header \(line 2\) has 2"),
        ("t,ax\n0,1\n1\n2,3\n3\n4,5\n", {}, r"r.csv, line 3: 1 fields.*one of 2 such rows"),
        ("t,ax\n0,1\n\n1,two\n2,3\n", {}, "r.csv, line 4: column 'ax' holds 'two', which is no number"),
        ('t,note,ax\n0,"a\nb",1\n1,,two\n', {}, "r.csv, line 4: column 'ax' holds 'two'"),
        ('t,note,ax\n0,"a,1\n1,b,2\n', {}, "r.csv, line 2: a quote is opened"),
        ("t;ax\n0;1.5\n1;2,5\n", {}, "r.csv, line 3: column 'ax' holds '2,5'"),
        ("t,ax\n0,true\n1,false\n", {}, "holds .*True.*, which is no number"),
        ("t,ax\nnoon,1\n", {}, "r.csv, line 2: column 't' holds 'noon', which is no number"),
        (
            "t,ax\n2026-07-01,1\nnoon,2\n",
            {},
            "r.csv, line 3: .*'noon', which is not a date like '2026-12-31 13:05:10.250'",
        ),
        (
            "t,ax\n9:00:00,1\nnoon,2\n",
            {},
            "r.csv, line 3: .*'noon', which is not a time of day like '13:05:10.250'",
        ),
        (b"t,ax\n0,1\n1,\xff\n", {}, "r.csv, line 3: this is not UTF-8 text"),
        ("t,ax\n,1\n", {}, "r.csv has 1 rows, but none has all of"),
        ("t,ax\n0,1\ninf,2\n", {}, "r.csv, line 3: column 't' holds an infinite time"),
        ("t,ax\n0,1\n1,2\n\0\0\0", {}, r"r.csv, line 4: zero bytes \(3 in the file\)"),
        ("t,ax\n0,true\n", {}, "r.csv, line 2: column 'ax' holds 'True', which is no number"),
        ('t,ax\n0,1"2\n"3\n', {}, "r.csv cannot be read as CSV: .*EOF inside string"),
        ('t,ax\n0,1"5\n2;3"4\n', {}, "r.csv has 1 lines of data, but 2 rows could be read"),
        (LINES, {"units": {"acc_x": "furlong"}}, "the unit 'furlong'; known are"),
        (LINES, {"units": {"ax": "g"}}, r"names the channel 'ax'; the channels are \['acc_x'\]"),
        (LINES, {"time_unit": "h"}, "time_unit is 'h'"),
        (LINES, {"channels": None}, "channels is required"),
        (LINES, {"time": None}, "time is required"),
        (LINES, {"subject": "t"}, "Both the pattern and the column 't' tell the subject"),
        (LINES, {"logger": "phyphox"}, "channels was given along with logger"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, options, says):
    write(tmp_path, ok__r=LINES, zz__r=text)
    with pytest.raises(ValueError, match=says):
        read(tmp_path, **options)


def test_one_name_is_no_list(tmp_path):
    with pytest.raises(TypeError, match=r"give a list of columns: \['ax'\]"):
        read(write(tmp_path, a__r=LINES), channels="ax")


def test_patterns_that_cannot_work(tmp_path):
    write(tmp_path, a__r=LINES, b__r=LINES)
    with pytest.raises(FileNotFoundError, match=r"Nothing matches .*nowhere"):
        read(tmp_path, "nowhere/{recording}.csv")
    with pytest.raises(FileNotFoundError, match=r"matches 2 folders and no file.*recording\}/\*.csv"):
        read(tmp_path, "{recording}")
    with pytest.raises(ValueError, match=r"the field \{who\}"):
        read(tmp_path, "{who}/{recording}.csv")
    with pytest.raises(ValueError, match="would both be recording 'r' of subject None"):
        read(tmp_path, "*/{recording}.csv")


def test_parquet(tmp_path):
    frame = pd.DataFrame({"t": [0.0, None, 0.04], "ax": [1, 2, 3], "other": "x"})
    (tmp_path / "a").mkdir()
    frame.to_parquet(tmp_path / "a" / "r.parquet")
    with pytest.warns(RowsLeftOutWarning, match=r"no time: 1, the first in .*r.parquet, row 2"):
        X, _ = read(tmp_path, "{subject}/{recording}.parquet")
    assert X["acc_x"].to_dict() == {("a", "r", 0.0): 1.0, ("a", "r", 0.04): 3.0}


@pytest.mark.parametrize("zone", [None, "Europe/Madrid"])
def test_dates_of_parquet_become_seconds_since_1970(tmp_path, zone):
    times = pd.to_datetime(["2026-07-01 12:00:00.5", None, "2026-07-01 12:00:01.0"]).tz_localize(zone)
    pd.DataFrame({"t": times, "ax": [1, 2, 3]}).to_parquet(tmp_path / "r.parquet")
    with pytest.warns(RowsLeftOutWarning, match="no time: 1"):
        X, _ = read_recordings(tmp_path, **OPTIONS)
    noon = 1782907200.0 - (2 * 3600 if zone else 0)  # Madrid is two hours ahead in summer
    assert X.index.get_level_values("time").tolist() == [noon + 0.5, noon + 1]


def test_times_that_parquet_holds_as_text(tmp_path):
    pd.DataFrame({"t": ["0", " 20 "], "ax": [1, 2]}).to_parquet(tmp_path / "r.parquet")
    X, _ = read_recordings(tmp_path, **OPTIONS, time_unit="ms")
    assert X.index.get_level_values("time").tolist() == [0.0, 0.02]


def test_parquet_without_rows(tmp_path):
    pd.DataFrame({"t": [0.0], "ax": [1]}).iloc[:0].to_parquet(tmp_path / "r.parquet")
    with pytest.raises(ValueError, match=r"r.parquet has columns but no rows"):
        read_recordings(tmp_path, **OPTIONS)


def test_columns_are_told_by_the_beginning_of_a_file(tmp_path):
    pd.DataFrame({"t": [0.0], "ax": [1]}).to_parquet(tmp_path / "r.PARQUET")
    assert names_in_file(tmp_path / "r.PARQUET") == ["t", "ax"]
    (tmp_path / "no.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(ValueError, match=r"no.parquet cannot be read as Parquet: .*"):
        names_in_file(tmp_path / "no.parquet")
    write(tmp_path, long="t;a,x;b\n" + "0;1;2\n" * 20_000 + "\0", short="t,ax")
    assert names_in_file(tmp_path / "long.csv") == ["t", "a,x", "b"]  # what is wrong lies far behind
    assert names_in_file(tmp_path / "long.csv", ",") == ["t;a", "x;b"]
    assert names_in_file(tmp_path / "short.csv") == ["t", "ax"]


def test_broken_parquet_and_missing_columns(tmp_path):
    path = tmp_path / "r.parquet"
    path.write_bytes(b"PAR1 no")
    with pytest.raises(ValueError, match=r"r.parquet cannot be read as Parquet"):
        read_recordings(path, **OPTIONS)
    pd.DataFrame({"t": [0.0], "axx": [1]}).to_parquet(path)
    with pytest.raises(ValueError, match=r"r.parquet has no column 'ax'.*Did you mean 'axx'"):
        read_recordings(path, **OPTIONS)


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "r.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-har\[polars\]'"):
        read_recordings(tmp_path, **OPTIONS)


def test_the_unit_of_a_sensor_is_that_of_its_channels(tmp_path):
    write(tmp_path, r="t,a,b,c,d\n0,1,1,1,1\n1,1,1,1,1\n")
    names = {"a": "acc_x", "b": "acc_y", "c": "wrist_acc_x", "d": "gyro_x"}
    units = {"acc_y": "mg", "acc": "g", "wrist_acc": "m/s²", "gyro": "deg/s"}
    X, _ = read_recordings(tmp_path, time="t", channels=names, units=units)
    assert X.iloc[0].tolist() == pytest.approx([9.80665, 0.00980665, 1.0, np.pi / 180])
    with pytest.raises(ValueError, match="units names the channel 'wrist'; the channels are"):
        read_recordings(tmp_path, time="t", channels=names, units={"wrist": "g"})


def test_one_unit_is_of_nothing(tmp_path):
    write(tmp_path, r=LINES)
    with pytest.raises(TypeError, match="units is the one unit 'g'; say of what"):
        read_recordings(tmp_path, **OPTIONS, units="g")


def test_a_list_of_files_is_no_pattern():
    with pytest.raises(TypeError, match="pattern is list; it must be one path or pattern"):
        read_recordings(["a.csv", "b.csv"], **OPTIONS)


@pytest.mark.parametrize("mark", [",", ":", "."])
@pytest.mark.parametrize("zone", ["", "Z", "+00:00"])
def test_fractions_of_a_second_of_a_date(tmp_path, mark, zone):
    lines = [f"2023-03-14 09:15:00{fraction}{zone};1,5" for fraction in ("", f"{mark}05", f"{mark}100")]
    write(tmp_path, r="t;ax\n" + "\n".join(lines) + "\n")
    X, _ = read_recordings(tmp_path, **OPTIONS, decimal=",")
    assert (X.index.get_level_values("time") - 1_678_785_300).tolist() == pytest.approx(
        [0, 0.05, 0.1], abs=1e-6
    )


@pytest.mark.parametrize("date", ["2023-03-04", "2023/03/04", "2023.03.04", "2023-3-4", "2023/3/4"])
def test_dates_that_begin_with_the_year_need_no_more(tmp_path, date):
    write(tmp_path, r=f"t,ax\n{date} 09:15:00.5,1\n")
    X, _ = read_recordings(tmp_path, **OPTIONS)
    assert X.index.get_level_values("time").tolist() == [1_677_921_300.5]


@pytest.mark.parametrize("date", ["14.03.2023 09:15:00", "3/14/2023 9:15 AM", "14-03-23 09:15", "3/4/2023"])
def test_dates_in_another_order_are_refused_with_what_to_do(tmp_path, date):
    write(tmp_path, r=f"t,ax\n{date},1\n")
    with pytest.raises(ValueError, match=f"'t' holds dates such as '{re.escape(date)}'.*dayfirst=True"):
        read_recordings(tmp_path, **OPTIONS)


def session(start, n=500):
    return "".join(f"{start + 20 * k},{k}\n" for k in range(n))


def test_two_sessions_in_one_file_are_noticed(tmp_path):
    write(tmp_path, a__r="t,ax\n" + session(1000) + session(1010) + session(1005), b__r=LINES)
    with pytest.warns(SuspectRecordingsWarning) as caught:
        X, _ = read(tmp_path, time_unit="ms")
    assert len(caught) == 1
    message = str(caught[0].message)
    assert f"{tmp_path / 'a' / 'r.csv'}, line 502: time runs backwards, from 10.98 s to 1.01 s" in message
    assert "(one of 2 such rows). Are these two sessions?" in message
    assert "recording=" in message
    assert X.loc["a"].index.get_level_values("time").is_monotonic_increasing
    assert caught[0].filename == __file__


def test_sessions_that_a_column_tells_apart_are_no_restart(tmp_path):
    lines = [
        f"{who},{when},{20 * k},1" for k in range(100) for who, when in ((1, "am"), (1, "pm"), (2, "am"))
    ]
    write(tmp_path, r="who,when,t,ax\n" + "\n".join(lines + [f"2,pm,{20 * k},1" for k in range(100)]))
    X, _ = read_recordings(tmp_path, **OPTIONS, subject="who", recording="when", time_unit="ms")
    assert len(X) == 400


def test_rows_that_come_less_than_a_second_late_are_sorted_and_nothing_is_said(tmp_path):
    X, _ = read_recordings(write(tmp_path, r="t,ax\n2.00,1\n1.02,2\n2.02,3\n"), **OPTIONS)
    assert X["acc_x"].tolist() == [2, 1, 3]


def test_the_line_of_a_restart_counts_rows_that_were_left_out(tmp_path):
    write(tmp_path, r="t,ax\n,0\n2.00,1\n1.00,2\n2.02,3\n")
    with (
        pytest.warns(RowsLeftOutWarning),
        pytest.warns(SuspectRecordingsWarning, match=r"line 4: time runs backwards, from 2 s to 1 s\. Are"),
    ):
        read_recordings(tmp_path, **OPTIONS)


def heads(folder, **options):
    X, _ = read_recordings(folder, **(OPTIONS | {"subject": "who"} | options))
    return X.index.get_level_values("subject").unique().tolist()


def people(*names):
    return "who,t,ax\n" + "".join(f"{name},{k},1\n" for k, name in enumerate(names))


@pytest.mark.parametrize(
    ("one", "two", "read"),
    [
        (["01"], ["01", "B2"], ["01", "B2"]),
        (["1", "01"], ["2"], ["1", "01", "2"]),
        (["1"], ["01"], ["1", "01"]),
        (["1", "2"], [" 3", "1 "], [1, 2, 3]),
        (["1.0", "2.0", ""], ["1", "10"], [1, 2, 10]),
        (["1.0", "2.0", ""], ["B2", "1"], ["1", "2", "B2"]),
        (["1.0", "1.1"], ["1.10"], ["1.0", "1.1", "1.10"]),
        (["9007199254740993", "9007199254740992", ""], ["0"], [2**53 + 1, 2**53, 0]),
        (["99999999999999999999", "1"], ["-1"], ["99999999999999999999", "1", "-1"]),
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn_har.exceptions.RowsLeftOutWarning")
def test_people_are_told_apart_as_they_are_written(tmp_path, one, two, read):
    assert heads(write(tmp_path, one=people(*one), two=people(*two))) == read


def test_whole_numbers_with_a_decimal_comma_are_whole(tmp_path):
    write(tmp_path, r="who;t;ax\n1,0;0;1,5\n2,0;1;1,5\n")
    assert heads(tmp_path) == [1, 2]


def test_a_label_that_is_the_column_of_recordings(tmp_path):
    write(tmp_path, a=people("3", "1"), b=people("2"))
    _, y = read_recordings(tmp_path, **OPTIONS, recording="who", label="who")
    assert y.tolist() == [3, 1, 2]


def test_parquet_says_itself_what_is_text(tmp_path):
    def save(name, who):
        pd.DataFrame({"who": who, "t": range(len(who)), "ax": 1.0}).to_parquet(tmp_path / f"{name}.parquet")

    save("a", pd.array([2**60 + 1, None, 2**60], dtype="Int64"))
    with pytest.warns(RowsLeftOutWarning):
        assert heads(tmp_path) == [2**60 + 1, 2**60]
    save("a", ["1", "2"])
    assert heads(tmp_path) == ["1", "2"]
    save("b", [1, 3])
    assert heads(tmp_path) == ["1", "2", "3"]
    save("a", [1.5, 2.0])
    save("b", [2.5, 1.5])
    assert heads(tmp_path) == [1.5, 2.0, 2.5]
    save("a", [2.0**53, 1.0])
    with pytest.raises(ValueError, match=r"a.parquet: the column of the subject.*Write the column as"):
        heads(tmp_path)


def test_each_recording_has_nights_of_its_own(tmp_path):
    rows = ["ann,am,22:00:00", "bob,am,08:00:00", "ann,am,01:00:00", ",am,23:00:00", "bob,pm,07:00:00"]
    write(tmp_path, r="who,when,t,ax\n" + "".join(f"{row},1\n" for row in rows))
    with pytest.warns(RowsLeftOutWarning, match="no subject: 1"):
        X, _ = read_recordings(tmp_path, **OPTIONS, subject="who", recording="when")
    assert X.index.to_list() == [
        ("ann", "am", 79_200.0),
        ("ann", "am", 90_000.0),
        ("bob", "am", 28_800.0),
        ("bob", "pm", 25_200.0),
    ]


@pytest.mark.parametrize("separator", [r"\s+", "", ";;", "\n", '"', "§", 9])
def test_a_separator_is_one_character(tmp_path, separator):
    write(tmp_path, a=LINES, b=LINES)
    with pytest.raises(ValueError, match=f"^separator is {re.escape(repr(separator))}; it must be the one"):
        read_recordings(tmp_path, **OPTIONS, separator=separator)
    with pytest.raises(ValueError, match="separator is"):
        names_in_file(tmp_path / "a.csv", separator)


@pytest.mark.parametrize("separator", ["\t", r"\t"])
def test_a_tab_may_come_as_a_shell_hands_it_on(tmp_path, separator):
    X, _ = read_recordings(write(tmp_path, r="t\tax\n0\t1.5\n"), **OPTIONS, separator=separator)
    assert X["acc_x"].tolist() == [1.5]
    assert names_in_file(tmp_path / "r.csv", separator) == ["t", "ax"]


@pytest.mark.parametrize("name", ["br{1}", "{x}__a", "[x]__{who}__a", "{}__{__a"])
def test_braces_and_brackets_may_be_part_of_a_name(tmp_path, name):
    write(tmp_path, **{name: LINES})
    path = tmp_path.joinpath(*name.split("__")).with_suffix(".csv")
    for place in (path, path.parent, path.parent / "*.csv", path.parent / "{recording}.csv"):
        X, _ = read_recordings(place, **OPTIONS)
        assert X.index.get_level_values("recording").unique().tolist() == [path.stem]


def test_fields_and_wildcards_are_never_part_of_a_name(tmp_path):
    write(tmp_path, **{"{subject}": LINES, "*": LINES, "ann": LINES})
    X, _ = read_recordings(tmp_path / "{subject}.csv", **OPTIONS)
    assert X.index.get_level_values("subject").unique().tolist() == ["*", "ann", "{subject}"]
    assert len(read_recordings(tmp_path / "*.csv", **OPTIONS)[0]) == len(X)
