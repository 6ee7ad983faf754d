"""A location or SKU column -> codes; nothing about a code changes unless the mapping says so.

Works on the distinct texts of a block, so that a million rows cost what their few thousand codes cost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.mapping.sections import Code

# What a spreadsheet makes of a long number: digits, a point (or a comma), digits, E+ (`1E5` is a code like any other);
# or of what it takes for a date, where nothing else is written so: midnight, and day and month in Chinese or Korean;
# what it shows of a failed formula, or of a number in a narrow column; and ="00044", which only a spreadsheet reads.
DAMAGED = re.compile(
    r"[0-9]+[.,][0-9]+E\+[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00:00(?:\.0+)?|[0-9]{1,2}(?:\u6708[0-9]{1,2}\u65e5|\uc6d4 ?[0-9]{1,2}\uc77c)"
    r"|#{3,}|#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)|=\"[^\"]*\"",
    re.IGNORECASE,
)
PARTS = "\x1f"  # between the parts of a joined code while it is read
MISSING, LOOKUP, SKIP = "missing", "lookup", "skip"


@dataclass(frozen=True, slots=True)
class CodeSource:
    """Where a code of this file comes from: columns (more than one are joined), or the same for every row."""

    kind: str  # location | sku
    spec: Code
    columns: tuple[int, ...] = ()
    constant: str | None = None
    fields: tuple[str, ...] = ()  # their headers, for messages; in a matrix that of the location's column

    def field(self, part: int = 0) -> str | None:
        """Name the source column of a part, where there is one."""
        return self.fields[part] if self.fields else None


class Fault(NamedTuple):
    """Why a row has no code: a reason code or SKIP, what stands there, and in which part of a joined code."""

    code: str
    value: str
    part: int = 0


class Codes(NamedTuple):
    """Codes of n rows ("" where there is none), and the rows without one."""

    text: pa.StringArray
    bad: dict[int, Fault]


class Trimmed:
    """The columns of a block without outer white space, as distinct texts; each is looked at once, for all who ask."""

    def __init__(self, cells: Sequence[pa.StringArray]) -> None:
        self._cells = cells
        self._distinct: dict[int, pa.DictionaryArray] = {}

    def texts(self, column: int) -> pa.StringArray:
        """Give a column's texts."""
        return pc.utf8_trim_whitespace(self._cells[column])

    def distinct(self, column: int) -> pa.DictionaryArray:
        """Give a column's distinct texts, and which of them each row has."""
        if column not in self._distinct:
            self._distinct[column] = pc.dictionary_encode(self.texts(column))
        return self._distinct[column]


def read_codes(cells: Trimmed, source: CodeSource, n: int) -> Codes:
    """Read the codes of a block of n rows."""
    if source.constant is not None:
        distinct = pc.dictionary_encode(pa.repeat(source.constant, n))
    elif len(source.columns) == 1:
        distinct = cells.distinct(source.columns[0])
    else:
        parts = [cells.texts(column) for column in source.columns]
        distinct = pc.dictionary_encode(pc.binary_join_element_wise(*parts, PARTS))
    judged = [_judged(text, source) for text in distinct.dictionary.to_pylist()]
    text = pa.array([code if isinstance(code, str) else "" for code in judged], pa.string()).take(
        distinct.indices
    )
    faulty = pa.array([isinstance(code, Fault) for code in judged], pa.bool_()).take(distinct.indices)
    which = distinct.indices.to_numpy(zero_copy_only=False)
    found = ((at, judged[which[at]]) for at in np.flatnonzero(faulty.to_numpy(zero_copy_only=False)).tolist())
    return Codes(text, {at: fault for at, fault in found if isinstance(fault, Fault)})


def _judged(text: str, source: CodeSource) -> str | Fault:
    parts = text.split(PARTS) if len(source.columns) > 1 else [text]
    if len(parts) > max(len(source.columns), 1):  # a cell holds the separator itself
        return Fault("code.control", text)
    return transform(parts, source.kind, source.spec)


def transform(parts: list[str], kind: str, spec: Code) -> str | Fault:
    """Turn the trimmed text of a code's column, or of the columns that are joined, into a code, or say why it is none."""
    for part, text in enumerate(parts):
        if not text:
            return Fault(f"{kind}.{MISSING}", text, part)
        if DAMAGED.fullmatch(text):
            return Fault("code.damaged", text, part)
    text = (spec.join.with_ if spec.join else "").join(parts)
    for replacement in spec.replace or ():
        text = re.sub(replacement.pattern, replacement.with_, text)
    text = _cased(text.strip(), spec.case)
    if not text:
        return Fault(f"{kind}.{MISSING}", text)
    if spec.pad_left:
        text = text.rjust(spec.pad_left.width, spec.pad_left.with_)
    return _looked_up(text, kind, spec)


def _looked_up(text: str, kind: str, spec: Code) -> str | Fault:
    if spec.lookup is None or spec.lookup_missing == "keep":
        return (spec.lookup or {}).get(text, text)
    found = spec.lookup.get(text)
    return (
        Fault(SKIP if spec.lookup_missing == "skip" else f"{kind}.{LOOKUP}", text) if found is None else found
    )


def _cased(text: str, case: str) -> str:
    return text.upper() if case == "upper" else text.lower() if case == "lower" else text
