"""Write docs/licences.md: what the library and the datasets that it reads may be used for.

python tools/licences.py
"""

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

from sklearn_har.datasets import list_datasets

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences

The library is under the [BSD 3-Clause licence](../LICENSE). What it needs, and the datasets that it reads,
have licences of their own. No dataset is part of the package: each is fetched from its authors, and
`list_datasets()` has its citation. This is what packages and authors state, no legal advice.

"""
KNOWN = {  # where the metadata hold a whole text, or a family of licences
    "matplotlib": "Matplotlib's, like the PSF's",
    "numba": "BSD-2-Clause",
    "scipy": "BSD-3-Clause",
    "torch": "BSD-3-Clause, its parts under others",
}
SHORT = {
    "Apache Software License": "Apache-2.0",
    "Apache License v2.0": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "MIT License": "MIT",
}


def dependencies() -> dict[str, str]:
    """Name of each package that the library or an extra of it needs, and for what."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = dict.fromkeys(map(name_of, project["dependencies"]), "always")
    for extra, packages in project["optional-dependencies"].items():
        if extra not in ("test", "dev", "docs", "all"):
            for name in map(name_of, packages):
                wanted.setdefault(name, f"`[{extra}]`")
    return wanted


def name_of(requirement: str) -> str:
    return re.match(r"[\w-]+", requirement)[0]


def licence_of(package: str) -> str:
    """What a package states, as short as it is stated somewhere in its metadata."""
    says = metadata(package)
    classifiers = [line for line in says.get_all("Classifier") or [] if line.startswith("License ::")]
    stated = says.get("License-Expression") or says.get("License") or ""
    if not stated or len(stated) > 60:
        stated = classifiers[0].rsplit(" :: ", 1)[-1] if classifiers else "see its page"
    return KNOWN.get(package, SHORT.get(stated, stated))


def rows():
    for name, wanted in sorted(dependencies().items()):
        page = f"https://pypi.org/project/{name}/"
        yield f"| package, {wanted} | [{name}]({page}) | {licence_of(name)} |"
    yield "| part of the page of `export_web` | [onnxruntime-web](https://onnxruntime.ai) | MIT |"
    for name, dataset in list_datasets().iterrows():
        yield f"| dataset | [`{name}`]({dataset.address}) | {dataset.licence} |"


def page() -> str:
    return HEAD + "\n".join(["| what | name | licence |", "|---|---|---|", *rows()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
