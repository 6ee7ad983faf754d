"""A file whose columns turned into others: said before it is sent, beside what the last file of its mapping was."""

from __future__ import annotations

import csv
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.drift import differences, profile
from sync.gtin import is_gtin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.desks import Desk

STOCK = [str(number) for number in range(30)]
SKUS = [f"SKU-{number:04d}" for number in range(30)]
NUMBERS = [f"{number:06d}" for number in range(100_000, 100_030)]
PRICES = [f"{number}.99" for number in range(30)]
BARCODES = ["036000291452", "4006381333931", "96385074", "5901234123457"] * 8
HEADER = ("Depot", "Item", "Pieces")


def seen(quantities: Sequence[str], skus: Sequence[str] = SKUS) -> dict[str, Any]:
    numbers = [
        float(text) if text.replace(".", "", 1).lstrip("-").isdecimal() else None for text in quantities
    ]
    return profile(quantities, numbers, skus)


@pytest.mark.parametrize(
    ("quantities", "words"),
    [
        (PRICES, "the quantities look like prices: 100% of them have decimals, it was 0%"),
        (BARCODES, "the quantities look like barcodes: 100% of them, it was 0%"),
        (["12345678"] * 30, "the quantities look like codes of 8 to 14 digits: 100% of them, it was 0%"),
        (
            [f"{number}0" for number in STOCK] + ["999"] * 60,
            "the quantities have grown: half of them are above 999, it was 14.5",
        ),
        (["", *STOCK[:9]] * 3 + [""] * 40, "61% of the quantities are blank, it was 0%"),
        ([f"-{number}" for number in range(1, 31)], "100% of the quantities are below zero, it was 0%"),
        (["many"] * 30, "only 0% of the quantities can be read as numbers, it was 100%"),
    ],
)
def test_quantities_that_turned_into_something_else(quantities: list[str], words: str) -> None:
    """The sentence says what they are, what they were, and how sure that is."""
    assert differences(seen(STOCK), seen(quantities)) == [words]


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (SKUS, ["a blue nut"] * 30, "the SKUs look like descriptions: 100% of them hold spaces, it was 0%"),
        (SKUS, BARCODES, "the SKUs look like barcodes: 100% of them are digits only, it was 0%"),
        (SKUS, NUMBERS, "the SKUs look like numbers: 100% of them are digits only, it was 0%"),
        (NUMBERS, SKUS, "the SKUs are no longer numbers: 0% of them are digits only, it was 100%"),
        (NUMBERS, STOCK[10:] * 2, "the SKUs are numbers of another width: 2 digits, it was 6"),
    ],
)
def test_skus_that_turned_into_something_else(before: list[str], now: list[str], words: str) -> None:
    """Descriptions, barcodes, numbers of another list."""
    assert differences(seen(STOCK, before), seen(STOCK, now)) == [words]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (STOCK, [f"{number}0" for number in STOCK[:9]] * 4),
        (PRICES, PRICES),
        (STOCK, [*STOCK, *PRICES[:20]]),
        (STOCK[:19], PRICES),
        (STOCK, PRICES[:19]),
        (["0"] * 30, STOCK),
        (["", *STOCK], ["", "", *STOCK]),
    ],
)
def test_stock_that_moves_is_no_drift(before: list[str], now: list[str]) -> None:
    """Growth within ten times, decimals that always were, some of each, and files too small to tell."""
    assert differences(seen(before), seen(now)) == []


def test_a_profile_of_another_version_is_left_alone() -> None:
    """What was not looked at then cannot have changed."""
    assert differences({}, seen(STOCK)) == []


@given(st.lists(st.text(max_size=15)), st.lists(st.text(max_size=15)))
def test_any_file_has_a_profile_and_looks_like_itself(quantities: list[str], skus: list[str]) -> None:
    """Shares are shares, the ledger can keep them, and nothing drifts from itself."""
    found = seen([text.strip() for text in quantities], skus)
    assert json.loads(json.dumps(found)) == found
    assert differences(found, found) == []


