"""The note beside a held, failed or rejected file: plain words in the staff's language, which Notepad shows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sync import config
from sync.run.notes import note_path, remove_notes, write_note
from sync.staff.words import load
from tests.desks import ROWS, Desk

if TYPE_CHECKING:
    from sync.config import Settings

RUN = "20261123T061502Z-3f9c"
SOME = {
    "read": 120,
    "accepted": 80,
    "merged": 0,
    "skipped": 0,
    "rejected": 0,
    "held": 40,
    "pending": 0,
    "unchanged": 0,
}


def settings(desk: Desk, **more: Any) -> Settings:
    """Read the configuration of a desk, with some settings more."""
    desk.configure({"url": "sandbox"}, timezone="Europe/Istanbul", **more)
    return config.load({"config": desk.folder / "inventory-sync.yaml"}, {"HOME": "/"}, desk.folder)


def written(desk: Desk, report: dict[str, Any], beside: str, **more: Any) -> str:
    """Write a note and give what Notepad shows."""
    path = write_note(settings(desk, **more), report, desk.folder / beside)
    assert path == desk.folder / f"{beside}.txt"
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") > 5
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def held(*guards: dict[str, Any], locations: list[str] | None = None) -> dict[str, Any]:
    """Make the report of a held run."""
    stopped = {"guards": list(guards), "locations": locations or [], "rows": 40}
    base = {"run": RUN, "file": "/drop/inbox/stock.csv", "started": "2026-11-23T06:15:02Z", "rejects": None}
    return {**base, "status": "held", "rows": SOME, "held": stopped, "problems": [], "why": []}


def guard(name: str, location: str | None = None, **values: float | str) -> dict[str, Any]:
    """Make a guard that tripped, as a report has it."""
    told = {"guard": name, "location": location, "numbers": "in English", "values": values}
    return {**told, "examples": ["A-101, RUG-1: 14 -> 0"]}


def test_a_rejected_file_names_its_rows(desk: Desk) -> None:
    """What happened, each row with its reason, what is safe, what to do, and whom to ask."""
    report = desk.report("run", desk.file(ROWS))
    name = Path(report["rejects"]).name
    words = written(desk, report, name)
    for problem in report["problems"]:
        assert f"Row {problem['row']}: " in words
    assert f"of {report['rows']['read']} could not be used" in words
    assert all(part in words for part in (name, "Nothing is lost", "“inbox”", report["run"]))


def test_ten_rows_are_named_and_the_others_counted(desk: Desk) -> None:
    """A note stays short; the workbook has them all."""
    rows = [
        ("Depot", "Item", "Pieces"),
        *(("A", f"S{n}", "x") for n in range(150)),
        *(("A", f"T{n}", "1") for n in range(900)),
    ]
    report = desk.report("run", desk.file(rows))
    words = written(desk, report, Path(report["rejects"]).name)
    assert words.count("Row ") == 10
    assert "140 rows more" in words


def test_a_failed_file_says_what_is_wrong_and_that_nothing_went(desk: Desk) -> None:
    """Plain words first; the exact ones, with the command, for whoever looks after us."""
    (desk.folder / "stock.csv").write_bytes(b"")
    report = desk.report("run", desk.folder / "stock.csv")
    words = written(desk, report, "stock.csv")
    assert words.startswith("This file could not be read\n")
    assert "The file is empty." in words
    assert "Nothing of this file was sent" in words
    assert "inventory-sync check" in words


def test_a_held_file_has_numbers_examples_and_the_commands(desk: Desk) -> None:
    """Everything that an approver needs."""
    words = written(desk, held(guard("fewer_rows", now=120, before=1500)), "stock.csv")
    assert "120 rows now, 1,500 before." in words
    assert "Example: A-101, RUG-1: 14 -> 0" in words
    assert f"inventory-sync approve {RUN}" in words
    assert f"inventory-sync discard {RUN}" in words
    assert "approve”" not in words


def test_where_only_some_locations_wait_they_are_named(desk: Desk) -> None:
    """Those that went are safe; one of them can be approved alone, whatever its name."""
    places = [guard("zeroed", name, rows=30, of=40) for name in ("A 1", "B")]
    words = written(desk, held(*places, locations=["A 1", "B"]), "stock.csv")
    assert "A 1: Too many products would go to 0. 30 of 40" in words
    assert f"approve {RUN} --location 'A 1'" in words
    assert "80 rows of the file arrived" in words


def test_where_nothing_is_left_to_go_it_is_the_file_that_waits(desk: Desk) -> None:
    """However many locations it has."""
    report = held(guard("first", rows=40), locations=["A", "B"])
    report["rows"] = SOME | {"accepted": 0}
    assert "Something about this file" in written(desk, report, "stock.csv")


def test_moving_the_file_is_a_yes_only_where_it_is_switched_on(desk: Desk) -> None:
    """The note names the folder then."""
    words = written(desk, held(guard("min_rows", rows=0, least=1)), "s.csv", watch={"approve_folder": True})
    assert "“approve”" in words


@pytest.mark.parametrize("values", [{}, {"now": 1}])
def test_a_guard_without_its_values_is_told_as_it_told_itself(desk: Desk, values: dict[str, Any]) -> None:
    """A run that another version judged has no note that fails."""
    assert "in English" in written(desk, held(guard("fewer_rows", **values)), "stock.csv")


def test_a_guard_that_has_no_words_yet_is_told(desk: Desk) -> None:
    """With its own numbers."""
    words = written(desk, held(guard("brand_new")), "stock.csv")
    assert "look unusual. in English" in words


def test_what_a_first_file_would_change_is_told(desk: Desk) -> None:
    """The plan, in numbers."""
    first = guard("first", rows=900, created=3, changed=1200, zeroed=2, unchanged=5, unknown=0)
    assert "new: 3; changed: 1,200; set to 0: 2; as before: 5" in written(desk, held(first), "stock.csv")


def test_the_note_is_in_the_language_and_the_time_of_the_place(desk: Desk) -> None:
    """Turkish words, and nine o'clock where it was six in Greenwich."""
    words = written(desk, held(guard("jump", now=2.5, before=140.0)), "stock.csv", language="tr")
    assert words.startswith(load("tr").say("held", "title"))
    assert "23.11.2026 09:15" in words
    assert "şimdi 2.5, önce 140." in words


