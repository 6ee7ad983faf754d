"""The log of requests: whole, in order, without the key, and never behind what a client has seen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from http.client import RemoteDisconnected
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.catalogue import Catalogue
from sync.sandbox.journal import Journal, read_journal
from tests.callers import ROOT, ended, posting, say, site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a log is to be written."""
    return tmp_path / "log.jsonl"


def lines_of(log: Path, kind: str) -> list[dict[str, Any]]:
    """Read the lines of one kind as they stand."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["kind"] == kind]


def test_a_request_and_its_answer_are_written_down(tmp_path: Path, log: Path) -> None:
    """Everything about them but the headers: the key is not in the file, in whole or in part."""
    with Journal(log) as journal, site(tmp_path, journal=journal) as tenant:
        tenant.post()
    (told,) = read_journal(log)
    assert told.pop("client").startswith("127.0.0.1:")
    assert told.pop("t0") <= told.pop("t") <= told.pop("t1")
    body = posting()
    assert told == {
        "n": 1,
        "method": "POST",
        "target": ROOT,
        "bytes": len(body),
        "sha256": sha256(body).hexdigest(),
        "rows": 1,
        "status": 200,
        "applied": 1,
        "end": "sent",
        "wrote": [],
    }
    assert "c0ffee" not in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o777 & ~0o640 == 0


def test_a_request_is_on_record_before_its_work(tmp_path: Path, log: Path) -> None:
    """While it hangs it is there, with no end; so it is for a client that is killed then."""
    with (
        Journal(log) as journal,
        site(tmp_path, {"hold": "before_apply", "method": "POST"}, journal=journal) as tenant,
        tenant.begin_post(),
    ):
        tenant.wait_held()
        (told,) = read_journal(log)
        assert (told["n"], told["rows"], told["status"], told["end"], told["applied"]) == (
            1,
            1,
            None,
            None,
            0,
        )
    assert read_journal(log)[0]["end"] == "over"


def test_rows_are_told_as_sent_and_as_written(tmp_path: Path, log: Path) -> None:
    """What was refused was sent and not written; what is no row is told as nothing."""
    rows = [
        {"location_code": " A ", "sku_code": 7, "quantity": "3.0"},
        {"location_code": "X", "sku_code": "S", "quantity": 1},
        {"sku_code": "S"},
        {"location_code": "A", "sku_code": "S", "quantity": 4},
    ]
    with Journal(log, rows=True) as journal, site(tmp_path, journal=journal) as tenant:
        tenant.store.catalogue = Catalogue(locations=frozenset("A"))
        with closing(tenant.connect()) as connection:
            say(connection, json.dumps({"inventory": rows}).encode())
            say(connection, b"{")
    first, second = read_journal(log)
    assert first["sent"] == [[" A ", 7, "3.0"], ["X", "S", 1], [None, "S", None], ["A", "S", 4]]
    assert (first["wrote"], first["applied"]) == ([["A", "7", 3], ["A", "S", 4]], 2)
    assert (second["sent"], second["wrote"], second["status"]) == ([], [], 400)
    assert [line["applied"] for line in lines_of(log, "answer")] == [2, 0]


def test_writes_stand_in_the_order_of_the_store(tmp_path: Path, log: Path) -> None:
    """However many write one pair at once, the last write of the log is what the store holds."""
    with Journal(log, rows=True) as journal, site(tmp_path, journal=journal) as tenant:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(tenant.post, range(60)))
        writes = [line["wrote"][0][2] for line in lines_of(log, "write")]
        assert sorted(writes) == list(range(60))
        assert tenant.quantities() == writes[-1:]


def test_an_answer_is_on_record_before_it_is_seen(tmp_path: Path, log: Path) -> None:
    """One request after the other is never told as two at once."""
    with Journal(log) as journal, site(tmp_path, journal=journal) as tenant:
        for number in range(20):
            tenant.post(number)
            assert read_journal(log)[-1]["status"] == 200
    told = read_journal(log)
    assert all(before["t1"] <= after["t0"] for before, after in pairwise(told))


@pytest.mark.parametrize(
    ("moment", "applied", "rows"), [("before_read", 0, None), ("before_apply", 0, 1), ("after_apply", 1, 1)]
)
def test_a_dropped_request_is_told_too(
    tmp_path: Path, log: Path, moment: str, applied: int, rows: int | None
) -> None:
    """No status, how it ended, what was applied all the same; nothing about a body that nobody read."""
    with (
        Journal(log) as journal,
        site(tmp_path, {"drop": moment}, journal=journal) as tenant,
        pytest.raises(RemoteDisconnected),
    ):
        tenant.post()
    (told,) = read_journal(log)
    assert (told["status"], told["end"]) == (None, "drop")
    assert (told["applied"], told["rows"], told["sha256"] is None) == (applied, rows, rows is None)


def test_a_cut_answer_and_a_client_that_left_are_told_apart(tmp_path: Path, log: Path) -> None:
    """Both have a status: the answer was begun; only one of them was ended by the plan."""
    plan = ({"truncate": "headers", "times": 1}, {"trickle": {"bytes": 1, "every": 0.02}, "after": 1})
    with Journal(log) as journal, site(tmp_path, *plan, journal=journal) as tenant:
        with tenant.begin_post() as sock:
            while sock.recv(100):
                pass
        with tenant.begin_post() as sock:
            sock.recv(1)
        told = ended(log, 2)
    assert [(each["status"], each["end"]) for each in told] == [(200, "truncate"), (200, "gone")]


def test_late_rows_are_counted_with_their_request(tmp_path: Path, log: Path) -> None:
    """The log shows that the old value came after the new one, and from which request it was."""
    with (
        Journal(log, rows=True) as journal,
        site(tmp_path, {"late_apply": 3600, "times": 1}, journal=journal) as tenant,
    ):
        tenant.post(1)
        tenant.post(2)
        tenant.steer("/__release")
    writes = [(line["n"], line["wrote"][0][2]) for line in lines_of(log, "write")]
    assert writes == [(2, 2), (1, 1)]
    assert [(each["status"], each["applied"]) for each in read_journal(log)] == [(504, 1), (200, 1)]


def test_a_partial_apply_and_a_lie_are_told_as_they_are(tmp_path: Path, log: Path) -> None:
    """The log says what is in the store, not what the answer says."""
    plan = ({"lie": True, "times": 1}, {"apply_rows": 0, "times": 1})
    with Journal(log) as journal, site(tmp_path, *plan, journal=journal) as tenant:
        assert [tenant.post().status for _ in range(3)] == [200, 500, 200]
    assert [each["applied"] for each in read_journal(log)] == [0, 0, 1]


def test_a_log_is_gone_on_with(tmp_path: Path, log: Path) -> None:
    """A sandbox that is started again adds to the file and numbers on; steering is not in it."""
    for _ in range(2):
        with Journal(log) as journal, site(tmp_path, journal=journal) as tenant:
            tenant.steer("/__release")
            tenant.post()
            tenant.get()
    assert [(each["n"], each["method"]) for each in read_journal(log)] == [
        (1, "POST"),
        (2, "GET"),
        (3, "POST"),
        (4, "GET"),
    ]
