"""A text file that is provably plain -> blocks of columns, many times as fast as record by record.

Plain: UTF-8, one kind of row end, every line with the same number of delimiters, and a quote only where a cell begins
and where it ends. It is proven by a scan of all bytes; what is not plain goes the tolerant way, and both give the same table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from sync.errors import SetAside
from sync.loader.splitting import CELL_MAX
from sync.plainfile import opened
from sync.rows import Block

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from sync.loader.detect import Text
    from sync.loader.quoting import Dialect

    Places = npt.NDArray[np.int64]

ENCODINGS = ("utf-8", "utf-8-sig")
CHUNK = 1 << 22
BLOCK = 1 << 21  # bytes parsed at a time


def start_of_rows(path: Path, text: Text, *, after: int, width: int) -> int | None:
    """Give the byte at which the rows begin; None where the file is not proven to be plain."""
    dialect = text.dialect
    known = text.encoding in ENCODINGS and dialect.standard and not dialect.padded and not dialect.boxed
    known = known and dialect.quote.isascii()
    if not known or dialect.delimiter is None or not dialect.delimiter.isascii() or width <= 1:
        return None
    with opened(path) as stream:
        if not all(_is_one_line(stream.readline(CELL_MAX), dialect) for _ in range(after)):
            return None
        start = stream.tell()
        return start if _is_plain(stream, dialect, width) else None


def _is_one_line(line: bytes, dialect: Dialect) -> bool:
    """Tell whether a line of the header is a line for every way of counting, with no cell that goes on."""
    body = line.removesuffix(b"\n").removesuffix(b"\r")
    quotes = body.count(dialect.quote.encode()) if dialect.quote else 0
    return line.endswith(b"\n") and b"\r" not in body and quotes % 2 == 0


def _is_plain(stream: BinaryIO, dialect: Dialect, width: int) -> bool:
    """Scan the rest of the file."""
    ends: set[bytes] = set()
    rest = b""
    for chunk in iter(lambda: stream.read(CHUNK), b""):
        whole, line_end, rest = (rest + chunk).rpartition(b"\n")
        if len(rest) > CELL_MAX or not _are_plain(whole + line_end, dialect, width, ends):
            return False
    return len(ends) <= 1 and (
        not rest or (b"\r" not in rest and _are_plain(rest + b"\n", dialect, width, set()))
    )


def _are_plain(lines: bytes, dialect: Dialect, width: int, ends: set[bytes]) -> bool:
    import numpy as np  # noqa: PLC0415 - heavy: commands that read no file must not pay for it

    if not lines:
        return True
    returns, feeds = lines.count(b"\r"), lines.count(b"\n")
    if returns and not returns == feeds == lines.count(b"\r\n"):
        return False
    ends.add(b"\r\n" if returns else b"\n")
    signs = np.frombuffer(lines, dtype=np.uint8)
    feed, delimiter = ord("\n"), ord(dialect.delimiter or "")
    marks = np.flatnonzero((signs == feed) | (signs == delimiter))
    quotes = np.flatnonzero(signs == ord(dialect.quote)) if dialect.quote else marks[:0]
    if len(quotes):
        if not _are_edges(quotes, signs, np.flatnonzero(signs == feed), dialect):
            return False
        marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
    if len(marks) != feeds * width:
        return False
    line_ends = marks[width - 1 :: width]  # there are as many as feeds: where each is one, no other mark is
    longest = int(np.diff(line_ends, prepend=-1).max())
    return bool((signs[line_ends] == feed).all()) and longest <= CELL_MAX


def _are_edges(quotes: Places, signs: npt.NDArray[np.uint8], line_ends: Places, dialect: Dialect) -> bool:
    """Tell whether the quotes stand round whole cells, with no other and no line end inside."""
    import numpy as np  # noqa: PLC0415 - likewise

    opened, closed = quotes[::2], quotes[1::2]
    if len(opened) != len(closed):
        return False
    edge = np.zeros(256, dtype=bool)
    edge[[ord(dialect.delimiter or ""), *b"\r\n"]] = True
    # What is before the first sign is the last one, and that ends a line.
    around = edge[signs[opened - 1]].all() and edge[signs[closed + 1]].all()
    return bool(around and (np.searchsorted(line_ends, opened) == np.searchsorted(line_ends, closed)).all())


def blocks(path: Path, text: Text, start: int, *, first: int, width: int, block_rows: int) -> Iterator[Block]:
    """Walk the rows of a plain file, of which the first stands in line `first`."""
    import numpy as np  # noqa: PLC0415 - likewise

    for columns in _cut(_batches(path, text, start, width), block_rows):
        count = len(columns[0])
        yield Block(np.arange(first, first + count, dtype=np.int64), columns)
        first += count


def _batches(path: Path, text: Text, start: int, width: int) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa  # noqa: PLC0415 - likewise
    from pyarrow import csv  # noqa: PLC0415 - likewise

    names = [str(number) for number in range(width)]
    with opened(path) as stream:
        stream.seek(start)
        if not stream.read(1):
            return
        stream.seek(start)
        try:
            yield from csv.open_csv(
                stream,
                csv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=False),
                csv.ParseOptions(
                    delimiter=text.dialect.delimiter,
                    quote_char=text.dialect.quote or False,
                    double_quote=False,
                    newlines_in_values=False,
                    ignore_empty_lines=False,
                ),
                csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
            )
        except pa.ArrowInvalid as error:
            raise SetAside(
                "The file changed while it was read. Drop it again when it is complete."
            ) from error


def _cut(batches: Iterator[pa.RecordBatch], block_rows: int) -> Iterator[tuple[pa.StringArray, ...]]:
    """Gather batches into blocks of at most `block_rows` rows, and cut what is larger."""
    kept: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        at = 0
        while at < len(batch):
            part = batch.slice(at, block_rows - count)
            kept.append(part)
            at, count = at + len(part), count + len(part)
            if count == block_rows:
                yield _columns(kept)
                kept, count = [], 0
    if kept:
        yield _columns(kept)


def _columns(parts: list[pa.RecordBatch]) -> tuple[pa.StringArray, ...]:
    import pyarrow as pa  # noqa: PLC0415 - likewise

    return tuple(pa.concat_arrays(column) for column in zip(*(part.columns for part in parts), strict=True))
