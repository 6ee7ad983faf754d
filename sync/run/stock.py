"""What the tenant holds now: its whole list, or a look-up by location or SKU.

An answer is never taken for more than it says (api.md A20): where it cannot be told that nothing is missing, `complete` is
false and a note says why. Reading is asked again like posting, a few times.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sync.client import retryable
from sync.errors import StopAndFix
from sync.reconciler.words import said
from sync.run.manners import MOST_FAILURES, Manners

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sync.client import Client
    from sync.config.settings import Retry
    from sync.replies import Reply

FIELDS = ("location_code", "sku_code", "quantity")
LARGEST_PAGE = 200
ROUND = {50, 100, LARGEST_PAGE}  # as many rows as a list without pages may have been cut to
MOST_PAGES = 50_000
BUSY = {408, 425, 429}
BAD_REQUEST, NO_SCOPE, NOT_FOUND, SERVER_TROUBLE = 400, 403, 404, 500
TOO_BIG = "too_big"  # and would be the next time
KEY = {
    401: "The key is wrong or has expired: put a new one from the dashboard in its place.",
    403: (
        "The key may lack integrations.inventory.read, a scope that reading needs and posting does not;"
        " or its partner is not linked or not active."
    ),
}
WRONG_ADDRESS = {404, 405, 410}


class NoAnswerError(Exception):
    """The tenant gave no usable answer, however often it was asked; ends a walk, and goes no further."""


class MayNotReadError(StopAndFix):
    """The key is good, but not for reading."""


@dataclass(slots=True)
class Stock:
    """The records read so far; `names` is tenant.field_names."""

    names: Mapping[str, str]
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    complete: bool = True
    broken: str = ""  # why it ended before its end, where the user did not ask for that
    notes: list[str] = field(default_factory=list)

    def doubt(self, note: str) -> None:
        """Note why something may be missing."""
        self.complete = False
        self.notes = [*self.notes, note]

    def break_off(self, why: str) -> None:
        """Note why the rest cannot be read."""
        self.broken = why
        self.doubt(f"the rest could not be read: {why}")

    def take(self, body: dict[str, Any], limit: int) -> str | None:
        """Take one answer; give the cursor of the page that follows, None where none does."""
        before, entries = len(self.rows), body["data"]
        self._add(entries)
        pages = body.get("pagination")
        if not isinstance(pages, dict) or "next_cursor" not in pages:
            if len(entries) in {*ROUND, limit}:
                self.doubt(
                    f"the tenant gave exactly {len(entries)} records and does not say whether there are more"
                )
            return None
        cursor = pages["next_cursor"]
        if cursor is None or cursor == "":
            return None
        if not isinstance(cursor, str):
            self.break_off("the tenant names the next page in a way that is not its own")
        elif len(self.rows) == before:
            self.break_off("a page held nothing new, and yet the tenant says that more follows")
        return None if self.broken else cursor

    def _add(self, entries: list[Any]) -> None:
        unread = 0
        for entry in entries:
            row = _row(entry, self.names)
            if row is None:
                unread += 1
            else:
                self.rows[row[:2]] = row[2]
        if unread:
            self.doubt(f"{unread} records of an answer could not be understood, and are missing here")

    def cut(self, most: int, *, more: bool) -> None:
        """Keep the first records, as the user asked."""
        if more or len(self.rows) > most:
            self.rows = dict(list(self.rows.items())[:most])
            self.doubt(f"only the first {most} records were asked for")

    def as_json(self) -> dict[str, Any]:
        """Give the document of the contract."""
        rows = [dict(zip(FIELDS, (*pair, quantity), strict=True)) for pair, quantity in self.rows.items()]
        return {"stock": rows, "complete": self.complete, "notes": self.notes}


def _row(entry: Any, names: Mapping[str, str]) -> tuple[str, str, int] | None:  # noqa: ANN401 - JSON is what it is
    """Read one record, under the partner's names or the vendor's own."""
    if not isinstance(entry, dict):
        return None
    location, sku, quantity = (entry.get(names.get(name, name), entry.get(name)) for name in FIELDS)
    whole = _whole(quantity)
    if whole is None or not all(isinstance(code, str | int) and code != "" for code in (location, sku)):
        return None
    return str(location), str(sku), whole


def _whole(value: Any) -> int | None:  # noqa: ANN401 - JSON is what it is
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
        return int(value) if isinstance(value, int) else int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks one tenant, again where that may help."""

    client: Client
    retry: Retry
    names: Mapping[str, str]
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    manners: Manners = field(default_factory=Manners)  # one for all threads that ask this tenant

    def walk(self, most: int | None = None, *, most_pages: int = MOST_PAGES) -> Stock:
        """Read the whole list, or its first `most` records.

        Raises:
            StopAndFix: the tenant refuses.
        """
        stock = Stock(self.names)
        for _ in range(2):  # a cursor that is refused: once again from the start, and no more
            stock = Stock(self.names)
            try:
                if self._walked(stock, most, most_pages):
                    return stock
            except NoAnswerError as error:
                stock.break_off(str(error))
                return stock
        stock.break_off("the tenant refuses the cursors that it gave")
        return stock

    def _walked(self, stock: Stock, most: int | None, most_pages: int) -> bool:
        """Walk from the start; False where the tenant refuses the cursor that it gave."""
        limit, cursor, seen = min(most or LARGEST_PAGE, LARGEST_PAGE), None, set[str]()
        for _ in range(most_pages):
            reply = self._ask(lambda at=cursor: self.client.list_page(limit, at))  # type: ignore[misc]  # the default binds the loop's value
            if reply.status == BAD_REQUEST and cursor is not None:
                return False
            cursor = stock.take(accepted(reply), limit)
            if most is not None and len(stock.rows) >= most:
                stock.cut(most, more=cursor is not None)
                return True
            if cursor in seen:
                stock.break_off("the tenant names the same next page twice")
                return True
            if cursor is None:
                return True
            seen.add(cursor)
        stock.break_off(f"it is more than {most_pages:,} pages long")
        return True

    def look_up(self, code: str, by: Literal["location", "sku"]) -> Stock:
        """Read the records of one location or SKU.

        Raises:
            StopAndFix: the tenant refuses.
        """
        stock = Stock(self.names)
        try:
            reply = self._ask(lambda: self.client.get(code, by))
        except NoAnswerError as error:
            stock.break_off(str(error))
            return stock
        if reply.status == NOT_FOUND and (reply.body is not None or "/" in code or code in {".", ".."}):
            stock.doubt(f"the tenant knows no {by} {code}, or cannot be asked for it by that code (404)")
        elif stock.take(accepted(reply), LARGEST_PAGE) is not None:
            stock.doubt("the tenant says that there are more, and a look-up has no further pages")
        return stock

    def _ask(self, request: Callable[[], Reply]) -> Reply:
        """Ask until there is an answer that says something."""
        waited, retry, manners = 0.0, self.retry, self.manners
        for tries in range(retry.attempts):
            if not manners.begin(self.sleep):
                break
            try:
                reply = request()
            except BaseException:
                manners.heard("it broke off", 0)  # nobody waits for it
                raise
            why = _says_nothing(reply)
            pause = (reply.retry_after or 0) + self.chance() * min(retry.max, retry.base * 2**tries)
            manners.heard(why, pause)
            if not why:
                return reply
            waited += pause
            if tries + 1 == retry.attempts or waited > retry.deadline or reply.trouble == TOO_BIG:
                raise NoAnswerError(f"asked {tries + 1} times. {why}")
        raise NoAnswerError(f"asked {MOST_FAILURES} times in a row, and no further. {manners.why}")


