"""YAML text -> plain data, with the place of everything in it.

Keys are always text. Scalars without quotes become numbers, true/false or null only by the core rules of YAML 1.2 and
without a leading zero; how they were written is kept beside them. What surprises or explodes (tags, anchors, aliases,
deep nesting, a second document) is refused; doubled keys are noted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import yaml

from sync.errors import FixSetup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.yamlfile.section import Place

LARGEST = 1_000_000
DEEPEST = 20
_LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml's is many times as fast, where it was built in
_NOT_TEXT: dict[str, bool | None] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_NOT_TEXT |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]+([eE][-+]?[0-9]+)?|(?<=[0-9])[eE][-+]?[0-9]+)")


class Spot(NamedTuple):
    """Where something stands: in words, and for sorting."""

    where: str  # mappings/sap.yaml:12:11, or the name of the variable or option
    line: int = 0
    column: int = 0


class Entry(NamedTuple):
    """One key with its value, or one entry of a list."""

    key: Spot
    value: Spot
    written: str | None = None  # the text of a scalar without quotes, as it was typed


@dataclass(slots=True)
class Document:
    """Data that a person typed, and where each part of it stands; () is the place of the whole."""

    data: Any
    entries: dict[Place, Entry]
    faults: list[tuple[Spot, str]] = field(default_factory=list)

    def reach(self, place: Place) -> Place:
        """Give the part of `place` that was typed, without what a model put in between."""
        reached: Place = ()
        for part in place:
            if (*reached, part) in self.entries:
                reached = (*reached, part)
        return reached

    def put(self, place: Place, other: Document) -> None:
        """Lay another document over this one at `place`; sections are merged."""
        for depth in range(len(place)):
            self.entries.setdefault(place[:depth], other.entries[()])
        self.entries |= {(*place, *below): entry for below, entry in other.entries.items()}
        self.faults += other.faults
        upper = other.data
        for part in reversed(place):
            upper = {part: upper}
        self.data = _merged(self.data, upper)

    def text(self, place: Place) -> str | None:
        """Give the text at a place, as it was typed; None where none stands."""
        value = self.data
        for part in place:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None or isinstance(value, str):
            return value
        return self.entries[place].written


def _merged(lower: Any, upper: Any) -> Any:  # noqa: ANN401  (YAML holds anything)
    if isinstance(lower, dict) and isinstance(upper, dict):
        return lower | {key: _merged(lower.get(key), value) for key, value in upper.items()}
    return lower if upper is None else upper


def typed(text: str, name: str) -> Document:
    """Give the document of a single value that was typed as the option or variable `name`."""
    spot = Spot(name)
    return Document(plain(text) if text else "", {(): Entry(spot, spot, text)})


def read(path: Path) -> Document:
    """Read a YAML file."""
    return parse(text_of(path), str(path))


def text_of(path: Path) -> str:
    """Read a file's text, of a sane size and in UTF-8."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise FixSetup(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(raw) > LARGEST:
        raise FixSetup(f"{path}: is larger than {LARGEST:,} bytes, as no file of this kind is")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise FixSetup(f"{path}:{line}:{column}: is not UTF-8; save the file as UTF-8") from None


def parse(text: str, name: str, *, lines: bool = True) -> Document:
    """Turn YAML text into a document; without `lines`, `name` alone says where it stands."""
    reader = _Reader(name, lines=lines)
    try:
        refused = [f"{reader.spot(event.start_mark).where}: {why}" for event, why in _refused(text)]
        root = None if refused else yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        opened = error.context_mark and any(word in str(error.context) for word in ("flow", "quoted"))
        mark = (
            error.context_mark if opened else error.problem_mark
        )  # where a bracket or quote was opened helps more
        raise FixSetup(f"{reader.spot(mark).where}: {_syntax(error, text)}") from None
    except yaml.YAMLError as error:
        raise FixSetup(f"{name}: is not YAML: {' '.join(str(error).split())}") from None
    if refused:
        raise FixSetup(*refused)
    return reader.document(root)


def plain(text: str) -> str | float | bool | None:
    """Read a scalar without quotes; `01`, `NO`, `1_000`, dates and numbers of 19 digits stay text."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _NOT_TEXT.get(text, text)


class _Mark(Protocol):
    """PyYAML has two classes of it, one from libyaml."""

    line: int
    column: int


class _Reader:
    """Walks the nodes of one document."""

    def __init__(self, name: str, *, lines: bool) -> None:
        self.name = name
        self.lines = lines
        self.entries: dict[Place, Entry] = {}
        self.faults: list[tuple[Spot, str]] = []

    def spot(self, mark: _Mark | None) -> Spot:
        if mark is None or not self.lines:
            return Spot(self.name)
        line, column = mark.line + 1, mark.column + 1
        return Spot(f"{self.name}:{line}:{column}", line, column)

    def document(self, root: yaml.Node | None) -> Document:
        start = self.spot(root.start_mark if root else None)
        data = self._data(root, (), start) if root else None
        if root is None:
            self.entries[()] = Entry(start, start)
        return Document({} if data is None else data, self.entries, self.faults)

    def _data(self, node: yaml.Node, place: Place, key: Spot) -> Any:  # noqa: ANN401  (YAML holds anything)
        unquoted = isinstance(node, yaml.ScalarNode) and not node.style
        self.entries[place] = Entry(key, self.spot(node.start_mark), node.value if unquoted else None)
        if isinstance(node, yaml.MappingNode):
            return self._section(node, place)
        if isinstance(node, yaml.SequenceNode):
            spots = [self.spot(entry.start_mark) for entry in node.value]
            return [self._data(entry, (*place, at), spots[at]) for at, entry in enumerate(node.value)]
        return plain(node.value) if unquoted else node.value

    def _section(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            spot = self.spot(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append((spot, "a key must be text; quote it if it has brackets or braces"))
            elif key.value in data:
                first = self.entries[(*place, key.value)].key.where
                self.faults.append((spot, f"the key `{key.value}` stands twice, first at {first}"))
            else:
                data[key.value] = self._data(value, (*place, key.value), spot)
        return data


def _refused(text: str) -> Iterator[tuple[yaml.Event, str]]:
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or documents > 1:
            yield event, "is nested too deeply" if depth > DEEPEST else "a second document starts here"
            return
        sign = _sign(event)
        if sign:
            yield event, f"`{sign}` has a meaning in YAML that is not supported here: quote the text"


def _sign(event: yaml.Event) -> str:
    if isinstance(event, yaml.AliasEvent):
        return "*"
    if getattr(event, "anchor", None):
        return "&"
    return "!" if getattr(event, "tag", None) else ""


def _syntax(error: yaml.MarkedYAMLError, text: str) -> str:
    lines, at = text.splitlines(), error.problem_mark.line if error.problem_mark else 0
    shown = lines[at] if at < len(lines) else ""
    if "\t" in shown[: len(shown) - len(shown.lstrip())]:
        return "is indented with a tab; YAML takes only spaces"
    said = ", ".join(part for part in (error.context, error.problem) if part)
    if "alias" in said or "anchor" in said or "cannot start any token" in said:
        return f"is not YAML ({said}): quote a text that begins with a sign such as * & @ % or a tab"
    return f"is not YAML ({said}): look at indentation, colons, brackets and quotes here and just above"
