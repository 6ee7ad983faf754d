"""A staged send list, a ledger and a tenant that answers as told, for the tests of delivery."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sync import staging
from sync.deliver.loop import Delivery, Ending, Line
from sync.deliver.outbox import Outbox
from sync.deliver.pace import Pace, Terms
from sync.deliver.sizes import Sizes
from sync.ledger import runs
from sync.ledger.book import Ledger, connect
from sync.replies import Reply
from sync.rows import OWN_COLUMN, Block, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RUN = "r1"
TERMS = Terms(
    workers=3,
    batch_rows=10,
    batch_bytes=100_000,
    attempts=3,
    base=0.001,
    longest=0.002,
    deadline=30,
    source="erp_sync",
    notes="n",
    names={},
    unknown="reject",
)
STAGED = Run(
    RUN,
    "t",
    "tenant",
    "f",
    mapping="m",
    content="c",
    header=("loc", "sku", "qty"),
    fields={"location_code": "loc", "sku_code": "sku", "quantity": OWN_COLUMN},
)
Body = dict[str, Any]


class Tenant:
    """Applies rows unless `answer` says otherwise; remembers every body."""

    def __init__(self, answer: Callable[[list[Body], int], Reply | None] | None = None) -> None:
        self.answer = answer or (lambda _rows, _number: None)
        self.bodies: list[list[Body]] = []
        self.stock: dict[str, int] = {}
        self.flying = self.most_flying = 0
        self.lock = threading.Lock()
        self.before: Callable[[list[Body]], None] = lambda _rows: None

    def __call__(self, body: bytes) -> Reply:
        """Answer one request."""
        rows = json.loads(body)["inventory"]
        self.before(rows)
        with self.lock:
            self.bodies.append(rows)
            self.flying += 1
            self.most_flying = max(self.most_flying, self.flying)
            number = len(self.bodies)
        reply = self.answer(rows, number) or self.apply(rows)
        with self.lock:
            self.flying -= 1
        return reply

    def apply(self, rows: list[Body], failed: list[dict[str, Any]] | None = None) -> Reply:
        """Apply rows but those that `failed` names, and say so."""
        bad = {entry["product_id"] for entry in failed or []}
        good = {row["sku_code"]: row["quantity"] for row in rows if row["sku_code"] not in bad}
        self.stock |= good
        return Reply(
            200,
            {
                "success": True,
                "data": {
                    "total": len(rows),
                    "created": len(good),
                    "updated": 0,
                    "failed": len(bad),
                    "errors": failed or [],
                },
            },
        )


def failing(
    skus: set[str], message: str = "Product not found"
) -> Callable[[Tenant], Callable[[list[Body], int], Reply]]:
    """Have single rows fail as the vendor's page shows it."""

    def bind(tenant: Tenant) -> Callable[[list[Body], int], Reply]:
        def answer(rows: list[Body], _number: int) -> Reply:
            entries = [
                {
                    "row": at,
                    "location_id": row["location_code"],
                    "product_id": row["sku_code"],
                    "errors": {"product_id": [message]},
                }
                for at, row in enumerate(rows)
                if row["sku_code"] in skus
            ]
            return tenant.apply(rows, entries)

        return answer

    return bind


def poisoned(skus: set[str], status: int = 422) -> Callable[[list[Body], int], Reply | None]:
    """Refuse the whole request where one of these is in it."""
    return lambda rows, _number: (
        Reply(status, {"error": {"code": "MAPPING_ERROR", "message": "poison"}})
        if skus & {row["sku_code"] for row in rows}
        else None
    )


def delivery(ledger: Ledger, outbox: Outbox, tenant: Tenant, terms: Terms = TERMS, **more: Any) -> Delivery:
    """Prepare a delivery by a command of its own."""
    pace = Pace(terms, clock=time.monotonic, random=lambda: 0.5)
    return Delivery(outbox, ledger, terms, line=Line(tenant, pace, Sizes(terms), "tenant"), **more)


@contextmanager
def world(
    folder: Path, n: int, *, merged: dict[int, list[int]] | None = None, terms: Terms = TERMS
) -> Iterator[tuple[Ledger, Outbox, Callable[..., Ending]]]:
    """Stage n rows and open a ledger; `merged` says which further source rows stand behind a position."""
    rows = np.arange(n)
    extra = [(at, source) for at, sources in (merged or {}).items() for source in sources]
    with (
        staging.Writer(folder / "send") as send,
        staging.Writer(folder / "cells") as cells,
        staging.Writer(folder / "faults") as faults,
        staging.Writer(folder / "merged") as more,
    ):
        codes = {"location_code": pa.array(["A"] * n), "sku_code": pa.array([f"S{at}" for at in rows])}
        send.add(
            {
                "at": rows,
                **codes,
                "quantity": rows * 3,
                "row": rows + 2,
                "column": np.full(n, 2, np.int32),
                "parent": rows * 0,
                "rank": rows * 0,
            }
        )
        total = n + len(extra)
        block = Block(
            np.arange(total) + 2, (pa.array(["A"] * total), pa.array([f"S{at}" for at in range(total)]))
        )
        staging.write_source(cells, faults, block, 0)
        if extra:
            at = np.array([source for _, source in extra])
            more.add(
                {
                    "stands_for": np.array([at for at, _ in extra]),
                    "row": at + 2,
                    "column": np.full(len(at), 2, np.int32),
                    "parent": at * 0,
                    "at": at,
                }
            )
    ledger = connect(folder / "ledger.db")
    with ledger.transaction():
        runs.add(ledger, replace(STAGED, to_send=n))
    outbox = Outbox(folder, replace(STAGED, to_send=n), names={})
    yield ledger, outbox, lambda tenant: delivery(ledger, outbox, tenant, terms).go()
    ledger.close()
