"""What a mapping says about the files that are to be expected: the guards before sending, and when a file is due.

`off` is text in YAML 1.2 and false in 1.1: both switch a guard off. A share is written with its sign, as 20%.
"""

import re
from datetime import time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sync.yamlfile.section import Range, Section, wrong

OFF = ("off", "Off", "OFF", False)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGEST = timedelta(days=3650)
_SHARE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?%")
_DURATION = re.compile(r"([0-9]{1,6}) ?([mhdw])")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def _is_off(value: Any) -> bool:  # noqa: ANN401  (whatever stands in the file)
    return isinstance(value, (str, bool)) and value in OFF


def _share(value: Any) -> float | Literal[False]:  # noqa: ANN401  (whatever stands in the file)
    if _is_off(value):
        return False
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise wrong("must be a share of the rows with its sign, as 20%, from 0% to 100%, or off")
    share = float(found[1]) / 100
    if share > 1:
        raise wrong(f"must be from 0% to 100%, or off, not {value}")
    return share


def _times(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    if _is_off(value):
        return False
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong("must be a number of times, as 10, from 1 to 1000000, or off")
    return Range(1, 1_000_000)._checked(value)  # noqa: SLF001  (the same words for every range)


def _rows(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    return 0 if _is_off(value) else value


def _switch(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    return False if _is_off(value) else value


def _duration(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise wrong("must be a time as 30m, 12h, 2d or 1w")
    lasting = timedelta(**{UNITS[found[2]]: int(found[1])})
    if not timedelta() < lasting <= LONGEST:
        raise wrong(f"must be from 1m to {LONGEST.days}d, not {value}")
    return lasting


def _age(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    return False if _is_off(value) else _duration(value)


def _clock(value: Any) -> time:  # noqa: ANN401  (whatever stands in the file)
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if not found or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004  (a day's hours, an hour's minutes)
        raise wrong('must be a time of the day from "00:00" to "23:59", as "06:00"')
    return time(int(found[1]), int(found[2]))


Share = Annotated[
    float | Literal[False], BeforeValidator(_share, json_schema_input_type=str | Literal[False])
]
Duration = Annotated[timedelta, BeforeValidator(_duration, json_schema_input_type=str)]
Clock = Annotated[time, BeforeValidator(_clock, json_schema_input_type=str)]
RowCount = Annotated[int, Range(0, 100_000_000)]


class Guards(Section):
    """What looks so implausible that a person must look first; off switches one off."""

    rejected: Share = Field(
        default=0.2,
        json_schema_extra={"default": "20%"},
        description="More of the rows rejected before anything is sent, as 20%.",
    )
    fewer_rows: Share = Field(
        default=0.3,
        json_schema_extra={"default": "30%"},
        description="So much fewer rows than in the last file of the mapping that was sent whole or approved.",
    )
    zeroed: Share = Field(
        default=0.1,
        json_schema_extra={"default": "10%"},
        description="More of the pairs that were above 0 going to 0 than this share of them.",
    )
    jump: Annotated[
        float | Literal[False],
        BeforeValidator(_times, json_schema_input_type=float | Literal["off", False]),
    ] = Field(
        default=10.0,
        description="The median of the quantities above 0 so many times that of the last file, or that of the last file so many times this one's.",
    )
    unknown: Share = Field(
        default=0.5,
        json_schema_extra={"default": "50%"},
        description="More of the first 500 rows that are posted being unknown to the tenant, on a first run; later: twice the last file's share.",
    )
    cut: Annotated[bool, BeforeValidator(_switch, json_schema_input_type=bool | Literal["off"])] = Field(
        default=True,
        description="A file that ends in the middle of a row, or exactly where its format can hold no more.",
    )
    max_age: (
        Annotated[
            timedelta | Literal[False], BeforeValidator(_age, json_schema_input_type=str | Literal[False])
        ]
        | None
    ) = Field(
        default=None,
        description="Files whose stock is older are held, as 2d. Default: 2d in the watched folder as long as the mapping has no history.",
    )
    min_rows: Annotated[RowCount, BeforeValidator(_rows, json_schema_input_type=int | Literal["off"])] = (
        Field(default=1, description="Fewer rows are held; a file without any is never taken.")
    )
    min_count: RowCount = Field(
        default=20, description="A share trips only where it is also more than so many rows."
    )


class Expect(Section):
    """When a file of this mapping is due; when it does not come, that is told."""

    every: Duration = Field(description="How often, as 1d or 12h.", examples=["1d"])
    by: Clock | None = Field(default=None, description='By when, as "06:00".')
