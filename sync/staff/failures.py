"""Why a file was set aside -> which of a few plain sentences says it to staff; the exact words are for whoever looks after us."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OTHER = "other"
# The first that fits, in this order; by what our own sentences say (tests/test_staff_failures.py meets the real ones).
KINDS = {
    "rejects": r"reject file|rejects of|_reject_run",
    "archive": r"archive (?:holds|inside|is locked|would unpack|takes more)|in the archive|archive, which is not read",
    "locked": r"password|encrypted",
    "changing": r"changed while it was read|still being written|rewritten while",
    "no_access": r"cannot be opened|cannot be read to its end|no plain file|it is a folder|not be looked into",
    "moment": r"the moment of the stock|no moment of the form|still to come",
    "empty": r"is empty|\b0 bytes|has no rows|no sheet that can be seen has rows|no rows|nothing but",
    "cut": r"cut off|quotation mark|ends in the middle|its directory is missing",
    "uncalculated": r"formula",
    "damaged": r"(?:is|be) damaged|its reader|no honest workbook|would inflate",
    "several": r"several sheets|which column is meant|both have the headers|mappings claim this file|which of them stands between",
    "letters": r"not utf-8|as the mapping declares|encoding|nul character|byte",
    "unknown": r"no mapping claims|does not have what the mapping|has no sheet|should hold the header|the nearest mapping|no mappings that could",
    "no_stock": r"no stock file|not read here|no table|without any columns|no spreadsheet|of our own making",
}


def kind(why: Iterable[str]) -> str:
    """Name the plain sentence for the reasons of a failed file."""
    said = " ".join(why).lower()
    return next((name for name, pattern in KINDS.items() if re.search(pattern, said)), OTHER)
