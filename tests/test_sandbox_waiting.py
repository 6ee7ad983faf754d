"""Requests that hang, wait or are applied late: where they stand meanwhile, and that others decide when they go on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.journal import Journal, read_journal
from sync.sandbox.serve import served
from sync.sandbox.store import Store
from tests.callers import Site, begun, ended, rest, site, until

if TYPE_CHECKING:
    import socket
    from pathlib import Path

BODY_ENDS = b'"errors":[]}}'


@pytest.mark.parametrize(
    ("moment", "applied"), [("before_apply", []), ("after_apply", [5]), ("mid_response", [5])]
)
def test_a_request_hangs_at_its_moment(tmp_path: Path, moment: str, applied: list[int]) -> None:
    """While it hangs it is listed and just so much is done; let go on, it is answered in full and listed no more."""
    with (
        site(tmp_path, {"method": "POST", "hold": moment, "times": 1}) as tenant,
        tenant.begin_post() as sock,
    ):
        assert tenant.wait_held() == [{"n": 1, "at": moment}]
        assert tenant.quantities() == applied
        assert begun(sock) == (moment == "mid_response")
        assert tenant.steer("/__release").json == {"released": 1}
        assert answer(sock).endswith(BODY_ENDS)
        assert tenant.get("/__held").json == {"held": 0, "requests": []}
        assert tenant.quantities() == [5]


def answer(sock: socket.socket) -> bytes:
    """Read an answer to the end of its body."""
    told = b""
    while not told.endswith(BODY_ENDS):
        part = sock.recv(65536)
        assert part, told
        told += part
    return told


def test_those_that_hang_together_go_on_together(tmp_path: Path) -> None:
    """Three are waited for, three let go; a fourth that comes later hangs again."""
    with site(tmp_path, {"method": "POST", "hold": "before_apply"}) as tenant:
        socks = [tenant.begin_post(number) for number in range(3)]
        assert sorted(each["n"] for each in tenant.wait_held(3)) == [1, 2, 3]
        assert tenant.steer("/__release").json == {"released": 3}
        assert all(answer(sock) for sock in socks)
        socks.append(tenant.begin_post())
        assert tenant.wait_held() == [{"n": 4, "at": "before_apply"}]
        for sock in socks:
            sock.close()


def test_a_request_of_a_client_that_died_is_applied_when_let_go(tmp_path: Path) -> None:
    """It hangs on without its client, as the work of a real server would go on."""
    log = tmp_path / "log"
    with (
        Journal(log) as journal,
        site(tmp_path, {"hold": "before_apply", "method": "POST"}, journal=journal) as tenant,
    ):
        with tenant.begin_post():
            tenant.wait_held()
        assert tenant.steer("/__release").json == {"released": 1}
        ended(log, 1)
        assert tenant.quantities() == [5]


def test_what_hangs_when_the_sandbox_ends_is_not_applied(tmp_path: Path) -> None:
    """The end is not waited for, and it lets nobody go on: the client is reset."""
    plan = {"hold": "before_apply", "method": "POST"}
    with Store(tmp_path / "s.db") as store:
        with served(store, plan=[plan]) as url:
            tenant = Site(store, url)
            sock = tenant.begin_post()
            tenant.wait_held()
        with sock, pytest.raises(ConnectionResetError):
            rest(sock)
        assert tenant.quantities() == []


def test_an_old_value_lands_after_the_newer_one(tmp_path: Path) -> None:
    """504 for the old value, 200 for the new one; then the old one is applied after all, before the release is over."""
    with site(tmp_path, {"late_apply": 3600, "times": 1}) as tenant:
        assert [tenant.post(1).status, tenant.post(2).status] == [504, 200]
        assert tenant.quantities() == [2]
        assert tenant.get("/__held").json["requests"] == [{"n": 1, "at": "late_apply"}]
        assert tenant.steer("/__release").json == {"released": 1}
        assert tenant.quantities() == [1]


def test_late_rows_come_by_themselves_too(tmp_path: Path) -> None:
    """After the seconds of the rule; the answer can be another one, and reading does not count."""
    with site(tmp_path, {"late_apply": 0.05, "times": 1, "status": 500, "body": "oh"}) as tenant:
        assert tenant.get().status == 200
        assert tenant.post(1)[::2] == (500, b"oh")
        until(tenant.quantities)


def test_a_wait_before_the_work_leaves_it_undone(tmp_path: Path) -> None:
    """The request has arrived, nothing is applied and nothing is answered."""
    log, plan = tmp_path / "log", {"delay": 3600, "method": "POST"}
    with (
        Journal(log) as journal,
        site(tmp_path, plan, journal=journal) as tenant,
        tenant.begin_post() as sock,
    ):
        until(lambda: read_journal(log))
        assert (tenant.quantities(), begun(sock)) == ([], False)
    assert tenant_is_empty(tmp_path)


def tenant_is_empty(folder: Path) -> bool:
    """Look into the store when nobody serves it any more."""
    with Store(folder / "s.db") as store:
        return not store.page(None, 1)


def test_a_wait_after_the_work_hides_it(tmp_path: Path) -> None:
    """The rows are there, the answer is not: what a client sees that does not wait so long."""
    with site(tmp_path, {"delay_answer": 3600, "method": "POST"}) as tenant, tenant.begin_post() as sock:
        until(tenant.quantities)
        assert not begun(sock)


@pytest.mark.parametrize("rule", ["delay", "delay_answer"])
def test_a_wait_is_as_long_as_told(tmp_path: Path, rule: str) -> None:
    """Not shorter, and then the answer is a good one."""
    with site(tmp_path, {rule: 0.2, "method": "POST"}) as tenant:
        begun_at = time.monotonic()
        assert tenant.post().status == 200
        assert time.monotonic() - begun_at >= 0.2


def test_waiting_for_those_who_hang_has_an_end(tmp_path: Path) -> None:
    """Whoever waits for more than come is told how many did; nonsense in the query is the usual."""
    with site(tmp_path) as tenant:
        assert tenant.get("/__held?at_least=1&timeout=0.05").json["held"] == 0
        assert tenant.get("/__held?at_least=x&timeout=y").json["held"] == 0
        assert tenant.steer("/__release").json == {"released": 0}


@pytest.mark.parametrize("path", ["/__held", "/__release", "/__down"])
def test_nobody_steers_where_nothing_is_rehearsed(tmp_path: Path, path: str) -> None:
    """Without a plan the paths are not there, as at the vendor."""
    with Store(tmp_path / "s.db") as store, served(store) as url:
        tenant = Site(store, url)
        assert [tenant.get(path).status, tenant.steer(path).status] == [404, 404]
        assert tenant.get().status == 200
