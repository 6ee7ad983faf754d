"""README and CHANGELOG tell what is there: both ways, nothing made up and nothing left out."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import click

from sync import config, report
from sync.cli import main
from sync.cli.troubles import EXIT_CODES
from sync.reasons import REASONS
from sync.rejects.lines import COLUMNS
from sync.sandbox.plan import read_plan
from sync.yamlfile.document import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.conftest import Cli

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
EVERY_CODE = {*report.GRAVITY, *report.CODES.values(), *EXIT_CODES.values()}


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Walk all commands with their full names."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def section(title: str) -> str:
    """Give a section of the README."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_column(title: str) -> str:
    """Give the first cells of a section's table, without its head."""
    return "\n".join(re.findall(r"^\| (.*?) \|", section(title), re.MULTILINE)[1:])


def blocks(kind: str, text: str = README) -> list[str]:
    """Give the code blocks of one kind, without the space that a list puts before them."""
    found: list[str] = re.findall(rf"^ *```{kind}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.rstrip() for line in dedent(block).splitlines()) for block in found]


def coded(text: str) -> list[str]:
    """Give what stands between backticks in one line."""
    return re.findall(r"`([^`\n]+)`", text)


def test_the_readme_lists_every_command_and_no_other() -> None:
    """The table of commands is the command line's own."""
    listed = [re.sub(r" [A-Z\[].*", "", cell) for cell in coded(first_column("Commands"))]
    assert sorted(listed) == sorted(name for name, _ in commands(main))


def test_every_command_helps() -> None:
    """Each command and each of its options says what it is for."""
    options = [option for _, command in commands(main) for option in command.params]
    assert [name for name, command in commands(main) if not command.help] == []
    assert [each.opts for each in options if isinstance(each, click.Option) and not each.help] == []


def test_the_readme_names_no_option_that_is_none() -> None:
    """Whatever option the README speaks of is taken by some command."""
    known = {name for _, command in commands(main) for option in command.params for name in option.opts}
    spoken = {word for text in coded(README) for word in text.split() if re.fullmatch(r"--?[a-z-]+", word)}
    assert spoken - known - {"--help"} == set()


def test_the_readme_lists_every_exit_code_and_no_other() -> None:
    """The table of exit codes is that of the reports and of the command line."""
    assert {int(code) for code in first_column("Exit codes").split()} == EVERY_CODE


def test_the_help_tells_every_exit_code() -> None:
    """`inventory-sync --help` has the same codes."""
    told = (main.help or "").partition("Exit codes:")[2]
    assert {int(code) for code in re.findall(r"\d+", told)} == EVERY_CODE


def test_the_readme_lists_every_reject_code_and_no_other() -> None:
    """The table of reject codes is that of the reasons."""
    assert sorted(coded(first_column("Rejected rows"))) == sorted(REASONS)


def test_the_readme_names_the_columns_of_a_reject_file() -> None:
    """What is added to the source's columns stands in the README, in order."""
    assert tuple(name for name in coded(section("Rejected rows")) if name.startswith("_reject")) == COLUMNS


def test_the_map_of_rooms_is_what_ls_shows() -> None:
    """Every room stands in the map, and no other."""
    (drawn,) = blocks("", section("Rooms"))
    rooms = {path.stem for path in (ROOT / "sync").iterdir() if not path.name.startswith("_")}
    assert sorted(line.split()[0] for line in drawn.splitlines()) == sorted(rooms)


def test_the_journey_is_a_true_one() -> None:
    """The row that the README follows stands in the sample, and comes out as it says."""
    source, sent = blocks("", section("One row's journey"))
    sample = ROOT / "samples" / "sap-b1" / "OITW_20261122_2300.csv"
    lines = sample.read_text(encoding="utf-8-sig").splitlines()
    assert lines[27] == source
    assert "-4.000000" in lines[5]
    assert sent in sample.with_suffix(".expected.csv").read_text(encoding="utf-8").splitlines()


def test_what_the_readme_says_to_type_works(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands that it gives to a newcomer can be typed one after the other."""
    monkeypatch.chdir(tmp_path)
    for line in "\n".join(blocks("sh")).splitlines():
        program, *arguments = shlex.split(line, comments=True)
        if program == "make":
            assert f"\n{arguments[0]}:" in MAKEFILE
        elif program == "cd":
            monkeypatch.chdir(arguments[0])
        else:
            assert program == "inventory-sync"
            assert cli(*arguments).code == 0, line


def test_the_configuration_of_the_readme_is_one(tmp_path: Path) -> None:
    """What the README shows as a configuration can be used as it stands."""
    server, plan, shown = blocks("yaml")
    read_plan(parse(plan, "README.md").data)  # of faults; ValueError says what is wrong with it
    path = tmp_path / "inventory-sync.yaml"
    path.write_text(f"{shown}\n{server}", encoding="utf-8")
    settings = config.load({"config": str(path)}, {}, tmp_path)
    assert settings.state == tmp_path / "state"
    assert settings.watch.sftp.known_hosts == tmp_path / "sftp.known_hosts"
    assert settings.origin.startswith("https://")


def test_what_the_documents_link_to_is_there() -> None:
    """No link inside the project leads nowhere."""
    links = re.findall(r"\]\(((?!http)[^)#]+)", README + CHANGELOG)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_help_tells_every_target() -> None:
    """Bare `make` shows all that can be made."""
    (phony,) = re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)
    assert phony.split() == re.findall(r"^(\w+):.* ## ", MAKEFILE, re.MULTILINE)


def test_ci_runs_make_test_and_nothing_more() -> None:
    """What passes here passes there."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make test"


def test_the_changelog_begins_with_this_version() -> None:
    """The newest entry is that of pyproject.toml, under headings that the form knows."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert (
        re.findall(r"^## \[([^\]]+)\] - (?:unreleased|\d{4}-\d\d-\d\d)$", CHANGELOG, re.MULTILINE)[0]
        == version
    )
    headings = set(re.findall(r"^### (\w+)$", CHANGELOG, re.MULTILINE))
    assert headings <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
