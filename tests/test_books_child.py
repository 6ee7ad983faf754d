"""Whatever the converting child does, its parent gives a book or words; and it works with no more than it needs."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.books import opening, spool
from sync.books.shapes import Cell, Merge, Row, SheetContent, SheetInfo
from sync.errors import SetAside
from sync.rows import ReadHints
from tests import biff

if TYPE_CHECKING:
    from pathlib import Path

BOOK = biff.ole(biff.Xls([biff.Sheet("Stock", biff.text(0, 0, "sku") + biff.text(1, 0, "A"))]).stream())
LIMITED = "from sync.books.child import limit\nlimit(100_000_000, 1, 1_000_000)\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "stock.xls").write_bytes(BOOK)
    return tmp_path / "stock.xls"


def acting(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the child do this instead."""
    monkeypatch.setattr(opening, "CHILD", ("-s", "-P", "-c", code))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (LIMITED + "while True: pass", "its reader took more than"),
        (LIMITED + "bytearray(10**9)", "its reader failed: MemoryError"),
        (LIMITED + "import os\nwhile True: os.write(1, bytes(10**5))", "its reader failed: OSError"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "its reader was ended by signal 11"),
        ("import os\nos.abort()", "its reader was ended by signal 6"),
        ("raise SystemExit(3)", "its reader failed: status 3"),
        ("import ctypes\n1 / 0", "its reader failed: ZeroDivisionError"),
        ("print('panicked at ' * 1000)", "its reader failed: status 0"),
        ("print('{\"sheets\": 5}'); print(' ' * 18 + '0')", "its reader failed: status 0"),
        ("print('{\"sheets\": [[1, 2, 0, 9999, []]]}'); print(' ' * 18 + '0')", "does not hang together"),
        ("print('[1, 2]'); print(f'{{\"sheets\": [[1, 1, 0, 7, []]]}}'); print('7'.rjust(19))", "hang together"),
    ],
)  # fmt: skip
def test_whatever_the_child_does_ends_in_words(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    """HI17: dying by signal, lack of memory, endless loops and garbage are sentences of one file."""
    acting(monkeypatch, code)
    with pytest.raises(SetAside, match=words) as caught:
        loader.read(path, ReadHints())
    assert "Traceback" not in str(caught.value)


def test_a_child_that_only_waits_is_ended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock ends what the processor's time does not."""
    monkeypatch.setattr(opening, "PATIENCE", 0.1)
    acting(monkeypatch, "import time\ntime.sleep(60)")
    started = time.monotonic()
    with pytest.raises(SetAside, match="took longer than"):
        loader.read(path, ReadHints())
    assert time.monotonic() - started < 10


def test_the_child_knows_nothing_of_its_parent(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key and no setting is in the environment of what opens a stranger's file."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", "secret")
    acting(monkeypatch, "import os, sys\nsys.exit(' '.join(sorted(os.environ)))")
    with pytest.raises(SetAside) as caught:
        loader.read(path, ReadHints())
    assert "failed: LC_ALL PYTHONPATH PYTHONSAFEPATH." in str(caught.value).replace("LC_CTYPE ", "")


def test_one_file_is_converted_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peek and read of the same unchanged file share the work; a changed file is another one."""
    first = loader.peek(path, ReadHints())
    acting(monkeypatch, "raise SystemExit(3)")
    assert loader.peek(path, ReadHints()) == first
    assert len(list(loader.read(path, ReadHints()).blocks)) == 1
    path.write_bytes(BOOK)
    with pytest.raises(SetAside):
        loader.peek(path, ReadHints())


def test_a_book_is_read_by_several_at_once_and_after_others_came(tmp_path: Path) -> None:
    """An open book does not mind that younger ones took its place among those that are kept."""
    paths = [tmp_path / f"{number}.xls" for number in range(opening.KEPT + 2)]
    for each in paths:
        each.write_bytes(BOOK)
    with opening.opened_book(paths[0], "xls") as book:
        one, other = book.rows(book.sheets[0]), book.rows(book.sheets[0])
        assert next(one) == next(other)
        for each in paths[1:]:
            loader.peek(each, ReadHints())
        assert [row.cells[0].text for row in one] == ["A"]


def test_what_a_parser_yields_comes_back(tmp_path: Path) -> None:
    """Texts of every kind, faults, hidden rows, merges and several sheets survive the spool."""
    rows = [Row(1, False, [Cell(0, "a\n\u2028ş\ud800", None), Cell(5, "", "cell.formula")]), Row(9, True, [Cell(1, "1", None)])]  # fmt: skip
    contents = [
        SheetContent(SheetInfo("A", visible=True, part=""), rows, [Merge(1, 2, 3, 4)]),
        SheetContent(SheetInfo("B", visible=False, part=""), [], []),
    ]
    with (tmp_path / "spool").open("w+b") as file:
        spool.write(contents, file)
        book = spool.SpooledBook("ods", spool.Spool(file.fileno()))
    assert [(sheet.name, sheet.visible) for sheet in book.sheets] == [("A", True), ("B", False)]
    assert (list(book.rows(book.sheets[0])), book.merges(book.sheets[0])) == (rows, (Merge(1, 2, 3, 4),))
    assert list(book.rows(book.sheets[1])) == []


@pytest.mark.parametrize(
    "rows",
    [
        [Row(2, hidden=False, cells=[]), Row(2, hidden=False, cells=[])],
        [Row(1_048_577, hidden=False, cells=[Cell(0, "a", None)])],
        [Row(1, hidden=False, cells=[Cell(1, "a", None), Cell(1, "b", None)])],
        [Row(1, hidden=False, cells=[Cell(16_384, "a", None)])],
        [Row(1, hidden=False, cells=[Cell(0, "x" * 1_048_577, None)])],
        [Row(1, hidden=False, cells=[Cell(at, "x" * 1_000_000, None) for at in range(3)])],
    ],
)
def test_no_parser_can_yield_what_no_sheet_holds(tmp_path: Path, rows: list[Row]) -> None:
    """HI13: rows and cells out of order, beyond the sheet or giant are set aside for every kind of workbook."""
    content = SheetContent(SheetInfo("A", visible=True, part=""), rows, [])
    with (tmp_path / "spool").open("w+b") as file, pytest.raises(SetAside):
        spool.write([content], file)


def test_limits_hold_before_a_parser_is_imported() -> None:
    """The parsers of strangers' files are first imported by a process that has given up everything else."""
    code = "import sync.books.child, sys\nprint(*sorted(m for m in sys.modules if m.startswith('sync')))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["sync", "sync.books", "sync.books.child"]
