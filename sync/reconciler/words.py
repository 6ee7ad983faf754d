"""The tenant's words, in any shape -> text for people, and for a failed row its reason code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sync.replies import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sync.replies import Reply

    Part = tuple[str, str]  # the label that it stands under, or ""; what is said

# How the names begin under which the tenant speaks of a field (api.md A2); a partner's own name goes before these.
STEMS = {"location_code": ("location",), "sku_code": ("sku", "product"), "quantity": ("quantity", "qty")}
SAYING = ("errors", "error", "messages", "message", "details", "detail", "reason", "reasons")
NO_LABEL = ("non_field_errors", "__all__", "code", "type", *SAYING)
CODES = {"location_code": "tenant.location", "sku_code": "tenant.sku"}
UNKNOWN = re.compile(
    r"not[ _]found|not exist|n't exist|unknown|no such|invalid pk|not be found|no matching|not known",
    re.IGNORECASE,
)
DEEPEST = 8  # levels of nesting that are looked into
LONGEST = 500  # characters of the tenant's words that are kept
LONGEST_RAW = 2000
SILENT = "no reason given"


def field_of(label: str, names: Mapping[str, str]) -> str | None:
    """Tell which field a label of the tenant means; `names` is tenant.field_names."""
    spoken = label.lower()
    own = [field for field in STEMS if names.get(field, field).lower() == spoken]
    return next(iter(own), None) or next((f for f, stem in STEMS.items() if spoken.startswith(stem)), None)


def said(reply: Reply) -> str:
    """Give what the tenant said about a whole request: its envelope, else the beginning of its text."""
    if not isinstance(reply.body, dict):
        return printable(reply.text)[:LONGEST]
    spoken = reply.body.get("error") or reply.body.get("detail") or reply.body.get("message") or reply.body
    code = spoken.get("code") if isinstance(spoken, dict) else None
    rest = {name: value for name, value in spoken.items() if name != "code"} if code else spoken
    words = [f"{label}: {text}" if label else text for label, text in parts(rest)]
    return printable(": ".join([*([str(code)] if code else []), "; ".join(words)]))[:LONGEST]


def parts(value: Any, label: str = "", depth: int = 0) -> Iterator[Part]:  # noqa: ANN401 - JSON is what it is
    """Flatten an object, list or text to (label, words)."""
    if depth > DEEPEST or value is None or isinstance(value, bool):
        return
    if isinstance(value, dict) and isinstance(value.get("field"), str):  # {"field": ..., "message": ...}
        inner = {name: said for name, said in value.items() if name != "field"}
        yield from parts(inner, label or value["field"], depth + 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from parts(inner, label or ("" if name.lower() in NO_LABEL else name), depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner, label, depth + 1)
    else:
        yield label, str(value)


def refusal(
    index: int, entries: Sequence[Any], names: Mapping[str, str], *, pair: tuple[str, str] = ("", "")
) -> Refusal:
    """Put together what the tenant says about the row at `index`, in one entry or several.

    A label of its own means the field under which the entry gives a code of the row: its `pair` of location and SKU.
    """
    own = _labels(entries, pair)
    spoken = [
        (field_of(label, names) or own.get(label.lower()), label, words) for label, words in _spoken(entries)
    ]
    field, about = _fault(spoken)
    texts = [f"{label}: {words}" if label and not known else words for known, label, words in spoken]
    return Refusal(
        index=index,
        code=CODES.get(field or "", "tenant.refused"),
        field=field,
        message=printable("; ".join(dict.fromkeys(texts)))[:LONGEST] or SILENT,
        raw=_raw(entries),
        unknown=field in CODES and UNKNOWN.search(about) is not None,
    )


def printable(text: str) -> str:
    """Put `text` in one line, without what would steer a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _labels(entries: Iterable[Any], pair: tuple[str, str]) -> dict[str, str]:
    """Learn the labels of a tenant with names of its own."""
    meant = dict(zip(pair, CODES, strict=True)) if pair[0] != pair[1] else {}
    return {
        name.lower(): meant[value]
        for entry in entries
        if isinstance(entry, dict)
        for name, value in entry.items()
        if isinstance(value, str) and value in meant and name.lower() not in NO_LABEL
    }


def _spoken(entries: Iterable[Any]) -> Iterator[Part]:
    """Leave out of each entry what only says which row it is about."""
    for entry in entries:
        if isinstance(entry, dict):
            yield from parts({name: value for name, value in entry.items() if name.lower() in SAYING})
        else:
            yield from parts(entry)


def _fault(spoken: Sequence[tuple[str | None, str, str]]) -> tuple[str | None, str]:
    """Tell which field is at fault and the words about it: by the labels, else by what unlabelled words mention."""
    for field in STEMS:
        for known, _, words in spoken:
            if known == field:
                return field, words
    for _, label, words in spoken:
        mentioned = [field for field in CODES if any(stem in words.lower() for stem in STEMS[field])]
        if not label and len(mentioned) == 1:
            return mentioned[0], words
    return None, ""


def _raw(entries: Sequence[Any]) -> str:
    whole = entries[0] if len(entries) == 1 else list(entries)
    try:
        text = json.dumps(whole, ensure_ascii=False)
    except RecursionError:
        return '"nested too deeply"'
    return text.encode(errors="replace").decode()[:LONGEST_RAW]
