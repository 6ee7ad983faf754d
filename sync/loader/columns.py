"""Rows of text -> header and blocks of columns; what text files and workbooks have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sync import headings
from sync.errors import SetAside
from sync.rows import Block, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.rows import ReadHints

HEAD_ROWS = 60  # enough to recognise a table by
Row = tuple[int, tuple[str, ...]]  # row as a person counts, cells


class Batch(NamedTuple):
    """Some consecutive data rows, every one as wide as the header."""

    numbers: Sequence[int]
    rows: Sequence[Sequence[str]]
    faults: Sequence[Fault]


def blank(cells: Iterable[str]) -> bool:
    """Say whether nothing but white space stands in these cells."""
    return not any(map(str.strip, cells))


def header_rows(hints: ReadHints, head: Sequence[Row]) -> tuple[int, ...]:
    """Give the rows that hold the header: as declared, else the first that is not blank."""
    if hints.header_rows is not None:
        return tuple(sorted(hints.header_rows))
    return tuple(number for number, _ in head[:1])


def joined(rows: Sequence[Row], wanted: tuple[int, ...]) -> tuple[str, ...]:
    """Join the header rows into one; one that is not there, or is blank, sets the file aside."""
    found = {number: cells for number, cells in rows if number in wanted}
    names = headings.joined(list(found.values()))
    # A sheet does not hold the blank rows between two rows of a header.
    missing = next((number for number in (wanted[0], wanted[-1]) if number not in found), None)
    if missing is not None or not any(names):
        missing = missing or wanted[0]
        raise SetAside(
            f"Row {missing} should hold the header, but is blank or not there. Correct read.header_row."
        )
    return names


def numbered(width: int) -> tuple[str, ...]:
    """Name the columns of a table without a header by number."""
    return tuple(str(number) for number in range(1, width + 1))


def last_header_row(wanted: tuple[int, ...]) -> int:
    """Give the row after which the data begins; 0 = it begins at once."""
    return max(wanted, default=0)


def blocks(batches: Iterable[Batch], *, block_rows: int) -> Iterator[Block]:
    """Gather batches into blocks of at most `block_rows` rows; a batch is never cut.

    Batches are small (some hundred rows): turned into columns one by one they stay in the processor's cache, which makes
    the whole three times as fast as turning a block at once.
    """
    gathered: list[Block] = []
    count = 0
    for part in (_block(batch) for batch in batches if batch.rows):
        if gathered and count + len(part.rows) > block_rows:
            yield _concatenated(gathered)
            gathered, count = [], 0
        gathered.append(part)
        count += len(part.rows)
    if gathered:
        yield _concatenated(gathered)


def _block(batch: Batch) -> Block:
    import numpy as np  # noqa: PLC0415 - heavy: commands that read no file must not pay for it
    import pyarrow as pa  # noqa: PLC0415 - likewise

    text = pa.string()
    cells = tuple(pa.array(column, text) for column in zip(*batch.rows, strict=True))
    return Block(
        np.fromiter(batch.numbers, dtype=np.int64, count=len(batch.numbers)), cells, tuple(batch.faults)
    )


def _concatenated(parts: list[Block]) -> Block:
    import numpy as np  # noqa: PLC0415 - likewise
    import pyarrow as pa  # noqa: PLC0415 - likewise

    cells = tuple(map(pa.concat_arrays, zip(*(part.cells for part in parts), strict=True)))
    faults = tuple(fault for part in parts for fault in part.faults)
    return Block(np.concatenate([part.rows for part in parts]), cells, faults)
