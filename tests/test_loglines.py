"""The log: a line for each file and each batch, bound to them, for people and for machines; never a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.rehearsals import rehearse, stock_file

if TYPE_CHECKING:
    from tests.desks import Desk


def lines(desk: Desk, *options: str, rows: int = 40) -> list[dict[str, Any]]:
    """Run a file in batches of ten, and give the log as a machine reads it."""
    ended = desk("run", stock_file(desk, rows), "--log-format", "json", *options)
    return [json.loads(line) for line in ended.err.splitlines() if line.startswith("{")]


def test_each_batch_and_each_file_has_a_line_bound_to_it(desk: Desk) -> None:
    """With run, file, range and numbers; together they are the whole file."""
    with rehearse(desk, batch_rows=10, batch_rows_max=10):
        told = lines(desk, "-v")
    batches = [line for line in told if line["event"] == "batch settled"]
    assert sorted(line["batch"] for line in batches) == ["0-10", "10-20", "20-30", "30-40"]
    assert sum(line["accepted"] for line in batches) == 40
    (ended,) = [line for line in told if line["event"] == "ended"]
    assert {(line["run"], line["file"]) for line in told} == {(ended["run"], str(desk.folder / "stock.csv"))}
    assert (ended["status"], ended["accepted"], ended["level"]) == ("ok", 40, "info")


def test_a_batch_that_goes_again_says_why_in_a_word(desk: Desk) -> None:
    """Its cause and how often it went; the line of its outcome has the sum."""
    with rehearse(desk, {"times": 1, "status": 503}, batch_rows=50):
        told = lines(desk, "-v")
    again = next(line for line in told if line["event"] == "batch unsettled")
    assert (again["batch"], again["cause"], again["tries"]) == ("0-40", "status-503", 1)
    assert next(line for line in told if line["event"] == "batch settled")["tries"] == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_holds_a_row(desk: Desk, form: str) -> None:
    """Not even where the tenant refuses rows and repeats them in its words."""
    with rehearse(desk, {"times": 2, "status": 500}, unknown=("S7",), batch_rows=10):
        ended = desk("run", stock_file(desk, 30), "-vv", "--log-format", form)
    log = "\n".join(line for line in ended.err.splitlines() if "batch" in line or "ended" in line)
    assert "batch settled" in log
    assert not any(f"S{at}" in log for at in range(30))


def test_without_v_there_is_nothing_to_say_of_a_good_run(desk: Desk) -> None:
    """The report is the answer; -v says what led to it."""
    with rehearse(desk, batch_rows=10):
        assert lines(desk) == []
        assert desk("run", stock_file(desk, 40, "stock_b.csv", first=50)).err == ""
