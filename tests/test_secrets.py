"""SE: the key is in no output and no file, in no spelling, whatever the tenant, the network or a user does with it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.desks import GOOD
from tests.wires import Shop, answer, hangs_up, says, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Ended
    from tests.desks import Desk
    from tests.wires import Script

SECRET = "Zq7/Wm+2Xc9-Rt4_Yb6~Lp0&Vd8"  # noqa: S105 - nobody's
KEY = f"sk_live_{SECRET}"
PIECE = 12
SPELLINGS = {
    "raw": KEY,
    "url": quote(KEY, safe=""),
    "url lower": quote(KEY, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%7E", "%7e"),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "basic": base64.b64encode(f"user:{KEY}".encode()).decode(),
    "urlsafe": base64.urlsafe_b64encode(f"u:{KEY}".encode()).decode(),
    "hex": KEY.encode().hex(),
    "HEX": KEY.encode().hex().upper(),
    "secret part": SECRET,
    "a piece": SECRET[5 : 5 + PIECE],
}


def _windows(spelling: str) -> set[str]:
    return {spelling[at : at + PIECE] for at in range(len(spelling) - PIECE + 1)}


# of the coded forms only what the secret part makes of itself: what surrounds it is nobody's secret
NEEDLES = {
    *_windows(SECRET),
    *_windows(quote(SECRET, safe="")),
    *_windows(SPELLINGS["url lower"][len("sk_live_") :]),
    *_windows(SECRET.encode().hex()),
    *_windows(SECRET.encode().hex().upper()),
    *(piece for name in ("base64", "basic", "urlsafe") for piece in _windows(SPELLINGS[name][16:-4])),
}


def leaks(*texts: str | bytes) -> list[str]:
    """Find pieces of the key in texts."""
    whole = "\n".join(text if isinstance(text, str) else text.decode("latin-1") for text in texts)
    return sorted(needle for needle in NEEDLES if needle in whole)


def kept(folder: Path) -> Iterator[bytes]:
    """Read every file of a desk, and its name."""
    for path in folder.rglob("*"):
        yield str(path).encode()
        if path.is_file():
            yield path.read_bytes()


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)


def test_this_search_finds_every_spelling() -> None:
    """The tests below can fail."""
    assert {name for name, spelling in SPELLINGS.items() if not leaks(f"x{spelling}x")} == set()


def everything(desk: Desk, shop: Shop, *commands: tuple[str | Path, ...]) -> Iterator[Ended]:
    """Type commands, each as talkative as it can be, in text and in JSON."""
    desk.configure({"url": shop.origin, "workers": 1})
    with serving(shop):
        for command in commands:
            yield desk(*command, "-vv")
            yield desk(*command, "-vv", "--json", "--log-format", "json")


def refuses(spelling: str) -> Script:
    """Refuse the second row in words that hold the key, in every field."""
    entry = {"row": 1, "location_id": "B", "product_id": "S2", "errors": {spelling: [f"no {spelling}"]}}
    counts = {"total": 2, "created": 1, "updated": 0, "failed": 1, "errors": [entry]}
    return says(answer(json.dumps({"success": True, "data": counts, spelling: spelling}).encode()))


def errs(spelling: str, status: str = "400 Bad") -> Script:
    """Refuse the whole request, naming the key in body and headers."""
    body = json.dumps({"error": {"code": spelling, "message": f"key={spelling}", "details": [spelling]}})
    return says(answer(body.encode(), status, f"Location: /{spelling}", f"Deprecation: {spelling}"))


def in_pieces(spelling: str) -> Script:
    """Echo the key in an answer of which every character is a chunk of its own."""
    chunks = b"".join(f"1\r\n{sign}\r\n".encode() for sign in f"<p>{spelling}</p>")
    return says(b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n", chunks, b"0\r\n\r\n")


def at_the_cut(spelling: str) -> Script:
    """Echo the key where what is kept of an answer ends."""
    return says(answer(b"y" * 2035 + spelling.encode() + b"z" * 9000 + spelling.encode(), "500 Oops"))


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("echo", [refuses, errs, in_pieces, at_the_cut])
def test_a_tenant_that_echoes_the_key_puts_it_nowhere(desk: Desk, echo: Any, spelling: str) -> None:
    """SE01, SE03, SV23: output, logs at their most talkative, ledger, reports, rejects, folders of state."""
    shop = Shop()
    shop.otherwise = echo(spelling)
    file = desk.file(GOOD)
    ended = list(everything(desk, shop, ("run", file), ("resume",), ("status",)))
    assert leaks(*(text for one in ended for text in (one.out, one.err)), *kept(desk.folder)) == []
    assert sum(KEY.encode() in request for request in shop.requests) == len(shop.requests) > 0


@pytest.mark.parametrize("status", ["401 No", "403 No", "302 Found", "418 Teapot"])
def test_a_refusal_that_repeats_the_key_is_shown_without_it(desk: Desk, status: str) -> None:
    """SE01: the tenant's own words reach the user, the key in them does not."""
    shop = Shop()
    shop.otherwise = errs(KEY, status)
    text, _ = everything(desk, shop, ("run", desk.file(GOOD)))
    assert text.code == 5
    assert "[key]" in text.err
    assert leaks(text.err) == []


def test_what_breaks_inside_a_request_shows_no_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SE02, CR16: an exception with the key in its words, raised within the call: one line, exit 70, a log without it."""

    class Breaks(Shop):
        def takes(self, connection: socket.socket) -> None:
            hangs_up(connection)

    monkeypatch.setattr("httpx.Client.send", _raises)
    ended = list(everything(desk, Breaks(), ("run", desk.file(GOOD))))
    assert [one.code for one in ended] == [70, 70]
    assert "errors.log" in ended[0].err
    assert "Traceback" not in ended[0].err + ended[1].err + ended[1].out
    assert "Traceback" in (desk.folder / "state" / "errors.log").read_text()
    assert leaks(*(text for one in ended for text in (one.out, one.err)), *kept(desk.folder)) == []


def _raises(*_: object, **more: object) -> None:
    raise KeyError(KEY, more, base64.b64encode(KEY.encode()))


def test_no_option_takes_the_key_and_a_wrong_one_does_not_repeat_it(desk: Desk) -> None:
    """SE04: whoever types it all the same is told so in words without it."""
    for given in ((f"--api-key={KEY}",), ("--api-key", KEY), ("--key", KEY)):
        ended = desk("run", desk.file(GOOD), *given)
        assert (ended.code, leaks(ended.err, ended.out)) == (2, [])


MISTAKES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "in the configuration": ({"api_key": KEY}, {}),
    "in the address": ({"url": f"https://user:{KEY}@acme.example"}, {}),
    "behind the address": ({"url": f"https://acme.example/?key={KEY}"}, {}),
    "in another variable": ({}, {"INVENTORY_SYNC_TENANT__API_KEY": KEY}),
    "in place of its file": ({}, {"INVENTORY_SYNC_API_KEY_FILE": KEY}),
    "in place of a number": ({"workers": KEY}, {}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_key_in_the_wrong_place_is_not_repeated(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    """Exit 2, and the words that say what is wrong do not hold what was written there."""
    tenant, variables = MISTAKES[mistake]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    desk.configure({"url": "https://acme.example", **tenant})
    for command in ("run", "check"):
        ended = desk(command, desk.file(GOOD), "-vv")
        if command == "run":
            assert ended.code == 2
        assert leaks(ended.err, ended.out) == []
    assert leaks(desk("doctor").out) == []
