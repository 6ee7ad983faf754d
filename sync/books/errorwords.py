"""Texts that a spreadsheet shows where a formula failed, in the languages of the programs that write them."""

from __future__ import annotations

import re

NOT_AVAILABLE = {
    "#N/A",
    "#NV",
    "#YOK",
    "#N/D",
    "#I/T",
    "#N/B",
    "#\N{CYRILLIC CAPITAL LETTER EN}/\N{CYRILLIC CAPITAL LETTER DE}",
}
FAILED = re.compile(r"#[¡¿]?[^\W\d_][^\W_a-z0-9]{2,19}(/0)?[!?]|#GETTING_DATA|Err:[0-9]{3}")

# By the byte that stands for it in Excel's binary files.
BY_CODE = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def is_error(text: str) -> bool:
    """Tell an error from a code: `#REF!`, `#BEZUG!` and LibreOffice's `Err:502` are errors, `#12` is none."""
    return text.startswith(("#", "Err:")) and (text in NOT_AVAILABLE or bool(FAILED.fullmatch(text)))
