"""The open rejects that a newer file judges anew: of the same pair, or of rows that name no pair and are as they were."""

from __future__ import annotations

from array import array
from itertools import groupby
from typing import TYPE_CHECKING

from sync.ledger.rejected import NO_PAIR, NOWHERE, OPEN, PAGE, Key, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.ledger.book import Ledger
    from sync.rows import Run

SHARED = (
    f" AND (location, sku) IN (SELECT location, sku FROM rejects JOIN runs USING (run) WHERE {OPEN}"
    " AND runs.tenant = ?1 AND runs.mapping = ?2 GROUP BY location, sku HAVING min(run) < max(run))"
)


def open_pairs(
    ledger: Ledger,
    tenant: str,
    mapping: str,
    *,
    until: str | None = None,
    besides: str = "",
    shared: bool = False,
) -> dict[tuple[str, str], list[Key]]:
    """Find the open rejects of a tenant's mapping by their pair, where it is known; not those of the run `besides`.

    `until`: of files with at most that as-of; `shared`: only pairs that stand open in several runs. Those of a pair come oldest as-of first.
    """
    rows = ledger.db.execute(
        "SELECT run, row, col, location, sku, json_extract(about, '$.as_of') as_of FROM rejects JOIN runs USING (run)"
        f" WHERE {OPEN} AND runs.tenant = ?1 AND runs.mapping = ?2 AND location <> '' AND sku <> '' AND as_of <= coalesce(?3, as_of)"
        f" AND run <> ?4{SHARED if shared else ''} ORDER BY as_of, seq",
        (tenant, mapping, until, besides),
    )
    found: dict[tuple[str, str], list[Key]] = {}
    for row in rows:
        found.setdefault((row["location"], row["sku"]), []).append((row["run"], row["row"], row["col"]))
    return found


def open_pages(ledger: Ledger, run: Run) -> Iterator[dict[tuple[str, str], list[Key]]]:
    """Walk what `open_pairs` finds for a run, as many at a time as memory has room for; those of a page may be replaced meanwhile."""
    older = ledger.db.execute(
        "SELECT run FROM runs WHERE tenant = ?1 AND mapping = ?2 AND run <> ?3 AND json_extract(about, '$.as_of') <= ?4"
        f" AND EXISTS (SELECT 1 FROM rejects WHERE rejects.run = runs.run AND {OPEN})",
        (run.tenant, run.mapping, run.run, run.as_of),
    ).fetchall()
    page: dict[tuple[str, str], list[Key]] = {}
    room = PAGE
    for (name,) in older:
        last = (NOWHERE, NOWHERE)
        while rows := ledger.db.execute(
            f"SELECT row, col, location, sku FROM rejects WHERE run = ? AND {OPEN} AND (row, col) > (?, ?) AND NOT {NO_PAIR}"
            " ORDER BY row, col LIMIT ?",
            (name, *last, room),
        ).fetchall():
            for row, column, location, sku in rows:
                page.setdefault((location, sku), []).append((name, row, column))
            last, room = (rows[-1][0], rows[-1][1]), room - len(rows)
            if not room:
                yield page
                page, room = {}, PAGE
    if page:
        yield page


def same_rows(ledger: Ledger, run: Run) -> Iterator[tuple[Key, Key]]:
    """Find the open rejects of files up to a run's that name no pair, and that its file rejects again as they were: old -> new.

    Both come sorted by what stands in them, so that neither is held in memory.
    """
    new = groupby(
        ledger.db.execute(
            f"SELECT col, cells, row FROM rejects WHERE run = ? AND {NO_PAIR} ORDER BY col, cells, row",
            (run.run,),
        ),
        key=lambda row: (row[0], row[1]),
    )
    found = next(new, None)
    if found is None:
        return
    rows = ledger.db.execute(
        "SELECT col, cells, run, row FROM rejects JOIN runs USING (run)"
        f" WHERE {OPEN} AND {NO_PAIR} AND runs.tenant = ? AND runs.mapping = ? AND run <> ?"
        " AND json_extract(about, '$.as_of') <= ? ORDER BY col, cells, run, row",
        (run.tenant, run.mapping, run.run, run.as_of),
    )
    for alike, olds in groupby(rows, key=lambda row: (row[0], row[1])):
        while found and found[0] < alike:
            found = next(new, None)
        if found and found[0] == alike:
            again = array("q", (row[2] for row in found[1]))
            for name, old in groupby(olds, key=lambda row: row[2]):
                for at, (column, _, _, row) in enumerate(old):
                    yield (name, row, column), (run.run, again[min(at, len(again) - 1)], column)
            found = next(new, None)


def newest_stands(ledger: Ledger, tenant: str, mapping: str) -> None:
    """Where several runs have an open reject of one pair, let the newest run's replace the others."""
    links: list[tuple[Key, Key]] = []
    for keys in open_pairs(ledger, tenant, mapping, shared=True).values():
        newest = keys[-1]
        links += [(key, newest) for key in keys if key[0] != newest[0]]
    replace(ledger, links)
