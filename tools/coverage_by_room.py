"""What `make coverage` prints: the share of lines and of branches that the tests reach, room by room.

Fails where either is less than `fail_under` in pyproject.toml, over all rooms.
"""

import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
KINDS = {"lines": ("covered_lines", "num_statements"), "branches": ("covered_branches", "num_branches")}


def main() -> None:
    least = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]["report"]["fail_under"]
    command = [sys.executable, "-m", "coverage", "json", "--fail-under=0", "-q", "-o", "-"]
    files = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["files"]
    rooms: dict[str, list[dict]] = defaultdict(list)
    for path, found in files.items():
        parts = Path(path).parts
        rooms[parts[1] if len(parts) > 2 else "(top)"].append(found["summary"])
    print(f"{'room':18}{'lines':>18}{'branches':>18}")
    for room in sorted(rooms):
        print(f"{room:18}" + "".join(f"{said_of(rooms[room], kind):>18}" for kind in KINDS))
    everything = [summary for summaries in rooms.values() for summary in summaries]
    print(f"{'all':18}" + "".join(f"{said_of(everything, kind):>18}" for kind in KINDS))
    short = [kind for kind in KINDS if percent_of(everything, kind) < least]
    if short:
        sys.exit(f"Less than {least} % of the {' and of the '.join(short)}.")


def counts_of(summaries: list[dict], kind: str) -> tuple[int, int]:
    covered, there = KINDS[kind]
    return sum(each[covered] for each in summaries), sum(each[there] for each in summaries)


def percent_of(summaries: list[dict], kind: str) -> float:
    covered, there = counts_of(summaries, kind)
    return 100 * covered / there if there else 100.0


def said_of(summaries: list[dict], kind: str) -> str:
    return f"{percent_of(summaries, kind):.1f} % of {counts_of(summaries, kind)[1]}"


if __name__ == "__main__":
    main()
