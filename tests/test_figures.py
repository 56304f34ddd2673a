"""Figures in README and guide are those that benchmarks measured; nobody types one."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("figures", ROOT / "tools" / "figures.py")
figures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(figures)

# Pages whose numbers are no measurements, or that are measured as a whole.
OTHERWISE = {
    "design.md": "limits and settings that the code has, for its developers",
    "licences.md": "versions of licences; tools/licences.py writes it",
    "rocket_growth.md": "benchmarks/rocket_growth.py writes the page, pictures included",
    "tsfresh_values.md": "tolerances that tests/features asserts",
}
# Numbers that look measured and are settings, definitions or arithmetic.
NOT_MEASURED = {
    "README.md": ["windows of 2.56 s", "50 % overlap"],
    "augmentation.md": ["0.05 drowns"],
    "command_line.md": ["rows of up to 0.1 s"],
    "context.md": ["labels, 5 s late", "five times more on four fifths", "three times, 10 to 25 s each"],
    "evaluation.md": ["95 % interval", "no p can be below 0.05"],
    "features.md": ["37 kB a window"],  # 777 columns of six channels, 8 bytes each
    "imbalance.md": ["until it is 5 % of", "at 5 % (", "Here is 5 % of"],
    "leaks.md": ["95 % interval", "half minute"],
    "own_network.md": ["three times the number"],
    "phone.md": [
        "about 15 MB",  # the runtime, which tools/web_runtime.py pins and weighs
        "7 MB in memory",  # an hour of 60 rows a second, 32 bytes each
    ],
    "start.md": ["windows, here of 2.56 seconds"],
}
WORDS = "half|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|hundred|thousand"
UNITS = r"[mµn]?s|seconds?|minutes?|hours?|[kMG]i?B|times|points?|percent|%"
MEASURED = re.compile(
    rf"(?:(?<![\w.])\d[\d,]*(?:\.\d+)?|\b(?:{WORDS}))[ -](?:{UNITS})(?![\w/²])"  # 2.9 ms, 36 %, eight seconds
    r"|(?<![\w.])[01]\.\d\d+"  # scores
    r"|\d(?:\.\d+)?e-?\d+"
    r"|\d,\d{3}"
)
PAGES = [page for page in figures.pages() if page.name not in OTHERWISE]
TABLES = sorted((ROOT / "benchmarks").glob("*.md"))


def prose(text):
    """A page without code, without what the tool writes, and without the targets of links."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = figures.FIGURE.sub("", figures.TABLE.sub("", text))
    text = re.sub(r"<!--.*?-->|`[^`]*`|\]\([^)]*\)", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"^ {4}.*$", "", text, flags=re.MULTILINE))


def typed(text, allowed=()):
    """What looks measured in a page and was not written by the tool, with what stands around it."""
    text = prose(text)
    for words in allowed:
        text = text.replace(words, "")
    return [text[max(0, found.start() - 30) : found.end() + 15] for found in MEASURED.finditer(text)]


@pytest.mark.parametrize("page", figures.pages(), ids=lambda page: page.name)
def test_figures_are_as_measured(page):
    text = page.read_text(encoding="utf-8")
    assert figures.filled(text) == text, "run tools/figures.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_figure_is_typed(page):
    assert typed(page.read_text(encoding="utf-8"), NOT_MEASURED.get(page.name, ())) == []


@pytest.mark.parametrize("name", NOT_MEASURED)
def test_every_exemption_is_needed(name):
    (page,) = (page for page in figures.pages() if page.name == name)
    text = page.read_text(encoding="utf-8")
    for words in NOT_MEASURED[name]:
        assert words in prose(text)
        assert typed(text, [one for one in NOT_MEASURED[name] if one != words]) != [], words


@pytest.mark.parametrize("page", [*PAGES, *TABLES], ids=lambda page: page.name)
def test_commands_are_those_of_the_benchmarks(page):
    text = page.read_text(encoding="utf-8")
    commands = re.findall(r"`(?:\w+=\S+ )*python (benchmarks/\w+\.py)([^`]*)`", text)
    commands += re.findall(r"^(?:\w+=\S+ )*python (benchmarks/\w+\.py)(.*)$", text, re.MULTILINE)
    for script, options in commands:
        code = (ROOT / script).read_text(encoding="utf-8")
        assert [one for one in re.findall(r"\s(--[\w-]+)", options) if f'"{one}"' not in code] == [], script
    assert commands or page not in TABLES, "Which command measured this?"


MEASURED_PAGE = """# What `some.py` measured

First, fast:

| | accuracy | accuracy of a person | fit |
|---|---|---|---|
| `A` | 0.9735 | 0.8 ± 0.1 | 1,230 ms |
| `B` | 0.5 | none | 2 ms |

Second, slow:

| | accuracy | fit |
|---|---|---|
| `A` | 0.91 | 3 ms |
"""


@pytest.fixture
def measured(tmp_path, monkeypatch):
    (tmp_path / "some.md").write_text(MEASURED_PAGE, encoding="utf-8")
    monkeypatch.setattr(figures, "MEASURED", tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1<!-- some.md > B > accuracy -->", "0.5<!-- some.md > B > accuracy -->"),
        ("0.111<!-- some.md > fast > A > accuracy -->", "0.974<!-- some.md > fast > A > accuracy -->"),
        ("0.11111<!-- some.md > slow > A > accuracy -->", "0.91<!-- some.md > slow > A > accuracy -->"),
        ("<!-- some.md > A > accuracy of -->", "0.8<!-- some.md > A > accuracy of -->"),
        ("in 7<!-- some.md > fast > A\n> fit --> ms", "in 1,230<!-- some.md > fast > A\n> fit --> ms"),
    ],
)
def test_a_figure_is_written_with_the_decimals_of_the_page(measured, text, expected):
    assert figures.filled(text) == expected


def test_a_table_is_copied(measured):
    below = "| | accuracy | fit |\n|---|---|---|\n| `A` | 0.91 | 3 ms |\n"
    for old in ("", "| | old |\n|---|---|\n"):
        text = f"Before.\n\n<!-- table: some.md > slow -->\n{old}\nAfter.\n"
        assert figures.filled(text) == f"Before.\n\n<!-- table: some.md > slow -->\n{below}\nAfter.\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1<!-- some.md > A > accuracy -->", "'some.md > A > accuracy' leads to 2 figures"),
        ("1<!-- some.md > C > accuracy -->", "leads to 0 figures"),
        ("1<!-- some.md > fast > B > accuracy of -->", "leads to 'none', in which there is no number"),
        ("<!-- table: some.md -->\n", "leads to 2 tables"),
    ],
)
def test_a_place_leads_to_one_figure(measured, text, message):
    with pytest.raises(ValueError, match=message):
        figures.filled(text)


@pytest.mark.parametrize(
    "text",
    [
        "an accuracy of 0.983,",
        "| 0.98 |",
        "in 21 s.",
        "52 times",
        "36 % of",
        "eight seconds",
        "6 MB",
        "1e-4",
        "8,005",
    ],
)
def test_what_looks_measured_is_found(text):
    assert len(typed(text)) == 1
    assert typed(f"`{text}`") == typed(f"```\n{text}\n```") == []


@pytest.mark.parametrize(
    "text", ["at 50 Hz", "9.81 m/s²", "Python 3.11", "ten networks", "two classes", "three of four"]
)
def test_what_does_not_look_measured_is_left(text):
    assert typed(text) == []
