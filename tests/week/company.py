"""The company of the story: its folder, three feeds, what they hold on a day, and what the tenant knows."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    Stock = Mapping[tuple[str, str], int]

DEPOTS = {"A-101": "01", "A-102": "02"}
SHOP, STORE = "S-14", "R-201"
GOODS = tuple(f"{kind}-{number:03}" for kind in ("TAP", "PIPE", "LAMP", "BULB") for number in range(1, 101))
CONFIG = """\
tenant: {{url: {url}, retry: {{base: 0.01, max: 0.02}}}}
timezone: Europe/London
metrics_file: inventory-sync.prom
notify: {{webhook: {{url: {hook}/chat}}}}
heartbeat_url: {hook}/alive
"""
MAPPINGS = {
    "erp": """\
version: 1
name: erp
description: What the ERP writes at two in the morning
match: {filename: ["erp_stock*.csv"]}
columns:
  location_code: {column: Warehouse, lookup: {"01": A-101, "02": A-102}}
  sku_code: {column: Item}
  quantity: {column: On hand}
expect: {every: 1d, by: "06:00"}
""",
    "till": """\
version: 1
name: till
description: What the till of a shop says three times a day; which shop, the folder tells
match: {filename: ["till*.csv"]}
columns:
  location_code: {folder: true}
  sku_code: {column: Article}
  quantity: {column: Left}
""",
    "count": """\
version: 1
name: count
description: The workbook that the store fills in
match: {filename: ["count*.xlsx"]}
columns:
  location_code: {value: R-201}
  sku_code: {column: Item}
  quantity: {column: Counted}
send: {source: manual_adjustment, notes: count of the store}
""",
}


def set_up(folder: Path, url: str, hook: str) -> None:
    """Make the folder of the company; the tenant and the messages go to loopback."""
    (folder / "mappings").mkdir()
    for name, text in MAPPINGS.items():
        (folder / "mappings" / f"{name}.yaml").write_text(text)
    (folder / "inventory-sync.yaml").write_text(CONFIG.format(url=url, hook=hook))
    (folder / "drop" / "inbox" / SHOP).mkdir(parents=True)


def catalogue(path: Path) -> Path:
    """Write down what exists at the tenant."""
    places = (("location", code) for code in (*DEPOTS, SHOP, STORE))
    path.write_text(_lines([("kind", "code"), *places, *(("sku", code) for code in GOODS)], ","))
    return path


def in_depots(day: int, *, none_in: Iterable[str] = (), prefix: str = "") -> Stock:
    """Tell what the two depots hold on a day."""
    gone = set(none_in)
    return {
        (depot, f"{prefix}{sku}"): 0 if depot in gone else 1 + (at * 7 + day * 3) % 90
        for depot, code in DEPOTS.items()
        for at, sku in enumerate(GOODS, int(code))
    }


def in_shop(day: int, hour: int) -> Stock:
    """Tell what the shop holds at an hour."""
    return {(SHOP, sku): 1 + (at * 5 + day * 11 + hour) % 40 for at, sku in enumerate(GOODS[:40])}


def in_store(day: int) -> Stock:
    """Tell what the store holds."""
    return {(STORE, sku): 2 + (at * 3 + day) % 25 for at, sku in enumerate(GOODS[:30])}


def export(stock: Stock) -> bytes:
    """Write the file of the ERP."""
    rows = [(DEPOTS[depot], sku, str(quantity)) for (depot, sku), quantity in stock.items()]
    return _lines([("Warehouse", "Item", "On hand"), *rows], ";").encode()


def till(stock: Stock) -> bytes:
    """Write the file of the till."""
    rows = [(sku, str(quantity)) for (_, sku), quantity in stock.items()]
    return _lines([("Article", "Left"), *rows], ",").encode()


def count(stock: Stock, typed: Mapping[str, str], *more: tuple[str, str]) -> bytes:
    """Write the workbook of the store; `typed` is what was typed in place of a quantity, `more` stands below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Count"
    sheet.append(("Item", "Counted"))
    for (_, sku), quantity in stock.items():
        sheet.append((sku, typed.get(sku, quantity)))
    for row in more:
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _lines(rows: Iterable[tuple[str, ...]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
