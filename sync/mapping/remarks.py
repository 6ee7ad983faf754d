"""A mapping without mistakes -> what a second pair of eyes would ask about it, with file:line:column.

A question is about what the quantity means; a warning is about rows that go, or stay away, without a reject.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sync.mapping.headers import fold
from sync.yamlfile.document import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.mapping.model import Mapping
    from sync.mapping.sections import Code
    from sync.yamlfile.section import Place

# Headers that files of any kind may have.
GENERIC = frozenset(
    {
        *(
            "sku",
            "code",
            "item",
            "item code",
            "item no",
            "product",
            "product code",
            "id",
            "name",
            "description",
        ),
        *(
            "barcode",
            "ean",
            "location",
            "location code",
            "warehouse",
            "store",
            "site",
            "status",
            "unit",
            "price",
        ),
        *("quantity", "qty", "stock", "on hand", "onhand", "available", "count"),
    }
)
NOT_ON_HAND = re.compile(
    r"avail|free|sellable|atp\b|verf.gbar|dispon|kullan.labilir|sat.labilir", re.IGNORECASE
)


class Remark(NamedTuple):
    """One remark; `kind` is question or warning."""

    kind: str
    where: str  # file:line:column
    key: str  # columns.quantity.subtract
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.key}: {self.sentence}"


def remarks(mapping: Mapping) -> list[Remark]:
    """List what is to be asked about a mapping that was loaded from a file."""
    document = read(mapping.path)
    return [
        Remark(kind, document.entries[document.reach(place)].key.where, ".".join(map(str, place)), sentence)
        for kind, place, sentence in (
            *_claims(mapping),
            *_codes(mapping),
            *_quantities(mapping),
            *_rows(mapping),
        )
    ]


Found = tuple[str, "Place", str]


def _claims(mapping: Mapping) -> Iterator[Found]:
    if mapping.match.filename is not None:
        return
    if mapping.headless:
        yield "warning", ("match",), "without a filename it claims every file that has enough columns"
    elif all(GENERIC.issuperset(map(fold, any_of)) for any_of in mapping.wanted_headers()):
        yield (
            "warning",
            ("match",),
            "without a filename, and with headers that any file may have, it may claim files of another kind",
        )


def _codes(mapping: Mapping) -> Iterator[Found]:
    for key in ("location_code", "sku_code"):
        code: Code = getattr(mapping.columns, key)
        place = ("columns", key, "lookup_missing")
        if code.lookup is not None and code.lookup_missing == "keep":
            yield "warning", place, "a code that the lookup lacks is sent as it stands in the file"
        if code.lookup is not None and code.lookup_missing == "skip":
            yield (
                "warning",
                place,
                "rows with a code that the lookup lacks are left out, and stand in no reject file",
            )


def _quantities(mapping: Mapping) -> Iterator[Found]:
    quantity, place = mapping.columns.quantity, ("columns", "quantity")
    if quantity.subtract:
        taken = " and ".join(quantity.subtract)
        yield (
            "question",
            (*place, "subtract"),
            f"takes {taken} off: the tenant expects the stock on hand; is that meant?",
        )
    for header in quantity.column or ():
        if NOT_ON_HAND.search(header):
            yield (
                "question",
                (*place, "column"),
                f"reads `{header}`: the tenant expects the stock on hand; is that meant?",
            )
    if quantity.blank == "zero":
        yield "warning", (*place, "blank"), "a blank quantity is sent as 0, which nobody may have counted"
    if quantity.negative == "zero":
        yield "warning", (*place, "negative"), "a quantity below zero is sent as 0, without a reject"
    if quantity.fraction != "reject":
        yield "warning", (*place, "fraction"), "a quantity with a fraction is made whole, without a reject"


def _rows(mapping: Mapping) -> Iterator[Found]:
    if mapping.rows.duplicates == "last":
        yield (
            "warning",
            ("rows", "duplicates"),
            "of several rows of a pair only the last counts, without a reject",
        )
    if mapping.rows.unknown == "skip":
        yield (
            "warning",
            ("rows", "unknown"),
            "what the tenant does not know is left out, and stands in no reject file",
        )
