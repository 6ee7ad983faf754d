"""After a good pass somebody outside is told that we live; who is not there to hear it stops nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sync.run.alarms import heartbeat, posts, sending, telling
from tests.alarming import Hook, Office, opened
from tests.wires import Server, answer, is_silent, says, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Open an office with a heartbeat and no notifier."""
    with opened(tmp_path) as one:
        one.configure(notify={}, heartbeat_url=f"{one.server.origin}/ping")
        yield one


def test_it_is_a_plain_question(office: Office) -> None:
    """GET, without a body and without the key."""
    heartbeat(office.settings, office.ledger)
    (request,) = office.server.requests
    assert request.startswith(b"GET /ping HTTP/1.1\r\n")
    assert request.endswith(b"\r\n\r\n")
    assert b"X-API-Key" not in request


def test_without_an_address_nobody_is_asked(office: Office) -> None:
    """And nothing is written."""
    office.configure(notify={})
    heartbeat(office.settings, office.ledger)
    assert office.server.requests == []


def test_what_fails_is_logged_once_a_change(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """However many passes there are in between."""
    hook = office.server
    assert isinstance(hook, Hook)
    for well in (False, False, False, True, True, False):
        hook.works(well=well)
        heartbeat(office.settings, office.ledger)
    said = capsys.readouterr().out
    assert (said.count("nobody can be told there"), said.count("can be told again")) == (2, 1)
    assert said.count("heartbeat_url") == 3


def test_a_redirect_is_not_followed(office: Office) -> None:
    """I11: the sink is never asked."""
    sink = Hook()
    with serving(sink):
        office.server.otherwise = says(answer(b"", "302 Found", f"Location: {sink.origin}/x"))
        heartbeat(office.settings, office.ledger)
    assert sink.requests == []


def test_a_silent_one_costs_its_deadline(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no more."""
    monkeypatch.setattr(telling, "DEADLINE", 0.3)
    office.server.otherwise = is_silent
    began = time.monotonic()
    heartbeat(office.settings, office.ledger)
    assert time.monotonic() - began < 2


def test_silent_notifiers_cost_no_more_than_the_time_of_a_pass(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight of them, each with its deadline; the one that answered last time is asked first."""
    monkeypatch.setattr(sending, "DEADLINE", 0.3)
    monkeypatch.setattr(sending, "IN_ALL", 1.0)
    monkeypatch.setattr(sending, "LEAST", 0.3)
    silent = Server()
    silent.otherwise = is_silent
    with serving(silent):
        hooks = {f"s{number}": {"url": f"{silent.origin}/x"} for number in range(7)}
        office.configure(notify={"webhooks": {**hooks, "works": {"url": f"{office.server.origin}/x"}}})
        office.held()
        began = time.monotonic()
        assert office.tell() == []
        assert time.monotonic() - began < 3
        told = [office.tell() for _ in range(8)]
    assert sum(map(len, told)) == 1


def test_the_deadlines_are_those_that_were_promised() -> None:
    """Ten seconds for one, thirty for all."""
    assert (posts.DEADLINE, sending.IN_ALL) == (10, 30)
