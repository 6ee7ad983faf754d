"""A web page, tag by tag -> the rows of its tables, however these are nested."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from sync.books.htmlcell import BLOCK, LINE
from sync.books.htmltable import Table, is_hidden
from sync.errors import SetAside

if TYPE_CHECKING:
    from sync.books.htmltable import Attributes
    from sync.books.shapes import Merge, Row

TABLES_OPEN_MAX = 100
TAG_MAX = 1 << 20  # characters of a tag, a comment or a script

STRAY_MAX = 10_000

GROUPS = {"thead", "tbody", "tfoot"}
CELLS = {"td", "th"}
OF_TABLES = {"table", "tr", *GROUPS, *CELLS}
BLOCKS = {"p", "div", "li", "ul", "ol", "dl", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
WITHOUT_END = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
NOT_SHOWN = {"comment", "script", "style", "template", "noscript", "title", "svg", "object", "select"}
LAST_TAGS = ("</html>", "</body>")


class Found(NamedTuple):
    """A row of a table; or None, with the table's merged cells: its end."""

    table: Table
    row: Row | None
    merges: list[Merge]


class Hidden:
    """The inside of an element that nobody sees; where its end is missing it ends with its cell, as in a browser."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._open = 1
        self._tables = 0

    def goes_on_at_start(self, tag: str) -> bool:
        """Tell whether an element that begins belongs to it."""
        if not self._tables and tag in OF_TABLES - {"table"}:
            return False
        self._open += tag == self._tag
        self._tables += tag == "table"
        return True

    def goes_on_at_end(self, tag: str) -> bool:
        """Tell whether it is still open behind the end of an element."""
        if not self._tables and tag in OF_TABLES:
            return False
        self._open -= tag == self._tag
        self._tables -= tag == "table"
        return self._open > 0


class Page(HTMLParser):
    """What is complete lies in `ready`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ready: list[Found] = []
        self.has_frames = False
        self._tables: list[Table] = []
        self._hidden: Hidden | None = None
        self._stray = 0

    def read(self, characters: str) -> None:
        """Take a piece of the page."""
        try:
            self.feed(characters)
        except AssertionError as error:  # how the parser says that a declaration makes no sense
            raise SetAside(f"The web page is damaged ({error}). Export it again.") from error
        if len(self.rawdata) > TAG_MAX:
            raise SetAside(
                f"The web page holds a tag of more than {TAG_MAX} characters: this is no stock file."
            )

    def end(self) -> None:
        """End the page; one that ends in the middle of something is refused."""
        left = self.rawdata.strip().lower()
        in_a_tag = left.startswith("<") and not any(tag.startswith(left) for tag in LAST_TAGS)
        if self._tables or self._hidden or in_a_tag:
            raise SetAside(
                "The web page is cut off: it ends in the middle of a table or a tag. Export it again."
            )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if self._hidden and self._hidden.goes_on_at_start(tag):
            return
        self._hidden = None
        attributes = dict(attrs)
        if tag in OF_TABLES:
            self._start_of_table(tag, attributes)
        elif tag not in WITHOUT_END and (tag in NOT_SHOWN or is_hidden(attributes)):
            self._hidden = Hidden(tag)
        elif self._tables and tag == "br":
            self._tables[-1].text(LINE)
        elif self._tables and tag in BLOCKS:
            self._tables[-1].text(BLOCK)
        self.has_frames |= tag == "frameset"

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._hidden:
            if self._hidden.goes_on_at_end(tag):
                return
            self._hidden = None
        if self._tables and tag in BLOCKS:
            self._tables[-1].text(BLOCK)
        elif self._tables and tag in OF_TABLES:
            self._end_of_table(tag, self._tables[-1])

    def handle_data(self, data: str) -> None:
        """Take a piece of text."""
        if data == "<":  # one that begins no tag
            self._stray += 1
            if self._stray > STRAY_MAX:
                raise SetAside(
                    "The web page holds little but signs that begin no tag: this is no stock file."
                )
        if self._tables and not self._hidden:
            self._tables[-1].text(data)

    def _start_of_table(self, tag: str, attributes: Attributes) -> None:
        if tag == "table":
            if len(self._tables) == TABLES_OPEN_MAX:
                raise SetAside("The web page nests its tables without end: this is no stock file.")
            self._tables.append(Table(visible=not is_hidden(attributes)))
        elif self._tables:
            table = self._tables[-1]
            if tag in CELLS:
                table.start_cell(attributes)
            elif tag == "tr":
                table.start_row(attributes)
            else:
                table.start_group(tag, attributes)
            self._take(table)

    def _end_of_table(self, tag: str, table: Table) -> None:
        if tag in CELLS:
            table.end_cell()
        elif tag == "tr":
            table.end_row()
        elif tag in GROUPS:
            table.end_group()
        merges = table.end() if tag == "table" else []
        self._take(table)
        if tag == "table":
            self._tables.pop()
            self.ready.append(Found(table, None, merges))

    def _take(self, table: Table) -> None:
        rows, table.ready = table.ready, []
        self.ready += [Found(table, row, []) for row in rows]
