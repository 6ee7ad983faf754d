"""A file's name, the heads of its sheets, and all mappings -> the one mapping that claims it, sheet and header found.

Never first-wins: none or several are an error that says what each wanted. `peek` does the reading.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sync.errors import FixSetup, SetAside
from sync.mapping import unclaimed
from sync.mapping.headers import doubled
from sync.mapping.heads import Look, fits_name, look
from sync.yamlfile.words import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.mapping.model import Mapping
    from sync.rows import ReadHints, Sheet

    Peek = Callable[[ReadHints], tuple[Sheet, ...]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A mapping, and how the file is to be read for it."""

    mapping: Mapping
    hints: ReadHints


def claim(filename: str, mappings: Sequence[Mapping], peek: Peek) -> Claim:
    """Find the one mapping that claims the file.

    Raises:
        SetAside: none does, several do, or it cannot be told which sheet or column is meant.
    """
    eyes = _Eyes(peek)
    fitting = [mapping for mapping in mappings if fits_name(filename, mapping)]
    looks = [eyes.look(mapping, named=True) for mapping in fitting]
    claims = [each for each in looks if each.holds]
    if not claims:
        looks += [eyes.look(mapping, named=False) for mapping in mappings if mapping not in fitting]
        raise unclaimed.nobody(filename, looks)
    if len(claims) > 1:
        names = " and ".join(f"{each.mapping.name} ({each.mapping.path.name})" for each in claims)
        raise SetAside(
            f"{filename}: {len(claims)} mappings claim this file: {names}; "
            "narrow their match, or choose one with --mapping"
        )
    return _settled(filename, claims[0])


def claim_by_name(name: str, filename: str, mappings: Sequence[Mapping], peek: Peek) -> Claim:
    """Take the mapping that a person chose; the file's name is not asked, its headers are.

    Raises:
        FixSetup: there is no such mapping.
        SetAside: the file does not have what the mapping wants, or leaves open what is meant.
    """
    only = _Eyes(peek).look(named(name, mappings), named=True)
    if not only.holds:
        raise unclaimed.lacking(filename, only)
    return _settled(filename, only)


def named(name: str, mappings: Sequence[Mapping]) -> Mapping:
    """Find a mapping by its name.

    Raises:
        FixSetup: there is no such mapping.
    """
    known = {mapping.name: mapping for mapping in mappings}
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"known are: {', '.join(sorted(known)) or 'none'}"
        raise FixSetup(f"there is no mapping {name}; {hint}")
    return known[name]


class _Eyes:
    """Peeks at the file once for each way of reading it."""

    def __init__(self, peek: Peek) -> None:
        self._peek = peek
        self._seen: dict[ReadHints, tuple[Sheet, ...] | SetAside] = {}

    def look(self, mapping: Mapping, *, named: bool) -> Look:
        hints = replace(mapping.read_hints(), sheet=None)  # which sheet it is, is decided here
        if hints not in self._seen:
            self._seen[hints] = self._sheets(hints)
        sheets = self._seen[hints]
        if isinstance(sheets, SetAside):
            return Look(mapping, named, unreadable=sheets.problems)
        return look(mapping, sheets, named=named)

    def _sheets(self, hints: ReadHints) -> tuple[Sheet, ...] | SetAside:
        try:
            return self._peek(hints)
        except SetAside as error:
            return error


def _settled(filename: str, found: Look) -> Claim:
    mapping, (head, *others) = found.mapping, found.holds
    if others:
        names = " and ".join(f"`{each.sheet.name}`" for each in found.holds)
        raise SetAside(
            f"{filename}: the sheets {names} both have the headers that {mapping.name} wants; "
            "name one in the mapping under read.sheet, or remove the other"
        )
    twice = doubled((*mapping.wanted_headers(), *mapping.used_columns()), head.cells)
    if twice:
        columns = ", ".join(f"`{name}`" for name in twice)
        raise SetAside(
            f"{filename}: it cannot be told which column is meant: {columns} stands twice in the header "
            f"(row {' and '.join(map(str, head.rows))}); remove or rename one"
        )
    return Claim(mapping, replace(mapping.read_hints(), sheet=head.sheet.name, header_rows=head.rows))