def test_what_files_say_cannot_steer_anything(desk: Desk) -> None:
    """Escapes and line breaks of cells and names are shown as signs; lines are bounded and none begins like a formula."""
    report = held(guard("other"))
    report["file"] = "/x/\x1b[31mstock\r\n=1.csv"
    report["held"]["guards"][0]["examples"] = ["=cmd|' /C calc'!A0 " + "y" * 5000]
    words = written(desk, report, "stock.csv")
    assert words.replace("\n", "").isprintable()
    assert max(map(len, words.split("\n"))) <= 402
    assert not [line for line in words.split("\n") if line[:1] in "=+-@" and line]


def test_what_ended_well_gets_no_note(desk: Desk) -> None:
    """A file of which everything went needs nobody."""
    report = desk.report("run", desk.file([("Depot", "Item", "Pieces"), ("A", "S1", "5")]))
    assert write_note(settings(desk), report, desk.folder / "stock.csv") is None
    assert not list(desk.folder.glob("*.txt"))


def test_a_note_is_taken_away_again(desk: Desk) -> None:
    """And it is no error where there is none."""
    written(desk, held(guard("other")), "stock.csv")
    remove_notes(desk.folder / "stock.csv")
    remove_notes(desk.folder / "stock.csv")
    assert not list(desk.folder.glob("*.txt"))


def test_the_longest_name_has_its_note(tmp_path: Path) -> None:
    """Bytes that are no text, too."""
    name = os.fsdecode(b"\xff" * 255)
    note_path(tmp_path / name).write_text("x")
    assert note_path(tmp_path / "a.csv").name == "a.csv.txt"
