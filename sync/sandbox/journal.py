"""A log of requests, for tests and for whoever rehearses a set-up: one JSON object a line, no header and so no key in it.

    {"kind": "request", "n": 1, "t0": 71.2, "t": 71.3, "method": "POST", "target": "/api/...", "bytes": 93, "sha256": "...",
     "rows": 1, "sent": [["A-101", "RUG-5X7-BLU", 7]], "client": "127.0.0.1:40112"}
    {"kind": "write", "n": 1, "applied": 1, "wrote": [["A-101", "RUG-5X7-BLU", 7]]}
    {"kind": "answer", "n": 1, "t1": 71.4, "status": 200, "applied": 1, "end": "sent"}

`request` is written when the request has arrived, `write` when rows are in the store (in the order of the writes), `answer`
when the answer was sent or the connection ended; `sent` and `wrote` only where rows are asked for. Times are those of the
machine's monotonic clock: t0 the head, t the last byte of the body, t1 the end. `status` is null where no answer was begun;
`end` is sent, or the fault that ended it. What a rule applies late is written after its answer. A file that is there is gone
on with, its numbers too.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from sync.sandbox.faults import rows_of
from sync.sandbox.judging import ROW_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sync.sandbox.messages import Request

FILE_MODE = 0o640


@dataclass(slots=True)
class Visit:
    """One request in the log, from its head to its end."""

    t0: float
    client: str
    n: int = 0
    applied: int = 0
    status: int | None = None  # of the answer, once it is begun


_present: ContextVar[Visit | None] = ContextVar("the visit whose rows are being applied", default=None)


@contextmanager
def applying(visit: Visit) -> Iterator[None]:
    """Count what is put into the store inside the block as this visit's doing."""
    token = _present.set(visit)
    try:
        yield
    finally:
        _present.reset(token)


class Journal:
    """Numbers the visits; writes the log where there is a file for it, on request also what the rows hold."""

    def __init__(self, path: Path | None = None, *, rows: bool = False) -> None:
        self.rows = rows
        self._lock = Lock()
        self._file: int | None = None
        self._count = 0
        if path:
            if path.exists():
                self._count = max((line["n"] for line in _lines(path)), default=0)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def arrived(self, visit: Visit, request: Request, *, whole: bool = True) -> None:
        """Number a request that has arrived and write it down; without its body if that was not read."""
        body = request.body if whole else None
        told: dict[str, Any] = {"bytes": None, "sha256": None, "rows": None}
        if body is not None and self._file is not None:
            told = {"bytes": len(body), "sha256": sha256(body).hexdigest(), **self._rows(request)}
        with self._lock:
            self._count += 1
            visit.n = self._count
            head = {"t0": visit.t0, "t": monotonic(), "method": request.method, "target": request.target}
            self._write("request", visit.n, {**head, **told, "client": visit.client})

    def wrote(self, rows: Sequence[tuple[str, str, int]]) -> None:
        """Write down what went into the store; called in the order of the writes."""
        visit = _present.get()
        if visit:
            visit.applied += len(rows)
            told = {"applied": len(rows), **({"wrote": rows} if self.rows else {})}
            with self._lock:
                self._write("write", visit.n, told)

    def ended(self, visit: Visit, how: str) -> None:
        """Write down how a visit ends."""
        with self._lock:
            told = {"t1": monotonic(), "status": visit.status, "applied": visit.applied, "end": how}
            self._write("answer", visit.n, told)

    def _rows(self, request: Request) -> dict[str, Any]:
        rows = rows_of(request)
        told = {"sent": [[row.get(name) for name in ROW_FIELDS] for row in rows]} if self.rows else {}
        return {"rows": len(rows), **told}

    def _write(self, kind: str, number: int, told: dict[str, Any]) -> None:
        if self._file is not None:
            line = json.dumps({"kind": kind, "n": number, **told}, separators=(",", ":"))
            os.write(self._file, f"{line}\n".encode())


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Read a log back: one object a request, its lines put together; `applied` and `wrote` also what came late."""
    requests: dict[int, dict[str, Any]] = {}
    for line in _lines(path):
        kind, number, applied = line.pop("kind"), line["n"], line.pop("applied", 0)
        known = requests.setdefault(
            number, {"t1": None, "status": None, "end": None, "applied": 0, "wrote": []}
        )
        if kind == "write":
            known["applied"] += applied
            known["wrote"] += line.get("wrote", [])
        else:
            known.update(line)
    return list(requests.values())


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):  # a last line that is being written is read the next time
                yield json.loads(line)
