"""Binary Excel workbooks: what only they have."""

from __future__ import annotations

import struct
from io import BytesIO
from zipfile import ZipFile

import pytest

from sync.books import xlsb as reader
from sync.books.biff12 import records, text
from sync.errors import SetAside
from tests.bookmakers import only_cell, read
from tests.bookmakers.xlsb import cell, package, record, row, styles, wide


def book(*cells: bytes, looks: bytes = b"", settings: bytes = b"") -> bytes:
    """Write a workbook of one row."""
    return package(
        [("Stock", 0, row(1, *cells))], record(19, b"\0" + wide("shared")), looks, settings=settings
    )


def rk(value: int, *, whole: bool, hundredth: bool = False) -> bytes:
    """Write a number into four bytes."""
    high = value << 2 if whole else struct.unpack("<Q", struct.pack("<d", value))[0] >> 32
    return struct.pack("<I", (high & 0xFFFFFFFC) | 2 * whole | hundredth)


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (2, rk(42, whole=True), ("42", None)),
        (2, rk(-42, whole=True), ("-42", None)),
        (2, rk(42, whole=False), ("42", None)),
        (2, rk(4250, whole=True, hundredth=True), ("42.5", "cell.fraction")),
        (2, rk(110, whole=False, hundredth=True), ("1.1", "cell.fraction")),
        (3, b"\x2a", ("#N/A", "cell.error")),
        (3, b"\x17", ("#REF!", "cell.error")),
        (4, b"\1", ("TRUE", "cell.boolean")),
        (5, struct.pack("<d", 1e15), ("1000000000000000", "cell.digits")),
        (6, wide("in the cell \U0001f4e6"), ("in the cell \U0001f4e6", None)),
        (7, struct.pack("<I", 0), ("shared", None)),
        (8, wide("of a formula") + b"rest", ("of a formula", None)),
        (9, struct.pack("<d", 7) + b"rest", ("7", None)),
        (10, b"\0rest", ("FALSE", "cell.boolean")),
        (11, b"\x07rest", ("#DIV/0!", "cell.error")),
        (62, b"\1" + wide("rich") + b"runs", ("rich", None)),
    ],
)
def test_every_record_of_a_cell(kind: int, body: bytes, expected: tuple[str, str | None]) -> None:
    """Numbers in four and in eight bytes, texts shared, own and rich, and what formulas gave."""
    assert only_cell("xlsb", book(cell(kind, 0, body))) == expected


def test_blank_cells_and_unknown_records_hold_nothing() -> None:
    """A cell that only has a style, an empty text, and records of future programs are passed over."""
    cells = (record(5000, b"\xff" * 70000), cell(1, 0, b""), cell(6, 1, wide("")), cell(6, 2, wide("x")))
    assert read("xlsb", book(*cells))[0].lines == {1: [(2, "x")]}


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    """A workbook of an old Mac shows the same number as another day."""
    made = book(
        cell(9, 0, struct.pack("<d", 1), style=1),
        looks=styles(["General", "d.m.yyyy"]),
        settings=record(153, b"\1\0\0\0"),
    )
    assert only_cell("xlsb", made) == ("1904-01-02", "cell.date")


@pytest.mark.parametrize(("state", "visible"), [(0, True), (1, False), (2, False)])
def test_hidden_and_very_hidden_sheets(state: int, visible: bool) -> None:  # noqa: FBT001 - an example
    """Either is not seen by a person."""
    (found,) = read("xlsb", package([("Stock", state, b"")]))
    assert found.info.visible is visible


def test_tabs_of_charts_are_no_sheets() -> None:
    """Only parts that the package calls worksheets hold cells."""
    made = package([("Chart", 0, row(1, cell(6, 0, wide("x"))))], kind="chartsheet")
    assert read("xlsb", made) == []


@pytest.mark.parametrize(
    "content",
    [
        book(cell(7, 0, struct.pack("<I", 5))),
        book(cell(5, 0, struct.pack("<d", 1), style=9), looks=styles(["General"])),
        book(cell(6, 0, struct.pack("<I", 100) + b"too short")),
        book(cell(5, 0, b"\0")),
        book(cell(6, 0, struct.pack("<I", 1) + b"\x00\xd8")),
        package([("Stock", 0, row(2) + row(1))]),
        package([("Stock", 0, b"\x00\xff\x7f")]),
        package([("Stock", 0, b"\x80")]),
    ],
)
def test_damage_is_never_read_as_values(content: bytes) -> None:
    """A text or style that is not there, a record that is cut off: the file is refused as a whole."""
    with pytest.raises((SetAside, LookupError, ValueError, EOFError, struct.error)):
        read("xlsb", content)


def test_a_record_or_text_that_is_cut_off_is_damage() -> None:
    """IN23: what is said to be there and is not ends the reading."""
    with pytest.raises(EOFError):
        list(records(BytesIO(record(19, b"whole")[:-1]), {19}))
    with pytest.raises(EOFError):
        text(wide("whole")[:-1], 0)


def test_a_giant_record_is_refused() -> None:
    """HI: a size is not believed before the bytes are there."""
    with pytest.raises(SetAside, match="no stock file"):
        list(records(BytesIO(b"\x13\xff\xff\xff\x7f"), {19}))


def test_records_are_found_over_the_borders_of_pieces() -> None:
    """Records of all sizes come out as they were written."""
    bodies = [bytes([at % 256]) * (at * 37 % 9000) for at in range(200)]
    written = b"".join(record(19 if at % 2 else 300, body) for at, body in enumerate(bodies))
    assert [body for _, body in records(BytesIO(written), {19})] == bodies[1::2]


def test_a_package_may_lack_all_but_its_workbook() -> None:
    """Without shared texts, styles or relations of the package, the usual names hold and numbers are plain."""
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr("XL\\Workbook.bin", record(156, bytes(8) + wide("r") + wide("Stock")))
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            '<Relationships><Relationship Id="r" Type="t/worksheet" Target="s.bin"/></Relationships>',
        )
        archive.writestr("xl/s.bin", row(1, cell(5, 0, struct.pack("<d", 42), style=7)))
    assert only_cell("xlsb", held.getvalue()) == ("42", None)


def test_texts_that_fill_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """HI: shared texts are held as a whole, but not without end."""
    monkeypatch.setattr("sync.books.xlsbsheet.TEXTS_MAX", 500)
    with pytest.raises(SetAside, match="more than 500 bytes"):
        read("xlsb", package([], record(19, b"\0" + wide("shared")) * 10))


def test_a_package_without_a_workbook_is_refused() -> None:
    """What is no workbook is set aside in words."""
    with pytest.raises(SetAside, match="damaged or cut off"):
        list(reader.sheets(BytesIO(b"PK no zip")))
