"""POST /inventory/: a body of rows becomes records, each row judged by itself.

Three things can be wrong with a body. It is not what the vendor calls valid (400: no `inventory`, an empty one, one that
is no list, a `source` that does not exist). The mapping engine cannot walk it (422): a row is no object, or one of the
three row fields stands in no row at all, so that the engine's source path leads nowhere. Or single rows fail: they are
listed, the others are applied, and the answer is 200.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sync.sandbox.judging import NULL, REQUIRED, ROW_FIELDS, judge
from sync.sandbox.messages import Refused, detail, error, in_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.sandbox.messages import Answer, Request
    from sync.sandbox.store import Store

SOURCES = ("bulk_import", "manual_adjustment", "erp_sync", "initial_load")


def post(store: Store, request: Request) -> Answer:
    """Apply what can be applied and say what became of each row."""
    rows = _inventory(_parsed(request))
    good, errors = judge(rows, store.catalogue)
    created = store.put(good)
    counts = {"total": len(rows), "created": created, "updated": len(good) - created, "failed": len(errors)}
    return in_json({"success": True, "data": {**counts, "errors": errors}})


def _parsed(request: Request) -> object:
    if not request.body:
        return {}
    sent_as = request.header("content-type") or ""
    if sent_as.partition(";")[0].strip().lower() != "application/json":
        raise Refused(detail(415, f'Unsupported media type "{sent_as}" in request.'))
    try:
        return json.loads(request.body.decode(), parse_constant=_not_json)
    except (ValueError, RecursionError) as problem:
        raise Refused(detail(400, f"JSON parse error - {problem}")) from problem


def _not_json(constant: str) -> None:
    raise ValueError(f"Out of range float values are not JSON compliant: {constant!r}")


def _inventory(body: object) -> list[dict[str, Any]]:
    if not isinstance(body, dict):
        wrong = f"Invalid data. Expected a dictionary, but got {type(body).__name__}."
        raise Refused(_invalid({"non_field_errors": wrong}))
    rows = body.get("inventory")
    if isinstance(rows, list) and rows:
        _map(rows)
    problems = dict(_problems(body))
    if problems:
        raise Refused(_invalid(problems))
    return rows  # type: ignore[return-value] # a list of objects: _problems and _map have refused all else


def _invalid(problems: dict[str, str]) -> Answer:
    details = [{"field": field, "message": message} for field, message in problems.items()]
    return error(400, "VALIDATION_ERROR", "Validation failed.", details)


def _problems(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the fields of the body; its rows are no concern here."""
    rows = body.get("inventory")
    if "inventory" not in body:
        yield "inventory", REQUIRED
    elif rows is None:
        yield "inventory", NULL
    elif not isinstance(rows, list):
        yield "inventory", f'Expected a list of items but got type "{type(rows).__name__}".'
    elif not rows:
        yield "inventory", "This list may not be empty."
    source = body.get("source", SOURCES[0])
    if source not in SOURCES:
        shown = source if isinstance(source, str | int | float) else type(source).__name__
        yield "source", NULL if source is None else f'"{shown}" is not a valid choice.'
    notes = body.get("notes", "")
    if not isinstance(notes, str):
        yield "notes", NULL if notes is None else "Not a valid string."


def _map(rows: list[Any]) -> None:
    """Stumble where a mapping engine would: 422."""
    stray = next((number for number, row in enumerate(rows) if not isinstance(row, dict)), None)
    if stray is not None:
        raise Refused(error(422, "MAPPING_ERROR", f"Mapping failed: 'inventory[{stray}]' is not an object."))
    for field in ROW_FIELDS:
        if not any(field in row for row in rows):
            words = f"Mapping failed: source path 'inventory[].{field}' does not exist in the payload."
            raise Refused(error(422, "MAPPING_ERROR", words))
