"""What tenants taught us, for the commands to come: how large a body may be, and until when one wants to be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.ledger.book import Ledger

BYTES_HOLD = timedelta(days=1)  # after which a size that was too large is tried again


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is known of a tenant; None: nothing."""

    rows_max: int | None = None  # rows of a body that it was quick enough with
    bytes_max: int | None = None  # bytes of a body that is not too large for it
    wait: float = 0.0  # seconds for which it still wants to be left alone


def lessons(ledger: Ledger, tenant: str, *, now: datetime) -> Lessons:
    """Give what is known of a tenant at the moment `now`."""
    row = ledger.db.execute("SELECT * FROM tenants WHERE tenant = ?", (tenant,)).fetchone()
    if row is None:
        return Lessons()
    since = _moment(row["bytes_since"])
    holds = since is not None and timedelta() <= now - since < BYTES_HOLD
    return Lessons(
        row["rows_max"], row["bytes_max"] if holds else None, _wait(row["not_before"], row["asked"], now)
    )


def keep_sizes(
    ledger: Ledger, tenant: str, *, rows_max: int | None, bytes_max: int | None, now: datetime
) -> None:
    """Write down how large a body may be; the day of a size in bytes begins when that size falls."""
    ledger.db.execute(
        "INSERT INTO tenants (tenant, rows_max, bytes_max, bytes_since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET rows_max = excluded.rows_max,"
        " bytes_since = iif(excluded.bytes_max >= bytes_max, bytes_since, excluded.bytes_since), bytes_max = excluded.bytes_max",
        (tenant, rows_max, bytes_max, now.isoformat(timespec="seconds")),
    )


def keep_wait(ledger: Ledger, tenant: str, seconds: float, *, now: datetime) -> None:
    """Write down for how long a tenant wants to be left alone from `now` on."""
    until = (now + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    ledger.db.execute(
        "INSERT INTO tenants (tenant, not_before, asked) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET not_before = excluded.not_before, asked = excluded.asked",
        (tenant, until, seconds),
    )


def note_difference(ledger: Ledger, tenant: str, *, now: datetime) -> None:
    """Write down that a tenant was seen to hold something else than it acknowledged to us."""
    ledger.db.execute(
        "INSERT INTO tenants (tenant, differs) VALUES (?, ?) ON CONFLICT DO UPDATE SET differs = excluded.differs",
        (tenant, now.isoformat(timespec="milliseconds")),
    )


def difference(ledger: Ledger, tenant: str) -> datetime | None:
    """Tell when a tenant was last seen to hold something else than it acknowledged to us."""
    row = ledger.db.execute("SELECT differs FROM tenants WHERE tenant = ?", (tenant,)).fetchone()
    return _moment(row["differs"]) if row else None


def _wait(until: str | None, asked: float | None, now: datetime) -> float:
    """Tell how long is left; never longer than was asked for, whatever was done to the clock since."""
    moment = _moment(until)
    return 0.0 if moment is None else min(max((moment - now).total_seconds(), 0.0), asked or 0.0)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
