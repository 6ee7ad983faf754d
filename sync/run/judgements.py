"""A newer judgement of a row or pair takes the place of an older open reject."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from sync import staging
from sync.ledger import judgedanew, rejected
from sync.rows import GO, MERGED, REJECTED, SKIP_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.ledger.book import Ledger
    from sync.rows import Run
    from sync.stage.shapes import Staged

    Judged = tuple[int, int, int, str, str, bool]  # row, column, parent's row, location, SKU, superseded

LEFT_OUT = {SKIP_REASONS.index(reason) for reason in ("blank", "totals", "excluded")}
SUPERSEDED = SKIP_REASONS.index("superseded")


def note_judgements(ledger: Ledger, run: Run, staged: Staged) -> None:
    """Let what a staged run says replace the open rejects that it judges anew; part of the commit that records the run."""
    for older in _older(ledger, run):
        best: dict[rejected.Key, tuple[int, rejected.Key, bool]] = {}
        for old, near, new, superseded in _links(run.run, staged, older):
            if old not in best or near >= best[old][0]:
                best[old] = near, new, superseded
        for marked in (False, True):
            links = [(old, new) for old, (_, new, left_out) in best.items() if left_out == marked]
            rejected.replace(ledger, links, superseded=marked)
    if not run.parent:  # the rows of a reject file are known by their number
        rejected.replace(ledger, judgedanew.same_rows(ledger, run))
    if run.whole and run.parent is None:
        rejected.restate(ledger, run)


class _Older(NamedTuple):
    """Open rejects: by their pair, and those that are corrected or repeated by (row, column)."""

    by_pair: dict[tuple[str, str], list[rejected.Key]]
    of_parent: dict[tuple[int, int], rejected.Key]
    of_repeated: dict[tuple[int, int], rejected.Key]


def _older(ledger: Ledger, run: Run) -> Iterator[_Older]:
    """Find the open rejects that may be judged anew: of an older file by their pair, piece by piece as there may be a million."""
    of_parent = rejected.standing_for(ledger, run.parent) if run.parent else {}
    of_repeated = rejected.standing_for(ledger, run.repeats) if run.repeats else {}
    if of_parent or of_repeated:  # one and the same may be found in several ways: the nearest counts
        by_pair = judgedanew.open_pairs(ledger, run.tenant, run.mapping, until=run.as_of, besides=run.run)
        yield _Older(by_pair, of_parent, of_repeated)
    else:
        yield from (_Older(page, {}, {}) for page in judgedanew.open_pages(ledger, run))


def _links(run: str, staged: Staged, older: _Older) -> Iterator[tuple[rejected.Key, int, rejected.Key, bool]]:
    """Find which of them are judged anew: those of an older file by their pair, those that are corrected or repeated by their row.

    Gives (old, how near the new row is to being the same one, new, superseded): of a pair's several rows each has its own.
    """
    by_pair, of_parent, of_repeated = older
    wanted = {
        "sku_code": pa.array({sku for _, sku in by_pair}, pa.string()),
        "parent": pa.array({row for row, _ in of_parent}, pa.int64()),
        "row": pa.array({row for row, _ in of_repeated}, pa.int64()),
    }
    for row, column, parent, location, sku, superseded in _judged_rows(staged, wanted):
        rows = (of_parent.get((parent, column)), of_repeated.get((row, column)))
        keys = dict.fromkeys([*by_pair.get((location, sku), ()), *(key for key in rows if key)])
        for key in keys:
            if key[0] != run:
                near = 2 if key in rows else int(key[1:] == (row, column))
                yield key, near, (run, row, column), superseded


def _judged_rows(staged: Staged, wanted: Mapping[str, pa.Array]) -> Iterator[Judged]:
    """Walk the rows of a staged file that were judged; those that were left out on purpose speak for no pair.

    `wanted`: column -> values; a row that has none of them is passed over, as most rows of a large file are.
    """
    states = staging.Reader(staged.folder / "states")
    for start, batch in staging.Reader(staged.folder / "candidates").blocks():
        found = [pc.is_in(batch.column(name).cast(few.type), few) for name, few in wanted.items() if len(few)]
        at = pc.indices_nonzero(reduce(pc.or_, found))
        batch, final = batch.take(at), states.rows(start, start + batch.num_rows).take(at)  # noqa: PLW2901 - of this block what matters
        state, skip = final.column("state").to_pylist(), final.column("skip").to_pylist()
        columns = (
            batch.column(name).to_pylist()
            for name in ("row", "column", "parent", "location_code", "sku_code")
        )
        for row, outcome, reason in zip(zip(*columns, strict=True), state, skip, strict=True):
            if outcome in (GO, MERGED, REJECTED):
                yield *row, False
            elif reason in LEFT_OUT or reason == SUPERSEDED:
                yield *row[:3], "", "", reason == SUPERSEDED
