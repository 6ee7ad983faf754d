"""What a reject workbook says beside its rows, in the language of whoever corrects them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sync.rejects.lines import Telling

    Said = tuple[Literal["title", "heading", "text"], str]


@dataclass(frozen=True, slots=True)
class Written:
    """What came into the sheet of rows."""

    sheet: str
    rows: int
    risky: int = 0  # at its top: the tenant shows stock that may be gone
    commented: int | None = None  # the last row whose cells have comments, where the others have none
    left_out: int = 0  # rows that the sheet had no room for
    rest: str = ""  # the file beside it where they are


@dataclass(frozen=True, slots=True)
class Guide:
    """The titles of both sheets (`rows`: where the source has no sheet of its own), what the first one says, and the words for reasons."""

    words: Telling
    title: str
    rows: str
    page: Callable[[Written], Sequence[Said]]
    about: Mapping[str, str]  # what is said of our columns
