"""What cannot be taken is named for what it is, with what to do; nothing hangs, nothing tears through."""

from __future__ import annotations

import os
import socket
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import loader, plainfile
from sync.books import parts, sheetparts, sheetreader
from sync.books.bounds import TEXT_MAX
from sync.errors import SetAside
from sync.rows import ReadHints
from tests.workbooks import SHEET, holding, words, workbook


def sheet(rows: str) -> str:
    return f'<worksheet xmlns="{sheetreader.NAMESPACES[0]}"><sheetData>{rows}</sheetData></worksheet>'


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    """HI08: folder, pipe, socket, device, loose link and nothing at all are told at once, and never waited for."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert words(tmp_path / "socket").startswith("This is a socket, not a file.")
    assert words(tmp_path).startswith("This is a folder, not a file.")
    assert words(tmp_path / "pipe").startswith("This is a pipe, not a file.")
    assert words(tmp_path / "link").startswith("This is a link to a file that is not there.")
    assert words(tmp_path / "nothing").startswith("There is no such file.")
    assert words(tmp_path / "link" / "below").startswith("There is no such file.")


def test_a_device_is_not_read(tmp_path: Path) -> None:
    """HI06: a link to an endless device is refused before a byte of it is taken."""
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    assert words(tmp_path / "zero.csv").startswith("This is a device, not a file.")


def test_a_file_without_the_right_to_read_is_named(tmp_path: Path) -> None:
    """The remedy for a file of another user is told (asked directly: root may read everything)."""
    refused = plainfile._why_not(tmp_path, PermissionError(13, "Permission denied"))
    assert refused.startswith("The file may not be read by this user.")


def test_a_file_that_cannot_be_read_to_its_end_is_told() -> None:
    """An error of the disk is no traceback; a process's own memory gives one on Linux."""
    assert words(Path("/proc/self/mem")).startswith("The file cannot be read to its end: Input/output error.")


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    """Whatever else the system says of a path ends in a sentence."""
    assert words(tmp_path / ("x" * 300)) == "The file cannot be opened: File name too long."


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"sheet": None}, "The workbook is damaged or cut off (xl/worksheets/sheet1.xml)"),
        ({"book": None, "types": "sheet.main+xml"}, "This is a zip archive"),
        ({"book": "<workbook"}, "The workbook is damaged or cut off (unclosed token"),
        ({"sheet": sheet('<row r="1"><c t="str"><v>a</v></c></row>') + "<more/>"}, "The workbook is damaged or cut off (junk"),
        ({"sheet": sheet("<row r='1'><c t='str'><v>a</v></c></row><row r='x'/>")}, "The workbook is damaged or cut off (invalid"),
        ({"sheet": sheet("<row r='2'/><row r='2'/>")}, "The sheet is damaged: row 2 follows row 2."),
        ({"sheet": sheet("<row r='1048577'/>")}, "The sheet is damaged: row 1048577 follows row 0."),
        ({"sheet": sheet("<row><c r='ZZZZ1'><v>1</v></c></row>")}, "The sheet is damaged: there is no column 'ZZZZ'."),
        ({"sheet": sheet("<row><c r='1A'><v>1</v></c></row>")}, "The sheet is damaged: there is no column '1A'."),
        ({"sheet": sheet("<row><c t='s'><v>9</v></c></row>")}, "The workbook is damaged: a cell's text is not in it."),
        ({"sheet": sheet("<row><c s='99'><v>9</v></c></row>")}, "The workbook is damaged: a cell's style is not in it."),
        ({"sheet": "<!DOCTYPE x [<!ENTITY e 'x'>]>" + sheet("")}, "The workbook declares a document type"),
        ({"styles": "<!DOCTYPE x [<!ENTITY e 'x'>]><x/>"}, "The workbook declares a document type"),
    ],
)  # fmt: skip
def test_damaged_workbooks_are_told(tmp_path: Path, parts: dict[str, str | None], what: str) -> None:
    """IN23, HI03: missing, cut, contradictory and hostile parts end in words, before any row is handed on."""
    assert words(workbook(tmp_path, **parts)).startswith(what)


