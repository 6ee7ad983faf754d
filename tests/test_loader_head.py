"""The header is found by known words and by its shape, also where it stands in several rows; and it is said why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from sync import loader
from sync.headings import joined
from sync.loader.head import find
from sync.rows import ReadAs, ReadHints, Sheet

if TYPE_CHECKING:
    from pathlib import Path

DATA = "A-1|Bolt M6|5|1.20", "A-2|Nut M6|7|0.30", "A-3|Screw|0|0.80"


def sheet(*rows: str) -> Sheet:
    """Make the head of a sheet; | stands between cells, a row without any text is blank."""
    cells = [(number, tuple(row.split("|"))) for number, row in enumerate(rows, 1)]
    return Sheet(None, True, tuple((n, row) for n, row in cells if any(row)), ReadAs("csv"))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Code|Name|Qty|Price", *DATA], (1,)),
        (["Stock list", "|", "Code|Name|Qty|Price", *DATA], (3,)),
        (["Warehouse report|Main||", "Code|Name|Qty|Price", *DATA], (2,)),
        (["|2026||", "SKU|Name|On hand|Price", *DATA], (2,)),
        (DATA, None),
        (["west||east|", "X|Y|X|Y", "1|2|3|4", "5|6|7|8", "5|6|7|9"], (1, 2)),
        (["Item|Stock|||Note", "|A|B|C|", "x1|5|7|0|ok", "x2|1|2|3|", "x3|1|2|4|"], (1, 2)),
        (["Item|Stock||", "|||", "|A|B|C", "x1|5|7|0", "x2|1|2|3"], (1, 2, 3)),
        (["Firm|May|||", "|North||South|", "|In|Out|In|Out", "a|1|2|3|4", "b|1|2|3|5", "c|1|2|3|6"], (1, 2, 3)),
        (["Артикул|Наименование|Остаток|Цена", *DATA], (1,)),
        (["Depo|Ürün|2025|2026", "A|x|1|2", "B|y|3|4"], (1,)),
    ],
)  # fmt: skip
def test_the_rows_of_the_header(rows: tuple[str, ...], expected: tuple[int, ...] | None) -> None:
    """Titles are passed over, groups above and sub-headers below are of it, blank rows between them too."""
    found = find(sheet(*rows))
    assert (found.rows if found else None) == expected


def test_it_is_said_why() -> None:
    """Known words and columns of numbers are the evidence."""
    found = find(sheet("Code|Name|Qty|Price", *DATA))
    assert found is not None
    assert found.why == "4 of 4 names are known header words; words over 2 columns of numbers"


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (["A||B|", "X|Y|X|Y"], ("A X", "A Y", "B X", "B Y")),
        (["Item|Stock||Note", "|in|out|"], ("Item", "Stock in", "Stock out", "Note")),
        (["Item||Stock|", "|x||y"], ("Item", "x", "Stock", "y")),
        (["P||Q|", "a||b|", "1|2|1|2"], ("P a 1", "P a 2", "Q b 1", "Q b 2")),
        (["P|||T|", "a||b||", "1|2|1|1|2"], ("P a 1", "P a 2", "P b 1", "T 1", "T 2")),
        (["\ufeffA|B"], ("A", "B")),
        (["", ""], ("",)),
    ],
)
def test_a_groups_name_stands_over_its_columns(rows: list[str], names: tuple[str, ...]) -> None:
    """From where it stands to the next name beside or above it, wherever something stands below."""
    assert joined([row.split("|") for row in rows]) == names


def test_a_blank_row_inside_the_header_of_a_sheet_is_none_of_it(tmp_path: Path) -> None:
    """A workbook does not hold it, and the header is whole all the same."""
    book = openpyxl.Workbook()
    for row in (["Item", "Stock", None], [], [None, "in", "out"], ["x1", 5, 7], ["x2", 1, 2], ["x3", 1, 4]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "stock.xlsx")
    (peeked,) = loader.peek(tmp_path / "stock.xlsx", ReadHints())
    header = find(peeked)
    assert header is not None
    table = loader.read(tmp_path / "stock.xlsx", ReadHints(header_rows=header.rows))
    assert (header.rows, table.header) == ((1, 2, 3), ("Item", "Stock in", "Stock out"))
