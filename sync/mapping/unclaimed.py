"""A file that no mapping claims -> sentences: the nearest mapping, what is missing, what the file has instead."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from sync.errors import SetAside
from sync.mapping.headers import fold, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.mapping.heads import Head, Look

MOST_SHOWN = 30
_REMEDY = "correct the file, or write a mapping for it, or choose one with --mapping"


class Unclaimed(SetAside):
    """No mapping claims the file."""


def nobody(filename: str, looks: Sequence[Look]) -> SetAside:
    """Say why no mapping claims the file."""
    if not looks:
        return Unclaimed(f"{filename}: there are no mappings that could claim this file; write one for it")
    if all(look.unreadable for look in looks):
        return _unreadable(filename, looks[0])
    nearest = max(looks, key=_nearness)
    if nearest.named:
        first = f"{filename}: no mapping claims this file"
    else:
        globs = ", ".join(nearest.mapping.match.filename or ())
        first = f"{filename}: no mapping claims this file; the file name does not fit {globs}"
    unread = [f"{look.mapping.name}: {why}" for look in looks if look.named for why in look.unreadable]
    return Unclaimed(first, *_lacking(nearest), *unread, _REMEDY)


def lacking(filename: str, look: Look) -> SetAside:
    """Say why the file does not have what the chosen mapping wants."""
    if look.unreadable:
        return _unreadable(filename, look)
    first = f"{filename}: the file does not have what the mapping {look.mapping.name} wants"
    return SetAside(first, *_lacking(look), "correct the file or the mapping")


def _unreadable(filename: str, look: Look) -> SetAside:
    return SetAside(*(f"{filename}: {why}" for why in look.unreadable))


def _nearness(look: Look) -> tuple[float, bool]:
    wanted = max(len(look.mapping.wanted_headers()), 1)
    found = wanted - len(look.nearest.missing) if look.nearest else -1
    return found / wanted, look.named


def _lacking(look: Look) -> Iterator[str]:
    name, head = look.mapping.name, look.nearest
    if head is None:
        sheet = look.mapping.read.sheet
        yield f"{name} wants a sheet called {sheet}" if sheet else f"{name} finds nothing in the file to read"
        return
    if head.missing:
        yield f"the nearest mapping is {name}; missing: {', '.join(head.missing)}"
    yield f"the file has{_place(head)}: {_listed(head.cells)}"
    yield from _pairs(look, head)


def _place(head: Head) -> str:
    sheet = f" in sheet {head.sheet.name}" if head.sheet.name else ""
    rows = f" in row {' and '.join(map(str, head.rows))}" if head.rows else ""
    return sheet + rows


def _listed(cells: Sequence[str]) -> str:
    filled = [f"`{cell.strip()}`" for cell in cells if cell.strip()]
    more = len(filled) - MOST_SHOWN
    return ", ".join(filled[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "") or "nothing"


def _pairs(look: Look, head: Head) -> Iterator[str]:
    """Pair what is missing with what is spelt like it."""
    by_fold = {fold(cell): cell.strip() for cell in head.cells if cell.strip()}
    for any_of in missing(look.mapping.wanted_headers(), head.cells):
        for name in any_of:
            near = difflib.get_close_matches(fold(name), by_fold, n=1, cutoff=0.6)
            if near:
                yield f"is `{by_fold[near[0]]}` meant to be `{name}`?"
