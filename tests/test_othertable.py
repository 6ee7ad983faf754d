"""A second table below the first: its numbers are never taken for stock on hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.desks import Desk

HEADER = ("Depot", "Item", "Pieces")
STOCK = [HEADER, ("A", "S1", "5"), ("A", "S2", "6")]


@pytest.mark.parametrize("between", [[], [("", "", "")], [("Goods in transit", "", "")]])
def test_the_rows_of_another_table_are_rejected(desk: Desk, between: list[tuple[str, ...]]) -> None:
    """Its header has another word over the quantities; from there on nothing goes."""
    rows = [*STOCK, *between, ("Depot", "Item", "Ordered"), ("B", "S8", "50"), ("B", "S9", "60")]
    report = desk.report("run", desk.file(rows))
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 6}
    assert [p["code"] for p in report["problems"]].count("row.table") == 3


def test_the_same_header_on_the_next_page_begins_no_other_table(desk: Desk) -> None:
    """A printed list repeats its header: the rows below it are stock."""
    desk("run", desk.file([*STOCK, HEADER, ("B", "S3", "7")]))
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 6, ("B", "S3"): 7}


def test_a_table_may_go_on_after_another_one(desk: Desk) -> None:
    """Where its own header stands again, its rows count again."""
    other = [("Depot", "Item", "Ordered"), ("B", "S8", "50")]
    desk("run", desk.file([*STOCK, *other, HEADER, ("B", "S3", "7")]))
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 6, ("B", "S3"): 7}
