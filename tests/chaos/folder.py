"""The folder that a plan plays in: a configuration, one mapping, and a place for dropped files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.plan import World

DEADLINE = 2  # seconds without a settled batch
TIMEOUT = 1  # seconds for a request: the least that can be set
MAPPING = """version: 1
name: stock
match: {{filename: ["stock*.csv"]}}
read: {{delimiter: "{policy.delimiter}"}}
columns:
  location_code: {{column: Depot}}
  sku_code: {{column: Item}}
  quantity: {{column: Pieces, decimal: ".", blank: {policy.blank}}}
rows:
  duplicates: {policy.duplicates}
  unknown: {policy.unknown}
  exclude: [{{column: Note, in: [closed]}}]
"""
AS_OF = r"""as_of: {filename: 'stock_(?P<value>\d{8}_\d{4})', format: "%Y%m%d_%H%M", timezone: UTC}
"""


def prepare(folder: Path, world: World, port: int) -> None:
    """Lay the folder out."""
    for name in ("mappings", "drop"):
        (folder / name).mkdir()
    as_of = AS_OF if world.policy.as_of == "name" else ""
    (folder / "mappings" / "stock.yaml").write_text(MAPPING.format(policy=world.policy) + as_of)
    retry = {"attempts": world.attempts, "base": 0.01, "max": 0.04, "deadline": DEADLINE}
    tenant = {
        "url": f"http://127.0.0.1:{port}",
        "workers": world.workers,
        "batch_rows": world.batch_rows,
        "batch_rows_max": world.batch_rows_max,
        "timeout": TIMEOUT,
        "retry": retry,
    }
    (folder / "inventory-sync.yaml").write_text(json.dumps({"tenant": tenant}))
