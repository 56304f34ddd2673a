"""Files that a pattern finds, with what their paths say: who, and which recording."""

import glob
import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

FIELD = re.compile(r"\{([^][{}]*)\}")  # "[{]1[}]" is "{1}" itself
FIELDS = ("subject", "recording")
OF_PATTERNS = re.compile(r"\{(?:subject|recording)\}|[*?]")
SUFFIXES = (".csv", ".txt", ".tsv", ".parquet")


class Found(NamedTuple):
    """A file or folder, and the values of the fields of the pattern in its path."""

    path: Path
    fields: dict[str, str]


def find_paths(pattern, exclude: str | Sequence[str] = (), *, folders: bool = False) -> list[Found]:
    """Find what a pattern such as "data/{subject}/{recording}.csv" matches, in the order of names.

    A folder stands for the files in it, unless folders are looked for. What ``exclude`` matches, by its
    name or the end of its path, is left out.

    Raises
    ------
    ValueError
        If the pattern has an unknown field, or its fields tell two files not apart.
    FileNotFoundError
        If nothing matches.
    """
    if not isinstance(pattern, (str, PathLike)):
        raise TypeError(
            f"pattern is {type(pattern).__name__}; it must be one path or pattern, such as "
            "'data/{subject}/{recording}.csv'. exclude leaves out files that it matches."
        )
    given = Path(pattern).as_posix()
    text = _escape_what_exists(given)
    names = FIELD.findall(text)
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        raise ValueError(
            f"The pattern {given!r} has the field {{{unknown[0]}}}; the fields of a path are "
            "{subject} and {recording}. For a part that says nothing, write *."
        )
    if not (names or folders) and Path(given).is_dir():
        text = f"{escape_pattern(given)}/**/*"
        paths = [path for path in _matches(text) if path.is_file() and path.suffix.lower() in SUFFIXES]
    else:
        paths = _matches(FIELD.sub("*", text))
        if paths and not folders and not any(path.is_file() for path in paths):
            raise FileNotFoundError(
                f"{str(pattern)!r} matches {len(paths)} folders and no file. Let the pattern go on to the "
                f"files: {f'{given}/*.csv'!r}."
            )
        paths = [path for path in paths if folders or path.is_file()]
    expression = re.compile(_expression(text))
    matched = [
        Found(path, match.groupdict()) for path in paths if (match := expression.fullmatch(path.as_posix()))
    ]
    unwanted = [exclude] if isinstance(exclude, (str, PathLike)) else exclude
    found = [each for each in matched if not any(each.path.match(str(end)) for end in unwanted)]
    if matched and not found:
        raise FileNotFoundError(f"exclude={exclude!r} leaves out all that {str(pattern)!r} matches.")
    if not found:
        raise FileNotFoundError(
            f"Nothing matches {str(pattern)!r}, looked for from {Path.cwd()}. A folder is searched for files "
            f"that end in {', '.join(SUFFIXES)}."
        )
    return found


def escape_pattern(path: str) -> str:
    """The pattern that matches this path alone."""
    return re.sub("[{}]", r"[\g<0>]", glob.escape(path))


def _escape_what_exists(given: str) -> str:
    """The pattern in which braces and brackets are part of the name of a file or folder that exists."""
    for path in (Path(given), *Path(given).parents):
        name = path.as_posix()
        if name != "." and not OF_PATTERNS.search(name) and path.exists():
            return escape_pattern(name) + given[len(name) :]
    return given


def pattern_of(path: Path, found: list[Found]) -> str:
    """What ``exclude`` must be to leave out this file alone: its path if others have its name."""
    is_alone = sum(each.path.name == path.name for each in found) == 1
    return glob.escape(path.name if is_alone else path.as_posix())


def name_by_path(found: list[Found]) -> list[Found]:
    """Give files whose pattern names no recording their path, from where the paths part, as its name."""
    if any("recording" in each.fields for each in found):
        return found
    parts = [each.path.parent.parts for each in found]
    shared = 0
    while all(len(part) > shared and part[shared] == parts[0][shared] for part in parts):
        shared += 1
    return [_named(each, Path(*each.path.parts[shared:])) for each in found]


def _named(found: Found, name: Path) -> Found:
    if found.path.is_file():
        name = name.with_suffix("")
    return Found(found.path, found.fields | {"recording": name.as_posix()})


def code_fields(found: list[Found]) -> tuple[list[dict[str, int]], dict[str, np.ndarray]]:
    """Numbers in place of the texts in paths, because a column of a million texts takes long to sort.

    Returns the numbered fields of every file, and the texts of the numbers.
    """
    fields = list(found[0].fields)
    texts, codes = {}, {}
    for name in fields:
        texts[name], codes[name] = np.unique([each.fields[name] for each in found], return_inverse=True)
    return [{name: int(codes[name][k]) for name in fields} for k in range(len(found))], texts


def with_texts(X: pd.DataFrame, texts: dict[str, np.ndarray]) -> pd.DataFrame:
    """The same recordings with texts in place of their numbers."""
    for name, values in texts.items():
        assert isinstance(X.index, pd.MultiIndex)
        numbers = np.asarray(X.index.levels[X.index.names.index(name)])
        X.index = X.index.set_levels(pd.Index(values[numbers].tolist()), level=name)
    return X


def refuse_shared_names(found: list[Found]) -> None:
    """Refuse two files that would become one recording."""
    seen: dict[tuple, Path] = {}
    for path, fields in found:
        name = (fields.get("subject"), fields.get("recording"))
        if name in seen:
            raise ValueError(
                f"{seen[name]} and {path} would both be recording {name[1]!r} of subject {name[0]!r}. Let "
                "the pattern name what tells them apart."
            )
        seen[name] = path


def _matches(text: str) -> list[Path]:
    return sorted(Path(path) for path in glob.glob(text, recursive=True))


def _expression(text: str) -> str:
    """The regular expression of a pattern; a field that comes twice must have one value."""
    seen: set[str] = set()
    expression = ""
    for part in re.split(r"(\{[^][{}]*\}|\*\*/|\*\*|\*|\?|\[[^\]]*\])", text):
        if FIELD.fullmatch(part):
            name = part[1:-1]
            expression += f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+?)"
            seen.add(name)
        elif part == "**/":
            expression += "(?:.*/)?"
        elif part in ("**", "*", "?"):
            expression += {"**": ".*", "*": "[^/]*", "?": "[^/]"}[part]
        elif part.startswith("["):
            inside = part[1:-1].replace("[", r"\[")
            expression += f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
        else:
            expression += re.escape(part)
    return expression