def test_a_cell_over_a_megabyte_is_refused(tmp_path: Path) -> None:
    """HI13: a text that no spreadsheet program would take is not gathered to its end."""
    path = workbook(tmp_path, sheet=sheet(f"<row><c t='str'><v>{'x' * (TEXT_MAX + 1)}</v></c></row>"))
    assert words(path).startswith("A cell of the workbook holds more than 1048576 characters")


def test_a_cut_workbook_is_told_at_every_length(tmp_path: Path) -> None:
    """IN23: a workbook of which only the beginning arrived is never read in part."""
    whole = workbook(tmp_path).read_bytes()
    for length in range(4, len(whole), 97):
        assert words(holding(tmp_path, whole[:length])).startswith("The workbook is damaged or cut off (")


def test_a_bad_checksum_is_told_before_any_row(tmp_path: Path) -> None:
    """IN23: a sheet whose bytes changed on the way gives no block at all."""
    path = workbook(tmp_path)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
        start = info.header_offset + 30 + len(info.filename)
    content = bytearray(path.read_bytes())
    content[start + info.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(SetAside, match="damaged or cut off"):
        loader.read(path, ReadHints())


def test_a_workbook_with_locked_parts_is_told(tmp_path: Path) -> None:
    """A zip whose parts need a password is no traceback."""
    path = workbook(tmp_path)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    path.write_bytes(content)
    assert words(path).startswith("The workbook is locked with a password.")


@pytest.mark.parametrize(
    ("sizes", "what"),
    [
        ([200_000_000], "The workbook would inflate from"),
        ([0] * 10_001, "The workbook holds 10001 parts, more than 10000"),
    ],
)
def test_a_zip_bomb_is_refused_unread(tmp_path: Path, sizes: list[int], what: str) -> None:
    """HI02: what the directory declares is enough to refuse it."""
    with zipfile.ZipFile(tmp_path / "stock.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, size in enumerate(sizes):
            archive.writestr(f"xl/{number}", b"\0" * size)
    assert words(tmp_path / "stock.xlsx").startswith(what)


def test_an_endless_part_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HI02: a part that is read as a whole has a bound of its own."""
    monkeypatch.setattr(parts, "ELEMENTS_MAX", 1)
    assert "has more than 1 elements" in words(workbook(tmp_path))


def test_too_many_shared_texts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HI02: texts that cells share stand in memory as a whole, so their number is bounded."""
    monkeypatch.setattr(sheetparts, "TEXTS_MAX", 1)
    path = workbook(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{sheetreader.NAMESPACES[0]}"><si/><si/></sst>')
    assert words(path).startswith("The texts that the cells of the workbook share fill more memory")


WHOLE = st.sampled_from(["stock.csv", "stock.xlsx"])


@cache
def undamaged(name: str) -> bytes:
    if name == "stock.csv":
        return 'sku;qty\r\nA;"1\r\n2"\r\nş;3\r\n'.encode()
    with TemporaryDirectory() as folder:
        return workbook(Path(folder)).read_bytes()


@settings(deadline=None)
@given(WHOLE, st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=3)), min_size=1, max_size=5))
def test_damage_ends_in_a_table_or_in_words(
    tmp_path_factory: pytest.TempPathFactory, name: str, damage: list[tuple[float, bytes]]
) -> None:
    """HI17: bytes overwritten anywhere give a table or SetAside, and nothing else."""
    folder = tmp_path_factory.mktemp("damage")
    content = bytearray(undamaged(name))
    for place, other in damage:
        at = int(place * len(content))
        content[at : at + len(other)] = other
    holding(folder, bytes(content), name)
    try:
        table = loader.read(folder / name, ReadHints())
        assert all(len(block.cells) == len(table.header) for block in table.blocks)
    except SetAside as refusal:
        assert str(refusal).endswith(".") and "\n" not in str(refusal)  # noqa: PT018, PT017 - either end is right
