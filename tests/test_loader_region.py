"""What a person sees of a table: where it ends, which lines in it are no rows, and how odd rows were meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.loader.mending import Shapes
from sync.loader.region import Region
from sync.rows import ReadHints

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "sku;name;qty;unit"
ROWS = [f"A{n:03};Bolt number {n};{n};EA" for n in range(10)]


def seen(folder: Path, lines: list[str], block_rows: int) -> tuple[list[int], dict[str, tuple[int, ...]]]:
    """Give the numbers of the rows that are of the table, and what was left out."""
    (folder / "stock.csv").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    table = loader.read(folder / "stock.csv", ReadHints(header_rows=(1,)), block_rows=block_rows)
    region, rows = Region(table.header), []
    for block in table.blocks:
        released, kept = region.take(block)
        rows += [*(number for number, _ in released), *block.rows[kept].tolist()]
    return rows, {each.what: each.rows for each in region.left_out()}


@pytest.mark.parametrize("block_rows", [1, 3, 1000])
@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        (ROWS, {}),
        ([*ROWS, "Total;;45;"], {"totals lines": (12,)}),
        ([*ROWS[:5], "Ara Toplam;;10;", *ROWS[5:], "Genel Toplam;;45;"], {"totals lines": (7, 13)}),
        ([*ROWS, "* all without VAT;;;", ";printed on Monday;;"], {"notes below the table": (12, 13)}),
        ([*ROWS[:5], "Group of bolts;;;", *ROWS[5:]], {}),
        ([*ROWS, "B999;;;"], {}),
        ([*ROWS[:5], ";;;", *ROWS[5:]], {"rows of empty cells": (7,)}),
        ([*ROWS[:5], HEADER, *ROWS[5:]], {"headers that stand again": (7,)}),
        ([*ROWS, HEADER, *ROWS[:2]], {"rows of another table": (12, 13, 14)}),
        ([*ROWS, f"{HEADER};extra", *ROWS[5:7]], {"rows of another table": (12, 13, 14)}),
    ],
)
def test_what_is_no_row_of_the_table(
    tmp_path: Path, lines: list[str], left_out: dict[str, tuple[int, ...]], block_rows: int
) -> None:
    """Totals, notes, repeated headers and a second table are told, wherever a block ends; all else is a row."""
    rows, told = seen(tmp_path, lines, block_rows)
    assert told == left_out
    out = {row for each in left_out.values() for row in each}
    assert rows == [row for row in range(2, len(lines) + 2) if row not in out]


SHAPES = Shapes([(f"{n:02}:15", f"{n % 30}", f"SKU-{n:03}", f"A bolt, number {n}") for n in range(10, 60)], 4)


@pytest.mark.parametrize(
    ("row", "mended"),
    [
        (("12:15", "", "7", "SKU-001", "A bolt of steel"), ("12:15", "7", "SKU-001", "A bolt of steel")),
        (("12:157", "SKU-001", "A bolt of steel"), ("12:15", "7", "SKU-001", "A bolt of steel")),
        (("12:15", "7", "SKU-001", "A bolt of steel", "x"), None),
        (("12:15", "7", "SKU-001A bolt of steel"), ("12:15", "7", "SKU-001", "A bolt of steel")),
        (("12:15", "7", "A bolt of steel and wood"), None),
        (("", "", "12:15", "7", "SKU-001", "A bolt of steel"), None),
    ],
)
def test_an_odd_row_is_shown_as_meant_where_there_is_one_way(
    row: tuple[str, ...], mended: tuple[str, ...] | None
) -> None:
    """One cell too many or too few, and only one change gives every column what it usually holds."""
    assert SHAPES.mended(row) == (row if mended is None else mended)


def test_a_few_rows_say_nothing_about_the_others() -> None:
    """Nothing is mended by the looks of a short table."""
    assert Shapes([("1", "a")] * 5, 2).mended(("1", "", "a")) == ("1", "", "a")
