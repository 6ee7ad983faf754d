"""All faults of the connection at once: whatever clients go through, the sandbox itself stays sound."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.journal import Journal, read_journal
from sync.sandbox.store import Store
from tests.callers import Site, refused, site, until

if TYPE_CHECKING:
    from pathlib import Path

PLAN: list[dict[str, Any]] = [
    *(
        {"p": 0.1, "drop": moment, "rst": rst}
        for moment in ("before_read", "before_apply", "after_apply")
        for rst in (True, False)
    ),
    {"p": 0.1, "truncate": 0.5},
    {"p": 0.1, "truncate": "headers", "rst": True},
    {"p": 0.1, "trickle": {"bytes": 9, "every": 0.001}},
    {"p": 0.1, "delay": 0.01, "delay_answer": 0.01},
    {"p": 0.1, "close_silently": True},
    {"p": 0.1, "gzip_pad": 100_000},
    {"p": 0.1, "late_apply": 0.02},
    {"p": 0.1, "apply_rows": 1, "headers": {"Sunset": "now"}},
    {"p": 0.02, "down": 0.05},
]


def attempt(tenant: Site, number: int) -> None:
    """Post once, however long nobody listens, and take what comes."""
    until(lambda: not refused(tenant))
    try:
        tenant.post(number)
    except (OSError, HTTPException):
        return  # meant


@pytest.mark.parametrize("seed", range(2))
def test_the_sandbox_survives_its_own_faults(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    """No error inside, every request has an end on record, and the store holds what the log says was written last."""
    log = tmp_path / "log"
    with Journal(log, rows=True) as journal, site(tmp_path, *PLAN, journal=journal, seed=seed) as tenant:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: attempt(tenant, number), range(160)))
        until(lambda: not refused(tenant))
        tenant.steer("/__release")
    assert not [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"]
    told = read_journal(log)
    assert (
        {"sent", "drop", "truncate"} <= {each["end"] for each in told} <= {"sent", "drop", "truncate", "gone"}
    )
    writes = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if '"wrote"' in line]
    assert sum(each["applied"] for each in told) == len(writes)
    with Store(tmp_path / "s.db") as store:
        assert [[tuple(row) for row in store.at_location("A")]] == [
            [tuple(row) for row in writes[-1]["wrote"]]
        ]
