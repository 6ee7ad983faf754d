"""frictionless with a table schema, row by row, and requests.

python with_frictionless.py FILE ADDRESS ROWS_A_BODY
"""

import sys
from itertools import islice
from typing import Any

import requests
from frictionless import Resource, Schema, system

NAMES = {"Warehouse": "location_code", "Item No.": "sku_code", "On Hand": "quantity"}
SCHEMA = Schema.from_descriptor(
    {
        "fields": [
            {"name": "Warehouse", "type": "string", "constraints": {"required": True, "maxLength": 255}},
            {"name": "Item No.", "type": "string", "constraints": {"required": True, "maxLength": 255}},
            {"name": "Description", "type": "string"},
            {
                "name": "On Hand",
                "type": "number",
                "groupChar": ",",
                "constraints": {"required": True, "minimum": 0, "maximum": 2_147_483_647},
            },
            {"name": "UoM", "type": "string"},
            {"name": "Last Count Date", "type": "string"},
        ]
    }
)
file, address, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = requests.Session()
with system.use_context(trusted=True), Resource(path=file, schema=SCHEMA) as resource:
    rows = (row for row in resource.row_stream if row.valid and row["On Hand"] % 1 == 0)
    good = ({to: row[name] for name, to in NAMES.items()} | {"quantity": int(row["On Hand"])} for row in rows)
    while batch := list(islice(good, size)):
        body: dict[str, Any] = {"inventory": batch, "source": "erp_sync"}
        session.post(f"{address}/inventory/", json=body, headers={"X-API-Key": "none"}).raise_for_status()
