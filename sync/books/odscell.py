"""One cell of an OpenDocument spreadsheet -> its text as a person sees it, and what is not true about it."""

from __future__ import annotations

import re
from datetime import datetime

from sync.books.errorwords import is_error
from sync.books.numberformat import PLAIN
from sync.books.shown import FROM_1900, Shown, duration, moment, shown, truth

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "

NUMBERS = {"float", "percentage", "currency"}
TYPE, VALUE, CALC_TYPE = f"{OFFICE}value-type", f"{OFFICE}value", f"{CALC}value-type"
FORMULA = f"{TABLE}formula"
STRING, BOOLEAN = f"{OFFICE}string-value", f"{OFFICE}boolean-value"
VALUES = (VALUE, STRING, BOOLEAN, f"{OFFICE}date-value", f"{OFFICE}time-value")
SHOWN_OTHERWISE = re.compile("[\x01-\x04\t\r\n]|  |^ | $")
SPACES = re.compile("[ \t\r\n]+")
# Signs that no XML can hold stand for what is no white space of the document, but typed.
TYPED = {"\x01": " ", "\x02": "\t", "\x03": "\n"}
SPACE, TAB, LINE_BREAK = TYPED
PARAGRAPH_END = "\x04"
UNTYPED = str.maketrans(TYPED)

# A format for codes: zeros in front, a hyphen inside, a word before. Points and commas are those of a number.
CODE = re.compile(r"(?P<word>[^\W\d_][^\d.,]*)?(?P<digits>[0-9][0-9 ()/:-]*)")
TIME = re.compile(
    r"(-?)P(?:([0-9]{1,9})D)?T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:[.,][0-9]*)?S)?"
)


def looks(text: str) -> str:
    """Show paragraphs: white space of the document counts as one space, and at the ends of a paragraph as none."""
    text = text.removesuffix(PARAGRAPH_END)
    if not SHOWN_OTHERWISE.search(text):
        return text
    paragraphs = SPACES.sub(" ", text).split(PARAGRAPH_END)
    return "\n".join(paragraph.strip(" ").translate(UNTYPED) for paragraph in paragraphs)


def seen(attributes: dict[str, str], typed: str) -> Shown:
    """Show a cell with what is typed in its paragraphs; a formula without a paragraph was never calculated."""
    text = looks(typed)
    if not typed and FORMULA in attributes and not any(value in attributes for value in VALUES):
        return "", "cell.formula"
    kind = attributes.get(TYPE)
    # Where the program does not say so, an error is told by its word; a text that is only typed like one is a text.
    said = attributes.get(CALC_TYPE)
    if said == "error" or (said is None and is_error(text)):
        return text or "#N/A", "cell.error"
    if kind in NUMBERS:
        return _number(attributes, text)
    if kind == "boolean":
        return truth(value=attributes.get(BOOLEAN, text.lower()) == "true")
    if kind in {"date", "time"}:
        stored = attributes.get(f"{OFFICE}{kind}-value", text)
        return (_day(stored) if kind == "date" else _time(stored)), "cell.date"
    return text or attributes.get(STRING, ""), None


def _number(attributes: dict[str, str], text: str) -> Shown:
    value = attributes.get(VALUE)
    if value is None:
        return text, None
    if value in {"0", "1"} and text.isalpha():  # a truth value, in whatever language
        return truth(value=value == "1")
    if attributes[TYPE] == "float" and _is_code(text, value):
        return text, None
    return shown(value, PLAIN, FROM_1900)


def _is_code(text: str, value: str) -> bool:
    """Tell whether the cell's format makes a code of a whole number: 00042, 000-042, SKU-42."""
    looks = CODE.fullmatch(text)
    if not looks or text == value:
        return False
    digits = re.sub("[^0-9]", "", looks["digits"])
    padded = len(digits) > 1 and digits.startswith("0")
    made_for_codes = padded or looks["word"] or re.search("[()/:-]", text)
    return bool(made_for_codes) and shown(value, PLAIN, FROM_1900) == (digits.lstrip("0") or "0", None)


def _day(value: str) -> str:
    try:
        return moment(datetime.fromisoformat(value).replace(tzinfo=None))
    except ValueError:  # before the year 1, or no day at all: shown as it is
        return value


def _time(value: str) -> str:
    found = TIME.fullmatch(value)
    if not found:
        return value
    sign, *parts = found.groups()
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    shown = duration(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return sign + shown.zfill(len("00:00:00"))
