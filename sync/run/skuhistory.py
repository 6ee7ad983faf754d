"""A SKU -> each value that was sent for it or refused, newest first: when, from which file and row, and what became of it.

The ledger and the send lists are read run by run; with too many of them it ends early, and says how far back it looked.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from sync import reasons, staging
from sync.ledger import fates, runs
from sync.report import readable
from sync.run.lookups import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.ledger.fates import Fate, Refused, Said
    from sync.rows import Run

    Entry = dict[str, Any]

PATIENCE = 10.0  # seconds
COLUMNS = ("location_code", "sku_code", "quantity", "row")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for, in any case of the letters."""

    sku: str
    location: str | None

    def in_block(self, block: pa.RecordBatch) -> list[int]:
        """Give the rows of a block that are asked for."""
        found = pc.equal(pc.utf8_lower(block.column("sku_code")), self.sku.lower())
        return [
            at for at in pc.indices_nonzero(found).to_pylist() if self.at(block["location_code"][at].as_py())
        ]

    def at(self, location: str) -> bool:
        """Tell whether a location is asked for."""
        return self.location is None or location.lower() == self.location.lower()


def by_sku(settings: Settings, sku: str, location: str | None, *, patience: float = PATIENCE) -> Entry:
    """Give the values of a SKU, at one location or all; `complete`: nothing that is remembered was left out."""
    wanted = Wanted(sku, location)
    values: list[Entry] = []
    seen: Entry = {"looked_at": 0, "looked_back_to": None, "complete": True, "unreadable": []}
    until = time.monotonic() + patience
    with open_ledger(settings) as ledger:
        for run in runs.newest_first(ledger) if ledger else ():
            if time.monotonic() > until and seen["looked_at"]:
                seen["complete"] = False
                break
            assert ledger is not None  # noqa: S101 - there is no run without one
            try:
                values += list(_of_run(settings, ledger, run, wanted))
            except (OSError, pa.ArrowException):  # its send list is damaged; the others are worth telling
                seen["unreadable"].append(run.run)
            seen["looked_at"] += 1
            seen["looked_back_to"] = run.started
    _tell_superseded(values)
    return {"asked": {"sku": sku, "location": location}, "values": values, **seen}


def _of_run(settings: Settings, ledger: Ledger, run: Run, wanted: Wanted) -> Iterator[Entry]:
    """Walk what a run says for a SKU: its send list, and the rows that did not get there."""
    for position, (location, sku, quantity, row) in _sent(settings, run, wanted):
        entry = _entry(run, location, sku, row=row, quantity=quantity)
        yield entry | _what_became(fates.of_position(ledger, run, position))
    for refused in fates.not_sent(ledger, run.run, wanted.sku) if run.read > run.to_send else ():
        if wanted.at(refused.location):
            yield _refused(run, refused)


def _sent(settings: Settings, run: Run, wanted: Wanted) -> Iterator[tuple[int, tuple[str, str, int, int]]]:
    """Walk the wanted rows of a run's send list, each with its position."""
    reader = staging.Reader(staging.of_run(settings.state, run.run) / "send")
    if run.to_send and not len(reader):  # another command may have put it away just now
        reader = staging.Reader(staging.of_run(settings.state, run.run) / "send")
    for start, block in reader.blocks():
        for at in wanted.in_block(block):
            location, sku, quantity, row = (block[name][at].as_py() for name in COLUMNS)
            yield start + at, (location, sku, quantity, row)


def _entry(run: Run, location: str, sku: str, *, row: int, quantity: int | None) -> Entry:
    return {
        "location_code": location,
        "sku_code": sku,
        "quantity": quantity,
        "as_of": readable(run.as_of),
        "file": run.file,
        "row": row,
        "run": run.run,
        "seq": run.seq,
        "mapping": run.mapping,
        "tenant": run.tenant_shown,
    }


def _what_became(fate: Fate) -> Entry:
    return {
        "outcome": fate.outcome,
        "reason": fate.reason,
        "at": fate.at,
        "posted": fate.posted,
        "mixed": fate.mixed,
        "problems": _told(fate.problems),
    }


def _refused(run: Run, row: Refused) -> Entry:
    became = {"outcome": "rejected", "reason": None, "at": run.started, "posted": None, "mixed": False}
    entry = _entry(run, row.location, row.sku, row=row.row, quantity=None)
    return entry | became | {"problems": _told(row.problems), "judged_again": row.judged_again}


def _told(problems: Iterable[Said]) -> list[dict[str, str | None]]:
    return [
        {"stage": stage, "field": field, "code": code, "message": reasons.sentence(code, field, value)}
        for stage, field, code, value in problems
    ]


def _tell_superseded(values: list[Entry]) -> None:
    """Of a batch that went without some of its pairs, tell which those were: something newer had left for them before."""
    for entry in values:
        if entry.pop("mixed") and any(_came_before(other, entry) for other in values):
            entry.update(outcome="skipped", reason="superseded", posted=None)
    for entry in values:
        entry.pop("seq")


def _came_before(other: Entry, entry: Entry) -> bool:
    """Tell whether a newer value of the same pair had left when this one's batch did."""
    same = all(other[name] == entry[name] for name in ("location_code", "sku_code", "tenant"))
    newer = (other["as_of"], other["seq"]) > (entry["as_of"], entry["seq"])
    return same and newer and other["posted"] is not None and other["posted"] <= entry["posted"]
