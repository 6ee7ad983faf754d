"""A mapping and a file's header -> which columns are read for what. Missing columns fail the file, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from sync.errors import SetAside
from sync.mapping.codes import CodeSource
from sync.mapping.headers import fold
from sync.mapping.quantity import Notation, Policy
from sync.mapping.sections import Between, ByPattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.mapping.model import Mapping
    from sync.mapping.sections import Code, Filter
    from sync.rows import Origin

Test = tuple[int, "Filter"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What `apply` needs to know; columns are 0-based positions in the header."""

    header: tuple[str, ...]
    sku: CodeSource
    locations: tuple[CodeSource, ...]  # one; in a matrix one for each quantity column
    quantities: tuple[int, ...]  # one; in a matrix the location columns
    subtract: tuple[int, ...]
    unit: int | None
    mapping: Mapping
    notation: Notation
    policy: Policy
    include: tuple[Test, ...]
    exclude: tuple[Test, ...]

    @property
    def matrix(self) -> bool:
        """Whether each location has a column of its own."""
        return self.mapping.layout == "matrix"


def make_plan(mapping: Mapping, header: tuple[str, ...], origin: Origin) -> Plan:
    """Find every column that the mapping names.

    Raises:
        SetAside: a column is missing or stands twice, or the file's name does not hold what the mapping looks for.
    """
    quantity = mapping.columns.quantity
    columns = _Header(header, mapping.name)
    if mapping.layout == "matrix":
        quantities, locations = _matrix(mapping, columns, _other_roles(mapping, columns))
    else:
        quantities = (columns.find(quantity.column or ()),)
        locations = (_code("location", mapping.columns.location_code, columns, origin),)
    return Plan(
        header=header,
        sku=_code("sku", mapping.columns.sku_code, columns, origin),
        locations=locations,
        quantities=quantities,
        subtract=tuple(columns.find((name,)) for name in quantity.subtract or ()),
        unit=columns.find(quantity.multiply.column) if quantity.multiply else None,
        mapping=mapping,
        notation=Notation(
            quantity.decimal, quantity.thousands, frozenset(word.strip() for word in quantity.empty)
        ),
        policy=Policy(quantity.negative, quantity.fraction),
        include=tuple((columns.find(test.column), test) for test in mapping.rows.include or ()),
        exclude=tuple((columns.find(test.column), test) for test in mapping.rows.exclude or ()),
    )


class _Header:
    """Finds headers, compared as they were when the file was claimed."""

    def __init__(self, header: tuple[str, ...], mapping: str) -> None:
        self.names = header
        self.plain = [fold(name) for name in header]
        self.mapping = mapping

    def find(self, wanted: Sequence[str]) -> int:
        """Give the position of the first wanted header that is there."""
        for name in wanted:
            count = self.plain.count(fold(name))
            if count > 1:
                raise SetAside(
                    f"the column {name!r} stands {count} times in the header; the mapping {self.mapping} cannot tell which one is meant"
                )
            if count:
                return self.plain.index(fold(name))
        raise SetAside(
            f"the mapping {self.mapping} needs the column {' or '.join(map(repr, wanted))}; the file has: {', '.join(name for name in self.names if name)}"
        )

    def check(self, at: int) -> None:
        """Refuse a location column that has no name, or shares it with another one."""
        if not self.names[at].strip():
            raise SetAside(
                f"column {at + 1} stands among the locations of the mapping {self.mapping}, but has no header; write one, or take the column away"
            )
        self.find((self.names[at],))


def _code(kind: str, spec: Code, columns: _Header, origin: Origin) -> CodeSource:
    if spec.column:
        at = columns.find(spec.column)
        return CodeSource(kind, spec, columns=(at,), fields=(columns.names[at],))
    if spec.join:
        parts = tuple(columns.find((name,)) for name in spec.join.columns)
        return CodeSource(kind, spec, columns=parts, fields=tuple(columns.names[at] for at in parts))
    return CodeSource(kind, spec, constant=_constant(kind, spec, origin))


def _constant(kind: str, spec: Code, origin: Origin) -> str:
    if spec.value is not None:
        return spec.value.strip()
    if spec.filename is not None:
        found = re.search(spec.filename, origin.filename)
        if not found or not (found["value"] or "").strip():
            raise SetAside(
                f"the {kind} stands in the file's name, by the mapping's pattern {spec.filename}, but {origin.filename!r} does not match it; rename the file"
            )
        return str(found["value"]).strip()
    if spec.sheet:
        return (origin.sheet or PurePath(origin.filename).stem).strip()
    if not origin.folder.strip():
        raise SetAside(
            f"the {kind} is the name of the folder that the file lies in, but {origin.filename!r} lies in no subfolder of the inbox; put it into one"
        )
    return origin.folder.strip()


def _other_roles(mapping: Mapping, columns: _Header) -> set[int]:
    """Find the columns that hold something else than a location's stock, wherever they stand."""
    sku, quantity = mapping.columns.sku_code, mapping.columns.quantity
    wanted = [
        sku.column,
        *((name,) for name in (sku.join.columns if sku.join else ())),
        *((name,) for name in quantity.subtract or ()),
    ]
    wanted.append(quantity.multiply.column if quantity.multiply else None)
    return {columns.find(names) for names in wanted if names}


def _matrix(
    mapping: Mapping, columns: _Header, taken: set[int]
) -> tuple[tuple[int, ...], tuple[CodeSource, ...]]:
    locations = mapping.matrix.locations if mapping.matrix else ()
    if isinstance(locations, ByPattern):
        found = [
            (at, match["value"] or "")
            for at, name in enumerate(columns.names)
            if (match := re.search(locations.pattern, name))
        ]
    elif isinstance(locations, Between):
        first, last = columns.find((locations.from_,)), columns.find((locations.to,))
        found = [(at, columns.names[at]) for at in range(first, last + 1)]
    else:
        found = [(at, columns.names[at]) for at in (columns.find((name,)) for name in locations)]
    found = [(at, code) for at, code in found if at not in taken]
    if not found:
        raise SetAside(
            f"no column of the file is a location for the mapping {mapping.name}; the file has: {', '.join(columns.names)}"
        )
    for at, _ in found:
        columns.check(at)
    spec = mapping.columns.location_code
    return tuple(at for at, _ in found), tuple(
        CodeSource("location", spec, constant=code.strip(), fields=(columns.names[at],)) for at, code in found
    )
