"""The columns of a table -> why it is no stock at all: a share portfolio, orders, people, prices, serial numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.lexicon import meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.shapes import Column

MOST = 0.9
COURSE = {"open", "high", "low", "close"}
MOMENTS = {
    "date",
    "time",
    "datetime",
    "timestamp",
    "day",
    "tarih",
    "saat",
    "datum",
    "zeit",
    "uhrzeit",
    "fecha",
    "hora",
    "data",
    "ora",
    "heure",
    "дата",
    "время",
    "日期",
    "时间",
    "時間",
    "日付",
    "日時",
    "일자",
    "날짜",
    "tanggal",
    "waktu",
}


def reason(columns: Sequence[Column], *, counted: bool) -> str:
    """Say why this is no stock file; "" = it may be one. `counted`: a column of quantities was found."""
    found = _securities(columns, counted=counted) or _orders(columns) or _people(columns)
    return found or ("" if counted else _serials(columns) or _prices(columns))


def movements(columns: Sequence[Column], counted: Column) -> tuple[Column, ...]:
    """Find the days and hours of single sales or movements beside a quantity that does not say it is a stock."""
    if counted.has("onhand", "stock", "available", "total_held"):
        return ()
    return tuple(column for column in columns if _is_moment(column))


def _is_moment(column: Column) -> bool:
    """Tell a plain date or time, other in each row, from an expiry date or the day of the report."""
    profile = column.profile
    said = meaning(column.header)
    return (
        said.kinds == {"date"}
        and not said.unknown
        and column.header.strip().casefold() in MOMENTS
        and profile.distinct > 1
        and profile.full > MOST
    )


def _named(columns: Sequence[Column], *kinds: str) -> list[str]:
    return [column.shown for column in columns if column.has(*kinds)]


def _securities(columns: Sequence[Column], *, counted: bool) -> str:
    named = _named(columns, "security")
    course = {column.header.strip().casefold() for column in columns}.issuperset(COURSE)
    if course:
        return "it holds the prices of shares (open, high, low, close), not goods"
    if len(named) > 1 or (named and not counted):
        return f"it is a list of securities ({', '.join(named[:4])}), not of goods"
    return ""


def _orders(columns: Sequence[Column]) -> str:
    named = _named(columns, "order")
    if len(named) > 1 and not _named(columns, "onhand", "place"):
        return f"it lists orders or invoices ({', '.join(named[:4])}), not stock"
    return ""


def _people(columns: Sequence[Column]) -> str:
    named = _named(columns, "person")
    mails = [column for column in columns if column.profile.share("email") > MOST]
    if (len(named) > 2 or (mails and len(named) > 1)) and not _named(columns, "stock", "onhand", "count"):  # noqa: PLR2004 - one address is a warehouse's
        return f"it lists people or companies ({', '.join(named[:4])}), not stock"
    return ""


def _serials(columns: Sequence[Column]) -> str:
    """Tell a list in which each row is one single thing."""
    for column in columns:
        profile = column.profile
        if column.meaning.role == "serial" and profile.filled and profile.distinct >= MOST * profile.filled:
            return f"each row is one single thing with its serial number ({column.shown}), and no column counts them"
    return ""


def _prices(columns: Sequence[Column]) -> str:
    named = _named(columns, "price")
    if named:
        return f"it has prices ({', '.join(named[:4])}) and no quantity: a price list"
    return ""
