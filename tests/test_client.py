"""The client asks as the vendor's page says, and nothing of httpx or of the key comes out of it."""

import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from sync.client import TROUBLES, Client, local_transport, retryable
from sync.client.body import encode, envelope, row_sizes, write_rows
from sync.client.troubles import BY_CLASS
from sync.errors import FixSetup, OurBug
from sync.replies import Batch
from tests.sendlists import Row, batch_of

KEY = "sk_live_Zq7/Wm+2Xc9-Rt4_Yb6"
INVENTORY = "/api/integrations/v1/inventory/"
ROWS = st.lists(st.tuples(st.text(), st.text(), st.integers(0, 2**31 - 1)), max_size=5)


class Tenant:
    """Remembers what it was asked; answers each request alike, or fails."""

    def __init__(self, response: Callable[[], httpx.Response] = lambda: httpx.Response(200)) -> None:
        self.response = response
        self.seen: list[httpx.Request] = []
        self.headers: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Take note, then answer."""
        self.seen.append(request)
        self.headers.append(dict(request.headers))
        return self.response()


def failing(error: Exception) -> Tenant:
    def fail() -> httpx.Response:
        raise error

    return Tenant(fail)


def client(tenant: Tenant, key: str | None = KEY) -> Client:
    secret = None if key is None else SecretStr(key)
    transport = httpx.MockTransport(tenant)
    return Client("https://acme.example", secret, timeout=5, workers=2, transport=transport)


@given(ROWS)
def test_a_body_reads_back_as_its_rows(rows: list[tuple[str, str, int]]) -> None:
    """What the tenant parses is what was to be sent, whatever the codes hold."""
    body = json.loads(encode(batch_of(rows), source="erp_sync", notes="n", names={}))
    assert [(row["location_code"], row["sku_code"], row["quantity"]) for row in body["inventory"]] == rows
    assert (body["source"], body["notes"]) == ("erp_sync", "n")


def test_fields_are_renamed_and_left_out_as_the_partner_key_wants() -> None:
    """Configured names replace ours; an empty one drops the field."""
    names = {"inventory": "Details", "location_code": "Depo", "quantity": "Miktar", "source": ""}
    body = encode(batch_of([("A", "S", 1)], names=names), source="erp_sync", notes="n", names=names)
    assert body == b'{"Details":[{"Depo":"A","sku_code":"S","Miktar":1}],"notes":"n"}'


def test_notes_with_the_bytes_of_an_odd_file_name_can_be_sent() -> None:
    """A file name that is not UTF-8 does not end the run."""
    assert b'"notes":"a?.csv"' in encode(batch_of([]), source="", notes="a\udcff.csv", names={})


@given(ROWS, st.data())
def test_a_row_takes_as_many_bytes_as_measured_in_any_slice(rows: list[Row], data: st.DataObject) -> None:
    """A body is as long as its rows, in UTF-8 and with their commas, and what stands around them."""
    start = data.draw(st.integers(0, len(rows)))
    batch = batch_of(rows)
    part = Batch(start, batch.rows[start:], batch.texts[start:])
    around: dict[str, Any] = {"source": "erp_sync", "notes": "n", "names": {}}
    whole = int(row_sizes(part.texts).sum()) + envelope(**around)
    assert len(encode(part, **around)) == whole - bool(rows[start:])  # behind the last row stands no comma
    assert encode(part, **around) == encode(batch_of(rows[start:]), **around)


@pytest.mark.parametrize("quantities", [pa.array([1.0]), pa.array(["1"]), pa.nulls(1)])
def test_only_whole_numbers_are_sent_as_quantities(quantities: pa.Array) -> None:
    """A float that slipped through is an error, not a number on the wire."""
    codes = pa.array(["A"])
    rows = pa.record_batch({"location_code": codes, "sku_code": codes, "quantity": quantities})
    with pytest.raises(TypeError):
        write_rows(rows, {})


def test_a_post_is_as_the_vendors_page_shows_it() -> None:
    """Method, address, body and headers."""
    tenant = Tenant()
    client(tenant).post(b"{}")
    request, headers = tenant.seen[0], tenant.headers[0]
    assert (request.method, str(request.url)) == ("POST", f"https://acme.example{INVENTORY}")
    assert (request.content, headers["content-type"], headers["x-api-key"]) == (
        b"{}",
        "application/json",
        KEY,
    )
    assert headers["user-agent"].startswith("inventory-sync/")


@pytest.mark.parametrize(
    ("code", "path"),
    [("WH/S-1", "WH%2FS-1"), ("..", "%2E%2E"), (".", "%2E"), ("a?b#c%20", "a%3Fb%23c%2520"), ("ü", "%C3%BC")],
)
def test_codes_in_a_path_arrive_whole(code: str, path: str) -> None:
    """No character of a code can change which record is asked for."""
    tenant = Tenant()
    client(tenant).get(code, "sku")
    assert tenant.seen[0].url.raw_path == f"{INVENTORY}{path}/?by=sku".encode()


def test_a_list_is_asked_for_page_by_page() -> None:
    """The cursor is handed back as it came, and left out at first."""
    tenant = Tenant()
    client(tenant).list_page(200, None)
    client(tenant).list_page(50, "a+b=&")
    assert [request.url.query for request in tenant.seen] == [b"limit=200", b"limit=50&cursor=a%2Bb%3D%26"]


def test_every_exception_of_httpx_has_its_word() -> None:
    """A new version of httpx that can raise something else fails here, not at night."""
    raised = {kind for kind in vars(httpx).values() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert raised == set(BY_CLASS)
    assert set(BY_CLASS.values()) <= set(TROUBLES)


def made(kind: type[Any]) -> Exception:
    """Make an exception of httpx whose words hold the key, in whichever way its class wants."""
    request = httpx.Request("POST", "https://acme.example", headers={"x-api-key": KEY})
    for arguments in ((f"boom {KEY}",), ()):
        try:
            return kind(*arguments)  # type: ignore[no-any-return] # built from whatever class httpx has
        except TypeError:
            continue
    return httpx.HTTPStatusError(f"boom {KEY}", request=request, response=httpx.Response(500))


@pytest.mark.parametrize("kind", BY_CLASS, ids=lambda kind: kind.__name__)
def test_no_exception_of_httpx_comes_out(kind: type[Exception]) -> None:
    """Whatever httpx raises, the caller gets a Reply with a word and a sentence, without the key."""
    reply = client(failing(made(kind))).post(b"")
    assert (reply.status, reply.trouble in TROUBLES) == (None, True)
    assert "https://acme.example" in reply.detail
    assert KEY not in reply.detail


def test_only_a_certificate_is_not_worth_another_try() -> None:
    """Everything but TLS may be cured by waiting."""
    assert {word for word in TROUBLES if not retryable(word)} == {"tls"}


def test_an_unforeseen_error_carries_no_key() -> None:
    """An exception from below httpx is a bug of ours: said so, with no frame or cause that holds the key."""
    with (
        client(failing(KeyError(f"weird {KEY}"))) as broken,
        pytest.raises(OurBug, match="KeyError") as caught,
    ):
        broken.post(b"stock")
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [line for frame in told.stack if frame.name == "_send" for line in (frame.locals or {}).values()]
    assert ours
    assert KEY[8:20] not in f"{ours} {caught.value}"
    assert caught.value.__context__ is None


def test_the_key_stands_in_nothing_that_lives_on() -> None:
    """Neither the client nor the request keeps the header once the answer is there."""
    tenant = Tenant()
    with client(tenant) as asked:
        asked.post(b"")
        shown = f"{asked!r} {vars(asked)} {vars(asked._http)} {tenant.seen[0].headers!r}"
    assert tenant.headers[0]["x-api-key"] == KEY
    assert KEY not in shown
    assert repr(asked) == "Client('https://acme.example')"


def test_no_key_no_header() -> None:
    """The sandbox is asked without a key."""
    tenant = Tenant()
    client(tenant, None).post(b"")
    assert "x-api-key" not in tenant.headers[0]


@pytest.mark.parametrize("key", ["", "sk live", "sk_live\n", "sk_livé", "sk\x00"])
def test_a_key_that_no_header_can_carry_is_refused_at_once(key: str) -> None:
    """A sentence instead of an encoding error, and without the key in it."""
    with pytest.raises(FixSetup, match="Copy it again") as caught:
        client(Tenant(), key)
    assert not key or key not in str(caught.value)


UNSAFE = """http://acme.example ftp://localhost acme.example https:// https://a..b https://x%20y https://u:pw@x
    https://x:99999 http://localhost.evil.example http://127.0.0.1.evil.example sandbox"""


