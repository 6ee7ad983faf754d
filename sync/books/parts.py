"""The parts of a zipped Office package, each found by the package's own words."""

from __future__ import annotations

import posixpath
import zipfile
from typing import IO, TYPE_CHECKING, NamedTuple

from sync.books import xmlstream
from sync.books.foreign import DAMAGED, border
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from sync.books.xmlstream import Element

ELEMENTS_MAX = 200_000  # sheets, relations, styles


class Relation(NamedTuple):
    """What a part says about another one."""

    id: str
    kind: str  # the last word of its type: worksheet, styles, sharedStrings ...
    part: str


class Parts:
    """An open package."""

    def __init__(self, stream: BinaryIO) -> None:
        with border():
            self._archive = zipfile.ZipFile(stream)
        # Some programs write names in another case than they refer to, or with backslashes.
        self._names = {_key(name): name for name in self._archive.namelist()}

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._names

    def open(self, name: str) -> IO[bytes]:
        """Open one part."""
        with border():
            return self._archive.open(self._names[_key(name)])

    def elements(self, name: str, *wanted: str) -> Iterator[Element]:
        """Walk some elements of a part that is XML."""
        with self.open(name) as part:
            for count, element in enumerate(xmlstream.elements(part, *wanted)):
                if count >= ELEMENTS_MAX:
                    raise SetAside(DAMAGED.format(f"the part {name} has more than {ELEMENTS_MAX} elements"))
                yield element

    def relations(self, source: str) -> list[Relation]:
        """List what a part says about others; "" is the package itself."""
        folder, name = posixpath.split(source)
        described = posixpath.join(folder, "_rels", f"{name}.rels")
        if described not in self:
            return []
        found = (element.attributes for element in self.elements(described, "Relationship"))
        return [
            Relation(
                attributes.get("Id", ""),
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/"),
            )
            for attributes in found
        ]


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
