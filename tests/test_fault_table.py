"""The table of faults in tests/README.md has a test for each of them, and the bugs of bench/bugs can still be planted."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.planted import ROOT, bugs, changed

if TYPE_CHECKING:
    from bench.planted import Bug

FOLDER = Path(__file__).resolve().parent
LINES = re.findall(
    r"^\| ([A-Z]{2}\d\d) \|(.*)\|(.*)\|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
)
GROUPS = {"IN": 26, "FS": 23, "CR": 16, "NW": 24, "SV": 23, "SC": 13, "CF": 11, "SE": 8, "RX": 12}
LEFT_OUT = "left out: "


def named(cell: str) -> list[str]:
    """Give the tests that a cell names; `::name` is in the file that was named last."""
    found, file = [], ""
    for text in re.findall(r"`([^`]*::[^`]+)`", cell):
        file = text.partition("::")[0] or file
        found.append(f"{file}::{text.partition('::')[2]}")
    return found


@cache
def defined_in(file: str) -> set[str]:
    """Give the names of a file's tests."""
    tree = ast.parse((FOLDER / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_fault_stands_in_the_table_once() -> None:
    """None is forgotten, none is told twice, and each comes in its place."""
    ids = [f"{group}{number:02}" for group, last in GROUPS.items() for number in range(1, last + 1)]
    assert [line[0] for line in LINES] == ids


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_a_fault_has_a_test_that_is_there_or_a_reason(line: tuple[str, str, str]) -> None:
    """A test that was renamed or taken away is missed here."""
    tests = named(line[2])
    assert tests or line[2].strip().startswith(LEFT_OUT)
    assert [
        test for test in tests if test.partition("::")[2] not in defined_in(test.partition("::")[0])
    ] == []


def test_a_name_without_its_file_is_in_the_file_before() -> None:
    """The short form means what it says."""
    assert named("`test_a.py::test_x`, `::test_y` and `test_b.py::test_x`") == [
        "test_a.py::test_x",
        "test_a.py::test_y",
        "test_b.py::test_x",
    ]


@pytest.mark.parametrize("bug", list(bugs()), ids=lambda bug: bug.name)
def test_a_bug_fits_the_source_and_names_tests_that_are_there(bug: Bug) -> None:
    """Where the code was changed, the bug must be, too: `make planted` would stop at it."""
    for name in bug.changes:
        assert changed((ROOT / name).read_text("utf-8"), bug, name)
    for test in bug.tests:
        file, _, name = test.removeprefix("tests/").partition("::")
        assert not name or name in defined_in(file)
        assert (FOLDER / file).is_file()
    assert re.fullmatch(r"([A-Z]{2}\d\d ?)+", bug.faults)
