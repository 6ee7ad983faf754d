"""dlt as its introduction shows it: a generator of rows, and a custom destination that posts them.

python with_dlt_rows.py FILE ADDRESS ROWS_A_BODY
"""

import csv
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import requests

file, address, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = requests.Session()


@dlt.resource(name="stock")
def stock() -> Iterator[dict[str, Any]]:
    """Read the good rows."""
    with Path(file).open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            count = row["On Hand"].replace(",", "")
            if count.isdigit():
                yield {
                    "location_code": row["Warehouse"],
                    "sku_code": row["Item No."],
                    "quantity": int(count),
                }


@dlt.destination(batch_size=size, name="tenant")
def tenant(items: Any, table: Any) -> None:  # noqa: ANN401, ARG001 - as dlt calls it
    """Post a batch."""
    body = {"inventory": items, "source": "erp_sync"}
    session.post(f"{address}/inventory/", json=body, headers={"X-API-Key": "none"}).raise_for_status()


with tempfile.TemporaryDirectory() as folder:
    dlt.pipeline("stock", destination=tenant, pipelines_dir=folder).run(stock())
