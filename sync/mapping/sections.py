"""The sections of a mapping file, version 1: every key, what it means, and what does not go together.

Attribute names are the keys of the file (`with`, `in` and `from`, which Python keeps for itself, end in `_`). Lists
are tuples; a single entry may stand without its brackets. What is left out is None or the contract's default.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from sync.mapping.fields import (
    AnyText,
    Character,
    Encoding,
    Factor,
    Headers,
    Line,
    OneOrMore,
    Pattern,
    RowNumber,
    Separator,
    Several,
    Stamp,
    Text,
    Timezone,
    ValuePattern,
)
from sync.mapping.guarding import Duration
from sync.yamlfile.section import Place, Range, Section

SOURCES = ("column", "value", "filename", "sheet", "folder", "join")


class Match(Section):
    """By what a file is recognised: all that is given must hold."""

    filename: Several[Text] | None = Field(default=None, description="Globs of the file's name, any case.")
    headers: Several[Headers] | None = Field(
        default=None,
        description="Headers that must be there, any order, any case, outer spaces ignored; a list inside: any "
        "of these. Default: the columns that the mapping uses.",
    )


class Read(Section):
    """How the file is read: everything here is detected where it is left out."""

    sheet: Text | None = Field(
        default=None, description="The sheet's name or a glob. Default: the one with the headers."
    )
    header_row: RowNumber | Literal["none"] | None = Field(
        default=None, description="The header's row as a person counts; none: columns go by number, from 1."
    )
    header_rows: Several[RowNumber] | None = Field(
        default=None, description="Several header rows, joined by a space, cell by cell."
    )
    encoding: Encoding | None = Field(default=None, description="The encoding of a text file, as cp1254.")
    delimiter: Separator | None = Field(
        default=None, description="What stands between the cells of a text file."
    )
    quote: Character | Literal[""] | None = Field(
        default=None, description='What quotes a cell of a text file; "" = nothing does.'
    )
    escape: Character | Literal[""] | None = Field(
        default=None, description='What escapes a sign in a text file, as \\; "" = nothing does.'
    )
    merged: Literal["fill"] | None = Field(
        default=None,
        description="fill: a cell merged with one above it shows that one's text. Default: it is a fault.",
    )

    def problems(self) -> Iterator[tuple[Place, str]]:
        """There is one header, of consecutive rows."""
        rows = self.header_rows or ()
        if rows and self.header_row is not None:
            yield ("header_rows",), "give header_row or header_rows, not both"
        if any(later <= row for row, later in itertools.pairwise(rows)):
            yield ("header_rows",), "must be rows from the top down, as [4, 5]"


class PadLeft(Section):
    """Fill a code up on the left."""

    width: Annotated[int, Range(1, 255)] = Field(description="To how many characters.")
    with_: Character = Field(alias="with", description='With which character, as "0".')


class Replace(Section):
    """Replace what matches a pattern."""

    pattern: Pattern = Field(description="A regular expression.")
    with_: AnyText = Field(
        alias="with", description='What takes its place; "" takes it away, \\1 is the first group.'
    )

    def problems(self) -> Iterator[tuple[Place, str]]:
        """The replacement may name only groups that the pattern has."""
        try:
            re.sub(self.pattern, self.with_, "")
        except (re.error, IndexError) as error:
            yield ("with",), f"does not fit the pattern: {error}"


class Join(Section):
    """Put a code together from several columns."""

    columns: Headers = Field(description="The headers, in order.")
    with_: AnyText = Field(default="", alias="with", description='What stands between them, as "-".')


class Code(Section):
    """Where a code stands, and what is done to it. Outer white space is always trimmed; nothing else changes by itself."""

    column: Headers | None = Field(
        default=None, description="A header, or a list of which the first that is there counts."
    )
    value: Text | None = Field(default=None, description="The same code for every row.")
    filename: ValuePattern | None = Field(
        default=None,
        description="A regular expression whose group (?P<value>...) finds the code in the file's name.",
    )
    sheet: Literal[True] | None = Field(default=None, description="true: the sheet's name is the code.")
    folder: Literal[True] | None = Field(default=None, description="true: the inbox's subfolder is the code.")
    join: Join | None = Field(default=None, description="Put together from several columns.")
    lookup: dict[str, Text] | None = Field(
        default=None, description="From the file's code to the tenant's; keys are text."
    )
    lookup_file: Text | None = Field(
        default=None, description="The same as a CSV file beside the mapping, with the columns from,to."
    )
    lookup_missing: Literal["reject", "skip", "keep"] = Field(
        default="reject", description="What to do with a code that the lookup does not have."
    )
    pad_left: PadLeft | None = Field(default=None, description="Fill short codes up on the left.")
    case: Literal["keep", "upper", "lower"] = Field(
        default="keep", description="Turn the code into one case."
    )
    replace: Several[Replace] | None = Field(default=None, description="Replacements, one after the other.")

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys given that say where the code stands; a checked mapping has one (none in a matrix)."""
        return tuple(key for key in SOURCES if getattr(self, key) is not None)

    def problems(self) -> Iterator[tuple[Place, str]]:
        """One source, one lookup."""
        if len(self.sources) > 1:
            yield (self.sources[1],), f"give only one of {', '.join(self.sources)}"
        if self.lookup is not None and self.lookup_file is not None:
            yield ("lookup_file",), "give lookup or lookup_file, not both"