@pytest.mark.parametrize("origin", UNSAFE.split())
def test_the_key_goes_only_where_it_is_safe(origin: str) -> None:
    """Anything but https, or http to a loopback address, is refused before a request is made."""
    with pytest.raises(FixSetup, match=r"tenant\.url") as caught:
        Client(origin, SecretStr(KEY), timeout=1, workers=1)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "origin", ["http://localhost:8000", "http://127.8.8.8", "http://[::1]:81", "https://x.ai:444"]
)
def test_safe_addresses_are_kept_as_they_are(origin: str) -> None:
    """Loopback may do without https; a path behind the host is taken off."""
    with Client(f"{origin}/api/x?y=1", None, timeout=1, workers=1) as asked:
        assert asked.origin == origin


def test_cookies_are_not_kept() -> None:
    """A gateway's session never takes the place of the key."""
    tenant = Tenant(lambda: httpx.Response(200, headers={"set-cookie": "a=b"}))
    with client(tenant) as asked:
        asked.post(b"")
        asked.post(b"")
    assert ["cookie" in headers for headers in tenant.headers] == [False, False]


@pytest.mark.parametrize("place", ["https://evil.example/", "https://evil.example:port/", "/elsewhere"])
def test_a_redirect_is_reported_and_not_followed(place: str) -> None:
    """One request, whatever the Location header holds."""
    tenant = Tenant(lambda: httpx.Response(307, headers={"location": place}))
    reply = client(tenant).post(b"")
    assert (reply.status, reply.location, len(tenant.seen)) == (307, place, 1)


def test_a_plain_function_can_stand_in_for_the_network() -> None:
    """The sandbox is asked through the very same client."""

    def answer(*asked: Any) -> tuple[int, Mapping[str, str], bytes]:
        method, target, headers, body = asked
        return (
            429,
            {"Retry-After": "2"},
            json.dumps([method, target, "host" in headers, body.decode()]).encode(),
        )

    with Client("http://localhost", None, timeout=1, workers=1, transport=local_transport(answer)) as asked:
        reply = asked.post(b"hello")
    assert (reply.status, reply.retry_after) == (429, 2.0)
    assert reply.body == ["POST", INVENTORY, True, "hello"]
