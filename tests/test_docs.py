"""The site and the pages it is made of: names, links, pictures, order. Nothing here needs Sphinx."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")])
MADE = {"api.md", "measured.md"}  # by `make docs`
PAGES = [page for page in PAGES if page.name not in MADE]


@pytest.fixture(scope="module")
def site():
    spec = importlib.util.spec_from_file_location("_pages", ROOT / "docs" / "_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prose(page):
    """A page without its code."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def anchor_of(heading):
    """What GitHub and MyST call a heading in links."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page):
    return {anchor_of(found) for found in re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"\w+:", link):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{link} leads nowhere"
            assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_cards_contents_and_included_files_are_there(page):
    text = page.read_text(encoding="utf-8")
    trees = re.findall(r"```{toctree}(.*?)```", text, re.DOTALL)
    entries = [line for tree in trees for line in tree.split() if not line.startswith(":")]
    for name in [*re.findall(r"^:link: (\S+)$", text, re.MULTILINE), *entries]:
        assert f"{name}.md" in MADE or name == "gallery/index" or (page.parent / f"{name}.md").exists(), name
    for path in re.findall(r"^```{include} (\S+)$", text, re.MULTILINE):
        assert (page.parent / path).exists(), path


def test_all_code_of_the_readme_runs():
    """As a doctest, or as a command that is there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for language, code in blocks:
        assert language in ("python", "sh")
        for line in code.splitlines():
            if language == "sh":
                assert line.startswith("pip install ") or line.split()[:2] in [
                    ["make", one] for one in targets
                ]
    assert all(code.startswith(">>> ") for language, code in blocks if language == "python")
    assert "doctest: +SKIP" not in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pictures_are_there_and_say_what_they_show(page):
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", text)
    for target, options in re.findall(r"```\{(?:image|figure)\} (\S+)\n(.*?)```", text, flags=re.DOTALL):
        found.append(("".join(re.findall(r"^:alt: (.+)$", options, re.MULTILINE)), target))
    for options in re.findall(r"<img\b([^>]*)>", prose(page)):
        found.append(
            ("".join(re.findall(r'alt="([^"]*)"', options)), re.search(r'src="([^"]*)"', options)[1])
        )
    for words, target in found:
        assert len(words.split()) > 2, f"{target} has no text for those who cannot see it"
        assert (page.parent / target).exists(), target


def test_the_api_pages_list_every_public_name_once(site):
    pages = site.api_pages()
    for room, names in site.public_names().items():
        listed = re.findall(r"^   (\w+)$", pages[f"api/{room}"], re.MULTILINE)
        assert sorted(listed) == sorted(names)
        assert f"api/{room}" in re.search(r"```{toctree}(.*?)```", pages["api"], re.DOTALL)[1].split()


def test_every_room_of_the_library_is_in_the_reference(site):
    rooms = {path.parent.name for path in (ROOT / "sklearn_har").glob("*/__init__.pyi")} | {"exceptions"}
    assert set(site.public_names()) == rooms


def test_every_page_is_in_the_contents(site):
    written = {page.stem for page in PAGES if page.parent.name == "docs"}
    placed = [page for pages in site.chapters().values() for page in pages]
    assert len(placed) == len(set(placed))
    assert written - set(placed) == site.OUTSIDE_THE_GUIDE - {"api", "measured"}
    contents = [(ROOT / "docs" / f"{page}.md").read_text("utf-8") for page in ("index", "contributing")]
    trees = "".join(
        tree for text in contents for tree in re.findall(r"```{toctree}(.*?)```", text, re.DOTALL)
    )
    assert (site.OUTSIDE_THE_GUIDE - {"index"}).issubset(trees.split())


def test_links_to_files_lead_to_the_page_that_shows_them(site):
    assert site.site_target("../examples/plot_01_quickstart.py", "leaks") == "/gallery/plot_01_quickstart.rst"
    assert site.site_target("../benchmarks/table.md", "measured/table") is None
    assert site.site_target("../../benchmarks/table.md", "measured/table") == "/measured/table.md"
    assert site.site_target("../LICENSE", "licences") is None
    assert site.site_target("../../elsewhere.md", "index") is None
    text = "[a](../CHANGELOG.md#added), [b](features.md), [c](../LICENSE)"
    assert site.with_links_of_the_site(text, "index") == (
        "[a](/changes.md#added), [b](features.md), [c](../LICENSE)"
    )


def test_every_example_is_among_those_that_are_run():
    assert sorted(ROOT.glob("examples/**/*.py")) == sorted(ROOT.glob("examples/plot_*.py"))


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/*.py")), ids=lambda path: path.stem)
def test_examples_run_without_their_docstring(path):
    """The gallery takes it away, and what stands in its place is empty."""
    for expression in re.findall(r"description=(__doc__.*)\)$", path.read_text("utf-8"), re.MULTILINE):
        assert eval(expression, {"__doc__": ""}) == ""


def test_the_picture_of_rows_and_windows_is_what_its_script_draws():
    spec = importlib.util.spec_from_file_location("picture", ROOT / "tools" / "picture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PICTURE.read_text(encoding="utf-8") == module.picture()
