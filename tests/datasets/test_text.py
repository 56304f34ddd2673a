"""Tables of numbers and words in text files."""

import numpy as np
import pytest

from sklearn_har.datasets._text import read_columns, read_table
from sklearn_har.exceptions import DatasetIntegrityError


@pytest.mark.parametrize("separator", [r"\s+", " ", ","])
def test_numbers_are_read_to_their_last_digit(tmp_path, separator):
    rng = np.random.default_rng(0)
    numbers = rng.standard_normal((500, 3)) * 10.0 ** rng.integers(-8, 8, (500, 3))
    between = "," if separator == "," else " "
    text = "\n".join(between.join(map(repr, row)) for row in numbers.tolist())
    (tmp_path / "numbers.txt").write_text(text + "\n")
    found = read_columns(tmp_path / "numbers.txt", 3, separator=separator)
    np.testing.assert_array_equal(found, numbers)


@pytest.mark.parametrize("missing", [False, True])
def test_infinity_is_no_number(tmp_path, missing):
    path = tmp_path / "numbers.txt"
    path.write_text("1 2 3\n4 -inf 6\n7 8 9\n")
    with pytest.raises(
        DatasetIntegrityError, match=r"numbers\.txt, line 2, has '-inf' where a number belongs"
    ):
        read_columns(path, 3, missing=missing)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2,B,x1", "line 3, has 'x1' where a number belongs"),
        ("2,B,", "line 3, has '' where a number belongs"),
        ("2.5,B,1", "line 3, has '2.5' where a whole number belongs"),
        ("2,,1", "line 3, has '' where a word belongs"),
        ("2,B", "line 3, has 2 values; every line has 3"),
        ("2,B,1,1", "line 3, has 4 values; every line has 3"),
    ],
)
@pytest.mark.parametrize("end", ["", ";"])
def test_words_and_numbers_are_whole_or_refused_with_file_and_line(tmp_path, line, message, end):
    types = {"n": np.int64, "name": str, "x": np.float64}
    path = tmp_path / "table.csv"
    path.write_text("".join(f"{row}{end}\n" for row in ("n,name,x", "1,A,0.5", "3,C,5E-4")))
    found = read_table(path, types, header=True, end=end)
    assert found.to_numpy().tolist() == [[1, "A", 0.5], [3, "C", 5e-4]]
    path.write_text("".join(f"{row}{end}\n" for row in ("n,name,x", "1,A,0.5", line, "3,C,5E-4")))
    with pytest.raises(DatasetIntegrityError, match=rf"table\.csv, {message}"):
        read_table(path, types, header=True, end=end)


def test_a_table_with_longer_lines_throughout_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("1,2,3\n4,5,6\n")
    with pytest.raises(DatasetIntegrityError, match="line 1, has 3 values; every line has 2"):
        read_table(path, {"n": np.int64, "name": str})
