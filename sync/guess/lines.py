"""The rows of a table, with the roles of its columns known -> totals, group lines, lines without a SKU, repeated pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.compute as pc

from sync.totals import is_total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sync.guess.shapes import Column, Roles
    from sync.rows import Block

ADDED_UP = {"lot", "bin", "date", "serial"}
STATES = ("lot", "bin", "blocked", "serial")
LOOKED_AT = 200_000  # rows
SPLITTING = (
    "lot",
    "bin",
    "date",
    "serial",
    "category",
    "location",
    "unit",
    "other",
    "name",
    "sku",
    "barcode",
)
HALF = 0.5
CERTAIN, SURELY = 0.3, 2
FEW = 0.3  # of the rows are group lines


class Line(NamedTuple):
    """One row, in the columns that matter."""

    sku: str
    location: str
    quantities: tuple[str, ...]
    cells: Mapping[int, str]  # of the other columns that are looked at


@dataclass(slots=True)
class Facts:
    """What the rows say."""

    rows: int = 0
    no_sku: int = 0  # rows with a quantity and no SKU, totals apart
    no_sku_no_quantity: int = 0
    totals: dict[int, set[str]] = field(default_factory=dict)  # column -> the words for a total in it
    total_rows: int = 0
    sum_without_word: bool = False  # the last row has no SKU and holds the sum of all others
    groups: int | None = None  # the column that is empty in group lines
    group_rows: int = 0
    group_sums: bool = False  # their quantities are the sums of the rows below them
    repeated: int = 0  # rows that share their pair with another one
    differing: int = 0  # of these, pairs whose quantities differ
    splits: list[int] = field(default_factory=list)  # columns that differ inside most of such pairs
    variants: tuple[str, ...] = ()  # of these, sizes, colours and the like
    lots: set[int] = field(default_factory=set)  # columns whose differing makes several rows one stock


def facts(blocks: Iterator[Block], columns: Sequence[Column], roles: Roles) -> Facts:
    """Walk the rows once more."""
    found = Facts()
    kept: list[Line] = []
    for line in _lines(blocks, columns, roles):
        found.rows += 1
        if not _sorted_out(line, found):
            kept.append(line)
    _look_for_groups(kept, columns, found)
    _look_for_a_sum(kept, found)
    _look_for_repeats(kept, columns, found)
    return found


def _lines(blocks: Iterator[Block], columns: Sequence[Column], roles: Roles) -> Iterator[Line]:
    quantities = [column.at for column in _quantities(roles)]
    sku = roles.sku.column.at if roles.sku else None
    location = roles.location.column.at if roles.location else None
    others = [
        column.at
        for column in columns
        if column.at not in (sku, *quantities) and (column.meaning.role in SPLITTING or column.profile.totals)
    ]
    read = 0
    for block in blocks:
        if read >= LOOKED_AT:
            return
        wanted = {at for at in (sku, location, *quantities, *others) if at is not None}
        texts = {at: pc.utf8_trim_whitespace(block.cells[at]).to_pylist() for at in wanted}
        read += len(block.rows)
        for row in range(len(block.rows)):
            cells = {at: texts[at][row] for at in others}
            line = Line(
                texts[sku][row] if sku is not None else "",
                texts[location][row] if location is not None else "",
                tuple(texts[at][row] for at in quantities),
                cells,
            )
            if line.sku or any(line.quantities) or any(cells.values()):
                yield line


def _quantities(roles: Roles) -> tuple[Column, ...]:
    if roles.matrix:
        return roles.matrix.columns
    return roles.quantity.columns if roles.quantity else ()


def _sorted_out(line: Line, found: Facts) -> bool:
    """Put totals and lines without a SKU aside."""
    if is_total(line.sku):  # left out by themselves, where a sum proves it: it could be a product's code
        found.total_rows += 1
        return True
    if line.sku:
        return False
    word = next(((at, text) for at, text in line.cells.items() if is_total(text)), None)
    if word is None and is_total(line.location):
        word = (-2, line.location)
    if word:
        found.totals.setdefault(word[0], set()).add(word[1])
        found.total_rows += 1
        return True
    if not any(line.quantities):
        found.no_sku_no_quantity += 1
        return True
    found.no_sku += 1
    return False


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _look_for_groups(lines: Sequence[Line], columns: Sequence[Column], found: Facts) -> None:
    """Find lines that stand for the rows below them: a name is missing in them alone, and their numbers are sums."""
    for column in columns:
        if column.meaning.role != "name" or not lines or column.at not in lines[0].cells:
            continue
        empty = [not line.cells[column.at] for line in lines]
        if 0 < sum(empty) < FEW * len(lines) and empty[0]:
            sums = _are_sums(lines, empty)
            if sums is not None:
                found.groups, found.group_rows, found.group_sums = column.at, sum(empty), sums
                return


def _are_sums(lines: Sequence[Line], group: Sequence[bool]) -> bool | None:
    """Tell whether group lines hold the sums of the rows below them; None: too few hold numbers to tell."""
    judged = right = 0
    for which in range(len(lines[0].quantities)):
        numbers = [_number(line.quantities[which]) for line in lines]
        for at in (at for at, is_group in enumerate(group) if is_group and numbers[at] is not None):
            end = next((later for later in range(at + 1, len(lines)) if group[later]), len(lines))
            below = [number for number in numbers[at + 1 : end] if number is not None]
            if below:
                judged += 1
                right += sum(below) == numbers[at]
    return right >= SURELY and right >= CERTAIN * judged if judged else None  # a sum is not hit by chance


def _look_for_a_sum(lines: Sequence[Line], found: Facts) -> None:
    """Find a last row without a SKU that holds the sum of all rows above it."""
    if len(lines) < 3 or lines[-1].sku or not any(lines[-1].quantities):  # noqa: PLR2004 - of one row anything is the sum
        return
    for which, text in enumerate(lines[-1].quantities):
        numbers = [_number(line.quantities[which]) or Decimal(0) for line in lines[:-1]]
        if _number(text) != sum(numbers):
            return
    found.sum_without_word = True


def _look_for_repeats(lines: Sequence[Line], columns: Sequence[Column], found: Facts) -> None:
    """Count rows that share their pair, and find the columns that tell them apart."""
    pairs: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.sku:
            pairs[line.location, line.sku].append(line)
    shared = [group for group in pairs.values() if len(group) > 1]
    found.repeated = sum(map(len, shared))
    found.differing = sum(len({line.quantities for line in group}) > 1 for group in shared)
    told: Counter[int] = Counter()
    for group in shared:
        told.update(at for at in group[0].cells if len({line.cells[at] for line in group}) > 1)
    order = {role: rank for rank, role in enumerate(SPLITTING)}
    by_at = {column.at: column for column in columns}
    often = [at for at, count in told.items() if count >= HALF * len(shared)]
    found.variants = tuple(column.shown for column in columns if column.at in often and column.has("variant"))
    found.lots = {column.at for column in columns if column.meaning.role in ADDED_UP or column.has(*STATES)}
    found.splits = sorted(often, key=lambda at: (order.get(by_at[at].meaning.role or "", 99), at))
