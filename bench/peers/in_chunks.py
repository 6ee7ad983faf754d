"""pandas, pandera and httpx, chunk by chunk, one after the other: what a careful script does.

python in_chunks.py FILE ADDRESS ROWS_A_BODY
"""

import sys

import httpx
import pandas as pd
import pandera.pandas as pa

SCHEMA = pa.DataFrameSchema(
    {
        "location_code": pa.Column(str, pa.Check.str_length(1, 255)),
        "sku_code": pa.Column(str, pa.Check.str_length(1, 255)),
        "quantity": pa.Column(int, pa.Check.in_range(0, 2_147_483_647)),
    }
)
NAMES = {"Warehouse": "location_code", "Item No.": "sku_code", "On Hand": "quantity"}
file, address, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
with httpx.Client(headers={"X-API-Key": "none"}) as client:
    for chunk in pd.read_csv(file, dtype=object, usecols=list(NAMES), chunksize=50_000):
        frame = chunk.rename(columns=NAMES)
        count = pd.to_numeric(frame["quantity"].str.replace(",", ""), errors="coerce")
        frame = frame.assign(quantity=count)[count.ge(0) & count.mod(1).eq(0)].astype({"quantity": int})
        rows = SCHEMA.validate(frame).to_dict("records")
        for start in range(0, len(rows), size):
            body = {"inventory": rows[start : start + size], "source": "erp_sync"}
            client.post(f"{address}/inventory/", json=body).raise_for_status()
