"""NW: whatever the network does to a run, each row is settled once or stays pending, and the words say what happened."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import GOOD, KEY, four_parts
from tests.processes import STRACE, UNSHARE, allowed, ended
from tests.wires import Server, Shop, answer, drips, hangs_up, is_silent, packed, resets, says, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.desks import Desk
    from tests.wires import Script

HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)


def sent(desk: Desk, server: Server, **more: Any) -> dict[str, Any]:
    """Run a file of two rows to a server; give the report."""
    desk.configure({"url": server.origin, "workers": 1, **more})
    with serving(server):
        return desk.report("run", "--again", desk.file(GOOD))


def loses_the_answer(end: Script) -> Callable[[Shop], Script]:
    """Take the rows, and end without a word."""

    def of(shop: Shop) -> Script:
        def script(connection: socket.socket) -> None:
            shop.apply()
            end(connection)

        return script

    return of


def cuts(piece: bytes) -> Script:
    """Send the beginning of an answer and hang up."""

    def script(connection: socket.socket) -> None:
        connection.sendall(piece)
        hangs_up(connection)

    return script


def ends(end: Script) -> Callable[[Shop], Script]:
    """End, with nothing taken."""
    return lambda _: end


TROUBLES: dict[str, Callable[[Shop], Script]] = {
    "NW04 hung up": ends(hangs_up),
    "NW04 reset": ends(resets),
    "NW05 taken, hung up": loses_the_answer(hangs_up),
    "NW05 taken, reset": loses_the_answer(resets),
    "NW06 half an answer": loses_the_answer(cuts(HALF)),
    "NW06 half a head": ends(cuts(b"HTTP/1.1 2")),
    "NW07 drips": loses_the_answer(drips(HALF, b" ")),
    "NW08 taken, silent": loses_the_answer(is_silent),
    "NW19 a page of HTML": ends(says(answer(b"<html>We are down for maintenance</html>"))),
    "NW20 a bomb": ends(packed(b" " * 20_000_000)),
    "NW22 cut JSON": loses_the_answer(says(answer(b'{"success": true, "da'))),
    "NW22 not a number": ends(says(answer(b'{"success": true, "data": NaN}'))),
    "NW22 bad UTF-8": ends(says(answer(b'{"success": "\xff\xfe"}'))),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_passing_trouble_is_cured_by_the_same_body(desk: Desk, trouble: str) -> None:
    """The rows are counted once, whether the first try had been taken or not; the second body is the first, byte by byte."""
    shop = Shop()
    shop.scripts = [TROUBLES[trouble](shop)]
    report = sent(desk, shop, timeout=1)
    assert (report["status"], report["rows"]["accepted"], report["tenant_counts"]["created"]) == ("ok", 2, 2)
    assert report["requests"] == {"sent": 2, "retried": 1}
    assert shop.stock == {"S1": 5, "S2": 6}
    first, second = (request.partition(b"\r\n\r\n")[2] for request in shop.requests)
    assert first == second


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_lasting_trouble_leaves_all_rows_pending_and_is_told(desk: Desk, trouble: str) -> None:
    """Nothing is accepted or rejected without proof; 4 (or 5 where it is no API at all), in four parts."""
    shop = Shop()
    script = TROUBLES[trouble](shop)
    shop.otherwise = script
    desk.configure({"url": shop.origin, "workers": 1, "timeout": 1})
    with serving(shop):
        ended = desk("run", desk.file(GOOD))
    assert ended.code in (4, 5)
    assert four_parts(ended.err)
    assert "Traceback" not in ended.err
    (pending,) = desk("status", "--json").json["pending"]
    assert (pending["rows"]["pending"], pending["rows"]["rejected"]) == (2, 0)
    assert len(shop.requests) <= 5


def test_a_page_in_place_of_an_answer_is_shown_and_cannot_steer_the_terminal(desk: Desk) -> None:
    """NW19: "not the API's", with its first words, escaped."""
    page = says(answer(b"<html>\x1b[2J\r\nPlease log in</html>", "200 OK", "Content-Type: text/html"))
    server = Shop()
    server.otherwise = page
    desk.configure({"url": server.origin, "workers": 1})
    with serving(server):
        ended = desk("run", desk.file(GOOD))
    assert "is not the API's" in ended.err
    assert "Please log in" in ended.err
    assert "\x1b" not in ended.err


def test_a_connection_that_the_tenant_closed_between_two_batches_is_no_outage(desk: Desk) -> None:
    """NW13: it says nothing of closing, then closes; every batch goes, with one repeat at most."""
    shop = Shop()

    def takes_and_closes(connection: socket.socket) -> None:
        shop.takes(connection)
        hangs_up(connection)

    shop.otherwise = takes_and_closes
    report = sent(desk, shop, batch_rows=1, batch_rows_max=1)
    assert (report["status"], report["rows"]["accepted"]) == ("ok", 2)
    assert report["requests"]["retried"] <= 1


def test_a_tenant_that_restarts_in_mid_run_is_waited_for(desk: Desk) -> None:
    """NW01, NW24: after the first batch nothing listens for half a second; then the run goes on by itself."""
    shop = Shop()
    port = shop.listener.getsockname()[1]
    stack, stock = ExitStack(), shop.stock

    def comes_back() -> None:
        back = Shop(port=port)
        back.stock = stock
        stack.enter_context(serving(back))

    def goes_down(connection: socket.socket) -> None:
        shop.takes(connection)
        hangs_up(connection)
        shop.go_down()
        threading.Timer(0.5, comes_back).start()

    shop.scripts = [goes_down]
    with stack:
        report = sent(desk, shop, batch_rows=1, batch_rows_max=1, retry={"base": 0.3, "max": 1})
    assert (report["status"], report["rows"]["accepted"], stock) == ("ok", 2, {"S1": 5, "S2": 6})
    assert report["requests"]["retried"] >= 1


def test_doctor_says_what_of_the_environment_is_not_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """NW18: whoever wonders why the proxy is not asked finds it there; a warning, not a failure."""
    shop = Shop()
    desk.configure({"url": shop.origin})
    for name in ("https_proxy", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    with serving(shop):
        checks = {check["name"]: check for check in desk("doctor", "--json").json["checks"]}
    assert checks["network"]["state"] == "warn"
    words = checks["network"]["words"]
    assert [name for name in ("not used", "HTTPS_PROXY", "SSL_CERT_FILE") if name not in words] == []


@pytest.mark.skipif(
    not allowed(STRACE, "-f", "--seccomp-bpf", "-e", "trace=fsync", "-o", "/dev/null"), reason="needs strace"
)
def test_a_run_connects_to_its_tenant_and_to_nobody_else(desk: Desk) -> None:
    """HI16, I11: no other address, no name service, nothing sent beside the connection, by any thread or child."""
    shop, trace = Shop(), desk.folder / "trace"
    desk.configure({"url": shop.origin})
    calls = ("-f", "-qq", "--seccomp-bpf", "-o", str(trace), "-e", "trace=connect,sendto,sendmsg")
    with serving(shop):
        run = ended(desk, "run", desk.file(GOOD), under=(str(STRACE), *calls))
    port = shop.origin.rpartition(":")[2]
    there = f'sin_port=htons({port}), sin_addr=inet_addr("127.0.0.1")'
    connects = [line for line in trace.read_text().splitlines() if "connect(" in line]
    assert (run.returncode, bool(connects)) == (0, True)
    assert [line for line in trace.read_text().splitlines() if "AF_" in line and there not in line] == []


@pytest.mark.skipif(not allowed(UNSHARE, "-rn"), reason="needs a network of its own")
@pytest.mark.parametrize(
    ("host", "words"), [("tenant.invalid", "cannot be found"), ("192.0.2.1", "cannot be reached")]
)
def test_without_a_network_rows_are_pending_and_the_host_is_named(desk: Desk, host: str, words: str) -> None:
    """NW02, NW03: no name service, no route."""
    desk.configure({"url": f"https://{host}"})
    run = ended(desk, "run", desk.file(GOOD), under=(str(UNSHARE), "-rn"))
    assert (run.returncode, four_parts(run.stderr)) == (4, True)
    assert host in run.stderr
    assert words in run.stderr


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_never_a_step(desk: Desk, status: int) -> None:
    """NW16, NW17: the place that it points to hears nothing; rows are pending; the words name it and tenant.url."""
    sink = Server(says(answer(b'{"success": true, "data": []}')))
    moved = answer(b"", f"{status} Moved", f"Location: {sink.origin}/api/integrations/v1/inventory/")
    shop = Shop(says(moved), says(moved))
    desk.configure({"url": shop.origin, "workers": 1})
    with serving(sink), serving(shop):
        ended = desk("run", desk.file(GOOD))
    assert (ended.code, sink.requests, len(shop.requests)) == (5, [], 1)
    assert sink.origin in ended.err
    assert "tenant.url" in ended.err
    assert desk("status", "--json").json["pending"][0]["rows"]["pending"] == 2


def test_the_environment_of_the_network_is_not_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """NW18: no proxy, no password file, no list of exceptions: the tenant alone is talked to, with our header alone."""
    sink, shop = Server(says(answer(b"{}"))), Shop()
    (desk.folder / ".netrc").write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(desk.folder / ".netrc"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, sink.origin)
    with serving(sink):
        assert sent(desk, shop)["status"] == "ok"
    assert sink.requests == []
    assert b"authorization" not in shop.requests[0].lower()


def test_a_tenant_that_drops_every_packet_is_given_up_in_time(desk: Desk) -> None:
    """NW03: no answer to the first packet; each try ends within the timeout for connecting, and the host is named."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:  # fill its queue: further packets are dropped
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        desk.configure({"url": f"http://127.0.0.1:{port}", "workers": 1, "timeout": 1})
        began = time.monotonic()
        ended = desk("run", desk.file(GOOD))
        assert time.monotonic() - began < 30
        for one in waiting:
            one.close()
    assert (ended.code, f"127.0.0.1:{port}" in ended.err) == (4, True)


def test_a_key_or_a_note_cannot_add_a_header(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """HI12, CF05: line breaks in the key are refused; those of a note travel in JSON, escaped."""
    shop = Shop()
    desk.configure({"url": shop.origin, "workers": 1})
    with serving(shop):
        assert desk("run", desk.file(GOOD), "--notes", "x\r\nX-Evil: 1").code == 0
        monkeypatch.setenv("INVENTORY_SYNC_API_KEY", f"{KEY}\r\nX-Evil: 1")
        assert desk("run", "--again", desk.file(GOOD)).code == 2
    (request,) = shop.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert b"evil" not in head.lower()
    assert "X-Evil" in json.loads(body)["notes"]
