"""A floor: bodies that are ready lie in memory, and eight threads post them; prints the seconds of the posting alone.

python ready_bodies.py ROWS ADDRESS ROWS_A_BODY
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

rows, address, size = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
stock = [{"location_code": "W01", "sku_code": f"SKU-{at:07d}", "quantity": at % 5000} for at in range(size)]
body = json.dumps({"inventory": stock, "source": "erp_sync"}, separators=(",", ":")).encode()
with httpx.Client() as client, ThreadPoolExecutor(8) as pool:
    started = time.perf_counter()
    for answer in pool.map(lambda _: client.post(f"{address}/inventory/", content=body), range(rows // size)):
        answer.raise_for_status()
    print(time.perf_counter() - started)
