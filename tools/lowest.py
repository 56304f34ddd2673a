"""Print the oldest versions that pyproject.toml allows, as constraints for pip: `make lowest` tests them."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
NOT_TESTED = "dev", "docs"  # tools, at the versions of constraints-dev.txt


def floors() -> dict[str, str]:
    """The oldest version of each package that the library, its extras and its tests need."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    needed = list(project["dependencies"])
    for extra, packages in project["optional-dependencies"].items():
        if extra not in NOT_TESTED:
            needed += [package for package in packages if not package.startswith(project["name"])]
    return dict(package.split(">=") for package in needed)


if __name__ == "__main__":
    for name, version in floors().items():
        print(f"{name}=={version}")
