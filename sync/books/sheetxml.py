"""The XML of a sheet, streamed -> its rows of raw cells, and the XML of shared texts -> a list of them.

Own code on the standard parser: the workbook libraries either hide error cells and formulas without a stored value, or
are several times slower. No document type is let in, so no entity can be declared; sizes are bounded while they grow.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from sync.books.foreign import border
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS_MAX = 1_048_576
COLUMNS_MAX = 16_384
TEXT_MAX = 1 << 20  # characters in a cell; a spreadsheet program allows 32,767
TEXTS_MAX = 10_000_000  # shared texts
CHUNK = 1 << 16

# The plain and the strict dialect differ in nothing that is read here.
NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


class RawCell(NamedTuple):
    """A cell as it is stored: `text` None = there is no value."""

    column: int  # from 0
    kind: str  # the attribute t: n, s, str, inlineStr, b, e, d
    style: int
    text: str | None
    formula: bool


class RawRow(NamedTuple):
    """A row as it is stored; cells that hold nothing are left out."""

    number: int
    hidden: bool
    cells: list[RawCell]


def rows(part: IO[bytes]) -> Iterator[RawRow]:
    """Stream the rows of a sheet."""
    reader = _SheetReader()
    for _ in reader.walk(part):
        yield from reader.take()


def texts(part: IO[bytes]) -> list[str]:
    """Read the texts that cells share."""
    reader = _TextsReader()
    for _ in reader.walk(part):
        if len(reader.texts) > TEXTS_MAX:
            raise SetAside(
                f"The workbook shares more than {TEXTS_MAX} texts. Save the sheet that is meant as CSV UTF-8."
            )
    return reader.texts


class _Reader:
    """Gathers the text of <v>, and of <t> where it is no phonetic guide."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self._dispatch()
        self.on("t", self._start_text, self._end_text)
        self.on("rPh", self._start_phonetic, self._end_phonetic)
        self.phonetic = False

    def on(
        self, tag: str, start: Callable[[dict[str, str]], None] | None, end: Callable[[], None] | None
    ) -> None:
        """Say what is to be done at an element."""
        for namespace in NAMESPACES:
            if start:
                self.starts[f"{namespace} {tag}"] = start
            if end:
                self.ends[f"{namespace} {tag}"] = end

    def walk(self, part: IO[bytes]) -> Iterator[None]:
        """Feed the part chunk by chunk; between chunks the caller takes what is ready."""
        chunk = b"<"
        while chunk:
            with border():
                chunk = part.read(CHUNK)
                self.parser.Parse(chunk, not chunk)
            yield

    def _dispatch(self) -> None:
        # Called for every element of the sheet: local functions save a tenth of the whole time.
        start_of, end_of = self.starts.get, self.ends.get

        def start(name: str, attributes: dict[str, str]) -> None:
            handle = start_of(name)
            if handle:
                handle(attributes)

        def end(name: str) -> None:
            handle = end_of(name)
            if handle:
                handle()

        self.parser.StartElementHandler = start
        self.parser.EndElementHandler = end

    def _start_text(self, _: dict[str, str]) -> None:
        if not self.phonetic:
            self.text = self.text or ""
            self.parser.CharacterDataHandler = self._characters

    def _characters(self, characters: str) -> None:
        self.text = (self.text or "") + characters
        if len(self.text) > TEXT_MAX:
            raise SetAside(
                f"A cell of the workbook holds more than {TEXT_MAX} characters: this is no stock file."
            )

    def _end_text(self) -> None:
        self.parser.CharacterDataHandler = None

    def _start_phonetic(self, _: dict[str, str]) -> None:
        self.phonetic = True

    def _end_phonetic(self) -> None:
        self.phonetic = False


class _TextsReader(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.on("si", None, self._end_item)

    def _end_item(self) -> None:
        self.texts.append(self.text or "")
        self.text = None


class _SheetReader(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.ready: list[RawRow] = []
        self.row = RawRow(0, hidden=False, cells=[])
        self.column = -1
        self.columns: dict[str, int] = {}
        self.cell: dict[str, str] = {}
        self.formula = False
        self.on("row", self._start_row, self._end_row)
        self.on("c", self._start_cell, self._end_cell)
        self.on("v", self._start_text, self._end_text)
        self.on("f", self._start_formula, None)

    def take(self) -> list[RawRow]:
        """Give the rows that are complete."""
        ready, self.ready = self.ready, []
        return ready

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self.row.number + 1))
        if not self.row.number < number <= ROWS_MAX:
            raise SetAside(
                f"The sheet is damaged: row {number} follows row {self.row.number}. Open the workbook and save it anew."
            )
        self.row = RawRow(number, attributes.get("hidden") in {"1", "true"}, [])
        self.column = -1

    def _end_row(self) -> None:
        self.ready.append(self.row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.cell = attributes
        self.text = None
        self.formula = False
        letters = attributes.get("r", "").rstrip("0123456789")
        column = self.columns.get(letters) if letters else self.column + 1
        if column is None:
            column = self.columns[letters] = _column(letters)
        self.column = column

    def _start_formula(self, _: dict[str, str]) -> None:
        self.formula = True

    def _end_cell(self) -> None:
        text = self.text
        if text is None and not self.formula:
            return
        kind = self.cell.get("t", "n")
        # t="str" promises a text, an empty one too; an empty value of any other kind is none.
        if not text and kind not in {"str", "inlineStr"}:
            text = None
        self.row.cells.append(RawCell(self.column, kind, int(self.cell.get("s", 0)), text, self.formula))


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= COLUMNS_MAX or not letters.isalpha():
        raise SetAside(
            f"The sheet is damaged: there is no column {letters[:20]!r}. Open the workbook and save it anew."
        )
    return number - 1


def _refuse_doctype(*_: object) -> None:
    raise SetAside(
        "The workbook declares a document type, which no spreadsheet program does. Ask who sent it."
    )
