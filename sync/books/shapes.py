"""What every kind of workbook is turned into."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Cell(NamedTuple):
    """A cell that holds something.

    `text` is what a person sees: codes with the zeros of their number format, whole numbers without a point, fractions
    with a decimal point and at most 15 digits, dates as ISO 8601, TRUE and FALSE, errors as #N/A. `fault` is a code of
    `rows.Fault` (cell.date, cell.error ...) where that text is not the cell's plain value, else None.
    """

    column: int  # from 0
    text: str
    fault: str | None


class Row(NamedTuple):
    """A row of a sheet; cells that hold nothing are left out, the others stand in the order of their columns."""

    number: int  # as a person counts
    hidden: bool
    cells: Sequence[Cell]


class SheetInfo(NamedTuple):
    """A sheet of cells: the name on its tab, and whether a person sees it."""

    name: str
    visible: bool
    part: str  # by which its book finds it


class Merge(NamedTuple):
    """Cells that are shown as one; only the first of them, top left, holds anything."""

    first_row: int  # rows as a person counts, both ends included
    last_row: int
    first_column: int  # columns from 0, both ends included
    last_column: int


class Book(Protocol):
    """An open workbook; rows may be walked several times, and stand in the order of their numbers."""

    @property
    def format(self) -> str:
        """The kind: xlsx, xls, xlsb, ods, html or xml."""

    @property
    def sheets(self) -> Sequence[SheetInfo]:
        """All sheets of cells, in the order of their tabs, hidden ones too."""

    def rows(self, sheet: SheetInfo) -> Iterator[Row]:
        """Walk the rows of a sheet that hold anything."""

    def merges(self, sheet: SheetInfo) -> Sequence[Merge]:
        """List the merged cells of a sheet."""

    def calculated(self, sheet: SheetInfo) -> bool:
        """Say whether any formula of a sheet has a stored value; asked only where some have none."""


class SheetContent(NamedTuple):
    """A sheet while it is read in the child process.

    `rows` is walked once, to its end, before the next sheet is asked for; `merges` is looked at after that, so it may
    be a list that fills while the rows are walked.
    """

    info: SheetInfo
    rows: Iterable[Row]
    merges: Sequence[Merge]
