"""The configuration file as frozen models: every setting, its range and its default."""

import os.path
import re
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from sync.config.notify import Address, Notify, NotifySection
from sync.config.origin import SANDBOX, origin_of
from sync.config.paths import FilePath
from sync.config.sftp import Sftp, SftpSection
from sync.errors import FixSetup
from sync.yamlfile.section import Place, Range, Section, wrong

IN_A_ROW = ("location_code", "sku_code", "quantity")
ABOVE_ROWS = ("inventory", "source", "notes")
FIELDS = (*ABOVE_ROWS, *IN_A_ROW)
DROPPABLE = ("source", "notes")


def _url(text: str) -> str:
    try:
        return origin_of(text)
    except ValueError as error:
        raise wrong(str(error)) from None


def _done_file(text: str) -> str:
    if "{name}" not in text or "/" in text or text == "{name}":
        raise wrong('must be a file name with {name} in it, as "{name}.done"')
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong("must be the name of a time zone, as Europe/Istanbul") from None
    return text


def _language(text: str) -> str:
    if text not in {"en", "tr"} and not text.endswith(".toml"):
        raise wrong("must be en, tr, or the path of a .toml file of your own")
    return text


def _days(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,4}d", text):
        raise wrong('must be a number of days, as "400d"')
    return text


class Retry(Section):
    """When a request is tried again; seconds."""

    attempts: Annotated[int, Range(1, 20)] = 5
    base: Annotated[float, Range(0.01, 60)] = 0.5
    max: Annotated[float, Range(0.01, 3600)] = 30
    deadline: Annotated[float, Range(1, 86_400)] = 600

    def problems(self) -> Iterator[tuple[Place, str]]:
        """The first wait is not longer than the longest."""
        if self.base > self.max:
            yield ("base",), f"must not be more than max, {self.max:g}"


class Tenant(Section):
    """Where rows are posted to, and how."""

    url: Annotated[str, AfterValidator(_url)] | None = None
    workers: Annotated[int, Range(1, 8)] = 4
    batch_rows: Annotated[int, Range(1, 50_000)] = 500
    batch_rows_max: Annotated[int, Range(1, 50_000)] = 5000
    batch_bytes: Annotated[int, Range(1000, 10_000_000)] = 1_000_000
    timeout: Annotated[float, Range(1, 600)] = 60
    retry: Retry = Retry()
    ca_file: FilePath | None = None
    field_names: dict[str, str] = Field(default={})

    def problems(self) -> Iterator[tuple[Place, str]]:
        """A batch starts within its bounds; only fields that exist have other names."""
        if self.batch_rows > self.batch_rows_max:
            yield (
                ("batch_rows",),
                f"must be from 1 to batch_rows_max, {self.batch_rows_max}, not {self.batch_rows}",
            )
        for field, name in self.field_names.items():
            if field not in FIELDS:
                yield ("field_names", field), f"is not a field of a request; known are: {', '.join(FIELDS)}"
            elif not name and field not in DROPPABLE:
                yield (
                    ("field_names", field),
                    f"must have a name; only {' and '.join(DROPPABLE)} may be left out",
                )
        for level in (ABOVE_ROWS, IN_A_ROW):
            names = list(filter(None, (self.field_names.get(field, field) for field in level)))
            if len(set(names)) < len(names):
                yield ("field_names",), f"must give {', '.join(level)} a name each"


class Watch(Section):
    """The watched folder; seconds."""

    root: FilePath = Path("drop")
    settle: Annotated[float, Range(0, 86_400)] = 10
    poll: Annotated[float, Range(0.1, 86_400)] = 10
    done_file: Annotated[str, AfterValidator(_done_file)] | None = None
    approve_folder: bool = False  # moving a held file into approve/ is a yes
    sftp: SftpSection = Sftp()


class Sandbox(Section):
    """The local stand-in for a tenant."""

    catalogue: FilePath | None = None
    faults: FilePath | None = None


class Settings(Section):
    """Everything that a user can set. `sources.load` makes all paths absolute."""

    tenant: Tenant = Tenant()
    mappings: FilePath = Path("mappings")
    state: FilePath = Path("state")
    rejects: FilePath = Path("rejects")
    language: Annotated[str, AfterValidator(_language)] = "en"
    retention: Annotated[str, AfterValidator(_days)] = "400d"
    metrics_file: FilePath | None = None
    watch: Watch = Watch()
    sandbox: Sandbox = Sandbox()
    notify: NotifySection = Notify()
    heartbeat_url: Address | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None

    @property
    def zone(self) -> tzinfo | None:
        """Whose clock people look at; None: this machine's."""
        return ZoneInfo(self.timezone) if self.timezone else None

    @property
    def origin(self) -> str:
        """The tenant as scheme://host[:port], or `sandbox`.

        Raises:
            FixSetup: no tenant was named.
        """
        if self.tenant.url is None:
            raise FixSetup(
                "there is no tenant: set tenant.url in the configuration, or INVENTORY_SYNC_TENANT__URL, "
                "or give --tenant (an https:// address, or sandbox)"
            )
        return self.tenant.url

    @property
    def kept_days(self) -> int:
        """For how long runs are remembered, what was last sent for a pair apart."""
        return int(self.retention.removesuffix("d"))

    @property
    def is_sandbox(self) -> bool:
        """Whether rows go to the local stand-in."""
        return self.tenant.url == SANDBOX

    def problems(self) -> Iterator[tuple[Place, str]]:
        """No folder of ours lies where dropped files go."""
        for key in ("state", "mappings", "rejects"):
            folder, root = getattr(self, key), self.watch.root
            taken = ("inbox", "processed", "held", "failed", *(() if key == "rejects" else ("rejects",)))
            if _same(folder, root) or any(_within(folder, root / name) for name in taken):
                yield (key,), f"must not be the watched folder or lie in it: {root}"
        if _same(self.state, self.mappings) or _same(self.state, self.rejects):
            yield ("state",), "must be a folder of its own"


def _same(one: Path, other: Path) -> bool:
    return os.path.normpath(one) == os.path.normpath(other)


def _within(inner: Path, outer: Path) -> bool:
    return Path(os.path.normpath(inner)).is_relative_to(os.path.normpath(outer))
