"""Workbooks that were made to hurt: read rightly or refused in words, in little time and memory, and nobody dies."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests import hostile
from tests.hostile import HEAD, MEGA, ROW, cell, row, shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 5
MEMORY = 400 * 1024  # in the kernel's kilobytes
ENTITIES = "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a "{"a" * 100}">{ENTITIES}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
REPEATED = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'


class End(NamedTuple):
    """How a command ended."""

    status: int
    said: str
    printed: bytes
    seconds: float
    memory: int


# Between the tests and the command: who starts a process is weighed with it, and pytest may be heavy by now.
SCALE = """
import json, os, subprocess, sys
with open(sys.argv[1], "wb") as out, open(sys.argv[2], "wb") as err:
    process = subprocess.Popen([sys.executable, "-m", "sync", "read", *sys.argv[3:]], stdout=out, stderr=err)
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def read(path: Path, *options: str) -> End:
    """Run `read` on a file, and weigh the process with all its children."""
    out, err = path.with_suffix(".out"), path.with_suffix(".err")
    command = [sys.executable, "-c", SCALE, str(out), str(err), str(path), *options]
    weighed = subprocess.run(command, check=True, capture_output=True, text=True)
    status, seconds, memory = json.loads(weighed.stdout)
    return End(status, err.read_text(), out.read_bytes(), seconds, memory)


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "rows of gigabytes": (lambda p: hostile.xlsx(p, ROW * MEGA), "The workbook would inflate from"),
    "a cell of a gigabyte": (lambda p: hostile.xlsx(p, cell("A1", "x" * 90 * MEGA)), "The workbook would inflate"),
    "a cell of 20 MB": (lambda p: hostile.xlsx(p, row(1, cell("A1", "x" * 20 * MEGA))), "A cell of the workbook holds"),
    "shared texts of gigabytes": (
        lambda p: hostile.xlsx(p, HEAD, sharedStrings=shared(b"<si><t>x</t></si>" * 4 * MEGA)),
        "The workbook would inflate",
    ),
    "one shared text a million times": (
        lambda p: hostile.xlsx(p, b'<row><c t="s"><v>0</v></c></row>' * 300_000, sharedStrings=shared(b"<si><t>" + b"x" * MEGA + b"</t></si>")),
        "The first rows of the workbook hold",
    ),
    "no such column": (lambda p: hostile.xlsx(p, row(1, cell("ZZZZZZ99999999"))), "there is no column 'ZZZZZZ'"),
    "a header as wide as the sheet": (
        lambda p: hostile.xlsx(p, row(1, cell("A1"), cell("XFD1")), *(row(n, cell(f"B{n}")) for n in range(2, 5000))),
        "this is no table",
    ),
    "entities that laugh": (lambda p: hostile.xlsx(p, cell("A1", "&j;"), before=LAUGHS), "declares a document type"),
    "entities that spy": (lambda p: hostile.xlsx(p, cell("A1", "&a;"), before=OUTSIDE), "declares a document type"),
    "a tag without end": (lambda p: hostile.xlsx(p, b'<row r="' + b"1" * 20 * MEGA), "a tag of more than"),
    "a comment without end": (lambda p: hostile.xlsx(p, b"<!--" + b"-x" * 10 * MEGA), "a tag of more than"),
    "elements without end": (lambda p: hostile.xlsx(p, b"<a>" * 5 * MEGA), "nests its elements without end"),
    "styles without end": (
        lambda p: hostile.xlsx(p, HEAD, styles=[f'<styleSheet xmlns="{hostile.MAIN}"><cellXfs>'.encode(), b'<xf numFmtId="1"/>' * MEGA, b"</cellXfs></styleSheet>"]),
        "has more than 200000 elements",
    ),
    "merged cells without end": (
        lambda p: hostile.xlsx(p, HEAD, after=b"<mergeCells>" + b'<mergeCell ref="A1:XFD2"/>' * 400_000 + b"</mergeCells>"),
        "merged cells: this is no stock file",
    ),
    "forged sizes": (lambda p: hostile.forged(hostile.xlsx(p, HEAD, ROW * 1000)), "damaged or cut off (Bad CRC-32"),
    "parts upon each other": (lambda p: hostile.overlapping(hostile.xlsx(p, ROW * 9), 5000), "lie upon each other"),
    "100,000 parts": (lambda p: hostile.endless_directory(p, 100_000), "lists its parts in 5200000 bytes"),
    "17 billion cells of an .ods": (lambda p: hostile.ods(p, REPEATED), "this is no stock file"),
    "a locked .ods": (lambda p: hostile.ods(p, "", "<manifest:encryption-data/>"), "is locked with a password"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_was_made_to_hurt_is_refused_in_words(tmp_path: Path, name: str) -> None:
    """HI01-HI17: exit code 6 and a sentence; 5 seconds and 400 MB are enough; no row comes out, nothing is torn."""
    build, words = REFUSED[name]
    end = read(build(tmp_path / "stock.xlsx"), "--csv")
    assert (end.status, end.printed) == (6, b"")
    assert words in end.said
    assert "Traceback" not in end.said
    assert (end.seconds < SECONDS, end.memory < MEMORY) == (True, True), end


READ = {
    "two cells in far corners": ([row(1, cell("A1", "sku")), row(1_048_576, cell("XFD1048576"))], 1_048_576),
    "a diagonal": ([row(n, cell(f"{'ABCDEFGH'[n % 8]}{n}")) for n in range(1, 2000)], 1999),
    "blank rows to the end": ([row(1, cell("A1", "sku")), *(row(n) for n in range(2, 100_000))], 1),
}


@pytest.mark.parametrize("name", READ)
def test_absurd_but_small_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    """HI13: what a few cells can be read from is read, whatever extent they span."""
    rows, lines = READ[name]
    end = read(hostile.xlsx(tmp_path / "stock.xlsx", *rows), "--grid")
    assert (end.status, end.printed.count(b"\n")) == (0, lines), end.said
    assert (end.seconds < SECONDS, end.memory < MEMORY) == (True, True), end
