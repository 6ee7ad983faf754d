"""The script that one finds everywhere: the whole file into pandas, a dictionary a row, requests.

python usual_script.py FILE ADDRESS ROWS_A_BODY
"""

import sys
from typing import Any

import pandas as pd
import requests

file, address, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
frame = pd.read_excel(file, engine="openpyxl") if file.endswith(".xlsx") else pd.read_csv(file)
frame["quantity"] = pd.to_numeric(frame["On Hand"].astype(str).str.replace(",", ""), errors="coerce")
frame = frame[frame["quantity"].ge(0) & frame["quantity"].mod(1).eq(0)].astype({"quantity": int})
frame = frame.rename(columns={"Warehouse": "location_code", "Item No.": "sku_code"})
rows = frame[["location_code", "sku_code", "quantity"]].to_dict("records")
session = requests.Session()
for start in range(0, len(rows), size):
    body: dict[str, Any] = {"inventory": rows[start : start + size], "source": "erp_sync"}
    session.post(f"{address}/inventory/", json=body, headers={"X-API-Key": "none"}).raise_for_status()
