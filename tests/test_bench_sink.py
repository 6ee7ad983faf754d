"""The sink that figures are measured against counts and answers rightly: else they would be worth nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx

from sync.client.body import encode
from tests.sendlists import batch_of

SINK = Path(__file__).parents[1] / "bench" / "sink.py"


def test_the_sink_counts_every_row_of_every_body_and_answers_as_the_vendor_does() -> None:
    """Small bodies, one of several reads, and several of one connection."""
    with subprocess.Popen([sys.executable, SINK], stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout
        address = sink.stdout.readline().strip()
        sizes = (1, 40_000, 7)
        with httpx.Client() as client:
            for size in sizes:
                batch = batch_of(("A", f"S{at}", 5) for at in range(size))
                body = encode(batch, source="erp_sync", notes="n", names={})
                told = client.post(f"{address}/inventory/", content=body).json()
                assert (told["data"]["total"], told["data"]["updated"], told["data"]["errors"]) == (
                    size,
                    size,
                    [],
                )
        sink.terminate()
        counted = json.loads(sink.stdout.read())
    assert (counted["rows"], counted["requests"], sink.returncode) == (sum(sizes), len(sizes), 0)
