"""The second pass: what goes is written in the order of sending, and every candidate gets its final state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from sync import pairs, staging
from sync.guards.measures import Measuring
from sync.rows import GO, MERGED, REJECTED, SKIP_REASONS, SKIPPED
from sync.stage.sendlist import IDENTITY, SendList

if TYPE_CHECKING:
    import numpy.typing as npt

    from sync.stage.shapes import Remembered, Staged

REPEAT, SUPERSEDED = SKIP_REASONS.index("repeat"), SKIP_REASONS.index("superseded")


def settle(staged: Staged, fate: pd.DataFrame, remembered: Remembered) -> None:
    """Write what goes, what is merged, and the final state of every candidate; `remembered` knows what is too old or need not go."""
    reader = staging.Reader(staged.folder / "candidates")
    measuring = Measuring()
    with (
        SendList(staged.folder) as send,
        staging.Writer(staged.folder / "merged") as merged,
        staging.Writer(staged.folder / "repeats") as repeats,
        staging.Writer(staged.folder / "states") as states,
    ):
        for start, batch in reader.blocks():
            final = _final(batch, start, fate)
            rows = _send_rows(batch, final, start)
            same = _leave_out(final, rows, remembered)
            _count(staged, final)
            measuring.see(batch.column("location_code"), *_numbers(final))
            states.add({"state": final["state"].to_numpy(), "skip": final["skip"].to_numpy()})
            staged.unchanged += send.add(rows.filter(pa.array((final["state"] == GO).to_numpy())), same)
            _write_merged(merged, final, start)
            _write_repeats(repeats, final, rows)
    staged.measured = measuring.measured()
    with staging.Writer(staged.folder / "measures") as measures:
        measures.add(staged.measured.columns())


def _leave_out(
    final: pd.DataFrame, rows: pa.RecordBatch, remembered: Remembered
) -> npt.NDArray[np.bool_] | None:
    """Skip what goes where something newer was sent for its pair; tell of the rest what is unchanged."""
    going = np.flatnonzero((final["state"] == GO).to_numpy())
    asked = rows.take(pa.array(going))
    newer, same = remembered(_identity(asked), asked.column("quantity").to_numpy())
    final.loc[going[newer], ["state", "skip"]] = np.array([SKIPPED, SUPERSEDED], dtype=np.int8)
    return None if same is None else same[~newer]


def _numbers(final: pd.DataFrame) -> tuple[npt.NDArray[np.int8], dict[str, npt.NDArray[np.int64]]]:
    return final["state"].to_numpy(), {name: final[name].to_numpy() for name in ("skip", "quantity")}


def _final(batch: pa.RecordBatch, start: int, fate: pd.DataFrame) -> pd.DataFrame:
    """Put the fate of shared pairs over the first judgement."""
    final = pd.DataFrame(
        {
            name: batch.column(name).to_numpy()
            for name in ("state", "skip", "quantity", "row", "column", "parent")
        }
    )
    final["stands_for"] = np.arange(start, start + len(final))
    final["rank"] = 0
    here = fate.loc[(fate.index >= start) & (fate.index < start + len(final))]
    at = here.index.to_numpy(dtype=np.int64) - start
    for name in ("state", "stands_for", "quantity", "rank"):
        final.loc[at, name] = here[name].to_numpy()
    return final


def _count(staged: Staged, final: pd.DataFrame) -> None:
    states = final["state"].value_counts()
    staged.to_send += int(states.get(GO, 0))
    staged.merged += int(states.get(MERGED, 0))
    staged.rejected += int(states.get(REJECTED, 0))
    for reason, count in final.loc[final["state"] == SKIPPED, "skip"].value_counts().items():
        staged.skipped[SKIP_REASONS[int(str(reason))]] += int(count)


def _send_rows(batch: pa.RecordBatch, final: pd.DataFrame, start: int) -> pa.RecordBatch:
    high, low = pairs.identity(batch.column("location_code"), batch.column("sku_code"))
    return pa.record_batch(
        {
            "at": np.arange(start, start + len(final)),
            "location_code": batch.column("location_code"),
            "sku_code": batch.column("sku_code"),
            "quantity": final["quantity"].to_numpy(),
            "row": batch.column("row"),
            "column": batch.column("column"),
            "parent": batch.column("parent"),
            "rank": final["rank"].to_numpy(),
            "high": high,
            "low": low,
        }
    )


def _identity(rows: pa.RecordBatch) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    return rows.column("high").to_numpy(), rows.column("low").to_numpy()


def _write_repeats(writer: staging.Writer, final: pd.DataFrame, rows: pa.RecordBatch) -> None:
    again = np.flatnonzero(((final["state"] == SKIPPED) & (final["skip"] == REPEAT)).to_numpy())
    if len(again):
        writer.add(dict(zip(IDENTITY, _identity(rows.take(pa.array(again))), strict=True)))


def _write_merged(writer: staging.Writer, final: pd.DataFrame, start: int) -> None:
    merged = final[final["state"] == MERGED]
    if len(merged):
        writer.add(
            {name: merged[name].to_numpy() for name in ("stands_for", "row", "column", "parent")}
            | {"at": merged.index.to_numpy() + start}
        )
