"""Texts that a spreadsheet writes where it took a code for a date: `12-Mar`, `Mrz 26`, `03.12.2026`, in many languages.

A form is wider than the dates in it: where a column's own codes have it too (`12-Abc`), a date among them proves nothing.
"""
# ruff: noqa: RUF001 - letters of other scripts are the point

from __future__ import annotations

import re

# Gates for many texts at once (RE2): day and month, month and number, three numbers.
FORMS = (
    r"^[0-9]{1,2}[-./ ] ?\pL{3,6}\.?(?:[-./ ][0-9]{2,4})?$",
    r"^\pL{3,6}\.?[-./ ][0-9]{2,4}$",
    r"^[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?$",
)
_MONTHS = """
jan feb mar apr may jun jul aug sep sept oct nov dec mrz mär mai okt dez janv févr mars avr juin juil août déc
ene abr ago dic fev giu lug mrt mei oca şub nis haz tem ağu eyl eki ara kas sty lut kwi maj cze lip sie wrz paź lis gru
янв фев мар апр май мая июн июл авг сен сент окт ноя нояб дек січ лют бер кві кв тра чер лип сер вер жов лис гру
úno bře kvě čvn čvc srp zář říj máj jún júl márc febr ápr szept ian iun iul
helmi maalis huhti touko kesä heinä syys loka marras joulu tammi ιαν φεβ μαρ απρ μαϊ ιουν ιουλ αυγ σεπ οκτ νοε δεκ
agu agt des яну юни юли ное sij velj ožu svi srp kol ruj avg
""".split()  # noqa: SIM905 - a list of words reads best as words
# Months that are words of catalogues too, as in `Set-12`: believed where the column has another month.
_DOUBTFUL = """
set out mag gen pro led dub lip elo tem ara kas lis ago sie tra maj kol svi des
""".split()  # noqa: SIM905 - likewise
SURE = frozenset(_MONTHS) - frozenset(_DOUBTFUL)
MONTHS = frozenset(_MONTHS) | frozenset(_DOUBTFUL)
_DAYS, _YEAR_MONTHS = 31, 12
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def month(text: str) -> str | None:
    """Give the month that a text of the first two forms names, in small letters; None: it is no date.

    A spreadsheet writes months as `Mar` or `mar`; `MAR` is a code's own.
    """
    letters = "".join(re.findall(r"[^\W\d_]+", text))
    numbers = re.findall(r"[0-9]+", text)
    if letters.isupper() or letters.casefold() not in MONTHS:
        return None
    day, year = (int(numbers[0]), numbers[1:]) if text[0].isdigit() else (1, numbers)
    good = 1 <= day <= _DAYS and all(len(number) == 2 or _YEAR.fullmatch(number) for number in year)  # noqa: PLR2004 - 26 or 2026
    return letters.casefold() if good else None


def is_numeric_date(text: str) -> bool:
    """Tell whether a text of the third form is a date of this time, in the order of any country."""
    first, second, third = re.findall(r"[0-9]+", text)[:3]
    if _YEAR.fullmatch(third):
        pairs = [(first, second), (second, first)]
    else:
        pairs = [(third, second)] if _YEAR.fullmatch(first) else []
    return any(1 <= int(day) <= _DAYS and 1 <= int(number) <= _YEAR_MONTHS for day, number in pairs)
