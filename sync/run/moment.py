"""The moment that a file's stock is true for: given, in the file's name, or when it was last changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.errors import FixSetup, SetAside

if TYPE_CHECKING:
    from sync.mapping.model import Mapping


def as_of(mapping: Mapping, filename: str, mtime: float, option: str | None) -> tuple[str, tuple[str, ...]]:
    """Tell the moment that the stock is true for, in UTC, and what to say about it."""
    given = given_moment(option)
    if given:
        return given, ()
    if mapping.as_of is None:
        return exact(datetime.fromtimestamp(mtime, UTC)), ()
    found = re.search(mapping.as_of.filename, filename)
    if not found:
        raise SetAside(
            f"{filename}: the moment of the stock stands in the file's name, by the mapping's pattern {mapping.as_of.filename}, but the name does not match it; rename the file or give --as-of"
        )
    try:
        local = datetime.strptime(found["value"], mapping.as_of.format).replace(
            tzinfo=ZoneInfo(mapping.as_of.timezone)
        )
    except ValueError:
        raise SetAside(
            f"{filename}: {found['value']!r} in the file's name is no moment of the form {mapping.as_of.format}; rename the file or give --as-of"
        ) from None
    warnings = []
    if not re.search("%[HIcXs]", mapping.as_of.format):
        warnings.append(
            "the file's name has a date without a time: its stock counts from the start of that day"
        )
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        warnings.append(
            f"the clock was changed at {found['value']}, so that this moment is not clear; it is taken as {utc(local)}"
        )
    return exact(local), tuple(warnings)


def given_moment(text: str | None) -> str | None:
    """Read what --as-of says, as UTC text."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FixSetup(
            f"--as-of: {text!r} is no moment; write it as 2026-11-23T02:00+03:00 (without a zone it is UTC)"
        ) from None
    return exact(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def exact(moment: datetime) -> str:
    """Write a moment by which files are ordered: text of one length, so that it is in order as it stands."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc(moment: datetime) -> str:
    """Write a moment as the reports do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
