"""An empty folder -> a ready one: config, an example mapping with a file that it reads, folders, service files.

What it makes works at once against the sandbox; nothing that is there already is ever touched.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.mapping.model import json_schema
from sync.run.services import service_files
from sync.run.welcome import readme

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = (
    "mappings",
    "rejects",
    "state",
    "cron",
    *(f"drop/{name}" for name in ("inbox", "processed", "held", "failed", "rejects")),
)
NOT_IN_SERVICES = re.compile(r"[^\w ./@+,:=~()-]")
MODE = 0o750

CONFIG = """\
# What you decide; everything else has a default. Paths are relative to this folder.
# `inventory-sync doctor` says whether it is right.
tenant:
  # The practice tenant on this machine. When all is well, write your own instead: https://acme.datamingle.ai
  # Its API key never stands here: it is read from the file that INVENTORY_SYNC_API_KEY_FILE names.
  url: sandbox

mappings: mappings # one file for each kind of stock file: how it is recognised and read
state: state # what was sent when: keep it on a local disk, and in your backups
rejects: rejects # where the rows are written that did not go through
watch:
  root: drop # for dropped files: who may write into its inbox, may send
"""
MAPPING = """\
# yaml-language-server: $schema=mapping.schema.json
# How one kind of stock file is recognised, read and sent. Copy this file for each kind you have and adapt the copy;
# `inventory-sync check FILE` shows what it makes of a file, and sends nothing.
version: 1
name: example
description: The example file in this folder

match:
  filename: ["example*.csv"] # which files; any case
  # Besides, a file must have the columns that are used below.

columns:
  location_code:
    column: Warehouse
    lookup: {"01": MAIN, "02": SHOP} # your code: the tenant's code. Without lookup codes go as they are
  sku_code:
    column: Item # or several names, the first that is there: [Item, "Item No"]
  quantity:
    column: On hand
    # decimal: "," # how numbers are written here; as long as this is open, 1,500 is rejected and not guessed
    # thousands: "."
    # blank: zero # an empty cell is rejected, unless you say what it means: skip or zero

# rows:
#   exclude: [{column: Item, matches: "^TOTAL"}]
#   duplicates: sum # the same location and SKU twice: reject (the default), sum or last

send: {source: erp_sync, notes: "Example"}
"""
EXAMPLE = """\
Warehouse,Item,Description,On hand
01,RUG-5X7-BLU,"Rug 5x7, blue",14
01,RUG-8X10-BLU,"Rug 8x10, blue",6
01,LAMP-BRASS,Brass lamp,120
02,RUG-5X7-BLU,"Rug 5x7, blue",3
02,LAMP-BRASS,Brass lamp,0
"""


def make(folder: Path) -> list[str]:
    """Make the folder ready; give what to tell about it.

    Raises:
        FixSetup: something lies there already, and was not touched; or the folder cannot be made.
    """
    try:
        _refuse_if_taken(folder)
        files = dict(_files(folder.resolve()))
        for name in FOLDERS:
            (folder / name).mkdir(mode=MODE, parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FixSetup(f"{folder} cannot be made ready: {error.strerror or error}") from None
    return [
        f"{folder} is ready; README.txt there says what is what.",
        f"Try it:  cd {shlex.quote(str(folder))} && inventory-sync run example.csv",
    ]


def _refuse_if_taken(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise FixSetup(f"{folder} is a file; name a folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise FixSetup(
            f"{folder} has something in it already, and nothing was touched; name a new or an empty folder"
        )
    odd = NOT_IN_SERVICES.search(str(folder.resolve()))
    if odd:
        raise FixSetup(
            f"{folder.resolve()}: service files cannot name a folder with {odd[0]!r} in its path; name another one"
        )


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    yield "inventory-sync.yaml", CONFIG
    yield "mappings/example.yaml", MAPPING
    yield "mappings/mapping.schema.json", json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
    yield "example.csv", EXAMPLE
    yield "README.txt", readme(folder)
    for name, text in service_files(folder):
        yield f"cron/{name}", text
