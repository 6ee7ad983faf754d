"""Imports all that a command may need, once, in the process that commands are forked from."""

from __future__ import annotations

import encodings.idna
import encodings.utf_8_sig
import gc
import importlib
import pkgutil

import pandas as pd

import sync
from sync.schema import failures

NOT_NEEDED = ("sync.__main__", "sync.guess", "sync.books")

for module in pkgutil.walk_packages(sync.__path__, "sync."):
    if not module.name.startswith(NOT_NEEDED):
        importlib.import_module(module.name)
failures(
    pd.DataFrame({"location_code": ["A"], "sku_code": ["B"], "quantity": [1]})
)  # pandera imports half of itself when it first judges
KEPT = (encodings.idna, encodings.utf_8_sig)
gc.freeze()
