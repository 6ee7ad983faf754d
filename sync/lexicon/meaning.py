"""The kinds of things that a header names -> the role of its column.

The order of the rules is what the words of a trade mean together: a price beats the quantity beside it ("Quantity
Price"), a minimum beats the stock ("Min stock"), a warehouse's code is a place and an item's code is a SKU.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sync.lexicon.folding import words
from sync.lexicon.vocabulary import NONE, Kinds, Part, parts

ROLES = (
    "location",
    "sku",
    "barcode",
    "name",
    "quantity",
    "reserved",
    "available",
    "minimum",
    "transit",
    "price",
    "value",
    "unit",
    "lot",
    "bin",
    "date",
    "category",
    "serial",
    "total",
    "other",
)
MONEY_SIGNS = set("$€£¥₺₽₴₹%")
ASKING = ("?", "？")
REMEMBERED = 4_096


class Meaning(NamedTuple):
    """What a header says: the role of its column, and the kinds of things that its words name."""

    role: str | None
    kinds: Kinds
    unknown: int = 0  # words that are not known
    first: Kinds = NONE  # what the first known word names
    last: Kinds = NONE


class Rule(NamedTuple):
    """A role, the kinds of which one must be named, and those that must not be."""

    role: str
    any_of: Kinds
    none_of: Kinds = NONE
    all_of: Kinds = NONE


def _rule(role: str, any_of: str, none_of: str = "", all_of: str = "") -> Rule:
    return Rule(role, frozenset(any_of.split()), frozenset(none_of.split()), frozenset(all_of.split()))


RULES = (
    _rule("other", "flag", "sku place"),
    _rule("barcode", "barcode"),
    _rule("name", "name", "count onhand price date category place lot serial", "sku"),
    _rule("price", "price"),
    _rule("date", "date", "sku count onhand"),
    _rule("value", "value"),
    _rule("unit", "unit", "count onhand available pack code place"),
    _rule("other", "measure foreign"),
    _rule("other", "pack"),
    _rule("minimum", "minimum", "date code name"),
    _rule("reserved", "reserved", "code name date"),
    _rule("other", "blocked", "code name place sku"),
    _rule("other", "moved", "code name place sku onhand"),
    _rule("transit", "transit", "code name onhand"),
    _rule("serial", "serial", "count"),
    _rule("sku", "sku", "count onhand available"),
    _rule("location", "place", "count onhand available good bin stock reserved blocked moved category"),
    _rule("location", "place", "count onhand available category", "code"),
    _rule("location", "place", "count onhand available category", "name"),
    _rule("bin", "bin", "count onhand available"),
    _rule("lot", "lot", "count onhand available"),
    _rule("location", "place", "count onhand available good stock category"),
    _rule("category", "category", "code name count onhand available sku good stock model theirs"),
    _rule("category", "category", "count onhand available"),
    _rule("other", "variant", "sku count onhand available"),
    _rule("other", "transit minimum reserved moved blocked"),
    _rule("available", "available", "onhand"),
    _rule("quantity", "onhand count"),
    _rule("quantity", "amount", "good code name"),
    _rule("sku", "code model theirs id", "name", "good"),
    _rule("sku", "code id", "name", "stock"),
    _rule("name", "name"),
    _rule("quantity", "stock", "code id"),
    _rule("sku", "code model theirs"),
    _rule("sku", "id"),
    _rule("name", "good"),
    _rule("location", "country place"),
    _rule("bin", "bin"),
    _rule("total", "total"),
    _rule("value", "amount"),
    _rule("quantity", "total_held"),
    _rule("other", "security person order physical"),
)


def role(header: str) -> str | None:
    """Tell what a column of this header is for, None where its words are not known."""
    return meaning(header).role


@lru_cache(REMEMBERED)
def meaning(header: str) -> Meaning:
    """Tell what a header says."""
    asked = header.rstrip().endswith(ASKING)  # "In stock?" is answered with yes or no
    whole = _judged(parts(words(header, humps=False)), asked=asked)
    humped = _judged(parts(words(header)), asked=asked)
    return humped if humped.role and (whole.role is None or humped.unknown < whole.unknown) else whole


def _judged(said: list[Part], *, asked: bool) -> Meaning:
    kinds = frozenset().union(*(part.kinds for part in said))
    known = [part.kinds for part in said if part.kinds]
    unknown = sum(not part.kinds and not part.text.isdecimal() for part in said)
    if {part.text for part in said} & MONEY_SIGNS and not kinds & {"sku", "place"}:
        kinds |= {"price"}
    kinds |= {"flag"} if asked else set()
    found = next((rule.role for rule in RULES if _holds(rule, kinds)), None)
    return Meaning(found, kinds, unknown, known[0] if known else NONE, known[-1] if known else NONE)


def _holds(rule: Rule, kinds: Kinds) -> bool:
    return bool(rule.any_of & kinds) and not rule.none_of & kinds and rule.all_of <= kinds
