"""The facts of the rows -> which rows the draft leaves out, what becomes of repeated pairs, and what stays a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.guess.shapes import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.lines import Facts
    from sync.guess.shapes import Column, Roles

EMPTY = "^$"

LONGEST = 250  # characters of a question in a mapping


@dataclass(slots=True)
class Written:
    """The section of the rows, and its comments."""

    rows: dict[str, Any] = field(default_factory=dict)
    comments: dict[tuple[str, ...], list[str]] = field(default_factory=dict)


def rows(roles: Roles, facts: Facts, headers: Sequence[str]) -> Written:
    """Write what is left out, and what becomes of pairs that stand in several rows."""
    written = Written()
    exclude, why = _excluded(roles, facts, headers)
    if exclude:
        written.rows["exclude"] = exclude
        written.comments["rows", "exclude"] = why
    if adds_up(facts, headers):
        written.rows["duplicates"] = "sum"
        shown = ", ".join(f"`{headers[at]}`" for at in facts.splits[:4])
        written.comments["rows", "duplicates"] = [
            f"{facts.repeated:,} rows share their location and SKU with others and differ in {shown}: lots or bins of one stock, added up"
        ]
    return written


def adds_up(facts: Facts, headers: Sequence[str]) -> bool:
    """Tell pairs that stand in several rows because each lot or bin has its own."""
    return bool(facts.repeated) and any(headers[at] and at in facts.lots for at in facts.splits)


def _excluded(roles: Roles, facts: Facts, headers: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    exclude: list[dict[str, Any]] = []
    why: list[str] = []
    named = {-2: roles.location.column.at if roles.location else None}
    for at, words in sorted(facts.totals.items()):
        column = named.get(at, at)
        if column is not None and headers[column]:
            exclude.append({"column": headers[column], "in": sorted(words)})
            why.append(f"{facts.total_rows:,} lines of totals")
    if facts.groups is not None and facts.group_sums and headers[facts.groups]:
        exclude.append({"column": headers[facts.groups], "matches": EMPTY})
        why.append(f"{facts.group_rows:,} lines of groups: their numbers are the sums of the rows below them")
    if roles.sku and headers[roles.sku.column.at] and _left_blank(facts):
        exclude.append({"column": headers[roles.sku.column.at], "matches": EMPTY})
        why.append(
            "the last row has no SKU and holds the sum of all others"
            if facts.sum_without_word
            else f"{facts.no_sku_no_quantity:,} lines have neither SKU nor quantity"
        )
    return exclude, list(dict.fromkeys(why))


def _left_blank(facts: Facts) -> bool:
    """Tell whether every line without a SKU says nothing of stock: no quantity, or the sum of the others."""
    return facts.no_sku == int(facts.sum_without_word) and bool(
        facts.no_sku_no_quantity or facts.sum_without_word
    )


def doubts(roles: Roles, facts: Facts) -> list[Question]:
    """Ask about what the tenant would not take, and about what only a person knows."""
    found = [*_of_pairs(facts), *_of_numbers(roles)]
    if facts.groups is not None and not facts.group_sums:
        found.append(
            Question(
                "rows",
                f"{facts.group_rows:,} rows look like group lines, but are no sums: are they stock?",
                decides=True,
            )
        )
    if facts.no_sku > int(facts.sum_without_word):
        found.append(Question("rows", f"{facts.no_sku:,} rows hold a quantity and no SKU: they are rejected"))
    return found


def _of_pairs(facts: Facts) -> list[Question]:
    if facts.variants:
        text = f"{facts.repeated:,} rows share their SKU and differ in {', '.join(facts.variants)}: is the SKU put together from these (sku_code: {{join: ...}})?"
        return [Question("sku", text, facts.variants, decides=True)]
    if not facts.differing or any(at in facts.lots for at in facts.splits):
        return []
    text = f"{facts.repeated:,} rows share their location and SKU with others, and nothing tells why: they are rejected unless rows.duplicates says sum or last"
    return [Question("rows", text)]


def _of_numbers(roles: Roles) -> list[Question]:
    counted: tuple[Column, ...] = (
        roles.matrix.columns if roles.matrix else roles.quantity.columns if roles.quantity else ()
    )
    profiles = [column.profile for column in counted]
    negative = sum(profile.forms["negative"] for profile in profiles)
    fractions = sum(
        profile.faults["cell.fraction"] + profile.forms["point"] + profile.forms["comma"]
        for profile in profiles
    )
    blank = sum(profile.rows - profile.filled for profile in profiles)
    zeros = sorted({word for profile in profiles for word in profile.zeros})
    asked = (
        (negative, "cells are below zero: they are rejected unless quantity.negative says zero"),
        (
            fractions,
            "cells have decimals; what is not whole is rejected unless quantity.fraction says floor or round",
        ),
        (
            blank,
            "cells are blank: they are rejected unless quantity.blank says skip (nothing is known) or zero (there is none)",
        ),
    )
    found = [Question("rows", f"{count:,} {text}") for count, text in asked if count]
    if zeros:
        found.append(
            Question(
                "rows",
                f"{', '.join(map(repr, zeros))} stands for a number: such cells are rejected, export digits",
            )
        )
    return found


def unanswered(not_stock: str, questions: Sequence[Question]) -> list[str]:
    """List what a person must decide before anything may go."""
    open_ones = [f"is this stock? {not_stock}"] if not_stock else []
    open_ones += [question.text for question in questions if question.decides or question.about == "location"]
    return [text[:LONGEST] for text in dict.fromkeys(open_ones)]
