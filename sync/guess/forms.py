"""The forms that the texts of a column take, counted a block at a time by regular expressions on its distinct texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

SPACE = " \u00a0\u202f'’"
WHOLE = r"^-?[0-9]+-?$"
POINT = rf"^-?(?:[0-9]*\.(?:[0-9]{{1,2}}|[0-9]{{4,}})|(?:0|[0-9]{{4,}})?\.[0-9]{{3}}|[1-9][0-9]{{0,2}}(?:[,{SPACE}][0-9]{{3}})+\.[0-9]+)-?$"
COMMA = POINT.replace(r"\.", "<p>").replace("[,", "[.").replace("<p>", ",")
FORMS = {
    "whole": WHOLE,
    "point": POINT,  # the point is the decimal sign, whatever else the column holds
    "comma": COMMA,
    "grouped_point": r"^-?[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?-?$|^-?[1-9][0-9]{0,2}\.[0-9]{3},[0-9]+-?$",
    "grouped_comma": r"^-?[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?-?$|^-?[1-9][0-9]{0,2},[0-9]{3}\.[0-9]+-?$",
    **{f"grouped_{sign}": rf"^-?[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+(?:[.,][0-9]+)?-?$" for sign in SPACE},
    "unclear_point": r"^-?[1-9][0-9]{0,2}\.[0-9]{3}-?$",
    "unclear_comma": r"^-?[1-9][0-9]{0,2},[0-9]{3}-?$",
    "negative": r"^-\s?[0-9.,]|^[0-9.,]+-$",
    "padded": r"^0[0-9]+$",
    "united": r"^-?[0-9]+(?:[.,][0-9]+)?\s*\p{L}[\p{L}²³]{0,11}\.?$",
    "money": r"[$€£¥₺₽₴₹₩]|^-?[0-9.,' ]+\s?(?:USD|EUR|TRY|TL|RUB|GBP|INR|руб\.?)$",
    "percent": r"^-?[0-9.,]+\s?%$",
    "date": r"^(?:[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:[0-9]{4}|[0-9]{2})|[0-9]{1,2}[- ]\p{L}{3,9}[- ][0-9]{2,4})(?:[ T].*)?$",
    "code": r"^[\p{L}0-9][\p{L}0-9._/\\#+*&:()-]*$",
    "prose": r"\S\s+\S+\s+\S",
    "letters": r"\p{L}",
    "email": r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
    "address": r"^(?:https?://|www\.)",
}
NUMBERS = (
    "whole",
    "point",
    "comma",
    "grouped_point",
    "grouped_comma",
    *(f"grouped_{sign}" for sign in SPACE),
    "unclear_point",
    "unclear_comma",
)

NUMBER = re.compile("|".join(FORMS[form] for form in NUMBERS))


Weighed = tuple[
    pa.StringArray, "npt.NDArray[np.int64]"
]  # distinct texts of a column, and how many cells hold each


def counts(columns: Sequence[Weighed]) -> list[dict[str, int]]:
    """Count for each column how many cells have each form, and how many are numbers of any.

    The texts of all columns are looked at in one go: to compile a pattern costs more than to match some hundred texts.
    """
    texts = pa.concat_arrays([texts for texts, _ in columns])
    ends = np.cumsum([0, *(len(weights) for _, weights in columns)])
    masks = {form: _has(texts, pattern) for form, pattern in FORMS.items()}
    masks["number"] = np.logical_or.reduce([masks[form] for form in NUMBERS])
    return [
        {form: int(weights[mask[start:end]].sum()) for form, mask in masks.items()}
        for (_, weights), start, end in zip(columns, ends[:-1], ends[1:], strict=True)
    ]


def _has(texts: pa.StringArray, pattern: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False), dtype=bool)


def is_number(text: str) -> bool:
    """Tell whether a text is a number in any notation."""
    return NUMBER.search(text.strip()) is not None
