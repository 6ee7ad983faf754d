"""Who may ask the sandbox what: paths, methods, keys and scopes, against the vendor's page."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.store import Store
from sync.sandbox.vendor import Key, Request, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = "/api/integrations/v1/inventory/"
JSON = {"Content-Type": "application/json"}
BODY = b'{"inventory": [{"location_code": "A", "sku_code": "1", "quantity": 5}]}'
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store(tmp_path / "sandbox.db", clock=lambda: NOW) as opened:
        yield opened


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_missing_last_slash_is_a_redirect(store: Store, method: str) -> None:
    """301 to the same path and query with the slash, even for a POST, and nothing applied."""
    told = answer(store, Request(method, f"{ROOT[:-1]}?limit=2", JSON, BODY))
    assert (told.status, told.headers["location"], told.body) == (301, f"{ROOT}?limit=2", b"")
    assert answer(store, Request(method, f"{ROOT}A%2F1")).headers["location"] == f"{ROOT}A%2F1/"
    assert store.page(None, 1) == []


@pytest.mark.parametrize(
    "path", ["/", "/api/integrations/v1/products/", f"{ROOT}A/B/", f"{ROOT}/", "/inventory/", "//evil/"]
)
def test_other_paths_do_not_exist(store: Store, path: str) -> None:
    """404 as Django says it: a page, not JSON."""
    told = answer(store, Request("GET", path))
    assert (told.status, told.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "", "GET, HEAD, POST"),
        ("DELETE", "A/", "GET, HEAD"),
        ("POST", "A/", "GET, HEAD"),
        ("BREW", "", "GET, HEAD, POST"),
    ],
)
def test_other_methods_are_not_allowed(store: Store, method: str, path: str, allowed: str) -> None:
    """405 in the framework's words, with the methods that are."""
    told = answer(store, Request(method, ROOT + path))
    assert (told.status, told.headers["allow"]) == (405, allowed)
    assert json.loads(told.body) == {"detail": f'Method "{method}" not allowed.'}


def test_head_answers_as_get_without_a_body(store: Store) -> None:
    """The status and type of the list, and no bytes."""
    told = answer(store, Request("HEAD", ROOT))
    assert (told.status, told.headers, told.body) == (200, {"content-type": "application/json"}, b"")


READ, WRITE = "integrations.inventory.read", "integrations.inventory.write"
KEYS = {
    "all": Key(),
    "resource": Key(("integrations.inventory.*",)),
    "reader": Key((READ,)),
    "writer": Key(("integrations.orders.*", WRITE)),
    "old": Key(("integrations.inventorys.write",)),
    "late": Key(expires_at=NOW),
    "lasting": Key(expires_at=NOW + timedelta(seconds=1)),
}
MISSING = (403, "Authentication credentials were not provided.")
WRONG = (401, "Invalid API key")
EXPIRED = (401, "API key has expired")
NO_SCOPE = (403, "You do not have permission to perform this action.")


@pytest.mark.parametrize(
    ("key", "method", "refused"),
    [
        (None, "GET", MISSING),
        ("nobody", "GET", WRONG),
        ("", "GET", WRONG),
        ("late", "GET", EXPIRED),
        ("writer", "GET", NO_SCOPE),
        ("writer", "HEAD", NO_SCOPE),
        ("reader", "POST", NO_SCOPE),
        ("old", "POST", NO_SCOPE),
        ("reader", "DELETE", NO_SCOPE),
    ],
)
def test_keys_are_refused_in_the_vendors_words(
    store: Store, key: str | None, method: str, refused: tuple[int, str]
) -> None:
    """Missing 403, wrong or expired 401, without the scope 403; nothing is applied."""
    headers = JSON if key is None else {**JSON, "x-api-key": key}
    told = answer(store, Request(method, ROOT, headers, BODY), keys=KEYS)
    assert told.status == refused[0]
    assert method == "HEAD" or json.loads(told.body) == {"detail": refused[1]}
    assert store.page(None, 1) == []


@pytest.mark.parametrize(
    ("key", "method", "status"),
    [
        ("all", "POST", 200),
        ("resource", "GET", 200),
        ("reader", "GET", 200),
        ("writer", "POST", 200),
        ("lasting", "GET", 200),
        ("all", "PUT", 405),
    ],
)
def test_keys_with_the_scope_may_pass(store: Store, key: str, method: str, status: int) -> None:
    """A scope, its resource's wildcard and the wildcard of all open the door."""
    assert answer(store, Request(method, ROOT, {**JSON, "X-API-Key": key}, BODY), keys=KEYS).status == status


def test_the_key_shows_in_no_repr() -> None:
    """A request that is logged or raised does not tell its headers."""
    assert "secret" not in repr(Request("GET", ROOT, {"X-API-Key": "secret"}))


# The room


def test_the_plain_function_needs_no_server_and_no_client() -> None:
    """Importing the vendor loads neither starlette nor httpx nor anything else of ours."""
    script = "import sys, sync.sandbox.vendor; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {name for name in loaded if name.startswith("sync.") and not name.startswith("sync.sandbox")}
    assert not ours
    assert {"starlette", "uvicorn", "httpx", "asyncio", "pandas"}.isdisjoint(loaded)
