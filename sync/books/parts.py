"""The parts of a zipped Office package, each found by the package's own words."""

from __future__ import annotations

import posixpath
import zipfile
from typing import IO, TYPE_CHECKING, NamedTuple

from sync.books import xmlstream

if TYPE_CHECKING:
    from typing import BinaryIO


class Relation(NamedTuple):
    """What a part says about another one."""

    id: str
    kind: str  # the last word of its type: worksheet, styles, sharedStrings ...
    part: str


class Parts:
    """An open package."""

    def __init__(self, stream: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(stream)
        # Some programs write names in another case than they refer to, or with backslashes.
        self._names = {_key(name): name for name in self._archive.namelist()}

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._names

    def open(self, name: str) -> IO[bytes]:
        """Open one part."""
        return self._archive.open(self._names[_key(name)])

    def relations(self, source: str) -> list[Relation]:
        """List what a part says about others; "" is the package itself."""
        folder, name = posixpath.split(source)
        described = posixpath.join(folder, "_rels", f"{name}.rels")
        if described not in self:
            return []
        with self.open(described) as part:
            found = [element.attributes for element in xmlstream.elements(part, "Relationship")]
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
