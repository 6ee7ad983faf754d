from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.config.origin import origin_of


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("sandbox", "sandbox"),
        ("https://acme.datamingle.ai", "https://acme.datamingle.ai"),
        ("  HTTPS://Acme.Datamingle.AI/api/v1/inventory/ ", "https://acme.datamingle.ai"),
        ("https://acme.datamingle.ai:443/", "https://acme.datamingle.ai"),
        ("https://acme.datamingle.ai:8443", "https://acme.datamingle.ai:8443"),
        ("http://localhost:8080/api", "http://localhost:8080"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_address_becomes_its_origin(typed: str, origin: str) -> None:
    """The API's path behind the host is taken off, once or twice."""
    assert origin_of(typed) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "acme.datamingle.ai", "ftp://acme.example", "http://acme.example", "http://10.0.0.1", "http://localhost.evil.example",
        "https://user:pa55@acme.example", "https://acme.example?key=pa55", "https://acme.example/#pa55", "https://",
        "https:///x", "https://a b.example", "https://acme.example:99999", "https://acme.example:0", "https://acme.example:x",
        "https://-.example", "https://a\\b.example", "https://acmé.example", "https://a\n.example", "sand box", "", "[::1",
        "https://[::1", "http://127.0.0.1@evil.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    """In words that repeat no password."""
    with pytest.raises(ValueError, match=r"^(must|is not)") as caught:
        origin_of(typed)
    assert "pa55" not in str(caught.value)


@given(st.text(max_size=30))
def test_an_origin_is_safe_whatever_was_typed(text: str) -> None:
    """Either it is refused, or it is https, this machine or the sandbox."""
    for typed in (text, f"http://{text}", f"https://{text}"):
        try:
            origin = origin_of(typed)
        except ValueError:
            continue
        assert (
            origin.startswith(("https://", "http://localhost", "http://127.", "http://[::1]"))
            or origin == "sandbox"
        )
