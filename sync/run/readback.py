"""Locations -> what the tenant holds there, several at a time, in the order asked for.

The first answer is awaited alone, so that a key that may not read and a tenant that is down cost little; after a refusal
nothing more is asked. Whatever could not be read says why, and is never taken for empty.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar
from unicodedata import normalize

from sync.errors import StopAndFix
from sync.run.stock import Reader, Stock
from sync.run.tenant import find_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from sync.config import Settings

    Pair = tuple[str, str]


class Place(Protocol):
    """Something that belongs to a location."""

    @property
    def location(self) -> str:
        """The location's code."""


Part = TypeVar("Part", bound=Place)


@dataclass(frozen=True)
class Reading:
    """What the tenant holds at a location; where that may not be all of it, `why`."""

    rows: Mapping[Pair, int]
    why: str = ""

    @property
    def whole(self) -> bool:
        """Whether what is not in it is not there."""
        return not self.why

    def alike(self, pair: Pair) -> Pair | None:
        """Find the pair whose codes differ only in what a tenant may change about codes."""
        return self._by_plain.get(_plain(pair))

    @cached_property
    def _by_plain(self) -> dict[Pair, Pair]:
        return {_plain(held): held for held in self.rows}


def _plain(pair: Pair) -> Pair:
    """Give codes without case and spaces, and letters in one form."""
    location, sku = (" ".join(normalize("NFKC", code).casefold().split()) for code in pair)
    return location, sku


def _unread(why: str) -> Reading:
    return Reading({}, why)


class ReadBack:
    """Reads one tenant. `refusal` is what it said where it wants no further requests."""

    def __init__(self, reader: Reader, workers: int) -> None:
        self._reader = reader
        self._workers = workers
        self._answered = False
        self.refusal: StopAndFix | None = None

    def read(self, parts: Iterable[Part], *, other_case: bool = False) -> Iterator[tuple[Part, Reading]]:
        """Read the location of each part, looking no more than `workers` parts ahead.

        With `other_case` A-1 is asked for too, where a-1 holds nothing: there are tenants that make capitals of codes.
        """
        left = iter(parts)
        under_way: deque[tuple[Part, Future[Reading]]] = deque()
        with ThreadPoolExecutor(self._workers, thread_name_prefix="read") as pool:
            while True:
                free = (self._workers if self._answered else 1) - len(under_way)
                under_way.extend(
                    (part, pool.submit(self._one, part.location, other_case=other_case))
                    for part in islice(left, free)
                )
                if not under_way:
                    return
                part, reading = under_way.popleft()
                yield part, reading.result()

    def _one(self, location: str, *, other_case: bool) -> Reading:
        if self.refusal:
            return _unread(_words(self.refusal))
        try:
            stock = self._look_up(location, other_case=other_case)
        except StopAndFix as refusal:
            self.refusal = refusal
            return _unread(_words(refusal))
        self._answered = self._answered or not stock.broken
        return Reading(stock.rows, stock.broken or "; ".join(stock.notes))

    def _look_up(self, location: str, *, other_case: bool) -> Stock:
        stock = self._reader.look_up(location, "location")
        if other_case and stock.complete and not stock.rows:
            for other in {location.upper(), location.lower()} - {location}:
                more = self._reader.look_up(other, "location")
                if more.rows:
                    return more
        return stock


def _words(error: StopAndFix) -> str:
    return " ".join(error.problems)


@contextmanager
def reading_back(settings: Settings, environ: Mapping[str, str]) -> Iterator[ReadBack]:
    """Open the tenant of the settings to read it."""
    tenant = find_tenant(settings, environ)
    try:
        with tenant.connect() as client:
            reader = Reader(client, settings.tenant.retry, settings.tenant.field_names)
            yield ReadBack(reader, settings.tenant.workers)
    finally:
        tenant.close()
