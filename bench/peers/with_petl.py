"""petl, row by row, and requests.

python with_petl.py FILE ADDRESS ROWS_A_BODY
"""

import sys
from itertools import islice

import petl
import requests

NAMES = {"Warehouse": "location_code", "Item No.": "sku_code", "On Hand": "quantity"}


def quantity(text: str) -> int | None:
    """Read a quantity; None is none."""
    digits = text.replace(",", "")
    return int(digits) if digits.isdigit() else None


file, address, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
table = petl.fromxlsx(file) if file.endswith(".xlsx") else petl.fromcsv(file, encoding="utf-8")
table = petl.rename(petl.cut(table, *NAMES), NAMES)
table = petl.convert(table, "quantity", lambda cell: quantity(str(cell)))
table = petl.selectnotnone(table, "quantity")
rows = iter(petl.dicts(table))
session = requests.Session()
while batch := list(islice(rows, size)):
    body = {"inventory": batch, "source": "erp_sync"}
    session.post(f"{address}/inventory/", json=body, headers={"X-API-Key": "none"}).raise_for_status()