@pytest.mark.parametrize(
    ("text", "good"),
    [
        *(("4006381333931", True), ("036000291452", True), ("96385074", True), ("00012345600012", True)),
        *(
            ("4006381333932", False),
            ("0000000000000", False),
            ("400638133393", False),
            ("abc", False),
            ("", False),
        ),
    ],
)
def test_gtins(text: str, *, good: bool) -> None:
    """The check digit tells a barcode from a number of its length."""
    assert is_gtin(text) is good


def stock(desk: Desk, quantities: Sequence[str], name: str) -> dict[str, Any]:
    """Run a file of these quantities, a day after those before it."""
    if (desk.folder / "state").exists():
        with sqlite3.connect(desk.folder / "state" / "ledger.db") as ledger:
            ledger.execute("UPDATE runs SET started = strftime('%Y-%m-%dT%H:%M:%SZ', started, '-1 day')")
    rows = [HEADER, *(("A", sku, quantity) for sku, quantity in zip(SKUS, quantities, strict=False))]
    return desk.report("run", desk.file(rows, name))


def drifted(report: dict[str, Any]) -> list[str]:
    return [words for words in report["warnings"] if "the last file of the mapping" in words]


def test_a_run_says_what_changed_since_the_last_file(desk: Desk) -> None:
    """With the file and the run that it is compared with; the file that looks as before says nothing."""
    first = stock(desk, STOCK, "stock1.csv")
    assert drifted(first) == []
    assert drifted(stock(desk, STOCK[::-1], "stock2.csv")) == []
    (words,) = drifted(stock(desk, PRICES, "stock3.csv"))
    assert words.startswith("the quantities look like prices: 100% of them have decimals, it was 0% in ")
    assert "stock2.csv" in words


def test_check_says_it_too(desk: Desk) -> None:
    """Before anything is sent; where there is no ledger there is nothing to compare with."""
    path = desk.file(
        [HEADER, *(("A", sku, price) for sku, price in zip(SKUS, PRICES, strict=True))], "stock9.csv"
    )
    assert drifted(desk.report("check", path)) == []
    stock(desk, STOCK, "stock1.csv")
    assert len(drifted(desk.report("check", path))) == 1


def test_a_file_that_was_refused_is_no_measure(desk: Desk) -> None:
    """After a file of prices, all rejected, the next one of prices is still compared with the stock before."""
    stock(desk, STOCK, "stock1.csv")
    assert len(drifted(stock(desk, PRICES, "stock2.csv"))) == 1
    assert len(drifted(stock(desk, PRICES[::-1], "stock3.csv"))) == 1
    assert drifted(stock(desk, STOCK[::-1], "stock4.csv")) == []


def test_corrected_rejects_are_not_compared(desk: Desk) -> None:
    """Neither a dropped reject file nor a retry looks like the file that it comes from."""
    parent = stock(desk, [*STOCK[:5], *PRICES[:25]], "stock1.csv")
    stock(desk, STOCK[::-1], "stock2.csv")
    path = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    with path.open(newline="") as file:
        assert len(list(csv.reader(file))) == 26
    assert drifted(desk.report("run", path)) == []


def test_another_tenants_files_are_not_compared(desk: Desk) -> None:
    """A mapping may be used for several tenants, whose stock has nothing in common."""
    stock(desk, STOCK, "stock1.csv")
    with sqlite3.connect(desk.folder / "state" / "ledger.db") as ledger:
        ledger.execute("UPDATE runs SET tenant = 'https://other.example'")
    assert drifted(stock(desk, PRICES, "stock2.csv")) == []


def test_a_ledger_of_before_is_read(desk: Desk) -> None:
    """Runs on record without a profile are no measure and no trouble."""
    stock(desk, STOCK, "stock1.csv")
    with sqlite3.connect(desk.folder / "state" / "ledger.db") as ledger:
        ledger.execute("UPDATE runs SET about = json_remove(about, '$.profile')")
    assert drifted(stock(desk, PRICES, "stock2.csv")) == []
    assert desk("status").code in {0, 1}
