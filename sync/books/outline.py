"""The elements of an XML workbook that matter -> calls of what is to be done there; everything else is passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from sync.books import xmlstream
from sync.books.bounds import TEXT_MAX
from sync.books.xmlstream import DEPTH_MAX
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import IO

T = TypeVar("T")
SPAN = "span"  # what stands in prose, however it is called


class Outline(Generic[T]):
    """Knows where in the document it is; what is complete lies in `ready`. Names are "namespace local"."""

    inside: ClassVar[
        Mapping[str, Collection[str]]
    ]  # what is looked into, by what it stands in; "" = the document
    prose: ClassVar[str]  # the element whose text counts, with that of all elements in it ...
    not_shown: ClassVar[Collection[str]] = ()  # ... but for these

    def __init__(self) -> None:
        self.ready: list[T] = []
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self._path = [""]
        self._passed_over = 0  # depth since the first element that is not looked into
        self._pieces: list[str] = []
        self._length = 0

    def read(self, stream: IO[bytes]) -> Iterator[T]:
        """Feed a document piece by piece; give what is ready after each."""
        parser = xmlstream.parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for _ in xmlstream.walk(parser, stream):
            ready, self.ready = self.ready, []
            yield from ready

    def type(self, text: str) -> None:
        """Add a piece of prose."""
        self._length += len(text)
        if self._length > TEXT_MAX:
            raise SetAside(
                f"A cell of the workbook holds more than {TEXT_MAX} characters: this is no stock file."
            )
        self._pieces.append(text)

    def typed(self) -> str:
        """Take the prose since the last time."""
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._passed_over:
            self._passed_over += 1
            self._bound(self._passed_over)
            return
        above = self._path[-1]
        if name in self.inside.get(above, ()):
            self._path.append(name)
        elif above in (self.prose, SPAN) and name not in self.not_shown:
            self._path.append(SPAN)
            self._bound(len(self._path))
        else:
            self._passed_over = 1
            return
        handle = self.starts.get(name)
        if handle:
            handle(attributes)

    def _bound(self, depth: int) -> None:
        if depth > DEPTH_MAX:
            raise SetAside("The workbook nests its elements without end: this is no stock file.")

    def _end(self, _: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        handle = self.ends.get(self._path.pop())
        if handle:
            handle()

    def _characters(self, characters: str) -> None:
        if not self._passed_over and self._path[-1] in (self.prose, SPAN):
            self.type(characters)
