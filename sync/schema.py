"""The one definition of a valid inventory row, as a pandera schema.

It never coerces: coercion turns 3.5 into 3, and one bad cell hides others. Each check is named by the reason code that
it yields. A failure that names no row is a fault of the whole file, never a row that is fine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandera.errors
import pandera.pandas as pa
from pandera.config import config_context

from sync.errors import SetAside

if TYPE_CHECKING:
    import pandas as pd

LONGEST_CODE = 255
LARGEST_QUANTITY = 2_147_483_647
CONTROL = "[\x00-\x1f\x7f-\x9f\u2028\u2029]"
LOST = "\ufffd"  # what a decoder leaves where text was destroyed


def _code_checks() -> list[pa.Check]:
    return [
        pa.Check(lambda codes: codes.str.len() >= 1, name="code.blank"),
        pa.Check(lambda codes: codes.str.len() <= LONGEST_CODE, name="code.length"),
        pa.Check(lambda codes: ~codes.str.contains(CONTROL, regex=True), name="code.control"),
        pa.Check(lambda codes: ~codes.str.contains(LOST, regex=False), name="code.damaged"),
        pa.Check(lambda codes: codes == codes.str.strip(), name="code.space"),
    ]


INVENTORY_ROW = pa.DataFrameSchema(
    {
        "location_code": pa.Column(str, _code_checks()),
        "sku_code": pa.Column(str, _code_checks()),
        "quantity": pa.Column(
            "int64",
            [
                pa.Check(lambda numbers: numbers >= 0, name="quantity.negative"),
                pa.Check(lambda numbers: numbers <= LARGEST_QUANTITY, name="quantity.range"),
            ],
        ),
    },
    strict=True,
    coerce=False,
)


def failures(rows: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    """Judge rows: (index label, column, reason code, value) for each check that a row fails.

    `rows` has the columns location_code (str), sku_code (str) and quantity (int64), without nulls.

    Raises:
        SetAside: a failure names no row, so that no row of the file can be trusted.
    """
    try:
        # Without this, an environment variable of pandera's could switch the judging off.
        with config_context(validation_enabled=True, validation_depth="SCHEMA_AND_DATA"):
            INVENTORY_ROW.validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        unplaced = cases[cases["index"].isna() | ~cases["check"].isin(_codes())]
        if len(unplaced):
            first = unplaced.iloc[0]
            raise SetAside(
                f"the rows do not have the form of inventory rows ({first['column']}: {first['check']} {first['failure_case']}); nothing of the file is sent"
            ) from None
        found = zip(
            cases["index"].astype(int),
            cases["column"],
            cases["check"],
            cases["failure_case"].astype(str),
            strict=True,
        )
        return [(at, str(column), str(code), value) for at, column, code, value in found]
    return []


def _codes() -> set[str]:
    return {check.name for column in INVENTORY_ROW.columns.values() for check in column.checks}
