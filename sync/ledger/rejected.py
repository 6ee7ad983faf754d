"""The rejected rows of the ledger, with their source text, so that a reject file can be written again at any time.

A later judgement of the same row or pair (`again_*`) replaces an open reject, and may be replaced itself: the last of them
counts. `first` is the number of the run in which such a row of rejects began.
"""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from sync.rows import Fault, Problem, Reject

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from sync.ledger.book import Ledger
    from sync.rows import Run

SUPERSEDED, DISCARDED = "superseded", "discarded"
NOWHERE = -1  # in again_row: closed by no row of its own
JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
NONE = "[]"  # how an empty list is kept
COLUMNS = "row, col, problems, cells, faults, location, sku, position, unknown, parent_row"
OPEN = "again_run IS NULL AND unknown = 0"
NO_PAIR = "(location = '' OR sku = '')"
PAGE = 50_000  # rejects whose keys are held in memory together
CUT_OFF = "instr(problems, '\"row.cut\"')"  # its codes may be cut too
BEGAN = (
    "(SELECT min(coalesce(old.first, runs.seq)) FROM rejects old JOIN runs USING (run)"
    " WHERE old.again_run = ?1 AND old.again_row = ?2 AND old.again_col = ?3)"
)
# from each reject of run ?1 to its last judgement: (row, col) -> where that stands, and as what it was judged there
LATER = (
    "WITH RECURSIVE later(row, col, at_run, at_row, at_col, judged_as) AS ("
    "SELECT row, col, run, row, col, NULL FROM rejects WHERE run = ?1 AND unknown = 0"
    " UNION ALL SELECT later.row, later.col, again_run, again_row, again_col, again_as FROM later JOIN rejects"
    " ON run = at_run AND rejects.row = at_row AND rejects.col = at_col AND unknown = 0 AND again_run IS NOT NULL)"
)
STANDS = "rejects.run = at_run AND rejects.row = at_row AND rejects.col = at_col AND unknown = 0"
Key = tuple[str, int, int]  # run, row, column


def add(ledger: Ledger, run: str, rejects: Iterable[Reject]) -> None:
    """Put rejected rows on record; the stage of a row is that of its first problem."""
    ledger.db.executemany(
        "INSERT INTO rejects (run, row, col, position, stage, unknown, problems, cells, faults, location, sku, parent_row, first)"
        f" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, {BEGAN})",
        (
            (
                run,
                item.row,
                item.column,
                item.position,
                item.problems[0].stage,
                item.unknown,
                _problems(item),
                as_json(item.cells),
                as_json([(fault.row, fault.column, fault.code, fault.shown) for fault in item.faults]),
                item.location_code,
                item.sku_code,
                item.parent_row,
            )
            for item in rejects
        ),
    )


def has_older(ledger: Ledger, run: str) -> bool:
    """Tell whether rejects of other runs are on record as replaced by this one's."""
    return (
        ledger.db.execute("SELECT 1 FROM rejects WHERE again_run = ? LIMIT 1", (run,)).fetchone() is not None
    )


def of_run(ledger: Ledger, run: str, *, unknown: bool = False) -> Iterator[Reject]:
    """Walk a run's rejected rows in file order; `unknown` walks those that were skipped as unknown instead."""
    rows = ledger.db.execute(
        f"SELECT {COLUMNS} FROM rejects WHERE run = ? AND unknown = ? ORDER BY row, col", (run, unknown)
    )
    return _rejects(rows)


def to_judge_again(ledger: Ledger, run: str) -> Iterator[Reject]:
    """Walk a run's open rejects in file order, and with each the other rejects of its pair: half a pair is never judged alone."""
    rows = ledger.db.execute(
        f"SELECT {COLUMNS} FROM rejects WHERE run = ?1 AND unknown = 0 AND (again_run IS NULL OR ((location, sku) IN"
        f" (SELECT location, sku FROM rejects WHERE run = ?1 AND {OPEN}) AND NOT {NO_PAIR})) ORDER BY row, col",
        (run,),
    )
    return _rejects(rows)


def cells_of(ledger: Ledger, run: str) -> list[tuple[int, int]]:
    """List (row, column) of everything that did not go through, unknown ones too: a repeat of the run judges these."""
    return [
        (row["row"], row["col"])
        for row in ledger.db.execute("SELECT row, col FROM rejects WHERE run = ?", (run,))
    ]


def places(ledger: Ledger, run: str, *, stage: str) -> list[str]:
    """Name the locations of which rows did not go through at a stage, those that are unknown there too."""
    rows = ledger.db.execute(
        "SELECT DISTINCT location FROM rejects WHERE run = ? AND stage = ?", (run, stage)
    )
    return [row["location"] for row in rows]


def standing(ledger: Ledger) -> dict[str, int]:
    """Count the open rejects of every run that has any."""
    rows = ledger.db.execute(f"SELECT run, count(*) n FROM rejects WHERE {OPEN} GROUP BY run")
    return {row["run"]: row["n"] for row in rows}


