"""The columns of a table -> their roles: what is the SKU, what the stock, where it is; or why this is no stock file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.guess import matrices, nostock, places, quantities, skus
from sync.guess.shapes import Choice, Question, Roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.shapes import Column, Matrix

HALF = 0.5


def judge(columns: Sequence[Column]) -> Roles:
    """Give every column its role."""
    roles = Roles()
    framed = matrices.framed(columns)
    places.choose(columns, roles, ())
    quantities.choose(columns, roles)
    if framed and not _rows_layout(roles):
        _make_matrix(roles, framed)
    elif roles.quantity is None or (roles.location is None and _is_sum(roles.quantity)):
        _look_for_columns_of_places(columns, roles)
    skus.choose(columns, roles, _taken(roles))
    if roles.matrix is None and roles.quantity is None and roles.sku is not None:
        found = matrices.unnamed(columns, roles.sku.column.at)
        if found:
            _make_matrix(roles, found)
    if roles.quantity:
        roles.questions += _of_moments(nostock.movements(columns, roles.quantity.column))
    counted = roles.quantity is not None or roles.matrix is not None
    roles.questions += _of_units(columns) if counted else []
    roles.not_stock = nostock.reason(columns, counted=counted)
    return roles


def _of_units(columns: Sequence[Column]) -> list[Question]:
    """Ask about packs: where units differ from row to row, a number alone does not say how many pieces."""
    mixed = [column for column in columns if column.meaning.role == "unit" and column.profile.distinct > 1]
    return [
        Question(
            "quantity",
            f"{column.shown} holds different units: is each counted as the tenant counts, or does quantity.multiply say how many pieces it is?",
            column.profile.examples,
        )
        for column in mixed[:1]
    ]


def _of_moments(moments: Sequence[Column]) -> list[Question]:
    if not moments:
        return []
    text = f"every row has a moment of its own ({', '.join(column.shown for column in moments)}): are these sales or movements, or the stock?"
    return [Question("quantity", text, decides=True)]


def judge_nameless(columns: Sequence[Column]) -> Roles:
    """Give what the values alone suggest; without a header everything is a question."""
    roles = Roles()
    shown = tuple(column.header for column in columns)
    counts = [column for column in columns if quantities.is_count(column) and not column.profile.gtins]
    codes = [
        column for column in columns if column not in counts[-1:] and column.profile.share("code") > HALF
    ]
    if codes and counts:
        codes.sort(key=lambda column: -column.profile.distinct)
        roles.sku = Choice(
            (codes[0],), f"the most different codes, as {', '.join(codes[0].profile.examples)}"
        )
        roles.quantity = Choice((counts[-1],), f"numbers, as {', '.join(counts[-1].profile.examples)}")
    text = "no row names the columns; by their number, which is the SKU, which the quantity, and which, if any, the location?"
    roles.questions.append(Question("header", text, shown, decides=True))
    return roles


def _rows_layout(roles: Roles) -> bool:
    """Tell a list with a column of places and one of quantities, whatever else stands beside them."""
    return (
        roles.location is not None
        and roles.location.column.meaning.role == "location"
        and roles.location.column.profile.numbers != roles.location.column.profile.filled
        and roles.quantity is not None
    )


def _is_sum(choice: Choice) -> bool:
    return choice.column.has("total")


def _look_for_columns_of_places(columns: Sequence[Column], roles: Roles) -> None:
    found = matrices.named(columns)
    if found:
        _make_matrix(roles, found)


def _make_matrix(roles: Roles, matrix: Matrix) -> None:
    roles.matrix, roles.quantity, roles.location = matrix, None, None
    roles.questions = [
        question for question in roles.questions if question.about not in ("quantity", "location")
    ]
    if len(matrix.columns) == 1 and matrix.pattern is None:
        text = f"is {matrix.columns[0].shown} the location whose stock this is? It is the only column of numbers without another meaning"
        roles.questions.append(Question("location", text, (matrix.columns[0].shown,)))


def _taken(roles: Roles) -> tuple[Column, ...]:
    """List the columns that have a role already."""
    taken = [choice.column for choice in (roles.quantity, roles.location) if choice]
    return (*taken, *(roles.matrix.columns if roles.matrix else ()))
