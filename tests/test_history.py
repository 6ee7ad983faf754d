"""`status NAME`: what happened to my file?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desks import GOOD, ROWS
from tests.test_holds import EMPTIED, begun, held_run, stock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk


def named(desk: Desk, asked: str | Path) -> list[str]:
    """Give the files of the runs that are called so, the newest first."""
    return [report["file"].rpartition("/")[2] for report in desk("status", asked, "--json").json["runs"]]


@pytest.mark.parametrize(
    "asked", ["Stock_İstanbul.csv", "ISTANBUL", "stock_i", "elsewhere/stock_istanbul.csv"]
)
def test_a_file_is_found_by_a_part_of_its_name(desk: Desk, asked: str) -> None:
    """In any case, Turkish letters too, and whatever folder is typed before it."""
    desk("run", desk.file(GOOD, "stock_İstanbul.csv"), desk.file(GOOD, "stock_ankara.csv"))
    assert named(desk, asked) == ["stock_İstanbul.csv"]


def test_a_run_is_found_by_the_beginning_of_its_id(desk: Desk) -> None:
    """And told in full: its numbers, its reject file, and what to do."""
    run = desk.report("run", desk.file(ROWS))["run"]
    told = desk("status", run[:-2]).out
    assert f"run {run}" in told
    assert "correct them there, and run that file" in told


def test_the_newest_comes_first_with_what_corrects_it(desk: Desk) -> None:
    """A reject file belongs to the file that it corrects, whatever it is called."""
    desk("run", desk.file(GOOD, "stock_1.csv"))
    ran = desk.report("run", desk.file(ROWS, "stock_2.csv"))
    rejects = desk.folder / ran["rejects"]
    fixed = rejects.rename(desk.folder / "mended.csv")
    desk("run", fixed)
    assert named(desk, "stock_2") == ["mended.csv", "stock_2.csv"]
    assert named(desk, "stock") == ["mended.csv", "stock_2.csv", "stock_1.csv"]
    assert "corrected by the run" in desk("status", "stock_2").out


def test_a_file_that_could_not_be_taken_says_why(desk: Desk) -> None:
    """In the words of the run, with the command to type."""
    desk("run", desk.file(GOOD, "prices.csv"))
    told = desk("status", "prices").out
    assert "To do: mend the file or its mapping" in told


def test_a_held_file_tells_who_said_what(desk: Desk) -> None:
    """Before the yes: why it waits and the command; after it: who, when and why."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    run = held_run(desk)
    assert f"inventory-sync approve {run}" in desk("status", "stock_2").out
    desk("approve", run, "--by", "Ayşe", "--why", "shop closed")
    assert "by Ayşe" in (told := desk("status", "stock_2").out)
    assert "shop closed" in told


def test_a_file_that_still_waits_in_the_inbox_is_found_there(desk: Desk) -> None:
    """Subfolders too; what is hidden is none."""
    inbox = desk.folder / "drop" / "inbox" / "A"
    inbox.mkdir(parents=True)
    (inbox / "Stock_9.csv").touch()
    (inbox / ".stock_9.csv").touch()
    assert desk("status", "stock_9", "--json").json["inbox"] == [str(inbox / "Stock_9.csv")]
    assert "waits in the inbox" in desk("status", "stock_9").out


def test_a_file_of_the_watched_folder_is_said_to_lie_where_it_is(desk: Desk) -> None:
    """Under the name that it got there."""
    desk.configure({"url": "sandbox"}, watch={"settle": 0})
    (desk.folder / "drop" / "inbox").mkdir(parents=True)
    desk.file(GOOD, "drop/inbox/stock_7.csv")
    assert desk("watch", "--once").code == 0
    (report,) = desk("status", "stock_7", "--json").json["runs"]
    assert report["lies_at"] == str(desk.folder / "drop" / "processed" / f"stock_7.{report['run']}.csv")
    assert f"lies in {report['lies_at']}" in desk("status", "stock_7").out


def test_what_is_nowhere_is_said_to_be_nowhere(desk: Desk) -> None:
    """With how far back it looked; before the first run too."""
    assert "no file and no run is called" in desk("status", "stock").out
    desk("run", desk.file(GOOD))
    assert "no file and no run of the 1 runs since 20" in desk("status", "price").out


def test_of_many_runs_the_newest_are_told_and_the_others_counted(desk: Desk) -> None:
    """Three in full, then a line each, then how many there are besides."""
    for number in range(5):
        desk("run", desk.file([*GOOD, ("A", "S9", str(number))], f"stock_{number}.csv"))
    told = desk("status", "stock").out
    assert told.count("rows read") == 3
    assert [told.count(f"stock_{number}.csv") for number in range(5)] == [1] * 5
