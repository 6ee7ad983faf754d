"""A language -> its table of sentences: one of ours, or a file of the user's own over the English one."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from sync.errors import FixSetup
from sync.yamlfile.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENGLISH = "en"
OURS = (ENGLISH, "tr")
LARGEST = 1_000_000  # bytes
BARE = re.compile(r"[A-Za-z0-9_-]+")
MOMENTS = ("about.moment", "about.day")
SOMETIME = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)


def key(*parts: str) -> str:
    """Name a sentence as TOML does: reasons."row.short".remedy."""
    return ".".join(part if BARE.fullmatch(part) else f'"{part}"' for part in parts)


@cache
def table(language: str) -> Mapping[str, str]:
    """Give every sentence of a language by its key; what a file of one's own leaves out is English.

    Raises:
        FixSetup: the file cannot be used, with everything that is wrong in it.
    """
    if language in OURS:
        return dict(_flat(tomllib.loads((files("sync.staff") / f"{language}.toml").read_text("utf-8"))))
    english, own = table(ENGLISH), dict(_flat(_read(Path(language))))
    problems = [f"{language}: {words}" for words in _problems(own, english)]
    if problems:
        raise FixSetup(*problems)
    return {**english, **own}


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(LARGEST).decode("utf-8-sig"))
    except OSError as error:
        raise FixSetup(
            f"language: the file {path} cannot be opened ({error.strerror}); known without a file are {' and '.join(OURS)}"
        ) from None
    except UnicodeDecodeError:
        raise FixSetup(f"language: the file {path} is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise FixSetup(
            f"language: the file {path} is no TOML: {error}; copy en.toml and translate it"
        ) from None


def _flat(tables: Mapping[str, Any], *above: str) -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, *above, name)
        else:
            yield key(*above, name), value


def _problems(own: Mapping[str, Any], english: Mapping[str, str]) -> Iterator[str]:
    for name, text in own.items():
        if name not in english:
            meant = nearest(name, english)
            yield f"{name} is no sentence of ours" + (f"; is {meant} meant?" if meant else "")
        elif not isinstance(text, str):
            yield f"{name} must be text in quotes"
        else:
            yield from (f"{name} {words}" for words in _misspelt(name, text, english[name]))


def _misspelt(name: str, text: str, ours: str) -> Iterator[str]:
    wanted, found = placeholders(ours), placeholders(text)
    if found is None:
        yield "has braces that do not pair up, or hold more than a name; a brace that is meant is written twice, {{ or }}"
    elif found != wanted:
        asked = ", ".join(f"{{{each}}}" for each in sorted(wanted or ())) or "no {names}"
        yield f"must hold exactly these names in braces: {asked}"
    elif name in MOMENTS and not _tells_time(text):
        yield "is no form of a moment, as %d.%m.%Y"


def placeholders(text: str) -> set[str] | None:
    """List the names in braces of a sentence; None: its braces do not pair up, or hold more than a name."""
    try:
        found = [item[1:] for item in Formatter().parse(text) if item[1] is not None]
    except ValueError:
        return None
    plain = all(name and name.isidentifier() and not (form or turned) for name, form, turned in found)
    return {str(name) for name, *_ in found} if plain else None


def _tells_time(form: str) -> bool:
    try:
        return SOMETIME.strftime(form) not in {"", form}
    except ValueError:
        return False
