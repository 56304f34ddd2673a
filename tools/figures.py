"""Write the measured figures of README.md and docs/ from the tables in benchmarks/.

    python tools/figures.py [--check]

A comment that readers do not see says where a figure comes from: the file, words that single out one row,
and the beginning of the column's heading. The words are cells of the row, or stand in the heading or the
paragraph above the table:

    accuracy 0.974<!-- network_defaults.md > nine test people > CNN > accuracy -->

The first number of that cell is written before the comment, with as many decimals as the page has there. A
whole table is copied to below the line `<!-- table: imbalance.md -->`, or, where the file has several,
`<!-- table: context.md > words above it -->`.

``--check`` writes nothing, and fails if something would change.
"""

import argparse
import re
import sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEASURED = ROOT / "benchmarks"
NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?"
FIGURE = re.compile(rf"({NUMBER})?<!--\s+(\w+\.md(?:\s+>\s+[^<>]+?)+)\s+-->")
TABLE = re.compile(r"^<!-- table: (\w+\.md[^\n]*?) -->\n((?:\|.*\n)*)", re.MULTILINE)


def pages():
    """The pages in which figures may stand."""
    return [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]


def tables(text):
    """Each table of a page: the heading and the paragraph above it, without the command, and its lines."""
    for found in re.finditer(r"(?:^\|.*\n)+", text, re.MULTILINE):
        above = re.sub(r"`python [^`]*`", "", text[: found.start()]).rstrip()
        heading = re.findall(r"^#+ (.+)$", above, re.MULTILINE)[-1:]
        yield "\n".join([*heading, above.split("\n\n")[-1]]).replace("`", ""), found[0].splitlines()


def tables_of(name):
    return list(tables((MEASURED / name).read_text(encoding="utf-8") + "\n"))


def cells_of(line):
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


def column_of(header, words):
    """The place of the column of this heading, else of the only one that begins with it."""
    begin = [place for place, heading in enumerate(header) if heading.startswith(words)]
    exact = [place for place in begin if header[place] == words]
    return exact or begin


def measured_cell(source):
    """The cell to which a comment leads."""
    name, *words, column = re.split(r"\s+>\s+", source.strip())
    found = []
    for above, (header, _, *rows) in tables_of(name):
        for row in map(cells_of, rows):
            if all(word in row or word in above for word in words):
                found += [row[place] for place in column_of(cells_of(header), column)]
    if len(found) != 1:
        raise ValueError(f"'{source}' leads to {len(found)} figures instead of one.")
    return found[0]


def written(found):
    """A figure and its comment, as they must be."""
    cell = measured_cell(found[2])
    number = re.search(NUMBER, cell)
    if number is None:
        raise ValueError(f"'{found[2]}' leads to '{cell}', in which there is no number.")
    value = Decimal(number[0].replace(",", ""))
    shown = Decimal((found[1] or number[0]).replace(",", ""))
    decimals = -max(value.as_tuple().exponent, shown.as_tuple().exponent)
    return f"{value:,.{decimals}f}" + found[0].removeprefix(found[1] or "")


def copied(found):
    """A table and its comment, as they must be."""
    name, *words = re.split(r"\s+>\s+", found[1])
    fitting = [lines for above, lines in tables_of(name) if all(w in above for w in words)]
    if len(fitting) != 1:
        raise ValueError(f"'{found[1]}' leads to {len(fitting)} tables instead of one.")
    return f"<!-- table: {found[1]} -->\n" + "\n".join(fitting[0]) + "\n"


def filled(text):
    """A page with its figures as they were measured."""
    return FIGURE.sub(written, TABLE.sub(copied, text))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, fail if something would change")
    options = parser.parse_args()
    stale = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if filled(text) != text:
            stale.append(page.relative_to(ROOT).as_posix())
            if not options.check:
                page.write_text(filled(text), encoding="utf-8")
    print(f"{'Not as measured' if options.check else 'Written'}: {', '.join(stale) or 'nothing'}.")
    sys.exit(bool(stale and options.check))


if __name__ == "__main__":
    main()
