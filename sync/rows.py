"""The frozen shapes that stages hand on to each other.

No I/O, nothing of ours imported: a stage knows these shapes and not the stage that made them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

# What became of a row before anything was sent; kept as int8 in the staging file.
GO = 0  # stands in the send list
MERGED = 1  # folded into another row of its pair
SKIPPED = 2  # left out on purpose; the reason stands beside it
REJECTED = 3  # will not go as it is; its problems stand beside it

SKIP_REASONS = ("blank", "totals", "excluded", "superseded", "repeat", "unknown", "discarded")
STAGES = ("read", "map", "schema", "tenant")
OWN_COLUMN = "*"  # in Run.fields: the column of the row's own quantity
OUTCOMES = ("read", "accepted", "unchanged", "merged", "skipped", "rejected", "held", "pending")


@dataclass(frozen=True, slots=True)
class ReadHints:
    """What a mapping says about reading; None means: find out."""

    sheet: str | None = None  # name or glob
    header_rows: tuple[int, ...] | None = None  # as a person counts; () = the file has no header
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None  # "" = no cell is quoted
    escape: str | None = None  # "" = nothing is escaped; a quote inside a quoted cell is doubled
    merged: str | None = (
        None  # fill = a cell that is merged with one above shows its text; None = it is a fault
    )


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a file was read, as the report shows it."""

    format: str  # csv | xlsx | xls | xlsb | ods | html | xml
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None  # the last header row, as a person counts; None = no header
    quote: str | None = None  # where it is not "
    escape: str | None = None
    evidence: dict[str, str] = field(default_factory=dict)  # decision -> why, in words for a person


@dataclass(frozen=True, slots=True)
class Sheet:
    """The head of one sheet (or of the whole text file): enough to recognise it by."""

    name: str | None
    visible: bool
    rows: tuple[tuple[int, tuple[str, ...]], ...]  # (row as a person counts, cells), blank rows left out
    read_as: ReadAs  # header_row not yet known
    merged: tuple[int, ...] = ()  # columns, from 0, in which cells are merged downwards


