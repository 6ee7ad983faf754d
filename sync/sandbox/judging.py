"""One row of a posted body becomes a storable row, or an error entry in the words of the vendor's framework.

Codes are trimmed and keep their letter case. A quantity is a whole number, as a number or as text. The entries number
the rows from 0 and call the codes location_id and product_id, as the vendor's page does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.sandbox.catalogue import Catalogue

ROW_FIELDS = ("location_code", "sku_code", "quantity")
LONGEST_CODE = 255
LONGEST_NUMBER = 1000  # characters of a quantity that is sent as text
LARGEST_QUANTITY = 2_147_483_647

REQUIRED = "This field is required."
NULL = "This field may not be null."
WHOLE = re.compile(r"\.0*\s*$")  # 150.0 and 150. are whole numbers, 150.5 is not
SURROGATE = re.compile("[\ud800-\udfff]")

Row = tuple[str, str, int]  # location_code, sku_code, quantity


class Wrong(ValueError):  # noqa: N818 - a message about one value, not an error of the program
    """What the framework says about one value."""


def judge(rows: list[dict[str, Any]], exists: Catalogue) -> tuple[list[Row], list[dict[str, Any]]]:
    """Sort the rows into those that can be stored and the error entries of the others."""
    good, errors = [], []
    for number, row in enumerate(rows):
        try:
            good.append((_location(row, exists), _sku(row, exists), _quantity(row, exists)))
        except Wrong:
            errors.append(_entry(number, row, exists))
    return good, errors


def _entry(number: int, row: dict[str, Any], exists: Catalogue) -> dict[str, Any]:
    """Tell everything that is wrong with a row; its codes come back as they were sent."""
    location, sku = (
        code if isinstance(code := row.get(field), str | int) else None for field in ROW_FIELDS[:2]
    )
    readers = {"location_id": _location, "product_id": _sku, "quantity": _quantity}
    told = {field: _complaint(reader, row, exists) for field, reader in readers.items()}
    errors = {field: [words] for field, words in told.items() if words}
    return {"row": number, "location_id": location, "product_id": sku, "errors": errors}


def _complaint(reader: Callable[..., object], row: dict[str, Any], exists: Catalogue) -> str | None:
    try:
        reader(row, exists)
    except Wrong as wrong:
        return str(wrong)
    return None


def _location(row: dict[str, Any], exists: Catalogue) -> str:
    code = _code(row, "location_code")
    if exists.locations is not None and code not in exists.locations:
        raise Wrong("Location not found")
    return code


def _sku(row: dict[str, Any], exists: Catalogue) -> str:
    code = _code(row, "sku_code")
    if exists.skus is not None and code not in exists.skus:
        raise Wrong("Product not found")
    return code


def _given(row: dict[str, Any], field: str) -> object:
    value = row.get(field)
    if value is None:
        raise Wrong(NULL if field in row else REQUIRED)
    return value


def _code(row: dict[str, Any], field: str) -> str:
    """Read a code: trimmed; a number is taken for its digits; letter case stays."""
    value = _given(row, field)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("Not a valid string.")
    code = str(value).strip()
    if not code:
        raise Wrong("This field may not be blank.")
    if len(code) > LONGEST_CODE:
        raise Wrong(f"Ensure this field has no more than {LONGEST_CODE} characters.")
    if "\0" in code:
        raise Wrong("Null characters are not allowed.")
    if not code.isascii() and (half := SURROGATE.search(code)):
        raise Wrong(f"Surrogate characters are not allowed: U+{ord(half[0]):X}.")
    return code


def _quantity(row: dict[str, Any], _: Catalogue) -> int:
    value = _given(row, "quantity")
    number = value if type(value) is int else _whole(value)
    if number < 0:
        raise Wrong("Ensure this value is greater than or equal to 0.")
    if number > LARGEST_QUANTITY:
        raise Wrong(f"Ensure this value is less than or equal to {LARGEST_QUANTITY}.")
    return number


def _whole(value: object) -> int:
    """Read a whole number that came as text or with a fraction of zeros, as the framework does; no truth value is one."""
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        raise Wrong("String value too large.")
    if isinstance(value, str | float):
        try:
            return int(WHOLE.sub("", str(value)))
        except ValueError:
            pass  # said below, for every kind of value
    raise Wrong("A valid integer is required.")
