"""An answer's error entries -> rows of the batch: by their pair, then by `row` once that is calibrated; never a guess.

names both codes, ours          that row; it also tells what `row` counts from (0, 1, or 2 as in a spreadsheet)
names both codes, not ours      a ghost
names one code                  the row, if one row has it; else `row` chooses among those that have it
names none                      `row` alone, if calibrated by pairs of the same answer, all alike
anything else                   unmatched
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from sync.reconciler.words import SAYING, field_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sync.replies import Batch

BASES = range(3)
ROW = "row"
NO_CODE = (ROW, "code", "type", "status", *SAYING)  # what stands under these is never a code of ours
DEEPEST = 4  # levels of an entry that are looked into
LONGEST_NUMBER = 15  # digits that a JSON number keeps everywhere
MOST_TRIED = 12  # texts of one entry that are tried as codes


@dataclass(frozen=True, slots=True)
class Matched:
    """The entries of each row that could be told, those of pairs that were not sent, and those that could not be told."""

    entries: dict[int, list[Any]] = field(default_factory=dict)
    ghosts: list[Any] = field(default_factory=list)
    unmatched: list[Any] = field(default_factory=list)


class Claim(NamedTuple):
    """What one entry says about which row it means."""

    locations: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # under names that we do not know: codes, perhaps
    row: int | None = None


class Lookup:
    """The rows of a batch by their codes: as they are, else trimmed, else in any case."""

    def __init__(self, batch: Batch) -> None:
        self.rows = len(batch)
        self._batch = batch

    def pair(self, location: str, sku: str) -> list[int]:
        """Give the rows that `location` and `sku` may mean."""
        trimmed = (location.strip(), sku.strip())
        return (
            self._pairs.get((location, sku))
            or self._pairs.get(trimmed)
            or self._folded_pairs.get(_fold(trimmed), [])
        )

    def having(self, column: str, code: str) -> list[int]:
        """Give the rows whose `column` may be `code`."""
        exact, folded = self._singles[column], self._folded_singles[column]
        return exact.get((code,)) or exact.get((code.strip(),)) or folded.get(_fold((code.strip(),)), [])

    def spelt(self, column: str, number: float) -> list[str]:
        """Give the codes of `column` that came back as a number: where several may be meant (123, 00123), none."""
        codes = self._numbers.get(column, {}).get(number, {str(number)})
        return list(codes) if len(codes) == 1 else []

    @cached_property
    def _columns(self) -> dict[str, list[str]]:
        return {"location_code": self._batch.locations, "sku_code": self._batch.skus}

    @cached_property
    def _numbers(self) -> dict[str, dict[float, set[str]]]:
        found: dict[str, dict[float, set[str]]] = {}
        for column, codes in self._columns.items():
            for code in codes:
                if code.isascii() and code.isdigit() and len(code) <= LONGEST_NUMBER:
                    found.setdefault(column, {}).setdefault(int(code), set()).add(code)
        return found

    @cached_property
    def _pairs(self) -> dict[tuple[str, ...], list[int]]:
        return _grouped(zip(*self._columns.values(), strict=True))

    @cached_property
    def _folded_pairs(self) -> dict[tuple[str, ...], list[int]]:
        return _grouped(map(_fold, zip(*self._columns.values(), strict=True)))

    @cached_property
    def _singles(self) -> dict[str, dict[tuple[str, ...], list[int]]]:
        return {column: _grouped((code,) for code in codes) for column, codes in self._columns.items()}

    @cached_property
    def _folded_singles(self) -> dict[str, dict[tuple[str, ...], list[int]]]:
        return {column: _grouped(_fold((code,)) for code in codes) for column, codes in self._columns.items()}


def match(entries: Sequence[Any], batch: Batch, names: Mapping[str, str]) -> Matched:
    """Tell which rows of `batch` the `entries` mean; `names` is tenant.field_names."""
    lookup = Lookup(batch)
    claims = [_claim(entry, names, lookup) for entry in entries]
    by_pair = [_by_pair(claim, lookup) for claim in claims]
    base = _base(claims, by_pair)
    matched = Matched()
    for entry, claim, rows in zip(entries, claims, by_pair, strict=True):
        row = _row(claim, rows, lookup, base=base)
        if row is not None:
            matched.entries.setdefault(row, []).append(entry)
        elif claim.locations and claim.skus and not rows:
            matched.ghosts.append(entry)
        else:
            matched.unmatched.append(entry)
    return matched


def _claim(entry: Any, names: Mapping[str, str], lookup: Lookup) -> Claim:  # noqa: ANN401 - JSON is what it is
    found: dict[str | None, list[str]] = {}
    row = None
    for name, value in _scalars(entry):
        if name == ROW:
            row = _number(value)
        elif name not in NO_CODE:
            known = field_of(name, names)
            if known and not isinstance(value, str):
                found.setdefault(known, []).extend(lookup.spelt(known, value))
            elif isinstance(value, str):  # a bare number under an unknown name is no code
                found.setdefault(known, []).append(value)
    locations, skus, texts = (
        tuple(found.get(kind, ()))[:MOST_TRIED] for kind in ("location_code", "sku_code", None)
    )
    return Claim(locations, skus, texts, row)


def _scalars(entry: Any, depth: int = 0) -> Iterator[tuple[str, str | int | float]]:  # noqa: ANN401 - JSON
    """Walk the values of an entry that may say which row it means."""
    if not isinstance(entry, dict) or depth > DEEPEST:
        return
    for name, value in entry.items():
        if isinstance(value, dict) and name.lower() not in NO_CODE:
            yield from _scalars(value, depth + 1)
        elif isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            yield name.lower(), value


def _by_pair(claim: Claim, lookup: Lookup) -> set[int]:
    """Give the rows that the two codes of an entry may mean; a code under an unknown name counts if it is ours."""
    tried: Iterable[tuple[str, str]]
    if claim.locations and claim.skus:
        tried = product(claim.locations, claim.skus)
    elif claim.locations or claim.skus:
        tried = product(claim.locations or claim.texts, claim.skus or claim.texts)
    else:
        tried = permutations(claim.texts, 2)
    return {row for location, sku in tried for row in lookup.pair(location, sku)}


def _base(claims: Sequence[Claim], by_pair: Sequence[set[int]]) -> int | None:
    """Tell what `row` counts from: all entries that were matched by their pair must say the same."""
    said = {
        claim.row - next(iter(rows))
        for claim, rows in zip(claims, by_pair, strict=True)
        if claim.row is not None and len(rows) == 1
    }
    return said.pop() if len(said) == 1 and said <= set(BASES) else None


def _row(claim: Claim, by_pair: set[int], lookup: Lookup, *, base: int | None) -> int | None:
    """Tell the one row that an entry means, or None."""
    candidates = by_pair or _by_one(claim, lookup)
    if len(candidates) == 1 and (by_pair or claim.locations or claim.skus):
        return next(iter(candidates))
    if base is None or claim.row is None:
        return None
    row = claim.row - base
    return row if row in candidates else None


def _by_one(claim: Claim, lookup: Lookup) -> set[int] | range:
    """Give the rows that an entry with one code, or none, may mean."""
    if claim.texts or (claim.locations and claim.skus):  # it names something that is not ours
        return set()
    if claim.locations:
        return {row for code in claim.locations for row in lookup.having("location_code", code)}
    if claim.skus:
        return {row for code in claim.skus for row in lookup.having("sku_code", code)}
    return range(lookup.rows)


def _number(value: str | float) -> int | None:
    """Read a row number, which may come as text."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else None  # noqa: PLR2004 - no batch is that long


def _grouped(keys: Iterator[tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    return groups


def _fold(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.casefold() for code in codes)
