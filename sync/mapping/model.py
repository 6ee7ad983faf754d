"""The mapping as a whole: what its sections need of each other, and what other rooms ask it for."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr

from sync.mapping.fields import Line, Several, Text
from sync.mapping.guarding import Expect, Guards
from sync.mapping.sections import AsOf, Between, ByPattern, Code, Columns, Match, Matrix, Read, Rows, Send
from sync.rows import ReadHints
from sync.yamlfile.section import Place, Section, wrong

AnyOf = tuple[str, ...]
LAST_SHEET_COLUMN = 16_384


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{1,64}", text):
        raise wrong("must be 1 to 64 of the characters a-z, 0-9 and -, as sap-b1")
    return text


Name = Annotated[str, AfterValidator(_name)]


class Mapping(Section):
    """How one kind of source file is recognised, read and turned into inventory rows."""

    version: Literal[1] = Field(description="Of this format: 1.", examples=[1])
    name: Name = Field(description="Its name in commands and reports: a-z, 0-9 and -.", examples=["sap-b1"])
    description: Line = Field(default="", description="A line for people.")
    match: Match = Field(default=Match(), description="By what a file is recognised.")
    read: Read = Field(default=Read(), description="How the file is read.")
    layout: Literal["rows", "matrix"] = Field(default="rows", description="matrix: one column a location.")
    columns: Columns = Field(description="What each part of an inventory row is made of.")
    matrix: Matrix | None = Field(
        default=None, description="Which columns are locations; layout: matrix only."
    )
    rows: Rows = Field(default=Rows(), description="Which rows count.")
    as_of: AsOf | None = Field(
        default=None, description="The moment of the stock. Default: when the file was last changed."
    )
    send: Send = Field(default=Send(), description="How rows are sent.")
    content: Literal["full", "part"] = Field(
        default="full",
        description="part: a file holds only some of the pairs, so that fewer rows mean nothing.",
    )
    guards: Guards = Field(default=Guards(), description="What is held until a person has looked.")
    absent: Literal["keep", "zero"] = Field(
        default="keep", description="What becomes of pairs that are not in the file: nothing, or 0."
    )
    expect: Expect | None = Field(default=None, description="When a file is due.")
    unanswered: Several[Text] | None = Field(
        default=None,
        description="Questions of a draft that decide what goes: as long as one stands here, the mapping is not used.",
    )

    _path: Path = PrivateAttr(default=Path())
    _sha256: str = PrivateAttr(default="")

    @property
    def path(self) -> Path:
        """The file that it was loaded from."""
        return self._path

    @property
    def sha256(self) -> str:
        """Of its text and its lookup files' text, so that a changed mapping is seen to be another."""
        return self._sha256

    def at(self, path: Path, sha256: str) -> Self:
        """Give this mapping with the place it was loaded from."""
        placed = self.model_copy()
        placed._path, placed._sha256 = path, sha256  # noqa: SLF001  (its own)
        return placed

    @property
    def headless(self) -> bool:
        """Whether columns go by number, because the file has no header."""
        return self.read.header_row == "none"

    def read_hints(self) -> ReadHints:
        """What the loader is to be told."""
        rows = self.read.header_rows
        if isinstance(self.read.header_row, int):
            rows = (self.read.header_row,)
        return ReadHints(
            sheet=self.read.sheet,
            header_rows=() if self.headless else rows,
            encoding=self.read.encoding,
            delimiter=self.read.delimiter,
            quote=self.read.quote,
            escape=self.read.escape,
            merged=self.read.merged,
        )

    def used_columns(self) -> tuple[AnyOf, ...]:
        """The columns that it reads, each as the headers of which the first that is there counts."""
        return tuple(dict.fromkeys(headers for _, headers in self._uses()))

    def wanted_headers(self) -> tuple[AnyOf, ...]:
        """What a file's header must hold to be claimed, each as any of these."""
        return self.match.headers or self.used_columns()

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Everything that the sections need of each other."""
        yield from self._matrix_problems() if self.layout == "matrix" else self._rows_problems()
        if not self.columns.sku_code.sources:
            yield ("columns", "sku_code"), _SOURCE
        if self.absent == "zero" and self.content == "part":
            yield ("absent",), _PART
        for question in self.unanswered or ():
            yield (
                ("unanswered",),
                f"this is a draft; answer its question where it stands, then take it out of here: {question}",
            )
        if self.headless:
            yield from self._headless_problems()

    def _rows_problems(self) -> Iterator[tuple[Place, str]]:
        if self.matrix is not None:
            yield ("matrix",), "is only for layout: matrix"
            return
        if not self.columns.location_code.sources:
            yield ("columns", "location_code"), _SOURCE
        if self.columns.quantity.column is None:
            yield ("columns", "quantity", "column"), "is missing: say where the quantity stands"

    def _matrix_problems(self) -> Iterator[tuple[Place, str]]:
        if self.matrix is None:
            yield ("matrix",), "is missing: layout: matrix needs matrix.locations"
        for source in self.columns.location_code.sources:
            yield ("columns", "location_code", source), "is not for a matrix: its headers are the locations"
        if self.columns.quantity.column is not None:
            yield (
                ("columns", "quantity", "column"),
                "is not for a matrix: the location columns hold the quantities",
            )

    def _headless_problems(self) -> Iterator[tuple[Place, str]]:
        if self.match.headers is not None:
            yield ("match", "headers"), "cannot be there with read.header_row: none"
        if self.matrix is not None and isinstance(self.matrix.locations, ByPattern):
            yield ("matrix", "locations", "pattern"), "has no headers to match with read.header_row: none"
        for place, headers in self._uses():
            for header in headers:
                if not _is_number(header):
                    yield place, f"`{header}` must be a column's number, from 1, with read.header_row: none"

    def _uses(self) -> Iterator[tuple[Place, AnyOf]]:
        yield from _code_uses("location_code", self.columns.location_code)
        yield from _code_uses("sku_code", self.columns.sku_code)
        quantity = self.columns.quantity
        if quantity.column:
            yield ("columns", "quantity", "column"), quantity.column
        for header in quantity.subtract or ():
            yield ("columns", "quantity", "subtract"), (header,)
        if quantity.multiply:
            yield ("columns", "quantity", "multiply", "column"), quantity.multiply.column
        for key in ("include", "exclude"):
            for position, row_filter in enumerate(getattr(self.rows, key) or ()):
                yield ("rows", key, position, "column"), row_filter.column
        yield from self._location_uses()

    def _location_uses(self) -> Iterator[tuple[Place, AnyOf]]:
        locations = self.matrix.locations if self.matrix else ()
        if isinstance(locations, Between):
            yield ("matrix", "locations", "from"), (locations.from_,)
            yield ("matrix", "locations", "to"), (locations.to,)
        elif not isinstance(locations, ByPattern):
            for header in locations:
                yield ("matrix", "locations"), (header,)


_SOURCE = "must say where it stands: one of column, value, filename, sheet, folder, join"
_PART = "zero cannot be with content: part, as a pair that is not in such a file may well be in stock"


def _code_uses(key: str, code: Code) -> Iterator[tuple[Place, AnyOf]]:
    if code.column:
        yield ("columns", key, "column"), code.column
    for header in code.join.columns if code.join else ():
        yield ("columns", key, "join", "columns"), (header,)


def _is_number(header: str) -> bool:
    return (
        header.isascii() and header.isdigit() and 1 <= int(header) <= LAST_SHEET_COLUMN and header[0] != "0"
    )


def json_schema() -> dict[str, Any]:
    """Describe the mapping file for editors."""
    schema = Mapping.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "inventory-sync mapping",
    }
