"""Over real sockets: no request outlives its deadline, no answer outgrows its bound, nobody else is talked to."""

import gzip
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpcore
import httpx
import pytest
from pydantic import SecretStr

from sync.client import Client
from sync.client.troubles import trouble_of
from sync.client.wire import Deadline, TimedStream, certificates
from sync.errors import FixSetup
from sync.rows import Reply

KEY = SecretStr("sk_live_0123456789abcdef")
SHORT = 0.3  # seconds for a whole request
PATIENCE = 3.0  # of the test, on a busy machine
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
LARGE = 1_000_000
TLS_HELLO = b"\x16"
Script = Callable[[socket.socket], None]


class Server:
    """A tenant on a loopback port that plays one script for each request of a connection."""

    def __init__(self, *scripts: Script) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.scripts = list(scripts)
        self.requests: list[bytes] = []

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, suppress(OSError):
                    self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        """Play the scripts until the client or the script hangs up."""
        while self.scripts and (request := request_of(connection)):
            self.requests.append(request)
            self.scripts.pop(0)(connection)


def request_of(connection: socket.socket) -> bytes:
    """Read a request to its end, a large one only up to its body."""
    request = b""
    while b"\r\n\r\n" not in request and not request.startswith(TLS_HELLO):
        if not (piece := connection.recv(65_536)):
            return b""
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    missing = int(re.findall(rb"content-length: (\d+)", head.lower() + b"content-length: 0")[0]) - len(body)
    return request + (connection.recv(missing, socket.MSG_WAITALL) if 0 < missing < LARGE else b"")


@contextmanager
def serving(*scripts: Script) -> Iterator[Server]:
    server = Server(*scripts)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        thread.join()


def says(*pieces: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return script


def drips(head: bytes, piece: bytes) -> Script:
    """Send a little every twentieth of a second, until the client hangs up."""

    def script(connection: socket.socket) -> None:
        pause = threading.Event()
        connection.sendall(head)
        while not pause.wait(0.05):
            connection.sendall(piece)

    return script


def is_silent(connection: socket.socket) -> None:
    connection.recv(1)  # nothing comes but the client's hanging up


def takes_nothing(_: socket.socket) -> None:
    threading.Event().wait(2 * SHORT)


def hangs_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


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
    with serving(script) as server:
        began = time.monotonic()
        reply = asked(server.origin)
        took = time.monotonic() - began
    assert (reply.status, reply.trouble) == (None, "timeout")
    assert SHORT <= took < PATIENCE


def test_the_deadline_holds_for_a_body_that_nobody_takes() -> None:
    """A tenant that stops reading does not hold a worker."""
    with serving(takes_nothing) as server, Client(server.origin, KEY, timeout=SHORT, workers=1) as client:
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
        serving(is_silent, says(OK), says(OK)) as server,
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
    with serving(*scripts) as server:
        reply = asked(server.origin)
    assert (reply.status, reply.body, reply.trouble) == (None, None, "cut")


def test_what_is_not_http_is_said_so() -> None:
    """Some other service on the port."""
    with serving(says(b"220 mail.example ESMTP\r\n\r\n")) as server:
        assert asked(server.origin).trouble == "protocol"


def packed(content: bytes) -> Script:
    whole = gzip.compress(content)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(whole)}\r\n\r\n"
    return says(head.encode(), whole)


def test_a_packed_answer_is_unpacked() -> None:
    """A gateway may pack its answers."""
    with serving(packed(b'{"a": 1}')) as server:
        assert asked(server.origin).body == {"a": 1}


def test_a_small_answer_that_unfolds_without_end_is_stopped() -> None:
    """40 kB that become 40 MB are given up at 16 MB."""
    with serving(packed(bytes(40_000_000))) as server:
        reply = asked(server.origin, timeout=5)
    assert (reply.status, reply.trouble) == (None, "too_big")


def test_a_redirect_takes_neither_key_nor_stock_elsewhere() -> None:
    """The other server hears nothing at all."""
    with ExitStack() as stack:
        sink = stack.enter_context(serving(says(OK)))
        location = f"HTTP/1.1 308 Gone\r\nLocation: {sink.origin}/\r\nContent-Length: 0\r\n\r\n"
        server = stack.enter_context(serving(says(location.encode())))
        reply = asked(server.origin)
    assert (reply.status, reply.location, sink.requests) == (308, f"{sink.origin}/", [])


def test_the_environment_sends_nothing_to_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a proxy nor a password file of the environment is used."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(says(OK)) as sink, serving(says(OK)) as server:
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
    with serving(says(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
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
