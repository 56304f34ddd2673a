"""Pages of the site that are made, not written: reference, measured tables, the contents of the guide."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import sklearn_har

DOCS = Path(__file__).parent
ROOT = DOCS.parent

# Chapters of the guide, in the order of reading. A page of docs/ that is named neither here nor in
# OUTSIDE_THE_GUIDE stands under the last heading until somebody finds the place where it belongs.
CHAPTERS = {
    "Data": ["recordings", "windows", "leaks"],
    "Models": [
        "choosing",
        "rocket_growth",
        "features",
        "tsfresh_values",
        "imbalance",
        "augmentation",
        "context",
    ],
    "People": ["evaluation", "adapting"],
    "Deployment": ["streaming", "files", "onnx", "phone", "command_line"],
    "Extending": ["own_network", "own_features", "adding_a_dataset"],
    "Also": [],
}
OUTSIDE_THE_GUIDE = {
    "api",
    "changes",
    "contributing",
    "design",
    "glossary",
    "index",
    "licences",
    "measured",
    "peers",
    "start",
    "user_guide",
}

# Rooms in the order in which recordings pass through them; a room that is not named comes last.
ROOMS = [
    "recordings",
    "datasets",
    "preprocessing",
    "windowing",
    "model_selection",
    "features",
    "classifiers",
    "networks",
    "sampling",
    "smoothing",
    "evaluation",
    "deploy",
    "testing",
    "exceptions",
]

# What other pages of the repository are called in the site.
PUBLISHED = {"CHANGELOG.md": "/changes.md", "CONTRIBUTING.md": "/contributing.md", "README.md": "/index.md"}


def chapters(docs=DOCS) -> dict[str, list[str]]:
    """The pages of each chapter that are there, and under the last heading those that nobody placed."""
    there = {path.stem for path in docs.glob("*.md")} - OUTSIDE_THE_GUIDE
    placed = {heading: [page for page in pages if page in there] for heading, pages in CHAPTERS.items()}
    placed["Also"] += sorted(there.difference(*placed.values()))
    return {heading: pages for heading, pages in placed.items() if pages}


def guide_contents() -> str:
    """The contents of the guide, chapter by chapter."""
    trees = [toctree(pages, ":maxdepth: 1", f":caption: {name}") for name, pages in chapters().items()]
    return "\n".join(line for tree in trees for line in tree)


def toctree(pages, *options) -> list[str]:
    """The lines of a table of contents."""
    return ["```{toctree}", *options, "", *pages, "```", ""]


def public_names() -> dict[str, list[str]]:
    """Names of each public room, in the order of the API page."""
    rooms = {module.name for module in pkgutil.iter_modules(sklearn_har.__path__)}
    public = sorted(
        (room for room in rooms if not room.startswith("_")),
        key=lambda room: (ROOMS.index(room) if room in ROOMS else len(ROOMS), room),
    )
    return {room: list(importlib.import_module(f"sklearn_har.{room}").__all__) for room in public}


KINDS = ["Estimators", "Classes", "Functions", "Displays", "Errors", "Warnings"]


def kind_of(found) -> str:
    """The heading under which a public object stands."""
    if not isinstance(found, type):
        return "Functions"
    if issubclass(found, Warning):
        return "Warnings"
    if issubclass(found, Exception):
        return "Errors"
    if found.__name__.endswith("Display"):
        return "Displays"
    return "Estimators" if hasattr(found, "get_params") else "Classes"


def api_pages() -> dict[str, str]:
    """The API reference: one page that lists the rooms, and one a room."""
    names = public_names()
    rooms = {room: importlib.import_module(f"sklearn_har.{room}") for room in names}
    index = [
        "# API reference",
        "",
        "Every public name, by what it is for. Names are imported from their room:",
    ]
    index += ["`from sklearn_har.windowing import SlidingWindowClassifier`.", "", "| in | for |", "|---|---|"]
    index += [f"| [`{room}`](api/{room}.md) | {inspect.getdoc(rooms[room])} |" for room in names]
    index += ["", *toctree([f"api/{room}" for room in names], ":hidden:")]
    return {"api": "\n".join(index)} | {
        f"api/{room}": room_page(rooms[room], room, members) for room, members in names.items()
    }


def room_page(module, room: str, members: list[str]) -> str:
    """What a room has, by kind; the directive makes a page of each name."""
    by_kind: dict[str, list[str]] = {}
    for name in sorted(members, key=str.lower):
        by_kind.setdefault(kind_of(getattr(module, name)), []).append(f"   {name}")
    text = [f"# {room}", "", inspect.getdoc(module), ""]
    for kind, listed in sorted(by_kind.items(), key=lambda item: KINDS.index(item[0])):
        text += [f"## {kind}", ""] if len(by_kind) > 1 else []
        text += ["```{eval-rst}", f".. currentmodule:: sklearn_har.{room}", "", ".. autosummary::"]
        text += [f"   :toctree: {room}", "   :nosignatures:", "", *listed, "```", ""]
    return "\n".join(text)


def measured_pages() -> dict[str, str]:
    """The tables that benchmarks wrote, as they are, and a page that lists them."""
    tables = {f"measured/{path.stem}": path for path in sorted((ROOT / "benchmarks").glob("*.md"))}
    index = ["# Measured", "", "What the scripts of `benchmarks/` wrote. Each page names its command.", ""]
    pages = {"measured": "\n".join([*index, *toctree(tables, ":maxdepth: 1")])}
    return pages | {page: path.read_text(encoding="utf-8") for page, path in tables.items()}


def write(pages: dict[str, str]) -> None:
    """Write the pages that changed, and remove what an earlier build made of names that are gone."""
    names = {f"sklearn_har.{room}.{name}" for room, members in public_names().items() for name in members}
    for old in [*DOCS.glob("api/**/*"), *DOCS.glob("measured/*")]:
        known = names if old.suffix == ".rst" else {Path(page).stem for page in pages}
        if old.is_file() and old.stem not in known:
            old.unlink()
    for page, text in pages.items():
        path = DOCS / f"{page}.md"
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def site_target(link: str, page: str) -> str | None:
    """Where in the site the file of the repository is shown to which a page of docs/ links, if it is."""
    path = (DOCS / page).parent.joinpath(link).resolve()
    if not path.is_relative_to(ROOT):
        return None
    path = path.relative_to(ROOT)
    if path.parts[0] == "examples" and path.suffix == ".py":
        return f"/gallery/{path.stem}.rst"
    if path.parts[0] == "benchmarks" and path.suffix == ".md":
        return f"/measured/{path.name}"
    return PUBLISHED.get(path.as_posix())


def with_links_of_the_site(text: str, page: str) -> str:
    """A page in which links to files of the repository lead to where the site shows them."""

    def lead(found):
        target = site_target(found[1], page)
        return f"]({target}{found[2] or ''})" if target else found[0]

    return re.sub(r"\]\((\.\./[^)\s#]+)(#[^)\s]*)?\)", lead, text)


def examples_of(text: str) -> list[str]:
    """The examples to which a page links, in its order."""
    return list(dict.fromkeys(re.findall(r"\]\(\.\./(examples/\w+\.py)\)", text)))
