"""Sheets of rows -> a spool file, and back: what the child process writes is what its parent walks.

A line of JSON for each row; behind the last one a directory that says where each sheet stands, and where the directory
begins. A spool that was not written to its end has no directory, so half a workbook is never taken for a whole one.
"""

from __future__ import annotations

import json
import os
import weakref
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from sync.books.bounds import COLUMNS_MAX, MERGES_MAX, ROW_MAX, ROWS_MAX, SHEETS_MAX, TEXT_MAX
from sync.books.foreign import DAMAGED
from sync.books.shapes import Cell, Merge, Row, SheetInfo
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.books.shapes import SheetContent

CHUNK = 1 << 18
LINE_MAX = 1 << 28  # bytes of a line; a row of ROW_MAX characters needs a third of it
TAIL = 20  # bytes of the last line, which holds a number


def write(contents: Iterable[SheetContent], out: IO[bytes]) -> None:
    """Write a whole workbook; what is larger than any stock file is set aside while it grows."""
    directory: list[Any] = []
    at = merged = 0
    for info, rows, merges in contents:
        if len(directory) == SHEETS_MAX:
            raise SetAside(f"The workbook has more than {SHEETS_MAX} sheets: this is no stock file.")
        start = at
        for line in _lines(rows):
            at += out.write(line)
        merged += len(merges)
        if merged > MERGES_MAX:
            raise SetAside(f"The workbook has more than {MERGES_MAX} merged cells: this is no stock file.")
        directory.append([info.name, info.visible, start, at, merges])
    _finish(out, at, {"sheets": directory})


def refuse(problems: Sequence[str], out: IO[bytes]) -> None:
    """Write why there is no workbook, in place of whatever was written so far."""
    out.seek(0)
    out.truncate()
    _finish(out, 0, {"refused": list(problems)})


def _finish(out: IO[bytes], at: int, directory: dict[str, Any]) -> None:
    out.write(json.dumps(directory).encode() + b"\n")
    out.write(f"{at:>{TAIL - 1}}\n".encode())
    out.flush()


def _lines(rows: Iterable[Row]) -> Iterator[bytes]:
    encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
    last = 0
    for row in rows:
        if not last < row.number <= ROWS_MAX:
            raise SetAside(DAMAGED.format(f"row {row.number} follows row {last}"))
        last = row.number
        if row.cells:
            _check(row)
            yield encode(row).encode() + b"\n"


def _check(row: Row) -> None:
    size = sum(len(cell.text) for cell in row.cells)
    if size > TEXT_MAX and (size > ROW_MAX or max(len(cell.text) for cell in row.cells) > TEXT_MAX):
        raise SetAside(f"Row {row.number} holds {size} characters: this is no stock file.")
    columns = [cell.column for cell in row.cells]
    if columns[-1] >= COLUMNS_MAX or any(map(int.__ge__, columns, columns[1:])):
        raise SetAside(DAMAGED.format(f"the cells of row {row.number} are out of order or out of bounds"))


class Place(NamedTuple):
    """Where a sheet stands in a spool."""

    info: SheetInfo
    start: int
    stop: int
    merges: tuple[Merge, ...]


class Spool:
    """A finished spool; its rows may be walked by several at once. The file goes with the last who holds it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = os.dup(descriptor)
        weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size
        directory = self._directory()
        if "refused" in directory:
            raise SetAside(*directory["refused"])
        self.places = [
            Place(
                SheetInfo(str(name), bool(visible), str(number)),
                int(start),
                int(stop),
                tuple(Merge(*map(int, merge)) for merge in merges),
            )
            for number, (name, visible, start, stop, merges) in enumerate(directory["sheets"])
        ]

    def _directory(self) -> dict[str, Any]:
        tail = max(self.size - TAIL, 0)
        begin = int(os.pread(self._descriptor, TAIL, tail))
        found = b"".join(self._chunks(begin, tail))
        directory: dict[str, Any] = json.loads(found)
        return directory

    def lines(self, place: Place) -> Iterator[bytes]:
        """Walk the lines of a sheet."""
        rest = b""
        for chunk in self._chunks(place.start, place.stop):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            if len(rest) > LINE_MAX:
                raise ValueError

    def _chunks(self, start: int, stop: int) -> Iterator[bytes]:
        if not 0 <= start <= stop <= self.size:
            raise ValueError
        while start < stop:
            chunk = os.pread(self._descriptor, min(CHUNK, stop - start), start)
            start += len(chunk)
            yield chunk


class SpooledBook:
    """A workbook that was converted."""

    def __init__(self, kind: str, spool: Spool) -> None:
        self.format = kind
        self._spool = spool

    @property
    def sheets(self) -> tuple[SheetInfo, ...]:
        """All sheets of cells, in the order of their tabs."""
        return tuple(place.info for place in self._spool.places)

    def rows(self, sheet: SheetInfo) -> Iterator[Row]:
        """Walk the rows of a sheet that hold anything."""
        make = Cell._make
        try:
            for line in self._spool.lines(self._spool.places[int(sheet.part)]):
                number, hidden, cells = json.loads(line)
                yield Row(number, hidden, list(map(make, cells)))
        except (ValueError, TypeError) as error:
            raise SetAside(DAMAGED.format("what was read of it does not hang together")) from error

    def merges(self, sheet: SheetInfo) -> tuple[Merge, ...]:
        """List the merged cells of a sheet."""
        return self._spool.places[int(sheet.part)].merges

    def calculated(self, _: SheetInfo) -> bool:
        """Say whether some formula has a stored value: here those without one stand in a sheet where none has."""
        return False
