"""The rejected rows of the ledger, with their source text, so that a reject file can be written again at any time.

A later judgement of the same row or pair (`again_*`) replaces an open reject; the newest one counts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sync.rows import Fault, Problem, Reject

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from sync.ledger.book import Ledger

SUPERSEDED = "superseded"
NONE = "[]"  # how an empty list is kept
OPEN = "again_run IS NULL AND unknown = 0"
Key = tuple[str, int, int]  # run, row, column


def add(ledger: Ledger, run: str, rejects: Iterable[Reject]) -> None:
    """Put rejected rows on record; the stage of a row is that of its first problem."""
    ledger.db.executemany(
        "INSERT INTO rejects (run, row, col, position, stage, unknown, problems, cells, faults, location, sku, parent_row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                run,
                item.row,
                item.column,
                item.position,
                item.problems[0].stage,
                item.unknown,
                _problems(item),
                _json(item.cells),
                _json([(fault.row, fault.column, fault.code, fault.shown) for fault in item.faults]),
                item.location_code,
                item.sku_code,
                item.parent_row,
            )
            for item in rejects
        ),
    )


def of_run(ledger: Ledger, run: str, *, unknown: bool = False, open_only: bool = False) -> Iterator[Reject]:
    """Walk a run's rejected rows in file order; `unknown` walks those that were skipped as unknown instead."""
    rows = ledger.db.execute(
        f"SELECT * FROM rejects WHERE run = ? AND unknown = ?{f' AND {OPEN}' if open_only else ''} ORDER BY row, col",
        (run, unknown),
    )
    return (_reject(row) for row in rows)


def cells_of(ledger: Ledger, run: str) -> list[tuple[int, int]]:
    """List (row, column) of everything that did not go through, unknown ones too: a repeat of the run judges these."""
    return [
        (row["row"], row["col"])
        for row in ledger.db.execute("SELECT row, col FROM rejects WHERE run = ?", (run,))
    ]


def standing(ledger: Ledger) -> dict[str, int]:
    """Count the open rejects of every run that has any."""
    rows = ledger.db.execute(f"SELECT run, count(*) n FROM rejects WHERE {OPEN} GROUP BY run")
    return {row["run"]: row["n"] for row in rows}


def open_pairs(
    ledger: Ledger, tenant: str, mapping: str, *, until: str | None = None
) -> dict[tuple[str, str], list[Key]]:
    """Find the open rejects of a tenant's mapping by their pair, where it is known; `until`: of files with at most that as-of.

    Those of a pair come oldest as-of first.
    """
    rows = ledger.db.execute(
        "SELECT run, row, col, location, sku, json_extract(about, '$.as_of') as_of FROM rejects JOIN runs USING (run)"
        f" WHERE {OPEN} AND runs.tenant = ?1 AND runs.mapping = ?2 AND location <> '' AND sku <> '' AND as_of <= coalesce(?3, as_of)"
        " ORDER BY as_of, seq",
        (tenant, mapping, until),
    )
    found: dict[tuple[str, str], list[Key]] = {}
    for row in rows:
        found.setdefault((row["location"], row["sku"]), []).append((row["run"], row["row"], row["col"]))
    return found


def newest_stands(ledger: Ledger, tenant: str, mapping: str) -> None:
    """Where several runs have an open reject of one pair, let the newest run's replace the others."""
    links: list[tuple[Key, Key]] = []
    for keys in open_pairs(ledger, tenant, mapping).values():
        newest = keys[-1]
        links += [(key, newest) for key in keys if key[0] != newest[0]]
    replace(ledger, links)


def standing_for(ledger: Ledger, run: str) -> dict[tuple[int, int], Key]:
    """Find what stands open for each reject of a run: itself, or the newer judgement that rejected it again."""
    rows = ledger.db.execute(
        "SELECT old.row, old.col, coalesce(new.run, old.run) now_run, coalesce(new.row, old.row) now_row, coalesce(new.col, old.col) now_col FROM rejects old"
        " LEFT JOIN rejects new ON new.run = old.again_run AND new.row = old.again_row AND new.col = old.again_col AND new.unknown = 0"
        " WHERE old.run = ? AND old.unknown = 0 AND (old.again_run IS NULL OR new.run IS NOT NULL)",
        (run,),
    )
    return {(row["row"], row["col"]): (row["now_run"], row["now_row"], row["now_col"]) for row in rows}


def replace(ledger: Ledger, links: Iterable[tuple[Key, Key]], *, superseded: bool = False) -> None:
    """Record newer judgements, old -> new; what led to the old one leads to the new one from now on.

    `superseded`: the new row is left out, as something newer was sent for its pair.
    """
    ledger.db.executemany(
        "UPDATE rejects SET again_run = ?1, again_row = ?2, again_col = ?3, again_as = ?7"
        " WHERE (run = ?4 AND row = ?5 AND col = ?6) OR (again_run = ?4 AND again_row = ?5 AND again_col = ?6)",
        ((*new, *old, SUPERSEDED if superseded else None) for old, new in links),
    )


def supersede(ledger: Ledger, run: str, cells: Iterable[tuple[int, int]]) -> None:
    """Mark the rejects that rows of a run were to mend, where something newer was sent before these rows went."""
    ledger.db.executemany(
        "UPDATE rejects SET again_as = ? WHERE again_run = ? AND again_row = ? AND again_col = ?",
        ((SUPERSEDED, run, *cell) for cell in cells),
    )


def fates(ledger: Ledger, run: str) -> Iterator[tuple[int, int, str, str | None]]:
    """Walk what became of a run's rejects: (row, column, fate, newer run).

    Fates: open, mended, failing (rejected again), superseded, waiting (judged again, not settled), discarded.
    """
    rows = ledger.db.execute(
        "SELECT old.row, old.col, old.again_run, CASE WHEN old.again_run IS NULL THEN 'open' WHEN new.run IS NOT NULL AND new.unknown = 0 THEN 'failing'"
        " WHEN old.again_as IS NOT NULL THEN old.again_as"
        " WHEN runs.state = 'staged' THEN 'waiting' WHEN json_extract(runs.about, '$.discarded') THEN 'discarded' ELSE 'mended' END fate"
        " FROM rejects old LEFT JOIN runs ON runs.run = old.again_run"
        " LEFT JOIN rejects new ON new.run = old.again_run AND new.row = old.again_row AND new.col = old.again_col"
        " WHERE old.run = ? AND old.unknown = 0 ORDER BY old.row, old.col",
        (run,),
    )
    return ((row["row"], row["col"], row["fate"], row["again_run"]) for row in rows)


def _problems(item: Reject) -> str:
    return _json([(problem.stage, problem.field, problem.code, problem.value) for problem in item.problems])


def _json(value: Any) -> str:  # noqa: ANN401 - lists of text
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _reject(row: sqlite3.Row) -> Reject:
    return Reject(
        row=row["row"],
        column=row["col"],
        problems=tuple(Problem(*problem) for problem in json.loads(row["problems"])),
        cells=tuple(json.loads(row["cells"])),
        faults=tuple(Fault(*fault) for fault in (json.loads(row["faults"]) if row["faults"] != NONE else ())),
        location_code=row["location"],
        sku_code=row["sku"],
        position=row["position"],
        unknown=bool(row["unknown"]),
        parent_row=row["parent_row"],
    )
