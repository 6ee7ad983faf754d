"""The small values that a mapping is made of: headers, patterns, factors, separators, and what makes each wrong."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticKnownError, core_schema

from sync.yamlfile.section import Range, wrong

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

MOST_ENTRIES = 500
LAST_SHEET_ROW = 1_048_576
_NOT_FOR_FILES = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"}
_FACTOR = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


class OneOrMore(NamedTuple):
    """Marks a list of which a single entry may stand without its brackets."""

    least: int = 1

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Make a list of one out of anything else, before it is validated."""
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Show both forms to editors."""
        entries = handler(schema)
        return {"anyOf": [entries["items"], entries]}

    def _listed(self, value: Any) -> tuple[Any, ...]:  # noqa: ANN401  (whatever stands in the file)
        entries = tuple(value) if isinstance(value, (list, tuple)) else (value,)
        if not self.least <= len(entries) <= MOST_ENTRIES:
            raise wrong(f"must have {self.least} to {MOST_ENTRIES} entries, not {len(entries)}")
        return entries


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise wrong(f"is not a regular expression: {error}") from None
    return text


def _value_pattern(text: str) -> str:
    if "value" not in re.compile(_pattern(text)).groupindex:
        raise wrong("needs a group named value: (?P<value>...)")
    return text


def _factor(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")  # a float is rounded already: read it from its text
    if not _FACTOR.fullmatch(value) or not Decimal(value):
        raise wrong("must be a number above 0, as 12 or 0.5")
    return Decimal(value)


def _line(text: str) -> str:
    if not text.isprintable():
        raise wrong("must be one line without control characters")
    return text


def _character(text: str) -> str:
    if len(text) != 1:
        raise wrong(f"must be one character, not {len(text)}")
    return text


def _separator(text: str) -> str:
    if text.isalnum() or text in '+-"\r\n\0':
        raise wrong("must be a separator, not a letter, a digit, a sign, a quote or a line break")
    return text


def _encoding(name: str) -> str:
    try:
        is_text = codecs.lookup(name)._is_text_encoding  # noqa: SLF001  (nothing public tells text from base64)
    except (LookupError, ValueError):
        is_text = False
    if not is_text or codecs.lookup(name).name.replace("_", "-") in _NOT_FOR_FILES:
        raise wrong("is not an encoding that Python knows, such as utf-8, utf-16, cp1252 or cp1254")
    return name


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise wrong("is not a time zone; name it as Europe/Istanbul or UTC") from None
    return name


def _stamp(text: str) -> str:
    day = datetime(2019, 11, 23, tzinfo=UTC)
    try:
        told = datetime.strptime(day.strftime(text), text).replace(tzinfo=UTC)
    except ValueError:
        told = None
    if told is None or told.date() != day.date():
        raise wrong("must tell year, month and day in strptime's letters, as %Y%m%d or %d.%m.%Y_%H%M")
    return text


T = TypeVar("T")
Several = Annotated[tuple[T, ...], OneOrMore()]
Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Headers = Several[Text]
Character = Annotated[str, AfterValidator(_character)]
Separator = Annotated[Character, AfterValidator(_separator)]
AnyText = Annotated[str, StringConstraints(max_length=255)]
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_line)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Pattern = Annotated[Expression, AfterValidator(_pattern)]
ValuePattern = Annotated[Expression, AfterValidator(_value_pattern)]
Factor = Annotated[Decimal, BeforeValidator(_factor, json_schema_input_type=int | float | str)]
Encoding = Annotated[Text, AfterValidator(_encoding)]
Timezone = Annotated[Text, AfterValidator(_timezone)]
Stamp = Annotated[Text, AfterValidator(_stamp)]
RowNumber = Annotated[int, Range(1, LAST_SHEET_ROW)]
