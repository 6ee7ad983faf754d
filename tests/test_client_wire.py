"""Over real sockets: no request outlives its deadline, no answer outgrows its bound, nobody else is talked to."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpcore
import httpx
import pytest
from pydantic import SecretStr

from sync.client import Client
from sync.client.answer import STEP
from sync.client.troubles import trouble_of
from sync.client.wire import Deadline, TimedStream, certificates
from sync.errors import FixSetup
from tests.wires import OK, answer, drips, hangs_up, is_silent, packed, playing, says

if TYPE_CHECKING:
    from pathlib import Path

    from sync.replies import Reply
    from tests.wires import Script

KEY = SecretStr("sk_live_0123456789abcdef")
SHORT = 0.3  # seconds for a whole request
PATIENCE = 3.0  # of the test, on a busy machine


def takes_nothing(_: socket.socket) -> None:
    threading.Event().wait(2 * SHORT)


def asked(origin: str, *, timeout: float = SHORT) -> Reply:
    with Client(origin, KEY, timeout=timeout, workers=1) as client:
        return client.post(b"{}")


@pytest.mark.parametrize(
    "script",
    [
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        is_silent,
    ],
    ids=["body", "headers", "chunks", "silence"],
)
def test_the_deadline_holds_however_an_answer_drips(script: Script) -> None:
    """The library's own timeouts never end such a request; ours does, in time."""
    with playing(script) as server:
        began = time.monotonic()
        reply = asked(server.origin)
        took = time.monotonic() - began
    assert (reply.status, reply.trouble) == (None, "timeout")
    assert SHORT <= took < PATIENCE


def test_the_deadline_holds_for_a_body_that_nobody_takes() -> None:
    """A tenant that stops reading does not hold a worker."""
    with playing(takes_nothing) as server, Client(server.origin, KEY, timeout=SHORT, workers=1) as client:
        began = time.monotonic()
        reply = client.post(bytes(20_000_000))
        assert (reply.trouble, time.monotonic() - began < PATIENCE) == ("timeout", True)


def test_no_single_wait_is_longer_than_what_is_left() -> None:
    """The last bytes do not get a whole timeout of their own."""
    deadline = Deadline()
    deadline.start(1)
    assert 0.5 < deadline.wait(60) <= 1 >= deadline.wait(None)
    assert deadline.wait(0.2) == 0.2


def test_a_connection_without_time_left_does_nothing() -> None:
    """Neither a steady flow of bytes nor TLS underneath gets round the deadline."""
    deadline = Deadline()
    deadline.start(0)
    stream = TimedStream(httpcore.MockStream([b"x"]), deadline).start_tls(certificates("http:", None))
    with pytest.raises(httpcore.ReadTimeout):
        stream.read(1)
    with pytest.raises(httpcore.WriteTimeout):
        stream.write(b"x")


def test_a_deadline_is_for_one_request() -> None:
    """After a request ran out of time the next one has all of it again."""
    with (
        playing(is_silent, says(OK), says(OK)) as server,
        Client(server.origin, KEY, timeout=SHORT, workers=1) as client,
    ):
        replies = [client.post(b"") for _ in range(3)]
    assert [reply.status for reply in replies] == [None, 200, 200]


@pytest.mark.parametrize(
    "scripts",
    [
        (hangs_up,),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"),),
        (says(b"HTTP/1.1 200 O"),),
        (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),),
    ],
    ids=["at once", "body", "headers", "chunks"],
)
def test_a_cut_answer_is_never_read_as_far_as_it_goes(scripts: tuple[Script, ...]) -> None:
    """Half an answer is none."""
    with playing(*scripts) as server:
        reply = asked(server.origin)
    assert (reply.status, reply.body, reply.trouble) == (None, None, "cut")


def test_what_is_not_http_is_said_so() -> None:
    """Some other service on the port."""
    with playing(says(b"220 mail.example ESMTP\r\n\r\n")) as server:
        assert asked(server.origin).trouble == "protocol"


def test_a_packed_answer_is_unpacked() -> None:
    """A gateway may pack its answers, an empty one too."""
    empty = says(answer(b"", "503 Down", "Content-Encoding: gzip"))
    with playing(packed(b'{"a": 1}'), empty) as server:
        assert asked(server.origin).body == {"a": 1}
        assert asked(server.origin).status == 503


@pytest.mark.parametrize("more", [0, 1, 257])
def test_an_answer_is_unpacked_in_steps_and_none_of_it_is_lost(more: int) -> None:
    """Also where it ends with a step, or just after one."""
    text = "x" * (2 * STEP - 2 + more)
    with playing(packed(f'"{text}"'.encode())) as server:
        assert asked(server.origin, timeout=5).body == text


