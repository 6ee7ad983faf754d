"""The rows of a table as a person who looks at it sees them: where it ends, and which lines in it are no rows.

Totals, headers repeated on each page, notes below, a second table: for showing and guessing only. What is sent is judged row by
row by the mapping, and nothing is left out of it by looks.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.compute as pc

from sync import totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    import pyarrow as pa

    from sync.rows import Block

Cells = tuple[str, ...]
ROW, BLANK, LONE, TOTAL, AGAIN, ASKED = range(6)
WORDS = {
    BLANK: "rows of empty cells",
    LONE: "notes below the table",
    TOTAL: "totals lines",
    AGAIN: "headers that stand again",
}
ANOTHER = "rows of another table"
EXAMPLES = 3
PROSE = r"\pL.*\S \S|\S \S.*\pL"  # words, and no code
NARROW = 3  # columns from which on a lone cell is told from a row
MORE = ("row.long", "row.quotes", "row.delimiter")  # there is more in such a row than its cells show
HALF = 0.5  # of a header's names are enough to know it again


class LeftOut(NamedTuple):
    """Rows that are none of the table: what they are, how many, and the first ones."""

    what: str
    times: int
    rows: tuple[int, ...]


class Region:
    """Walks a table's blocks once, in order, and tells its rows from the lines around and between them."""

    def __init__(self, header: Sequence[str]) -> None:
        self._names = [_fold(name) for name in header]
        self._held: list[tuple[int, Cells]] = []  # lone lines: notes, unless rows follow
        self._first: Cells | None = None  # the first row: where it comes again, the table was written twice
        self._asked: int | None = None  # a header that ended the last block: what does the next row say?
        self._filled: Counter[int] = Counter()  # cells of the rows so far
        self._ended = False
        self._rows: dict[str, list[int]] = {}
        self._counts: Counter[str] = Counter()

    def take(self, block: Block) -> tuple[list[tuple[int, Cells]], npt.NDArray[np.bool_]]:
        """Give the lines held back of earlier blocks that are rows after all, and which rows of this block are."""
        kinds = self._kinds(block)
        end = 0 if self._ended else self._end(block, kinds)
        here = np.arange(len(kinds)) < end
        rows = np.flatnonzero((kinds == ROW) & here)
        last = int(rows[-1]) if len(rows) else -1
        lone = (kinds == LONE) & here
        kept = here & ((kinds == ROW) | (lone & (np.arange(len(kinds)) < last)))
        released = self._held if len(rows) else []
        self._held = [] if len(rows) else self._held
        self._held += [
            (int(block.rows[at]), cells_at(block, at)) for at in np.flatnonzero(lone & ~kept).tolist()
        ]
        for kind in (BLANK, TOTAL, AGAIN):
            self._note(WORDS[kind], block.rows[here & (kinds == kind)])
        self._note(ANOTHER, block.rows[~here & (kinds != BLANK)])
        return released, kept

    def left_out(self) -> list[LeftOut]:
        """Say what was left out, once all blocks were taken."""
        self._note(WORDS[LONE], [number for number, _ in self._held])
        self._note(WORDS[AGAIN], [] if self._asked is None else [self._asked])
        self._held, self._asked = [], None
        return [LeftOut(what, self._counts[what], tuple(rows)) for what, rows in self._rows.items()]

    def _kinds(self, block: Block) -> npt.NDArray[np.int8]:
        filled, first = filled_cells(block), _first_filled(block)
        kinds = np.zeros(len(filled), dtype=np.int8)
        kinds[blank_rows(block)] = BLANK
        if len(self._names) >= NARROW:
            kinds[(kinds == ROW) & (filled == 1) & _matching(first, PROSE)] = LONE
        self._filled.update(filled.tolist())
        usual = max(self._filled, key=lambda cells: (self._filled[cells], cells), default=0)
        kinds[(filled < usual) & (kinds != BLANK) & _are_totals(first)] = TOTAL
        kinds[self._like_the_header(block)] = AGAIN
        whole = [fault.row for fault in block.faults if fault.code in MORE]
        kinds[np.isin(block.rows, whole) & (kinds != AGAIN)] = ROW
        return kinds

    def _like_the_header(self, block: Block) -> list[int]:
        """Find the rows that begin as the header does."""
        named = next((at for at, name in enumerate(self._names) if name), None)
        if named is None or sum(map(bool, self._names)) <= 1:
            return []
        folded = pc.utf8_lower(pc.utf8_trim_whitespace(block.cells[named]))
        found = np.flatnonzero(pc.equal(folded, self._names[named]).to_numpy(zero_copy_only=False))
        return [at for at in found.tolist() if self._is_again(cells_at(block, at))]

    def _is_again(self, cells: Cells) -> bool:
        filled = [(cell, name) for cell, name in zip(map(_fold, cells), self._names, strict=True) if cell]
        return all(cell == name for cell, name in filled) and len(filled) > HALF * sum(map(bool, self._names))

    def _end(self, block: Block, kinds: npt.NDArray[np.int8]) -> int:
        """Find where another table begins: at a header of another width, or one under which the first row comes again."""
        wrong = {fault.row for fault in block.faults if fault.column is None}
        written = np.flatnonzero((kinds == ROW) | (kinds == LONE)).tolist()
        if self._asked is not None and written:
            again = cells_at(block, written[0]) == self._first
            self._note(ANOTHER if again else WORDS[AGAIN], [self._asked])
            self._asked, self._ended = None, again
            if again:
                return 0
        if self._first is None and written:
            self._first = cells_at(block, written[0])
        for at in np.flatnonzero(kinds == AGAIN).tolist():
            below = next((row for row in written if row > at), None)
            if int(block.rows[at]) in wrong or (below is not None and cells_at(block, below) == self._first):
                self._ended = True
                return int(at)
            if below is None:
                self._asked = int(block.rows[at])
                kinds[at] = ASKED
        return len(kinds)

    def _note(self, what: str, rows: Iterable[int] | npt.NDArray[np.int64]) -> None:
        numbers = [int(row) for row in rows]
        if numbers:
            self._counts[what] += len(numbers)
            examples = self._rows.setdefault(what, [])
            examples += numbers[: EXAMPLES - len(examples)]