def standing_for(ledger: Ledger, run: str) -> dict[tuple[int, int], Key]:
    """Find what stands open for each reject of a run: itself, or the newer judgement that rejected it again."""
    rows = ledger.db.execute(
        f"{LATER} SELECT later.* FROM later JOIN rejects ON {STANDS} AND again_run IS NULL", (run,)
    )
    return {(row["row"], row["col"]): (row["at_run"], row["at_row"], row["at_col"]) for row in rows}


def replace(ledger: Ledger, links: Iterable[tuple[Key, Key]], *, superseded: bool = False) -> None:
    """Record newer judgements of open rejects, old -> new.

    `superseded`: the new row is left out, as something newer was sent for its pair.
    """
    left = iter(links)
    while piece := list(islice(left, PAGE)):
        ledger.db.executemany(
            "UPDATE rejects SET again_run = ?1, again_row = ?2, again_col = ?3, again_as = ?7 WHERE run = ?4 AND row = ?5 AND col = ?6",
            ((*new, *old, SUPERSEDED if superseded else None) for old, new in piece),
        )
        ledger.db.executemany(
            f"UPDATE rejects SET first = {BEGAN} WHERE run = ?1 AND row = ?2 AND col = ?3",
            {new for _, new in piece},
        )


def supersede(ledger: Ledger, run: str, cells: Iterable[tuple[int, int]]) -> None:
    """Mark the rejects that rows of a run were to mend, where something newer was sent before these rows went."""
    ledger.db.executemany(
        "UPDATE rejects SET again_as = ? WHERE again_run = ? AND again_row = ? AND again_col = ?",
        ((SUPERSEDED, run, *cell) for cell in cells),
    )


def close(ledger: Ledger, run: str) -> int:
    """Close a run's open rejects, as somebody gave them up; give their number."""
    return ledger.db.execute(
        f"UPDATE rejects SET again_run = ?1, again_row = {NOWHERE}, again_col = {NOWHERE}, again_as = '{DISCARDED}' WHERE run = ?1 AND {OPEN}",
        (run,),
    ).rowcount


def restate(ledger: Ledger, run: Run) -> None:
    """Close what older files of a mapping could not say of which pair: a newer one that holds all pairs says it anew."""
    ledger.db.execute(
        f"UPDATE rejects SET again_run = ?1, again_row = {NOWHERE}, again_col = {NOWHERE}, again_as = '{SUPERSEDED}'"
        f" WHERE {OPEN} AND ({NO_PAIR} OR {CUT_OFF}) AND run IN (SELECT run FROM runs WHERE tenant = ?2 AND mapping = ?3 AND run <> ?1"
        " AND json_extract(about, '$.as_of') <= ?4 AND json_extract(about, '$.origin.folder') = ?5)",
        (run.run, run.tenant, run.mapping, run.as_of, run.origin.folder),
    )


def fates(ledger: Ledger, run: str) -> Iterator[tuple[int, int, str, str | None]]:
    """Walk what became of a run's rejects: (row, column, fate, newer run).

    Fates: open, mended, failing (rejected again), superseded, waiting (judged again, not settled), discarded.
    """
    rows = ledger.db.execute(
        f"{LATER} SELECT later.row, later.col, nullif(at_run, ?1) again_run, CASE WHEN at_run = ?1 AND at_row <> {NOWHERE} THEN 'open'"
        " WHEN rejects.run IS NOT NULL THEN 'failing' WHEN judged_as IS NOT NULL THEN judged_as"
        " WHEN runs.state = 'staged' THEN 'waiting' WHEN json_extract(runs.about, '$.discarded') THEN 'discarded' ELSE 'mended' END fate"
        f" FROM later LEFT JOIN runs ON runs.run = at_run LEFT JOIN rejects ON {STANDS}"
        " WHERE rejects.again_run IS NULL ORDER BY later.row, later.col",
        (run,),
    )
    return ((row["row"], row["col"], row["fate"], row["again_run"]) for row in rows)


def _problems(item: Reject) -> str:
    return as_json([(problem.stage, problem.field, problem.code, problem.value) for problem in item.problems])


def as_json(value: Any) -> str:  # noqa: ANN401 - texts, and lists of them
    """Write a value as the ledger keeps it."""
    return JSON.encode(value)


def _rejects(rows: Iterable[sqlite3.Row]) -> Iterator[Reject]:
    """Make rejects of rows that were selected by `COLUMNS`; of a million, many have the same reasons."""
    for row, column, problems, cells, faults, location, sku, position, unknown, parent in rows:
        yield Reject(
            row=row,
            column=column,
            problems=_reasons(problems),
            cells=tuple(json.loads(cells)),
            location_code=location,
            sku_code=sku,
            position=position,
            unknown=bool(unknown),
            faults=() if faults == NONE else tuple(Fault(*fault) for fault in json.loads(faults)),
            parent_row=parent,
        )


@lru_cache(maxsize=1024)
def _reasons(problems: str) -> tuple[Problem, ...]:
    return tuple(Problem(*problem) for problem in json.loads(problems))