def _says_nothing(reply: Reply) -> str:
    """Say why the same request may do better later; "" where this answer stands."""
    if reply.status is None:
        return reply.detail if retryable(reply.trouble or "") else ""
    if reply.status in BUSY or reply.status >= SERVER_TROUBLE:
        return f"The tenant answered {reply.status}: {said(reply) or 'without a word'}"
    if reply.status // 100 == 2 and not _is_list(reply.body):  # noqa: PLR2004 - 2xx
        return f"The answer ({reply.status}) is not the API's: {reply.text[:200] or 'it is empty'}"
    return ""


def _is_list(body: Any) -> bool:  # noqa: ANN401 - JSON is what it is
    return isinstance(body, dict) and body.get("success", True) is True and isinstance(body.get("data"), list)


def accepted(reply: Reply) -> dict[str, Any]:
    """Give the body of a success.

    Raises:
        StopAndFix: it is none, and would be none the next time.
    """
    if reply.status is None:
        raise StopAndFix(reply.detail)
    words = f"{reply.status}: {said(reply) or 'without a word'}"
    if reply.status in KEY:
        kind = MayNotReadError if reply.status == NO_SCOPE else StopAndFix
        raise kind(f"The tenant refuses the key ({words}). {KEY[reply.status]}")
    if reply.status in WRONG_ADDRESS:
        raise StopAndFix(f"There is no inventory API at the tenant's address ({words}). Check tenant.url.")
    if reply.status // 100 == 3:  # noqa: PLR2004 - 3xx
        raise StopAndFix(
            f"The tenant's address answers with a redirect ({reply.status}) to {reply.location or 'nowhere'}."
            " Redirects are never followed, they would carry the key along: check tenant.url."
        )
    if reply.status // 100 != 2:  # noqa: PLR2004 - 2xx
        raise StopAndFix(f"The tenant refuses the request ({words}).")
    body: dict[str, Any] = reply.body
    return body