@dataclass(frozen=True, slots=True)
class Fault:
    """A row or cell that could not be read truthfully; judged only where the mapping uses it.

    Row faults (column None): row.short, row.long, row.quotes, row.delimiter, row.table, row.cut. Cell faults: cell.encoding, cell.error, cell.formula, cell.date, cell.boolean,
    cell.digits (a numeric cell of more than 15 digits), cell.fraction (a numeric cell with a fraction, whose text has
    a decimal point whatever the mapping declares; no fault in a quantity, damage in a code), cell.merged (an empty
    cell that is merged with one above it) and cell.returned (a cell of a reject file that came back changed only in
    the way a spreadsheet changes codes; likewise). Of the whole file: code.form and code.zeros (a code that the others of
    its column show to be damaged; it holds as long as the cell is unchanged and the mapping does not mend it).
    """

    row: int
    column: int | None  # 0-based
    code: str
    shown: str  # what a person sees there: "#N/A", "2026-03-10", "E17"


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive data rows in columns of text.

    Shapes: `rows` is int64[n], the row numbers that a person sees; `cells` holds one pa.StringArray[n] for each
    column of the header, without nulls (an empty cell is ""); rows that were too short are padded.
    """

    rows: npt.NDArray[np.int64]
    cells: tuple[pa.StringArray, ...]
    faults: tuple[Fault, ...] = ()
    # In a dropped reject file: the parent's rows, 0 = a new row.
    parent_rows: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A source file as columns of text. `blocks` can be walked once."""

    header: tuple[str, ...]
    read_as: ReadAs
    blocks: Iterator[Block]
    warnings: tuple[str, ...] = ()
    ended: bool | None = None  # whether a text file ends with a line end


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file says without its cells."""

    filename: str
    folder: str = ""  # the name of the folder that it lies in
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One reason against one candidate row, before the row's fate is decided."""

    at: int  # position in its block
    stage: str
    field: str | None
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a mapping made of a block: one candidate a source row, or a source row and location column in a matrix.

    Shapes: all columns have n entries. `row` int64, `column` int32 (0-based source column of the quantity), codes
    without nulls ("" where they could not be told), `quantity` int64 (-1 where there is none), `state` int8 (GO,
    SKIPPED or REJECTED), `skip` int8 (index in SKIP_REASONS, -1 = none). `found` speaks of rejected rows only.
    """

    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int32]
    location_code: pa.StringArray
    sku_code: pa.StringArray
    quantity: npt.NDArray[np.int64]
    state: npt.NDArray[np.int8]
    skip: npt.NDArray[np.int8]
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a row does not go through; its words are in `reasons`."""

    stage: str  # one of STAGES
    field: str | None  # the source column at fault
    code: str
    value: str  # what stands there, or the tenant's words


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that did not go through, with its source text and every reason."""

    row: int  # as a person sees it in the file
    column: int  # 0-based source column of the quantity; tells the cells of a matrix line apart
    problems: tuple[Problem, ...]
    cells: tuple[str, ...]  # the source row as text, one for each header
    location_code: str  # "" where it could not be told
    sku_code: str
    position: int | None = None  # in the send list, where the tenant refused it
    unknown: bool = False  # the tenant does not know it and the mapping says skip: not a reject
    faults: tuple[Fault, ...] = ()  # of its source row; they hold as long as the cell is unchanged
    parent_row: int | None = None  # in a dropped reject file: the row of the parent run that it corrects


@dataclass(frozen=True, slots=True)
class Run:
    """One source file on its way through all stages, as the ledger keeps it."""

    run: str
    started: str  # UTC, ISO 8601
    tenant: str  # its identity: origin, or the sandbox's
    file: str
    watched: str = ""  # the watched folder that it came from; "" = a command named the file
    seq: int = 0  # its place in the order of taking, which no clock can turn back; given by the ledger
    sha256: str = ""
    mapping: str = ""
    mapping_sha256: str = ""
    as_of: str = ""
    source: str = ""
    notes: str = ""
    tenant_shown: str = ""  # the tenant for people
    content: str = ""  # one hash of bytes, mapping text, tenant and options: equal = a repeat
    parent: str | None = None  # the run whose rejects were dropped again
    repeats: str | None = None  # the run that sent the same content before
    read_as: ReadAs | None = None
    header: tuple[str, ...] = ()
    origin: Origin = field(default_factory=lambda: Origin(""))  # of the file that the first run took
    zeroes: bool = False  # its rows are the pairs that are gone from the parent's file
    whole: bool = True  # its mapping's files hold all pairs, not some
    changes_only: bool = False  # what the tenant acknowledged before is not posted again
    unknown: str = "reject"  # the mapping's rows.unknown, as it was when the file was judged
    fields: dict[str, str] = field(default_factory=dict)  # request field -> the source column it comes from
    width: int = 1  # rows of the law for each source row
    profile: dict[str, Any] = field(default_factory=dict)  # what its columns looked like; see `drift`
    read: int = 0  # rows of the law
    to_send: int = 0  # pairs in the send list
    merged: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    state: str = "staged"  # staged | settled | failed
    held: int = 0  # pairs at the end of the send list that a guard stopped when the file was judged
    guards: tuple[dict[str, Any], ...] = ()  # what tripped: guard, location, numbers, examples
    absent: int = 0  # pairs that are not in the file and go to 0, in a run of their own
    most_unknown: float | None = (
        None  # share of rows that the tenant does not know above which it is held; None: any
    )
    min_count: int = 20  # rows: fewer trip no guard
    discarded: bool = False
    ending: str = ""  # why the last delivery stopped before its end: "" | incomplete | failing (what is left always fails) | refused | interrupted
    why: tuple[str, ...] = ()  # the sentences of it, or of a failed file
    not_before: str | None = None  # the tenant asked us not to come back sooner
    sent: int = 0  # requests
    retried: int = 0
    reject_file: str | None = None
    ended: str | None = None
    version: str = ""  # of the program that judged it


@dataclass(frozen=True, slots=True)
class Tally:
    """What the ledger's batches and rejects of one run add up to."""

    accepted: int = 0
    settled: int = 0  # positions of the send list with a known outcome
    refused_pairs: int = 0  # positions that the tenant refused
    refused_rows: int = 0  # the source rows that they came from
    unknown_pairs: int = 0
    unknown_rows: int = 0
    superseded: int = 0  # positions that were left out after staging: something newer was sent
    unchanged: int = 0  # positions that were not posted: the tenant acknowledged their value before
    held: int = 0  # positions that wait for a person
    discarded: int = 0  # held positions that a person gave up
    outdated: int = 0  # held positions that waited until something newer was sent for their pairs
    held_at: tuple[str, ...] = ()  # their locations; "" = all of the file that is left
    created: int = 0
    updated: int = 0
    rejected: dict[str, int] = field(default_factory=dict)  # by stage, counted from the reject rows
