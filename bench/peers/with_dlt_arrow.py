"""dlt tuned: Arrow tables from the reader to Parquet, and a destination that takes whole files and posts from eight threads.

python with_dlt_arrow.py FILE ADDRESS ROWS_A_BODY
"""

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dlt
import httpx
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

file, address, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
CODES = {"Warehouse": "location_code", "Item No.": "sku_code"}
OPTIONS = csv.ConvertOptions(
    include_columns=[*CODES, "On Hand"],
    column_types=dict.fromkeys([*CODES, "On Hand"], pa.string()),
    strings_can_be_null=False,
)


@dlt.resource(name="stock")
def stock() -> Iterator[pa.Table]:
    """Read the good rows, block by block."""
    reader = csv.open_csv(file, csv.ReadOptions(block_size=16 << 20), convert_options=OPTIONS)
    for block in reader:
        count = pc.replace_substring(block["On Hand"], ",", "")
        good = pc.match_substring_regex(count, "^[0-9]{1,9}$")
        columns = {name: block[column] for column, name in CODES.items()}
        table = pa.table({**columns, "quantity": count}).filter(good)
        yield table.set_column(2, "quantity", table["quantity"].cast(pa.int64()))


@dlt.destination(batch_size=0, loader_file_format="parquet", name="tenant")
def tenant(items: Any, table: Any) -> None:  # noqa: ANN401, ARG001 - as dlt calls it: a path
    """Post a file."""
    with httpx.Client(headers={"X-API-Key": "none"}) as client, ThreadPoolExecutor(8) as pool:

        def post(rows: pa.RecordBatch) -> None:
            body = orjson.dumps({"inventory": rows.to_pylist(), "source": "erp_sync"})
            client.post(f"{address}/inventory/", content=body).raise_for_status()

        list(pool.map(post, pq.ParquetFile(items).iter_batches(size)))


with tempfile.TemporaryDirectory() as folder:
    dlt.pipeline("stock", destination=tenant, pipelines_dir=folder).run(stock())
