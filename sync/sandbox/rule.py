"""One rule of a plan of faults: every key with what may stand behind it and what it means.

`described` tells the same to people, so that what they are shown cannot differ from what is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

from sync.sandbox.kinds import (
    ANYTHING,
    CHANCE,
    COUNT,
    COUNTS,
    DRIP,
    METHOD,
    MOMENT,
    NAMED,
    ONE_OR_MORE,
    PART,
    SECONDS,
    SIZE,
    SKUS,
    STATUS,
    TEXT,
    TEXT_BY_NAME,
    WAIT,
    YES_NO,
    Kind,
    one_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MALFORMED = (
    "html",
    "list",
    "empty",
    "success_false",
    "no_data",
    "nan",
    "text",
    "cut",
    "null",
    "bad_utf8",
    "bom",
)


class Meaning(NamedTuple):
    """What a key is for."""

    kind: Kind
    words: str
    needs: str | None
    wire: bool  # only a real connection can do it


def _says(kind: Kind, words: str, *, needs: str | None = None, wire: bool = False) -> dict[str, Meaning]:
    return {"meaning": Meaning(kind, words, needs, wire)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When and how to misbehave. Requests that a rule concerns are counted from 1, for each rule by itself."""

    # when
    method: str | None = field(default=None, metadata=_says(METHOD, "only requests with this method"))
    after: int = field(default=0, metadata=_says(COUNT, "leave the first N alone"))
    every: int = field(default=1, metadata=_says(ONE_OR_MORE, "then only each N-th"))
    p: float | None = field(
        default=None, metadata=_says(CHANCE, "then only this part of them, by chance; the seed decides which")
    )
    times: int | None = field(default=None, metadata=_says(ONE_OR_MORE, "and no more than N of these"))

    # instead of the API's work: nothing is applied
    status: int | None = field(
        default=None, metadata=_says(STATUS, "answer with this status, and apply nothing")
    )
    body: object = field(
        default=None,
        metadata=_says(ANYTHING, "with this body: text as it is, anything else as JSON", needs="status"),
    )
    retry_after: float | str | None = field(
        default=None, metadata=_says(WAIT, "with this Retry-After", needs="status")
    )
    location: str | None = field(
        default=None, metadata=_says(TEXT, "with this Location: a redirect", needs="status")
    )
    max_body: int | None = field(
        default=None, metadata=_says(COUNT, "413 for bodies of more bytes; other requests are not concerned")
    )
    abrupt_413: bool = field(
        default=False,
        metadata=_says(YES_NO, "say so, and hang up, before the body is read", needs="max_body", wire=True),
    )
    poison_skus: Sequence[str] = field(
        default=(),
        metadata=_says(
            SKUS,
            "refuse bodies with one of these; others are not concerned",
        ),
    )
    poison_status: int = field(default=422, metadata=_says(STATUS, "with this status", needs="poison_skus"))
    poison_body: object = field(default=None, metadata=_says(ANYTHING, "with this body", needs="poison_skus"))
    lie: bool = field(
        default=False, metadata=_says(YES_NO, "say that every row was updated, and apply nothing")
    )
    apply_rows: int | None = field(
        default=None,
        metadata=_says(COUNT, "apply the first N rows of the body, then fail with status or 500"),
    )
    late_apply: float | None = field(
        default=None,
        metadata=_says(
            SECONDS, "answer with status or 504, apply so many seconds later, or at /__release", wire=True
        ),
    )

    # the connection
    delay: float = field(
        default=0, metadata=_says(SECONDS, "seconds to wait before the API's work", wire=True)
    )
    delay_answer: float = field(
        default=0, metadata=_says(SECONDS, "seconds to wait after it, before the answer", wire=True)
    )
    hold: str | None = field(
        default=None,
        metadata=_says(
            one_of("before_apply", "after_apply", "mid_response"),
            "hang there until POST /__release; GET /__held tells who hangs",
            wire=True,
        ),
    )
    drop: str | None = field(
        default=None,
        metadata=_says(
            MOMENT, "hang up there; before_read comes before all other rules of the plan", wire=True
        ),
    )
    truncate: float | str | None = field(
        default=None,
        metadata=_says(
            PART,
            'hang up after this part of the body; "headers": in the middle of the headers',
            wire=True,
        ),
    )
    rst: bool = field(
        default=False, metadata=_says(YES_NO, "hang up with a reset (RST) instead of an end (FIN)", wire=True)
    )
    trickle: Mapping[str, float] | None = field(
        default=None,
        metadata=_says(DRIP, "send the body so many bytes at a time, every so many seconds", wire=True),
    )
    close_silently: bool = field(
        default=False,
        metadata=_says(
            YES_NO,
            "a good answer, but the kept-alive connection ends as the next request comes over it",
            wire=True,
        ),
    )
    down: float | None = field(
        default=None,
        metadata=_says(
            SECONDS, "from the end of the answer, refuse connections for so many seconds", wire=True
        ),
    )

    # after the API's work: its answer is distorted
    malformed: str | None = field(
        default=None,
        metadata=_says(one_of(*MALFORMED), "the status stays, the body is spoilt"),
    )
    counts: Mapping[str, int | str | None] = field(
        default_factory=dict,
        metadata=_says(COUNTS, "change a count: add a number, put a text, null: leave it out"),
    )
    row_base: int = field(default=0, metadata=_says(COUNT, "the number of the first row in error entries"))
    drop_row: bool = field(default=False, metadata=_says(YES_NO, "error entries without row"))
    drop_ids: bool = field(
        default=False, metadata=_says(YES_NO, "error entries without location_id and product_id")
    )
    omit_errors: bool = field(default=False, metadata=_says(YES_NO, "no error entries"))
    cap_errors: int | None = field(default=None, metadata=_says(COUNT, "no more than N error entries"))
    ghost_errors: int = field(
        default=0, metadata=_says(COUNT, "error entries for so many rows that were never sent")
    )
    dup_errors: bool = field(default=False, metadata=_says(YES_NO, "each error entry twice"))
    shuffle_errors: bool = field(default=False, metadata=_says(YES_NO, "error entries in another order"))
    rename_fields: Mapping[str, str] = field(
        default_factory=dict, metadata=_says(TEXT_BY_NAME, "fields renamed, anywhere in the answer")
    )
    extra_fields: Mapping[str, object] = field(
        default_factory=dict,
        metadata=_says(NAMED, "fields added in the answer, its data, each row and entry"),
    )
    headers: Mapping[str, str] = field(
        default_factory=dict, metadata=_says(TEXT_BY_NAME, "headers added to the answer")
    )
    code_case: str | None = field(
        default=None,
        metadata=_says(
            Kind("lower", lambda value: value == "lower"), "lower: error codes as before 2026-04-17"
        ),
    )
    pad: int = field(default=0, metadata=_says(SIZE, "bytes of white space after the body"))
    gzip_pad: int = field(
        default=0, metadata=_says(SIZE, "the same, and all of it sent with gzip", wire=True)
    )


KEYS: Mapping[str, Meaning] = {each.name: each.metadata["meaning"] for each in fields(Rule)}


def described() -> Iterator[tuple[str, str]]:
    """Tell each key, with a star where it needs a real connection, and its meaning."""
    for name, key in KEYS.items():
        yield f"{name}{' *' if key.wire else ''}", f"{key.words} ({key.kind.words})"
