"""Connections that end badly: what a client sees of each fault over a real socket, and what was applied."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import closing
from http.client import IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, Any

import pytest

from tests.callers import ROOT, posting, refused, rest, say, site, until

if TYPE_CHECKING:
    from pathlib import Path

TELLS = b'{"success":true,"data":{"total":1,"created":1,"updated":0,"failed":0,"errors":[]}}'


@pytest.mark.parametrize(
    ("moment", "applied"), [("before_read", []), ("before_apply", []), ("after_apply", [5])]
)
@pytest.mark.parametrize("rst", [True, False])
def test_a_connection_is_dropped_at_its_moment(
    tmp_path: Path, moment: str, applied: list[int], *, rst: bool
) -> None:
    """No byte of an answer: a reset or an end, as told; the rows are there only after the work; the next one passes."""
    seen = ConnectionResetError if rst else RemoteDisconnected
    with site(tmp_path, {"drop": moment, "rst": rst, "times": 1}) as tenant:
        with pytest.raises(ConnectionResetError) as dropped:
            tenant.post()
        assert type(dropped.value) is seen
        assert tenant.quantities() == applied
        assert tenant.post(6).status == 200


def test_dropped_before_reading_means_before_the_body_came(tmp_path: Path) -> None:
    """A client that has sent nothing but the head is reset; the rules of the plan before it have not counted it."""
    head = f"POST {ROOT} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode()
    with site(
        tmp_path, {"times": 1, "status": 503}, {"drop": "before_read", "rst": True, "times": 1}
    ) as tenant:
        with tenant.send(head) as sock, pytest.raises(ConnectionResetError):
            sock.recv(1)
        assert [tenant.post().status for _ in range(2)] == [503, 200]


def test_a_body_too_large_is_refused_while_it_comes(tmp_path: Path) -> None:
    """413 and the end as soon as the head has told the size, as gateways do it; what is small enough passes."""
    head = f"POST {ROOT} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode()
    with site(tmp_path, {"max_body": 150, "abrupt_413": True}) as tenant:
        with tenant.send(head) as sock:
            told = rest(sock)
        assert told.startswith(b"HTTP/1.1 413 Request Entity Too Large\r\n")
        assert told.endswith(b"</html>\n")
        assert tenant.post().status == 200


@pytest.mark.parametrize(("part", "sent"), [(0.5, 41), (0, 0), (0.99, 81)])
def test_a_body_is_cut(tmp_path: Path, part: float, sent: int) -> None:
    """The length is that of the whole, part of it comes, then the connection ends; the rows are applied."""
    with site(tmp_path, {"truncate": part}) as tenant:
        with pytest.raises(IncompleteRead) as cut:
            tenant.post()
        assert (cut.value.partial, cut.value.expected) == (TELLS[:sent], len(TELLS) - sent)
        assert tenant.quantities() == [5]


def test_a_head_is_cut(tmp_path: Path) -> None:
    """The status line comes, the head never ends, and then the connection does."""
    with site(tmp_path, {"truncate": "headers"}) as tenant, tenant.begin_post() as sock:
        told = rest(sock)
        assert told.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"content-type: application/json" in told
        assert b"\r\n\r\n" not in told
        assert tenant.quantities() == [5]


def test_a_cut_can_be_a_reset(tmp_path: Path) -> None:
    """With rst the client gets an error where it would have got the rest."""
    with (
        site(tmp_path, {"truncate": 0.5, "rst": True}) as tenant,
        tenant.begin_post() as sock,
        pytest.raises(ConnectionResetError),
    ):
        rest(sock)


def test_an_answer_drips(tmp_path: Path) -> None:
    """Twenty bytes at a time, each time after a wait; in the end it is the whole answer."""
    with site(tmp_path, {"trickle": {"bytes": 20, "every": 0.05}}) as tenant:
        begun = time.monotonic()
        assert tenant.post().body == TELLS
        assert time.monotonic() - begun >= 4 * 0.05


def test_a_dripping_answer_keeps_no_server_from_ending(tmp_path: Path) -> None:
    """An answer that would take days is cut off when the sandbox ends."""
    with site(tmp_path, {"trickle": {"bytes": 1, "every": 3600}}) as tenant, tenant.begin_post() as sock:
        assert sock.recv(20)  # the block ends: so does the server, or the test never would


@pytest.mark.parametrize("rst", [True, False])
def test_a_kept_connection_ends_as_the_next_request_comes(tmp_path: Path, *, rst: bool) -> None:
    """The answer is good and promises nothing about closing; what is sent then is neither answered nor applied."""
    seen = ConnectionResetError if rst else RemoteDisconnected
    with (
        site(tmp_path, {"close_silently": True, "rst": rst, "times": 1}) as tenant,
        closing(tenant.connect()) as kept,
    ):
        told = say(kept, posting(1))
        assert (told.status, told.headers.get("connection")) == (200, None)
        with pytest.raises(ConnectionResetError) as ended:
            say(kept, posting(2))
        assert type(ended.value) is seen
        assert (tenant.quantities(), tenant.post(3).status) == ([1], 200)


def test_it_is_down_for_a_while(tmp_path: Path) -> None:
    """The request is answered; then nobody gets a connection, those that are open are reset, and it comes back."""
    with (
        site(tmp_path, {"method": "POST", "down": 0.4, "times": 1}) as tenant,
        closing(tenant.connect()) as kept,
    ):
        assert say(kept).status == 200
        assert tenant.post().json["data"]["created"] == 1
        assert refused(tenant)
        with pytest.raises(ConnectionResetError):
            say(kept)
        until(lambda: not refused(tenant))
        assert tenant.post(6).json["data"]["updated"] == 1


def test_it_can_be_told_to_go_down(tmp_path: Path) -> None:
    """Somebody outside decides when, also where the plan holds no rule."""
    with site(tmp_path) as tenant:
        told = tenant.steer("/__down?seconds=0.3")
        assert (told.status, told.json) == (202, {"down": 0.3})
        assert refused(tenant)
        until(lambda: not refused(tenant))
        assert tenant.get().status == 200


def test_it_can_be_ended_while_it_is_down(tmp_path: Path) -> None:
    """The hour is not waited for."""
    with site(tmp_path) as tenant:
        tenant.steer("/__down?seconds=600")
        assert refused(tenant)


@pytest.mark.parametrize("rule", [{"pad": 300_000}, {"gzip_pad": 300_000}])
def test_an_answer_is_blown_up(tmp_path: Path, rule: dict[str, Any]) -> None:
    """White space follows the answer, which means the same; packed it is small on its way."""
    with site(tmp_path, rule) as tenant:
        told = tenant.post()
    packed = "gzip_pad" in rule
    body = gzip.decompress(told.body) if packed else told.body
    assert (told.headers.get("content-encoding"), len(told.body) < 3000) == (
        "gzip" if packed else None,
        packed,
    )
    assert (len(body), json.loads(body)) == (len(TELLS) + 300_000, json.loads(TELLS))


def test_an_answer_without_a_body_stays_without(tmp_path: Path) -> None:
    """A 204 is neither padded nor given the body of the plan: the next answer over the connection would be garbled."""
    with (
        site(tmp_path, {"status": 204, "body": "x", "pad": 10}) as tenant,
        closing(tenant.connect()) as kept,
    ):
        assert [say(kept, posting())[::2] for _ in range(2)] == [(204, b"")] * 2


def test_a_dropped_request_is_unseen_by_later_rules(tmp_path: Path) -> None:
    """What hangs up before the work answers by itself; after the work both rules have their way."""
    for moment, then in (("before_apply", 503), ("after_apply", 200)):
        plan = ({"drop": moment, "times": 1}, {"status": 503, "times": 1})
        with site(tmp_path, *plan) as tenant:
            with pytest.raises(RemoteDisconnected):
                tenant.post()
            assert tenant.post().status == then
