"""One cell of an XML Spreadsheet 2003 -> its text as a person sees it, and what is not true about it."""

from __future__ import annotations

from datetime import datetime

from sync.books import numberformat
from sync.books.numberformat import PLAIN, Style
from sync.books.shown import FROM_1900, FROM_1904, Shown, duration, moment, shown, truth

MOMENT = Style(moment=True)
# Formats that have a name here and no code.
NAMED = {
    **dict.fromkeys(("general date", "long date", "medium date", "short date"), MOMENT),
    **dict.fromkeys(("long time", "medium time", "short time"), MOMENT),
    **dict.fromkeys(("general", "general number", "fixed", "standard", "percent", "scientific"), PLAIN),
    **dict.fromkeys(("currency", "euro currency", "yes/no", "true/false", "on/off"), PLAIN),
}
DAY_0 = datetime(1899, 12, 31)  # noqa: DTZ001 - a cell has no zone


def style_of(number_format: str) -> Style:
    """Tell what a number format does, by its name or its code."""
    named = NAMED.get(number_format.lower())
    return numberformat.style(number_format) if named is None else named


def seen(kind: str, text: str, style: Style, *, from_1904: bool) -> Shown:
    """Show a cell that holds `text` of this type."""
    if kind == "Number":
        return shown(text.strip(), style, FROM_1904 if from_1904 else FROM_1900)
    if kind == "DateTime":
        return _day(text.strip(), style, FROM_1904 if from_1904 else DAY_0), "cell.date"
    if kind == "Boolean":
        return truth(value=text.strip().lower() in {"1", "true"})
    return text, ("cell.error" if kind == "Error" else None)


def _day(text: str, style: Style, day_0: datetime) -> str:
    try:
        value = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    if style.duration:
        return duration((value - day_0).total_seconds())
    if value.date() == day_0.date():
        return value.time().isoformat(timespec="seconds")
    return moment(value)
