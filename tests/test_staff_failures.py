"""A file that cannot be taken -> a plain sentence; the reasons are those of real files, met through the command line."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from sync.staff.failures import KINDS, OTHER, kind
from sync.staff.language import OURS
from sync.staff.words import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desks import Desk

HEAD = b"Depot,Item,Pieces\n"


def workbook(path: Path, *, formula: bool = False) -> None:
    """Save a workbook."""
    book = openpyxl.Workbook()
    rows = [("Depot", "Item", "Pieces"), ("A", "S1", "=1+1" if formula else 5)]
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


def cut_off(path: Path) -> None:
    """Save a workbook and lose its end."""
    workbook(path)
    path.write_bytes(path.read_bytes()[:-900])


def word_document(path: Path) -> None:
    """Save what is no workbook under a workbook's name."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "application/vnd.wordprocessingml.document")


def text(content: bytes) -> Callable[[Path], None]:
    """Give what writes a text file."""

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("stock.csv", text(b""), "empty"),
        ("stock.csv", text(b"Shop,Code,Count\nA,S1,5\n"), "unknown"),
        ("stock.csv", text(HEAD + b"A,S1,5\nA,\x00S2,6\n"), "letters"),
        ("stock.csv", text(b"Depot,Item,Pieces,Item\nA,S1,5,S2\n"), "several"),
        ("stock.csv", text(b"%PDF-1.7 x"), "no_stock"),
        ("stock.csv", text(b"Depot,Item,_reject_run\nA,S1,20260101T000000Z-0000\n"), "rejects"),
        ("stock.xlsx", cut_off, "cut"),
        ("stock.xlsx", word_document, "no_stock"),
        ("stock.csv", lambda path: path.mkdir(), "no_access"),
    ],
)
def test_a_real_failure_gets_its_plain_sentence(
    desk: Desk, name: str, make: Callable[[Path], None], expected: str
) -> None:
    """What the product says of a file leads to the words for staff."""
    make(desk.folder / name)
    report = desk.report("run", desk.folder / name)
    assert report["status"] == "failed"
    assert kind(report["why"]) == expected, report["why"]


def test_what_nobody_foresaw_gets_words_too() -> None:
    """An unknown reason is not taken for another."""
    assert kind(["something quite new"]) == OTHER


@pytest.mark.parametrize("language", OURS)
def test_every_kind_has_its_words(language: str) -> None:
    """What happened, and what to do."""
    words = load(language)
    for name in (*KINDS, OTHER):
        assert words.knows("failures", name, "sentence")
        assert words.knows("failures", name, "remedy")
