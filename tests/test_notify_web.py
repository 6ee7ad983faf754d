"""A message over a real socket: taken or not in words, in time, to nobody else, with the address in no word."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from sync.notify import web
from sync.notify.bounded import within
from sync.notify.message import Message, body_of
from tests.alarming import Hook
from tests.authority import OPENSSL, Authority
from tests.wires import (
    OK,
    Server,
    answer,
    drips,
    hangs_up,
    is_silent,
    packed,
    playing,
    resets,
    says,
    serving,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.wires import Script

SECRET = "services/T0AB12/B9XY/Zq7Wm2Xc9Rt4Yb6Lp0"  # noqa: S105 - nobody's
SECONDS = 1.0
MESSAGE = Message("held|x", "held", "stock.csv is held", ("12 rows", "To do: approve"))


def page(server: Server, secret: str = SECRET) -> web.Page:
    return web.Page(f"{server.origin}/{secret}?sig=abcdefghijklmnop")


def test_a_message_is_taken() -> None:
    """It comes as JSON, whole, at the address that was given."""
    with playing(says(OK)) as server:
        assert web.post(page(server), body_of(MESSAGE, "json"), seconds=SECONDS) == ""
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /{SECRET}?sig=".encode())
    assert json.loads(body)["lines"] == ["12 rows", "To do: approve"]


def test_the_name_and_password_of_an_address_are_used() -> None:
    """They go out as the header that they are meant for, and show in no word."""
    with playing(says(answer(b"no", "403 No"))) as server:
        url = server.origin.replace("//", "//bot:pass-word-1234@") + "/x"
        said = web.post(web.Page(url), b"{}", seconds=SECONDS)
    assert b"Authorization: Basic Ym90OnBhc3Mtd29yZC0xMjM0" in server.requests[0]
    assert "403" in said
    assert "pass-word" not in said


TROUBLES: dict[str, tuple[Script, str]] = {
    "refused": (says(answer(b"no_such_hook", "404 Not Found")), "404 no_such_hook"),
    "hangs up": (hangs_up, "hung up"),
    "resets": (resets, "hung up"),
    "no HTTP": (says(b"HTTP/9.9 what\r\n\r\n"), "not proper HTTP"),
    "Teams says so in the body": (
        says(answer(b"Webhook message delivery failed with error: 429")),
        "delivery failed",
    ),
    "silent": (is_silent, "within 0.3 seconds"),
    "drips": (drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "within 0.3 seconds"),
    "drips a body": (drips(b"HTTP/1.1 500 No\r\n\r\n", b"y"), "within 0.3 seconds"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_goes_wrong_is_told_in_time(trouble: str) -> None:
    """Nothing is raised, whatever a server does, and the deadline is that of the whole request."""
    script, words = TROUBLES[trouble]
    with playing(script) as server:
        began = time.monotonic()
        said = web.post(page(server), b"{}", seconds=0.3)
        assert time.monotonic() - began < 2
    assert words in said
    assert SECRET not in said


def test_a_dead_port_is_told() -> None:
    """Nobody listens: the host is named, the address is not."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    said = web.post(web.Page(f"http://127.0.0.1:{port}/{SECRET}"), b"{}", seconds=SECONDS)
    assert said.startswith(f"Nothing listens at 127.0.0.1:{port}")
    assert "Zq7Wm" not in said


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(status: str) -> None:
    """I11: a sink that an answer points to is never asked, and the message counts as not taken."""
    sink = Hook()
    with serving(sink), playing(says(answer(b"", status, f"Location: {sink.origin}/x"))) as server:
        assert status[:3] in web.post(page(server), b"{}", seconds=SECONDS)
    assert sink.requests == []


def test_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no certificate and no password of the environment is used."""
    sink = Hook()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, sink.origin)
    with serving(sink), playing(says(OK)) as server:
        assert web.post(page(server), b"{}", seconds=SECONDS) == ""
    assert (len(server.requests), sink.requests) == (1, [])


def test_a_bomb_is_not_unpacked() -> None:
    """An answer that unfolds without end is not asked for, and not unfolded."""
    with playing(packed(b"0" * 50_000_000)) as server:
        assert web.post(page(server), b"{}", seconds=SECONDS) == ""
    assert b"Accept-Encoding: identity" in server.requests[0]


def test_an_answer_without_end_is_left() -> None:
    """Two kilobytes are enough, and it is not waited for more."""
    endless = itertools.repeat(b"y" * 100_000)

    def script(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 500 No\r\n\r\n")
        for piece in endless:
            connection.sendall(piece)

    with playing(script) as server:
        said = web.post(page(server), b"{}", seconds=SECONDS)
    assert "answered 500 yyy" in said
    assert len(said) <= web.SHOWN


def test_an_answer_that_repeats_the_address_shows_none_of_it() -> None:
    """Words of a server are shown without what is secret."""
    echo = f"unknown hook /{SECRET} and {SECRET[-14:]}"
    with playing(says(answer(echo.encode(), "400 No"))) as server:
        said = web.post(page(server), b"{}", seconds=SECONDS)
    assert "unknown hook" in said
    assert not any(SECRET[at : at + 12] in said for at in range(len(SECRET) - 12))


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl")
def test_certificates_are_checked(tmp_path: Path) -> None:
    """Who cannot show a certificate for its name hears nothing of the address."""
    authority = Authority(tmp_path)
    for tls in (authority.self_signed(), authority.signed("other", host="DNS:other.example")):
        server = Server(says(OK), tls=tls)
        with serving(server):
            said = web.post(web.Page(f"{server.origin}/{SECRET}", authority.ca_file), b"{}", seconds=SECONDS)
        assert "no safe connection" in said
        assert server.requests == []


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl")
def test_an_authority_of_ones_own_can_be_named(tmp_path: Path) -> None:
    """notify.ca_file is trusted, in place of all others."""
    authority = Authority(tmp_path)
    server = Server(says(OK), says(OK), tls=authority.signed("good"))
    with serving(server):
        own = web.Page(f"{server.origin}/x", authority.ca_file)
        assert web.post(own, b"{}", seconds=SECONDS) == ""
        assert web.post(web.Page(own.url, tmp_path / "none.pem"), b"{}", seconds=SECONDS).startswith(
            "notify.ca_file"
        )


def test_nobody_waits_longer_than_was_said() -> None:
    """What hangs where no deadline reaches, as a name server does, is left behind."""
    never = threading.Event()
    assert within(0.05, lambda: str(never.wait(30))) == "it did not answer within 0.05 seconds"
    never.set()


def test_what_nobody_foresaw_is_a_word() -> None:
    """An exception of any kind becomes its name, without its words: they may hold the address."""

    def breaks() -> str:
        raise KeyError(SECRET)

    assert within(1, breaks) == "it failed in a way that nobody foresaw (KeyError)"


def test_an_address_shows_nowhere() -> None:
    """Neither by repr nor by str."""
    assert SECRET not in f"{web.Page(f'https://h.example/{SECRET}')!r}"
