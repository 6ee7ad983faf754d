"""What staff find in the watched folder: workbooks, notes and the page, through `watch --once`, in their language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.drops import HEAD, Drop

if TYPE_CHECKING:
    from pathlib import Path

BAD = [HEAD, ("A", "S1", "5"), ("A", "00123", "x"), ("B", "", "7")]
KNOWN = [HEAD, *(("A", f"S{n}", "5") for n in range(60)), ("B", "T1", "9")]


def configured(drop: Drop, **more: Any) -> None:
    """Write the configuration."""
    watch = {"settle": 0, **more.pop("watch", {})}
    drop.desk.configure({"url": "sandbox"}, watch=watch, **more)


def note(beside: Path) -> str:
    """Read the note beside a file."""
    return beside.with_name(f"{beside.name}.txt").read_bytes().decode("utf-8-sig")


def test_the_rejects_of_a_csv_file_are_a_workbook_with_a_note(drop: Drop) -> None:
    """In the language of the settings, with the codes as they were; corrected and dropped again, nothing is open."""
    configured(drop, language="tr")
    drop.rows(BAD)
    report = drop.report()
    (path,) = drop.files("rejects")
    assert (str(path), path.suffix) == (report["rejects"], ".xlsx")
    assert note(path).startswith("Düzeltilecek: 2 satır")
    book = openpyxl.load_workbook(path)
    rows = book.worksheets[1]
    assert [[cell.value for cell in row[:3]] for row in rows.iter_rows(2)] == [
        ["A", "00123", "x"],
        ["B", None, "7"],
    ]
    rows["C2"], rows["B3"] = "8", "S9"
    book.save(drop.inbox / path.name)
    assert drop.report()["rows"]["accepted"] == 2
    assert drop.desk.stock() == {("A", "S1"): 5, ("A", "00123"): 8, ("B", "S9"): 7}
    assert drop.desk.report("show", report["run"])["closed"]


def test_a_failed_file_has_its_note_and_stands_on_the_page(drop: Drop) -> None:
    """Both say what to do; the page in both languages."""
    configured(drop, language="tr")
    (drop.inbox / "stock.csv").write_bytes(b"")
    drop.once()
    (path,) = drop.files("failed")
    assert "Dosya boş." in note(path)
    page = (drop.root / "STATUS.html").read_text("utf-8")
    assert re.findall(r'<section lang="(\w+)"', page) == ["tr", "en"]
    assert "could not be read" in page


def test_a_held_file_has_its_note_until_it_is_approved(drop: Drop) -> None:
    """The numbers in Turkish, the command; after the yes the note is gone."""
    configured(drop, language="tr")
    drop.rows(KNOWN)
    drop.once()
    drop.rows(KNOWN[:5], "stock_2.csv")
    report = drop.report()
    assert report["status"] == "held"
    (path,) = drop.files("held")
    words = note(path)
    assert "Şimdi 4 satır, önce 61 satır." in words
    assert f"inventory-sync approve {report['run']}" in words
    assert "fewer" not in words
    assert "evet veya hayır bekleyen: 4 satır" in (drop.root / "STATUS.html").read_text("utf-8")
    drop.desk("approve", report["run"])
    assert not drop.files("held")
    assert not list((drop.root / "held").iterdir())


def test_what_is_held_and_what_is_to_correct_have_a_note_each(drop: Drop) -> None:
    """One beside the file for the approver, one beside the workbook for whoever wrote it."""
    drop.rows(KNOWN)
    drop.once()
    drop.rows([*KNOWN[:5], ("A", "S7", "x")], "stock_2.csv")
    drop.once()
    (held,), (rejects,) = drop.files("held"), drop.files("rejects")
    assert "waits for an approver" in note(held)
    assert "1 row to correct" in note(rejects)
    assert "Of the same file, 4 rows waiting for an approver" in note(rejects)


def test_the_note_of_the_rejects_tells_how_their_run_stands_now(drop: Drop) -> None:
    """Once the rest was approved nothing of the file waits any more."""
    drop.rows(KNOWN)
    drop.once()
    drop.rows([*KNOWN[:5], ("A", "S7", "x")], "stock_2.csv")
    report = drop.report()
    drop.desk("approve", report["run"])
    (rejects,) = drop.files("rejects")
    assert "Of the same file" not in note(rejects)
    assert "4 rows of the file arrived" in note(rejects)


def test_rejects_are_written_again_where_staff_look_for_them(drop: Drop) -> None:
    """`rejects RUN` gives the workbook back that somebody lost, in the watched folder."""
    drop.rows(BAD)
    report = drop.report()
    (path,) = drop.files("rejects")
    path.unlink()
    drop.desk("rejects", report["run"])
    assert drop.files("rejects") == [path]


@pytest.mark.parametrize("command", [("watch", "--once"), ("run", "x.csv"), ("doctor",), ("status",)])
def test_a_language_that_cannot_be_used_stops_everything_in_words(
    drop: Drop, command: tuple[str, ...]
) -> None:
    """Before a file is taken; relative to the configuration, as every path."""
    configured(drop, language="words/ours.toml")
    (drop.desk.folder / "words").mkdir()
    (drop.desk.folder / "words" / "ours.toml").write_text('[count]\nrows = "no number"\n')
    drop.rows(BAD)
    ended = drop.desk(*command)
    assert ended.code == 2
    assert "count.rows must hold exactly these names in braces: {n}" in f"{ended.out}{ended.err}"
    assert not (drop.root / "rejects").exists() or not drop.files("rejects")
