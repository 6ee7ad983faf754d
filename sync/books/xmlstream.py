"""XML of a part, fed chunk by chunk to the standard parser, without what XML can do to a reader.

No document type is let in, so no entity can be declared; nothing in a tag may grow without end.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from sync.books.foreign import border
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 16
TAG_MAX = 1 << 22  # bytes of one tag or comment: the parser holds them as a whole
DEPTH_MAX = 1000
NESTED = "The workbook nests its elements without end: this is no stock file."


def parser() -> expat.XMLParserType:
    """Make a parser whose names are `namespace name`."""
    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_doctype
    return made


def walk(made: expat.XMLParserType, part: IO[bytes]) -> Iterator[None]:
    """Feed a part to the parser; between chunks the caller takes what is ready."""
    chunk = b"<"
    fed = 0
    while chunk:
        with border():
            chunk = part.read(CHUNK)
            made.Parse(chunk, not chunk)
        fed += len(chunk)
        if fed - made.CurrentByteIndex > TAG_MAX:
            raise SetAside(f"The workbook holds a tag of more than {TAG_MAX} bytes: this is no stock file.")
        yield


class Element(NamedTuple):
    """The start of an element: what it stands in, its name without the namespace, its attributes."""

    inside: str
    name: str
    attributes: dict[str, str]


def elements(part: IO[bytes], *wanted: str) -> Iterator[Element]:
    """Stream the elements of these names; of attributes too the namespace is left out."""
    made = parser()
    path = [""]
    ready: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local in wanted:
            ready.append(Element(path[-1], local, {_local(key): value for key, value in attributes.items()}))
        path.append(local)
        if len(path) > DEPTH_MAX:
            raise SetAside(NESTED)

    made.StartElementHandler = start
    made.EndElementHandler = lambda _: path.pop() and None  # a handler returns nothing
    for _ in walk(made, part):
        yield from ready
        ready.clear()


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse_doctype(*_: object) -> None:
    raise SetAside(
        "The workbook declares a document type, which no spreadsheet program does. Ask who sent it."
    )
