"""Rows that look like totals -> which of them hold the sum of rows above them, and are left out; and which do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import staging, totals
from sync.mapping.leftout import IS_TOTALS
from sync.mapping.quantity import BLANK, READINGS, Column, Notation, read_column, read_number
from sync.rows import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from sync.mapping.leftout import Suspect
    from sync.mapping.plan import Plan
    from sync.stage.shapes import Staged

FEWEST = {
    True: 1,
    False: 2,
}  # rows that make a sum, of what says only `Total`, and of what may be a product's name
AMBIGUOUS = "quantity.ambiguous"
LOOK_BACK = 5_000  # rows in which a group's name is looked for
MILLION = 10**6


class Total(NamedTuple):
    """What became of one suspect's quantity."""

    at: int  # the candidate
    proven: bool  # left out; otherwise rejected
    shown: str = ""


@dataclass(slots=True)
class _Sum:
    """A running sum of rows, and what it was at the start and at each total before."""

    now: Decimal = Decimal(0)
    rows: int = 0
    before: dict[Decimal, int] = field(default_factory=lambda: {Decimal(0): 0})

    def add(self, column: Column, rows: npt.NDArray[np.int64]) -> None:
        """Add some rows of a column, exactly; no sum reaches back over one that cannot be read."""
        whole = column.whole[rows[column.plain[rows]]]
        odd = [value for value in column.odd[rows[~column.plain[rows]]] if value != BLANK]
        numbers = [value for value in odd if isinstance(value, Decimal)]
        if len(numbers) < len(odd):
            self.before.clear()
        self.now += Decimal(int((whole // MILLION).sum())) * MILLION + int((whole % MILLION).sum())
        self.now += sum(numbers)
        self.rows += len(whole) + len(numbers)

    def is_any(self, values: set[Decimal], fewest: int) -> bool:
        """Tell whether one of the values is the sum of all rows since the start or since an earlier total."""
        return any(self.rows - self.before.get(self.now - value, self.rows + 1) >= fewest for value in values)

    def cut(self) -> None:
        """Note that a total stands here."""
        self.before.setdefault(self.now, self.rows)


class _Sums:
    """The sums of one quantity column: of all rows, and of those that are not left out."""

    def __init__(self) -> None:
        self.whole, self.counted = _Sum(), _Sum()

    def add(self, column: Column, rows: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_]) -> None:
        """Add some rows of a column."""
        self.whole.add(column, rows)
        self.counted.add(column, rows[counted[rows]])

    def prove(self, values: set[Decimal], fewest: int) -> bool:
        """Tell whether one of the values is either sum."""
        return self.whole.is_any(values, fewest) or self.counted.is_any(values, fewest)

    def cut(self) -> None:
        """Note that a total stands here."""
        self.whole.cut()
        self.counted.cut()


def judge_totals(staged: Staged, plan: Plan, suspects: Sequence[Suspect]) -> Iterator[Total]:
    """Prove or refute every suspect; a name that proves nothing is a code like any other, and is not given."""
    walk = _Walk(staged, plan)
    by_block: dict[int, list[Suspect]] = {}
    starts = [start for start, _ in staging.Reader(staged.folder / "cells").blocks()]
    for suspect in suspects:
        by_block.setdefault(int(np.searchsorted(starts, suspect.at, side="right")) - 1, []).append(suspect)
    last = max(by_block, default=-1)
    for number, (start, batch) in enumerate(staging.Reader(staged.folder / "cells").blocks()):
        if number > last:
            return
        yield from walk.block(start, batch, by_block.get(number, []))


class _Walk:
    """Walks the source rows with the sums of each quantity column."""

    def __init__(self, staged: Staged, plan: Plan) -> None:
        self.staged, self.plan = staged, plan
        self.sums = [_Sums() for _ in plan.quantities]
        self.candidates = staging.Reader(staged.folder / "candidates")
        self.cells = staging.Reader(staged.folder / "cells")
        self.faults = _cell_faults(staged)

    def block(self, start: int, batch: pa.RecordBatch, suspects: list[Suspect]) -> Iterator[Total]:
        """Judge the suspects of one block."""
        n, width = batch.num_rows, self.staged.width
        found = self.candidates.rows(start * width, (start + n) * width)
        skip = found.column("skip").to_numpy().reshape(n, width)
        counted = found.column("state").to_numpy().reshape(n, width) != SKIPPED
        columns = [self._column(batch, start, column) for column in self.plan.quantities]
        sure = set(np.flatnonzero((skip == IS_TOTALS).all(axis=1)).tolist())
        suspected = {suspect.at - start: suspect for suspect in suspects}
        begin = 0
        for at in sorted(sure | suspected.keys()):
            self._add(columns, range(begin, at), counted)
            begin = at + 1
            if at in sure:
                self._cut()
            elif not counted[at].any():
                begin = at  # left out, and yet it may be part of a sum
            else:
                judged = list(self._judge(batch, start, columns, suspect=suspected[at]))
                if not judged:
                    begin = at  # a row like any other
                yield from (total for which, total in enumerate(judged) if counted[at, which])
        self._add(columns, range(begin, n), counted)

    def _column(self, batch: pa.RecordBatch, start: int, column: int) -> Column:
        pointed = [
            at - start
            for (at, where), code in self.faults.items()
            if where == column and code == "cell.fraction" and 0 <= at - start < batch.num_rows
        ]
        return read_column(batch.column(f"c{column}"), self.plan.notation, pointed)

    def _add(self, columns: list[Column], rows: range, counted: npt.NDArray[np.bool_]) -> None:
        some = np.arange(rows.start, rows.stop)
        for which, (sums, column) in enumerate(zip(self.sums, columns, strict=True)):
            sums.add(column, some, counted[:, which])

    def _cut(self) -> None:
        for sums in self.sums:
            sums.cut()

    def _judge(
        self, batch: pa.RecordBatch, start: int, columns: list[Column], *, suspect: Suspect
    ) -> Iterator[Total]:
        at, first = suspect.at - start, suspect.at * self.staged.width
        texts = [str(batch.column(f"c{column}")[at].as_py()).strip() for column in self.plan.quantities]
        blank = [self._is_blank(suspect.at, which, columns[which], at) for which in range(len(texts))]
        proven = [
            sums.prove(
                _values(text, column.value(at), self.plan.notation, suspect), FEWEST[suspect.group is None]
            )
            for sums, text, column in zip(self.sums, texts, columns, strict=True)
        ]
        if suspect.group is not None:
            if not all(map(or_, blank, proven)):
                return
            if not (suspect.nameless and any(proven)) and not _is_above(
                self.cells, suspect.at, suspect.group
            ):
                return
        self._cut()
        for which, text in enumerate(texts):
            yield Total(first + which, blank[which] or proven[which], text)

    def _is_blank(self, at: int, which: int, column: Column, here: int) -> bool:
        formula = self.faults.get((at, self.plan.quantities[which])) == "cell.formula"
        return formula or column.value(here) == BLANK


def _is_above(cells: staging.Reader, at: int, group: str) -> bool:
    """Tell whether a group's name fills a cell of the rows before."""
    above = cells.rows(max(0, at - LOOK_BACK), at).columns[1:] if at else []
    return any(totals.name(text) == group for column in above for text in pc.unique(column).to_pylist())


def _values(text: str, value: Decimal | str, notation: Notation, suspect: Suspect) -> set[Decimal]:
    """Give the numbers that a total may be meant as; it may have a sign for thousands where no other row needs one."""
    found = {value} if isinstance(value, Decimal) else set()
    if value == AMBIGUOUS:
        readings = [read_number(text, Notation(*signs, notation.empty)) for signs in READINGS]
        found = {number for number in readings if isinstance(number, Decimal)}
    return found if suspect.group is None else found - {Decimal(0)}


def _cell_faults(staged: Staged) -> dict[tuple[int, int], str]:
    """Give the cells that could not be read truthfully: source row and column -> code."""
    columns = [
        (batch.column(name).to_pylist() for name in ("at", "column", "code"))
        for _, batch in staging.Reader(staged.folder / "faults").blocks()
    ]
    return {(at, column): code for block in columns for at, column, code in zip(*block, strict=True)}
