"""How large a body may be for one tenant, as its answers teach it: what was too large or too slow is halved, what is quick grows.

Pure arithmetic, shared by the runs of a command. What was too much is kept for the tenant (`sync.ledger.tenants`); what
it takes beyond `batch_rows` is found anew by each command, as a tenant that was quick last night may be busy now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.deliver.pace import Terms

QUICK = 0.25  # of the time-out: a full batch within it counts as quick, so that twice as many rows still fit
QUICK_ONES = 8  # quick full batches in a row after which twice as many rows are tried
FEW = 10  # rows; the time that fewer take is not in their number
AT_ONCE = (
    1.0  # seconds: beyond batch_rows only what is answered at once grows; nobody asked for larger bodies
)
SLOW = 5.0  # seconds: what grew beyond batch_rows and takes longer is halved
SPARE = 1.25  # halves of a body are not quite half as long
ONE = 1


class Sizes:
    """The bounds of the next body; never over those of the configuration."""

    def __init__(self, terms: Terms, *, rows: int | None = None, length: int | None = None) -> None:
        """`rows`, `length`: the bounds that an earlier command came to, where there are any."""
        self._first_rows = terms.batch_rows
        self._most_rows = max(terms.batch_rows_max, terms.batch_rows)
        self._most_length = terms.batch_bytes
        self._quick_enough = QUICK * terms.timeout
        self.rows = max(ONE, min(rows or self._first_rows, self._first_rows))
        self.length = min(length or self._most_length, self._most_length)
        self._remembered = length
        self._quick, self._needed = 0, QUICK_ONES
        self._grown = False  # since it was last halved
        self._slow = 0  # rows of the body that timed out last, unless one as large was taken since
        self._taken = 0  # bytes of the largest body that was taken

    @property
    def learnt(self) -> tuple[int | None, int | None]:
        """What is to be remembered of rows and bytes: None where the configuration's own bound holds.

        A tenant that took no body at all taught nothing about bytes.
        """
        return (
            self.rows if self.rows < self._first_rows else None,
            (self.length if self.length < self._most_length else None) if self._taken else self._remembered,
        )

    def taken(self, rows: int, length: int, seconds: float) -> None:
        """Note a body that the tenant took."""
        self._taken = max(self._taken, length)
        self.length = min(max(self.length, length), self._most_length)
        if rows >= self._slow:
            self._slow = 0
        if rows < self.rows:
            return
        large = self.rows >= self._first_rows
        self._quick = self._quick + 1 if seconds <= (AT_ONCE if large else self._quick_enough) else 0
        if self.rows > self._first_rows and seconds > SLOW:
            self._back(max(self._first_rows, self.rows // 2))
        elif self._quick >= self._needed and self.rows < self._most_rows:
            self._quick, self._grown = 0, True
            self.rows = min(2 * self.rows, self._most_rows if large else self._first_rows)

    def _back(self, rows: int) -> None:
        """Go back to fewer rows; a tenant that was too slow after they grew is tried less often."""
        self.rows = rows
        self._quick, self._needed = 0, self._needed * (1 + self._grown)
        self._grown = False

    def doubted(self, rows: int) -> None:
        """Note a body that was refused or confused whole: as long as one beyond batch_rows may be the reason, none grows again."""
        if rows > self._first_rows:
            self._most_rows = self._first_rows
            self.rows = min(self.rows, self._first_rows)

    def too_large(self, length: int) -> bool:
        """Note a 413; tell whether it speaks of the size: where a larger body was taken, it is about a row."""
        if length <= self._taken:
            return False
        self.length = min(self.length, max(length // 2, self._taken))
        return True

    def allow(self, rows: int, length: int) -> bool:
        """Tell whether a body may still go as large as it is."""
        return rows == ONE or (rows <= self.rows and length <= SPARE * self.length)

    def timed_out(self, rows: int) -> None:
        """Note a body whose answer did not come in time; a few rows say nothing about size."""
        if rows < FEW:
            return
        self._quick = 0
        if self._slow:
            self._back(max(ONE, min(self.rows, max(rows, self._slow) // 2)))
        self._slow = 0 if self._slow else rows
