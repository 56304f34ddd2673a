"""What the page about the command shows is what the command does."""

import doctest
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from sklearn_har._cli import main

PAGE = Path(__file__).parents[2] / "docs" / "command_line.md"


def shown():
    """Commands of the page, and what it says that they print."""
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL):
        for part in block.replace("\\\n", "").split("$ ")[1:]:
            command, _, printed = part.partition("\n")
            yield shlex.split(command), printed


@pytest.mark.usefixtures("network")
def test_commands_print_what_the_page_shows(folder, capsys):
    for person in ("ann", "bob"):
        (folder / "data" / person).mkdir(parents=True)
        shutil.copy("walk.csv", folder / "data" / person / "monday.csv")
    commands = list(shown())
    assert len(commands) == 7
    for command, expected in commands:
        if command[0] == "sklearn-har":
            main(command[1:])
            printed = "".join(capsys.readouterr())
        else:
            printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        checker = doctest.OutputChecker()
        assert checker.check_output(expected, printed, doctest.ELLIPSIS), f"{command} prints\n{printed}"
