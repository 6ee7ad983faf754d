"""The place of a cell -> its name, as B7, and the letters of a column -> its number."""

from __future__ import annotations

from sync.books.bounds import COLUMNS_MAX
from sync.errors import SetAside


def address(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does."""
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """Name a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, at = divmod(column - 1, 26)
        name = chr(65 + at) + name
    return name


def column_of(letters: str) -> int:
    """Turn the letters of a column into its number, from 0."""
    number = 0
    for letter in letters.upper()[:9]:
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= COLUMNS_MAX or not letters.isalpha():
        raise SetAside(
            f"The sheet is damaged: there is no column {letters[:20]!r}. Open the workbook and save it anew."
        )
    return number - 1
