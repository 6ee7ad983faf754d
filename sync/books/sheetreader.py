"""What is done at the elements of a sheet's XML: the ground that the readers of its parts stand on.

Own code on the standard parser: the workbook libraries either hide error cells and formulas without a stored value, or
are several times slower. Sizes are bounded while they grow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.books import xmlstream
from sync.books.bounds import TEXT_MAX
from sync.books.xmlstream import DEPTH_MAX, NESTED
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Callable

    Attributes = dict[str, str]

# The plain and the strict dialect differ in nothing that is read here.
NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


class Reader:
    """Gathers the text of an element; tags that mean nothing here cost as little as can be."""

    def __init__(self) -> None:
        self.text = ""
        self.depth = 0
        self.parser = xmlstream.parser()
        self.starts: dict[str, Callable[[Attributes], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def on(
        self, tag: str, start: Callable[[Attributes], None] | None, end: Callable[[], None] | None
    ) -> None:
        """Say what is to be done at an element."""
        for namespace in NAMESPACES:
            if start:
                self.starts[f"{namespace} {tag}"] = start
            if end:
                self.ends[f"{namespace} {tag}"] = end

    def _start(self, name: str, attributes: Attributes) -> None:
        self.text = ""
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise SetAside(NESTED)
        handle = self.starts.get(name)
        if handle:
            handle(attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        handle = self.ends.get(name)
        if handle:
            handle()

    def _characters(self, characters: str) -> None:
        self.text += characters
        _bound(self.text)


class RichReader(Reader):
    """Joins the runs of a text, without its phonetic guide."""

    def __init__(self) -> None:
        super().__init__()
        self.value: str | None = None
        self.phonetic = False
        self.on("t", None, self._end_text)
        self.on("rPh", self._start_phonetic, self._end_phonetic)

    def _end_text(self) -> None:
        if not self.phonetic:
            self.value = (self.value or "") + self.text
            _bound(self.value)

    def _start_phonetic(self, _: Attributes) -> None:
        self.phonetic = True

    def _end_phonetic(self) -> None:
        self.phonetic = False


def _bound(text: str) -> None:
    if len(text) > TEXT_MAX:
        raise SetAside(
            f"A cell of the workbook holds more than {TEXT_MAX} characters: this is no stock file."
        )
