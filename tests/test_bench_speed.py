"""bench/speed.py runs, and its page and the README's figures are those that it kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.page import KEPT, PAGE, PICTURE, load, page, picture, shown
from tests.test_docs import section

BENCH = Path(__file__).parents[1] / "bench" / "speed.py"


@pytest.mark.parametrize("part", ["own", "latency"])
def test_the_bench_measures_and_checks_the_numbers_of_each_run(part: str) -> None:
    """A thousandth of the rows: what it prints is a table with a line for each."""
    command = [sys.executable, str(BENCH), "--quick", "--share", "0.001", "--only", part]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1,000 rows of CSV" in done.stdout
    assert "| 1.00 | 1.00 |" in done.stdout


def test_the_page_is_drawn_of_what_is_kept() -> None:
    """Nobody types a figure: docs/speed.md and docs/speed.svg are made of docs/speed.json."""
    parts = load()
    assert PAGE.read_text() == page(json.loads(KEPT.read_text())["machine"], parts)
    assert PICTURE.read_text() == picture(parts.get("sizes", []))


def test_the_readme_shows_the_table_that_was_measured() -> None:
    """Its lines are those of the first table of the page."""
    lines = [line for line in shown(load()["rivals"][0]).splitlines() if line.startswith("|")]
    assert [line for line in section("Speed").splitlines() if line.startswith("|")] == lines