class Multiply(Section):
    """Turn packs into pieces."""

    column: Headers = Field(description="The column of the unit.")
    by: dict[str, Factor] = Field(min_length=1, description="Pieces for each unit, as {EA: 1, CS: 12}.")


class Quantity(Section):
    """Where the quantity stands and how it is written."""

    column: Headers | None = Field(default=None, description="The column of the stock on hand.")
    subtract: Headers | None = Field(default=None, description="Columns taken off it, as [Reserved].")
    decimal: Literal[".", ","] | None = Field(
        default=None, description="The decimal sign. Undeclared and ambiguous: rejected."
    )
    thousands: Separator | None = Field(default=None, description="What stands between thousands.")
    multiply: Multiply | None = Field(default=None, description="Turn packs into pieces.")
    empty: Annotated[tuple[Text, ...], OneOrMore(0)] = Field(
        default=(), description='Words that mean blank, as ["-", "n/a"].'
    )
    blank: Literal["reject", "skip", "zero"] = Field(
        default="reject", description="What to do with a blank quantity."
    )
    negative: Literal["reject", "zero"] = Field(
        default="reject", description="What to do with a quantity below zero."
    )
    fraction: Literal["reject", "floor", "round"] = Field(
        default="reject", description="What to do with 1.9."
    )

    def problems(self) -> Iterator[tuple[Place, str]]:
        """The decimal sign is not the thousands separator."""
        if self.thousands is not None and self.thousands == self.decimal:
            yield ("thousands",), f"must not be the decimal sign {self.decimal}"


class Columns(Section):
    """What each part of an inventory row is made of."""

    location_code: Code = Field(default=Code(), description="The location.")
    sku_code: Code = Field(description="The SKU.", examples=[{"column": "ItemCode"}])
    quantity: Quantity = Field(default=Quantity(), description="The quantity.")


class ByPattern(Section):
    """The columns whose header matches."""

    pattern: ValuePattern = Field(
        description="A regular expression whose group (?P<value>...) is the location."
    )


class Between(Section):
    """The columns from one header to another."""

    from_: Text = Field(alias="from", description="The first location's header.")
    to: Text = Field(description="The last location's header.")


def _form(locations: Any) -> str:  # noqa: ANN401  (whatever stands in the file)
    if not isinstance(locations, (dict, Section)):
        return "<headers>"
    keys = locations if isinstance(locations, dict) else type(locations).model_fields
    return "<between>" if {"from", "from_", "to"} & set(keys) else "<pattern>"


class Matrix(Section):
    """Which columns are locations; their headers are the location codes."""

    locations: Annotated[
        Annotated[ByPattern, Tag("<pattern>")]
        | Annotated[Between, Tag("<between>")]
        | Annotated[Headers, Tag("<headers>")],
        Discriminator(_form),
    ] = Field(description="{pattern: ...}, {from: ..., to: ...}, or a list of headers.")


class Filter(Section):
    """A condition on one column's text."""

    column: Headers = Field(description="The column.")
    in_: Several[AnyText] | None = Field(default=None, alias="in", description="Its text is one of these.")
    matches: Pattern | None = Field(default=None, description="Its text matches this regular expression.")

    def problems(self) -> Iterator[tuple[Place, str]]:
        """One condition."""
        if (self.in_ is None) == (self.matches is None):
            yield (), "needs one of in and matches"


class Rows(Section):
    """Which rows count."""

    include: Several[Filter] | None = Field(
        default=None, description="Only rows for which all of these hold."
    )
    exclude: Several[Filter] | None = Field(
        default=None, description="Not the rows for which any of these holds."
    )
    duplicates: Literal["reject", "sum", "last"] = Field(
        default="reject", description="Several rows of a pair with different quantities."
    )
    totals: Literal["skip", "keep"] = Field(
        default="skip",
        description="Rows that say Total and hold the sum of others; keep: they are rows like any.",
    )
    unknown: Literal["reject", "skip"] = Field(default="reject", description="What the tenant does not know.")


class AsOf(Section):
    """The moment that the stock is true for, from the file's name."""

    filename: ValuePattern = Field(
        description="A regular expression whose group (?P<value>...) is the moment."
    )
    format: Stamp = Field(description="How it is written, as %Y%m%d_%H%M.")
    timezone: Timezone = Field(default="UTC", description="Whose clock it is, as Europe/Istanbul.")


class Send(Section):
    """How rows are sent."""

    source: Literal["erp_sync", "initial_load", "bulk_import", "manual_adjustment"] = Field(
        default="erp_sync", description="What the tenant's log calls the source."
    )
    notes: Line = Field(default="", description="A line for the tenant's log; the run's id is added.")
    changes_only: bool = Field(
        default=False,
        description="Post only what differs from what the tenant acknowledged to us; not with source: initial_load.",
    )
    full_every: Duration | None = Field(
        default=None,
        description="With changes_only: how often everything is posted all the same, as 7d.",
        examples=["7d"],
    )

    def problems(self) -> Iterator[tuple[Place, str]]:
        """How often everything goes is for those that send only what changed."""
        if self.full_every and not self.changes_only:
            yield ("full_every",), "is for changes_only: true; without it everything is posted anyway"
