"""Text -> how a workbook writes it: what XML cannot hold as _xHHHH_, and what only looks like that so that it stays."""

from __future__ import annotations

import re

from openpyxl.utils.escape import escape

LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def escaped(text: str) -> str:
    """Write a text so that whatever reads the workbook finds it again."""
    return escape(LOOKS_ESCAPED.sub("_x005F_", text))
