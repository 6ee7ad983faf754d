"""How large a sheet may be, whatever kind of workbook it stands in; more is no stock file."""

from __future__ import annotations

ROWS_MAX = 1_048_576
COLUMNS_MAX = 16_384
TEXT_MAX = 1 << 20  # characters in a cell; a spreadsheet program allows 32,767
ROW_MAX = 1 << 21  # characters in a row
TEXTS_MAX = 260_000_000  # bytes of memory for the texts that cells share
SHEETS_MAX = 1_000
MERGES_MAX = 1_000_000
SHEET_MAX = 1_000_000_000  # characters in a sheet
HEADS_MAX = 50_000_000  # characters in the first rows of all sheets
