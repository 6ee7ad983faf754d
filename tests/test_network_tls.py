"""NW14: a connection that is not safe gets neither key nor stock, and a person is told which check failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.authority import OPENSSL, PAST, Authority
from tests.desks import GOOD, KEY, four_parts
from tests.wires import Server, Shop, says, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from ssl import SSLContext

    from tests.desks import Desk

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="certificates are made with openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that the configuration trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def send(desk: Desk, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run a file to a server whose authority is trusted; give exit code and words."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)

    def sent(server: Server, ca_file: Path | None = authority.ca_file, **more: str) -> tuple[int, str]:
        named = {"ca_file": str(ca_file)} if ca_file else {}
        desk.configure({"url": server.origin, "workers": 1, **named, **more})
        with serving(server):
            ended = desk("run", "--again", desk.file(GOOD))
        return ended.code, ended.err

    return sent


def test_a_certificate_of_a_named_authority_is_taken(
    send: Callable[..., tuple[int, str]], authority: Authority
) -> None:
    """What the other tests refuse is refused for its fault, not for being made here."""
    shop = Shop(tls=authority.signed("good"))
    assert send(shop) == (0, "")
    assert shop.stock == {"S1": 5, "S2": 6}


BAD: dict[str, tuple[Callable[[Authority], SSLContext], str]] = {
    "self-signed": (Authority.self_signed, "self-signed certificate"),
    "expired": (lambda authority: authority.signed("old", until=PAST), "certificate has expired"),
    "other host": (lambda authority: authority.signed("other", host="DNS:other.example"), "mismatch"),
    "TLS 1.1": (Authority.outdated, "protocol"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_connection_is_refused_before_the_key_is_sent(
    send: Callable[..., tuple[int, str]], authority: Authority, kind: str
) -> None:
    """Exit 5 in four parts, with the check that failed; the other side sees no request, and it is asked once only."""
    make, words = BAD[kind]
    shop = Shop(tls=make(authority))
    code, told = send(shop)
    assert (code, shop.requests) == (5, [])
    assert four_parts(told)
    assert words in told


def test_an_authority_that_nobody_named_is_not_trusted(
    send: Callable[..., tuple[int, str]],
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor does SSL_CERT_FILE of the environment name one (NW18)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    monkeypatch.setenv("SSL_CERT_DIR", str(authority.folder))
    shop = Shop(tls=authority.signed("unknown"))
    code, told = send(shop, ca_file=None)
    assert (code, shop.requests, "issuer" in told) == (5, [], True)


def test_a_port_without_tls_gets_no_key(send: Callable[..., tuple[int, str]]) -> None:
    """The handshake fails, and nothing that follows would be read by anybody."""
    plain = Server(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    plain.origin = plain.origin.replace("http:", "https:")
    code, told = send(plain)
    assert (code, four_parts(told), "TLS" in told) == (5, True, True)
    assert KEY.encode() not in b"".join(plain.requests)


def test_no_switch_turns_the_checks_off(desk: Desk) -> None:
    """Neither an option nor a setting says: take any certificate."""
    assert not any(word in desk.cli("run", "--help").out for word in ("insecure", "verify", "no-check"))
    for word in ("verify", "insecure", "tls"):
        desk.configure({"url": "https://a.example", word: False})
        assert desk("run", desk.file(GOOD)).code == 2
