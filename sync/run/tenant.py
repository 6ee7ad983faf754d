"""The tenant that rows are posted to: a host with a key, or the sandbox in this very process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sync.client import Client, local_transport
from sync.config import api_key
from sync.errors import FixSetup
from sync.sandbox.faults import misbehave
from sync.sandbox.plan import read_plan
from sync.sandbox.store import Store
from sync.sandbox.vendor import Request, answer
from sync.yamlfile.document import parse, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sync.config import Settings

SANDBOX_STORE = "sandbox.db"
SANDBOX_ORIGIN = (
    "https://sandbox.invalid"  # a name that can never be reached: everything stays in this process
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """Who rows go to. `identity` is what the ledger knows it by; `connect` opens a client."""

    identity: str
    shown: str
    connect: Callable[[], Client]
    close: Callable[[], None] = lambda: None  # lets go of what the sandbox keeps open


def require_tenant(settings: Settings, environ: Mapping[str, str]) -> None:
    """Settle that there is a tenant and a key for it, before anything is read.

    Raises:
        FixSetup: one of them is missing.
    """
    if not settings.is_sandbox and settings.origin:
        api_key(environ)


def look_up_tenant(settings: Settings) -> tuple[str, str]:
    """Give identity and name of the tenant without connecting or writing; "" where it is not known."""
    if not settings.is_sandbox:
        return settings.tenant.url or "", settings.tenant.url or ""
    if not (settings.state / SANDBOX_STORE).exists():
        return "", "sandbox"
    with open_store(settings) as store:
        return f"sandbox:{store.identity}", "sandbox"


def find_tenant(settings: Settings, environ: Mapping[str, str]) -> Tenant:
    """Give the tenant of the settings; the key is looked for only when a client is opened."""
    if settings.is_sandbox:
        return _sandbox(settings)
    origin = settings.origin
    return Tenant(origin, origin, lambda: _client(settings, origin, environ))


def _client(settings: Settings, origin: str, environ: Mapping[str, str]) -> Client:
    key, _ = api_key(environ)
    return Client(
        origin,
        key,
        timeout=settings.tenant.timeout,
        workers=settings.tenant.workers,
        ca_file=settings.tenant.ca_file,
    )


def open_store(settings: Settings) -> Store:
    """Open the sandbox's records.

    Raises:
        FixSetup: the catalogue is wrong, or a file cannot be used.
    """
    try:
        return Store(settings.state / SANDBOX_STORE, catalogue=settings.sandbox.catalogue)
    except ValueError as error:
        raise FixSetup(*str(error).splitlines()) from None
    except OSError as error:
        raise FixSetup(f"{error.filename}: it cannot be used for the sandbox: {error.strerror}") from None


def _sandbox(settings: Settings) -> Tenant:
    store = open_store(settings)
    respond = misbehave(partial(answer, store), fault_plan(settings.sandbox.faults))

    def local(
        method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        given = respond(Request(method, target, headers, body))
        return given.status, given.headers, given.body

    def connect() -> Client:
        return Client(
            SANDBOX_ORIGIN,
            None,
            timeout=settings.tenant.timeout,
            workers=settings.tenant.workers,
            transport=local_transport(local),
        )

    return Tenant(f"sandbox:{store.identity}", "sandbox", connect, store.close)


def fault_plan(path: Path | None, *, wire: bool = False) -> object:
    """Read how the sandbox is to misbehave; on a `wire`, connections can go wrong too.

    Raises:
        FixSetup: with everything that is wrong with the file.
    """
    if path is None:
        return []
    document = parse(text_of(path), str(path))
    if document.faults:
        raise FixSetup(*(f"{spot.where}: {fault}" for spot, fault in document.faults))
    try:
        read_plan(document.data, wire=wire)
    except ValueError as error:
        raise FixSetup(*(f"{path}: {line}" for line in str(error).splitlines())) from None
    return document.data
