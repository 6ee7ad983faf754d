"""A send list's rows as JSON, written many at a time: that is ten times as quick as body by body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.client.body import write_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from sync.staging import Reader

AHEAD = 32_768  # rows


class Written:
    """Rows with their JSON, by position; keeps what comes next, as a send list is walked from its beginning."""

    def __init__(self, send: Reader, names: Mapping[str, str], *, ahead: int = AHEAD) -> None:
        self._send, self._names, self._ahead = send, names, ahead
        self._first = self._last = 0
        self._kept: tuple[pa.RecordBatch, pa.StringArray] | None = None

    def part(self, start: int, stop: int) -> tuple[pa.RecordBatch, pa.StringArray]:
        """Give rows start..stop-1, and each of them as JSON."""
        if self._kept and start < self._first:  # it went before, and goes again
            return self._write(start, stop)
        if self._kept is None or stop > self._last:
            self._first, self._last = start, min(max(stop, start + self._ahead), len(self._send))
            self._kept = self._write(self._first, self._last)
        rows, texts = self._kept
        return rows.slice(start - self._first, stop - start), texts.slice(start - self._first, stop - start)

    def _write(self, start: int, stop: int) -> tuple[pa.RecordBatch, pa.StringArray]:
        rows = self._send.rows(start, stop)
        return rows, write_rows(rows, self._names)