def blank_rows(block: Block) -> npt.NDArray[np.bool_]:
    """Tell which rows hold nothing: neither text nor a cell that could not be read."""
    faulty = [fault.row for fault in block.faults if fault.column is not None]
    return np.asarray((filled_cells(block) == 0) & ~np.isin(block.rows, faulty))


def filled_cells(block: Block) -> npt.NDArray[np.int64]:
    """Count the cells of each row in which something stands."""
    filled = (
        pc.not_equal(pc.utf8_trim_whitespace(cells), "").to_numpy(zero_copy_only=False)
        for cells in block.cells
    )
    return np.asarray(reduce(np.add, filled, np.zeros(len(block.rows), dtype=np.int64)))


def cells_at(block: Block, at: int) -> Cells:
    """Give one row."""
    return tuple(column[at].as_py() for column in block.cells)


def _first_filled(block: Block) -> pa.StringArray:
    """Give the first cell of each row in which something stands, else ""."""
    texts = [pc.utf8_trim_whitespace(cells) for cells in block.cells]
    return pc.coalesce(*(pc.if_else(pc.equal(text, ""), None, text) for text in texts), "")


def _matching(texts: pa.StringArray, pattern: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False))


def _are_totals(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Tell the words for totals; a code has digits."""
    distinct = pc.unique(pc.if_else(pc.match_substring_regex(texts, "[0-9]"), "", texts))
    found = [text for text in distinct.to_pylist() if text and totals.is_total(text)]
    return np.isin(texts.to_numpy(zero_copy_only=False), found) if found else np.zeros(len(texts), dtype=bool)


def _fold(cell: str) -> str:
    return cell.strip().lower()
