"""Whatever a tenant answers, the Reply is bounded, printable, and without the key."""

import base64
import json
from collections.abc import Mapping

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from sync.client import Client, redact
from sync.client.answer import deprecation, retry_after
from sync.client.redaction import redact_body
from sync.replies import Reply

KEY = "sk_live_Zq7/Wm+2Xc9-Rt4_Yb6"
ANY_KEY = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=12, max_size=60)
MINUTE = 60.0


def answered(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Give what the client makes of one answer."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, content=content))
    with Client("https://a.example", SecretStr(KEY), timeout=5, workers=1, transport=transport) as client:
        return client.post(b"{}")


@pytest.mark.parametrize(
    "content", [b"", b"null", b"<html>", b'{"a": NaN}', b"[-Infinity]", b'{"a"', b'"\xff"', b"[" * 9999]
)
def test_what_is_not_json_is_no_body(content: bytes) -> None:
    """Odd answers never raise and never pass for JSON."""
    assert answered(content).body is None


def test_json_is_the_body() -> None:
    """The body comes whole, the status beside it."""
    reply = answered('{"success": true, "x": ["ü", 1]}'.encode(), status=201)
    assert (reply.status, reply.body, reply.trouble) == (201, {"success": True, "x": ["ü", 1]}, None)


def test_a_byte_order_mark_does_no_harm() -> None:
    """An answer that begins with a BOM is read."""
    reply = answered(b'\xef\xbb\xbf{"a": 1}')
    assert (reply.body, reply.text) == ({"a": 1}, '{"a": 1}')


def test_text_for_people_is_one_short_printable_line() -> None:
    """Neither a long page nor an escape sequence reaches a terminal."""
    reply = answered(b"\x1b[31m<p>\r\nDown</p>" + b"x" * 9999, status=503)
    assert reply.text.startswith("[31m<p> Down</p>x")
    assert len(reply.text) == 2048


@pytest.mark.parametrize("packing", ["br", "gzip, gzip"])
def test_an_answer_that_cannot_be_unpacked_within_bounds_is_refused(packing: str) -> None:
    """A packing inside another could unfold without end, one that we did not ask for cannot be read."""
    reply = answered(b"{}", headers={"content-encoding": packing})
    assert (reply.status, reply.trouble) == (None, "protocol")


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("86400", 86400.0),
        ("99999999", 86400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("Thu, 01 Jan 1970 00:00:10 GMT", None),
        ("Thu, 99 Foo 1970", None),
        *((nonsense, None) for nonsense in ("", "-1", "soon", "1e9", "nan", "٣", "9" * 400)),
    ],
)
def test_retry_after_in_every_spelling(asked: str, seconds: float | None) -> None:
    """Seconds, decimals and dates are understood; nonsense and the past are no request to wait."""
    assert retry_after({"retry-after": asked}, now=MINUTE) == seconds


def test_a_date_is_measured_by_the_tenants_own_clock() -> None:
    """Our clock may be wrong by years, the wait is still right."""
    headers = {"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT", "date": "Thu, 01 Jan 1970 00:01:30 GMT"}
    assert retry_after(headers, now=1e9) == 10.0


def test_the_end_of_the_api_is_announced() -> None:
    """Deprecation headers come through as words; a link to the next page is none."""
    headers = {"Sunset": "Sat, 01 Jan 2028 00:00:00 GMT", "Link": '<https://x>; rel="deprecation"'}
    assert answered(b"", headers=headers).deprecation == "; ".join(f"{k}: {v}" for k, v in headers.items())
    assert deprecation({"link": '<https://x>; rel="next"'}) is None


@given(ANY_KEY, st.data())
def test_no_twelve_characters_of_the_key_stay(key: str, data: st.DataObject) -> None:
    """Raw, in pieces or as hex: of an echo of the key nothing worth having is left, and all else is."""
    at = data.draw(st.integers(0, len(key) - 12))
    stop = data.draw(st.integers(at + 12, len(key)))
    for echo in (key[at:stop], key[at:stop].encode().hex()):
        assert redact(f"é{echo}ü", key) == "é[key]ü"


@given(ANY_KEY, st.binary(max_size=4))
def test_base64_of_the_key_is_found_at_every_place(key: str, before: bytes) -> None:
    """An echo of "user:key" in base64 does not help either."""
    left = redact(base64.b64encode(before + key.encode()).decode(), key)
    assert base64.b64encode(key.encode()).decode()[:12] not in left
    assert len(left.replace("[key]", "")) <= 16


def test_an_echoed_key_is_taken_out_of_everything_kept() -> None:
    """Body, names in it, text, Location and announcements: the key is in none."""
    echo = json.dumps({"detail": [f"got {KEY}"], KEY: {"x": KEY[3:20], "n": 1}}).replace("/", "\\/").encode()
    reply = answered(echo, 302, {"location": f"https://x/?k={KEY}", "deprecation": KEY})
    assert KEY[8:20] not in repr(reply)
    assert reply.body == {"detail": ["got [key]"], "[key]": {"x": "[key]", "n": 1}}


def test_a_body_nested_without_end_is_given_up() -> None:
    """What cannot be searched for the key is not kept."""
    deep: list[object] = []
    for _ in range(9999):
        deep = [deep]
    assert redact_body(deep, KEY) is None


def test_a_short_key_does_not_garble_the_answer() -> None:
    """What cannot be told from ordinary words is left alone."""
    assert redact("the word key is fine", "key") == "the word key is fine"
