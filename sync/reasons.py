"""Every reason for which a row is rejected: a stable code, a sentence, and what to do.

The one table of them; the README's list is checked against it. Sentences may use {value} (what stands in the file, or
the tenant's words), {field} (the source column) and {detail}.
"""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """The words for one code."""

    sentence: str
    remedy: str


REASONS: dict[str, Reason] = {
    "row.short": Reason(
        "The row has fewer cells than the header ({value}).",
        "Add the missing cells, or quote the cell that holds a delimiter.",
    ),
    "row.long": Reason(
        "The row has more cells than the header ({value}).",
        "Remove the extra cells, or quote the cell that holds a delimiter.",
    ),
    "row.totals": Reason(
        "The row looks like a total, but {value} in {field} is not the sum of the rows above it.",
        "Take the line out of the file or exclude it in the mapping; where it is a product, declare rows.totals: keep.",
    ),
    "cell.error": Reason(
        "The cell of {field} shows an error ({value}).", "Mend the formula in the workbook."
    ),
    "cell.formula": Reason(
        "The formula in {field} has no stored value ({value}).",
        "Open the workbook in Excel or LibreOffice, save it, and drop it again.",
    ),
    "cell.date": Reason(
        "{field} holds a date ({value}), not the value itself.",
        "Format the column as text and type the value again.",
    ),
    "cell.boolean": Reason("{field} holds a truth value ({value}).", "Type the value as text."),
    "row.quotes": Reason(
        "The quotation marks in the row do not pair up ({value}).",
        "Double a quotation mark inside a cell, add the missing delimiter, or declare read.quote or read.escape in the mapping.",
    ),
    "row.cut": Reason(
        "The file ends in the middle of this row ({value}).",
        "Export the file again; where the row is whole, end its line and drop the whole file again.",
    ),
    "row.table": Reason(
        "The row belongs to another table, which begins in row {value} under other headers.",
        "Give each table a file or a sheet of its own, or take the other one away.",
    ),
    "row.delimiter": Reason(
        "The row is split by another delimiter than the others ({value}).",
        "Write it with the delimiter of the other rows.",
    ),
    "cell.encoding": Reason(
        "{field} holds bytes that are text in no encoding ({value}).",
        "Type the text again, or declare read.encoding in the mapping.",
    ),
    "cell.merged": Reason(
        "{field} is merged with a cell above it ({value}).",
        "Undo the merging and fill in every row, or declare read.merged: fill in the mapping.",
    ),
    "location.missing": Reason("There is no location ({field} is empty).", "Fill in the location."),
    "location.lookup": Reason(
        "The location {value} is not in the mapping's lookup.",
        "Correct the location, or add it to the lookup.",
    ),
    "sku.missing": Reason("There is no SKU ({field} is empty).", "Fill in the SKU."),
    "sku.lookup": Reason(
        "The SKU {value} is not in the mapping's lookup.", "Correct the SKU, or add it to the lookup."
    ),
    "code.damaged": Reason(
        "A spreadsheet has damaged the code in {field}: {value}.",
        "Format the column as text and type the code again in full; a code that is meant so goes into the mapping's lookup.",
    ),
    "code.zeros": Reason(
        "The code in {field} seems to have lost its leading zeros: {value}.",
        'Type it with its zeros, or declare pad_left in the mapping, as {width: 8, with: "0"}; width: 1 keeps short codes as they are.',
    ),
    "quantity.blank": Reason("The quantity ({field}) is empty.", "Fill in the quantity; 0 if there is none."),
    "quantity.text": Reason(
        "The quantity {value} in {field} is not a number.", "Write a plain whole number."
    ),
    "quantity.ambiguous": Reason(
        "The quantity {value} in {field} can be read in two ways.",
        "Write it without separators, or declare decimal and thousands in the mapping.",
    ),
    "quantity.negative": Reason(
        "The quantity {value} in {field} is below zero.", "Correct it; the tenant takes 0 or more."
    ),
    "quantity.fraction": Reason(
        "The quantity {value} in {field} is not a whole number.", "Write a whole number."
    ),
    "unit.missing": Reason(
        "The unit {value} in {field} is not in the mapping's multiply table.",
        "Correct the unit, or add it to multiply.by.",
    ),
    "pair.duplicate": Reason(
        "The same location and SKU stand in several rows with different quantities (rows {value}).",
        "Keep one row, or set rows.duplicates in the mapping.",
    ),
    "pair.incomplete": Reason(
        "Another row of the same location and SKU was rejected (row {value}); a part of a sum is a wrong quantity.",
        "Correct that row and leave this one as it is.",
    ),
    "pair.overflow": Reason(
        "The rows of this location and SKU add up to {value}, more than 2147483647.",
        "Correct the quantities.",
    ),
    "code.blank": Reason("The code in {field} is empty.", "Fill in the code."),
    "code.length": Reason("The code in {field} is longer than 255 characters.", "Shorten it."),
    "code.control": Reason(
        "The code {value} in {field} holds a control character or a line break.", "Type the code again."
    ),
    "code.space": Reason(
        "The code {value} in {field} begins or ends with white space.", "Remove the white space."
    ),
    "quantity.range": Reason(
        "The quantity {value} in {field} is more than 2147483647.", "Correct the quantity."
    ),
    "tenant.location": Reason(
        "The tenant does not accept the location: {value}",
        "Create the location at the tenant, or correct it here.",
    ),
    "tenant.sku": Reason(
        "The tenant does not accept the SKU: {value}", "Create the SKU at the tenant, or correct it here."
    ),
    "tenant.refused": Reason("The tenant refused the row: {value}", "Correct the row as the tenant says."),
    "tenant.too_large": Reason("The tenant takes no body as large as this one row.", "Shorten the codes."),
}


def sentence(code: str, field: str | None, value: str) -> str:
    """Say the reason `code` for a person; an unknown code is shown as it is."""
    reason = REASONS.get(code)
    said = reason.sentence.format(field=field or "a column", value=value) if reason else f"{code}: {value}"
    return said if said.endswith((".", "!", "?")) else f"{said}."


def remedy(code: str) -> str:
    """Say what to do about the reason `code`."""
    reason = REASONS.get(code)
    return reason.remedy if reason else ""
