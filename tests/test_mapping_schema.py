from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sync.mapping.model import Mapping, json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT: dict[str, Any] = {
    "version": 1,
    "name": "short",
    "columns": {
        "location_code": {"column": "Wh"},
        "sku_code": {"column": "Item"},
        "quantity": {"column": "Qty"},
    },
}


def _described(schema: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for part in (schema, *schema["$defs"].values()):
        for name, field in part.get("properties", {}).items():
            section = schema["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
            yield name, "description" in field or "description" in section


def test_the_schema_teaches_every_key() -> None:
    """Editors show what each key means, under the name that the file uses."""
    described = list(_described(json_schema()))
    assert all(is_there for _, is_there in described)
    assert {"with", "in", "from", "lookup_file", "timezone", "duplicates"} <= {name for name, _ in described}


def test_the_schema_takes_both_forms_of_a_list() -> None:
    """An editor does not complain of an entry without brackets."""
    column = json_schema()["$defs"]["Code"]["properties"]["column"]
    assert {"array", "string"} <= {form.get("type") for form in column["anyOf"]}


def test_examples_in_the_schema_are_right() -> None:
    """An example is what stands in for a missing key while the rest is judged."""
    data = {name: info.examples[0] for name, info in Mapping.model_fields.items() if info.examples}
    assert isinstance(Mapping.model_validate({**SHORT, **data}), BaseModel)