@pytest.mark.parametrize(
    "whole", [gzip.compress(b"{}", mtime=0)[:-9], b"no gzip at all", gzip.compress(b"{}", mtime=0)[:5]]
)
def test_an_answer_that_is_packed_badly_is_none(whole: bytes) -> None:
    """What was unpacked of it is not read as far as it goes."""
    with playing(says(answer(whole, "200 OK", "Content-Encoding: gzip"))) as server:
        reply = asked(server.origin)
    assert (reply.status, reply.trouble) == (None, "protocol")


def test_a_small_answer_that_unfolds_without_end_is_stopped() -> None:
    """40 kB that become 40 MB are given up at 16 MB."""
    with playing(packed(bytes(40_000_000))) as server:
        reply = asked(server.origin, timeout=5)
    assert (reply.status, reply.trouble) == (None, "too_big")


def test_a_bomb_of_an_answer_takes_little_memory() -> None:
    """200 kB that become 200 MB: what is kept of them at any moment stays under 48 MB."""
    bomb = packed(bytes(200_000_000))
    with playing(bomb) as server:
        tracemalloc.start()
        try:
            reply = asked(server.origin, timeout=20)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert reply.trouble == "too_big"
    assert most < 48_000_000


def test_a_redirect_takes_neither_key_nor_stock_elsewhere() -> None:
    """The other server hears nothing at all."""
    with ExitStack() as stack:
        sink = stack.enter_context(playing(says(OK)))
        location = f"HTTP/1.1 308 Gone\r\nLocation: {sink.origin}/\r\nContent-Length: 0\r\n\r\n"
        server = stack.enter_context(playing(says(location.encode())))
        reply = asked(server.origin)
    assert (reply.status, reply.location, sink.requests) == (308, f"{sink.origin}/", [])


def test_the_environment_sends_nothing_to_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a proxy nor a password file of the environment is used."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with playing(says(OK)) as sink, playing(says(OK)) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, sink.origin)
        assert asked(server.origin).status == 200
    assert (sink.requests, b"authorization" in server.requests[0].lower()) == ([], False)


def test_a_closed_port_is_refused() -> None:
    """Nothing listens there: said in those words."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    reply = asked(f"http://127.0.0.1:{port}")
    assert (reply.trouble, reply.detail) == (
        "refused",
        f"Nothing listens at http://127.0.0.1:{port} (Connection refused).",
    )


def test_plain_http_where_tls_is_expected_gets_no_key() -> None:
    """The handshake fails before any header is sent."""
    with playing(says(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        reply = asked(server.origin.replace("http:", "https:"))
    assert reply.trouble == "tls"
    assert KEY.get_secret_value().encode() not in b"".join(server.requests)


EXPIRED = ssl.SSLCertVerificationError(1, "no")
EXPIRED.verify_message = "certificate has expired"


@pytest.mark.parametrize(
    ("cause", "trouble"),
    [
        (EXPIRED, ("tls", "its certificate was refused: certificate has expired")),
        (socket.gaierror(-2, "Name or service not known"), ("dns", "Name or service not known")),
        (ConnectionResetError(104, "reset"), ("cut", "reset")),
        (ssl.SSLEOFError(8, "EOF in the handshake"), ("cut", "EOF in the handshake")),
        (OSError(113, "No route to host"), ("connect", "no")),
    ],
)
def test_why_connecting_failed_is_told_apart(cause: OSError, trouble: tuple[str, str]) -> None:
    """A person needs to know which: the name, the way, or which check of the certificate."""
    error = httpx.ConnectError("no")
    error.__cause__ = cause
    assert trouble_of(error) == trouble


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_used_is_a_mistake_of_the_configuration(
    content: str | None, tmp_path: Path
) -> None:
    """Said at once, with the setting's name, not as a failed request later."""
    ca_file = tmp_path / "ca.pem"
    if content:
        ca_file.write_text(content)
    with pytest.raises(FixSetup, match=r"tenant\.ca_file"):
        Client("https://a.example", KEY, timeout=1, workers=1, ca_file=ca_file)


def test_certificates_and_host_names_are_always_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing switches the checks off, and the environment cannot have the traffic written down."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    tls = certificates("https://a.example", None)
    assert (tls.verify_mode, tls.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert tls.minimum_version == ssl.TLSVersion.TLSv1_2
    assert list(tmp_path.iterdir()) == []
