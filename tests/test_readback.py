"""Reading the tenant back, several locations at a time: whole or said not to be, and with manners."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from sync.client import Client, local_transport
from sync.config.settings import Retry
from sync.errors import OurBug
from sync.run.manners import MOST_FAILURES, Manners
from sync.run.readback import ReadBack, Reading
from sync.run.stock import MayNotReadError, Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Answer = Callable[[str], tuple[int, Any]]

EMPTY = {"success": True, "data": []}


class Place(NamedTuple):
    """A location by itself."""

    location: str


class Tenant:
    """Answers look-ups as told, and counts them."""

    def __init__(self, answer: Answer, *, workers: int = 4, attempts: int = 5) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.flying = self.most_flying = 0
        self.lock = threading.Lock()
        self.slept: list[float] = []
        client = Client(
            "https://t.invalid", None, timeout=5, workers=workers, transport=local_transport(self)
        )
        retry, manners = Retry(attempts=attempts), Manners(clock=lambda: sum(self.slept))
        reader = Reader(client, retry, {}, sleep=self.slept.append, chance=lambda: 0.0, manners=manners)
        self.back = ReadBack(reader, workers)

    def __call__(
        self, _method: str, target: str, _headers: Mapping[str, str], _body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Answer one look-up."""
        code = target.partition("/inventory/")[2].partition("/")[0]
        with self.lock:
            self.asked.append(code)
            self.flying += 1
            self.most_flying = max(self.most_flying, self.flying)
        status, body = self.answer(code)
        with self.lock:
            self.flying -= 1
        headers = {"retry-after": "7"} if status == 429 else {}
        return status, headers, body.encode() if isinstance(body, str) else json.dumps(body).encode()

    def read(self, *codes: str, other_case: bool = False) -> dict[str, Reading]:
        """Read some locations."""
        found = self.back.read(map(Place, codes), other_case=other_case)
        return {place.location: reading for place, reading in found}


def holding(*rows: tuple[str, str, int]) -> Answer:
    """Hold some records, found by their exact location."""
    names = ("location_code", "sku_code", "quantity")
    return lambda code: (
        200,
        {"success": True, "data": [dict(zip(names, row, strict=True)) for row in rows if row[0] == code]},
    )


def test_locations_come_in_the_order_asked_for() -> None:
    """Each with what the tenant holds there, and nothing else."""
    found = Tenant(holding(("A", "1", 5), ("B", "1", 6))).read("B", "C", "A")
    assert [(code, dict(reading.rows), reading.whole) for code, reading in found.items()] == [
        ("B", {("B", "1"): 6}, True),
        ("C", {}, True),
        ("A", {("A", "1"): 5}, True),
    ]


def test_as_many_as_workers_are_asked_for_at_once_and_no_more() -> None:
    """The first one alone; then three in flight, which meet here, and never a fourth."""
    meeting = threading.Barrier(3)

    def answer(code: str) -> tuple[int, Any]:
        if code != "0":
            meeting.wait(timeout=20)
        return 200, EMPTY

    tenant = Tenant(answer, workers=3)
    assert len(tenant.read(*map(str, range(10)))) == 10
    assert tenant.most_flying == 3


def test_the_first_answer_is_awaited_alone() -> None:
    """Nobody else is asked before it is known that this tenant answers, and that the key may read."""
    another = threading.Event()
    company: list[bool] = []

    def answer(code: str) -> tuple[int, Any]:
        company.append(another.wait(0.3)) if code == "0" else another.set()
        return 200, EMPTY

    Tenant(answer).read(*map(str, range(10)))
    assert company == [False]


@pytest.mark.parametrize("workers", [1, 4, 8])
def test_a_tenant_that_is_down_costs_a_dozen_requests(workers: int) -> None:
    """However many locations there are: none of them is called empty, and the reason is said."""
    tenant = Tenant(lambda _: (503, "closed"), workers=workers)
    found = tenant.read(*map(str, range(50)))
    assert (len(tenant.asked) <= MOST_FAILURES, tenant.most_flying) == (True, 1)
    assert all("closed" in reading.why and not reading.whole for reading in found.values())


def test_a_tenant_that_goes_down_in_the_middle_costs_a_dozen_more() -> None:
    """What was read before is there; the requests in flight are among the dozen."""
    tenant = Tenant(lambda code: (200, EMPTY) if int(code) < 20 else (503, "closed"), workers=8)
    found = tenant.read(*map(str, range(60)))
    assert [code for code, reading in found.items() if reading.whole] == [str(n) for n in range(20)]
    assert len(tenant.asked) - 20 <= MOST_FAILURES


def test_a_tenant_that_restarts_is_waited_for() -> None:
    """Four requests in flight meet a closed door: after that one knocks at a time, and all goes on when it opens."""
    meeting, doors = threading.Barrier(4), iter([503] * 7)

    def answer(code: str) -> tuple[int, Any]:
        if code != "0" and len(tenant.asked) <= 5:
            meeting.wait(timeout=20)
        else:
            knocking.append(tenant.flying)
        return (200 if code == "0" else next(doors, 200)), EMPTY

    knocking: list[int] = []
    tenant = Tenant(answer)
    assert all(reading.whole for reading in tenant.read(*map(str, range(9))).values())
    assert knocking[1:4] == [1] * 3


def test_one_location_that_always_fails_does_not_stop_the_others() -> None:
    """Its neighbours are read."""
    tenant = Tenant(lambda code: (500, "") if code == "3" else (200, EMPTY))
    found = tenant.read(*map(str, range(9)))
    assert [code for code, reading in found.items() if not reading.whole] == ["3"]


@pytest.mark.parametrize("workers", [1, 4])
def test_a_refusal_ends_the_asking(workers: int) -> None:
    """After a 403 nothing new is asked: the key will not be better at the next location."""
    tenant = Tenant(lambda _: (403, {"detail": "No permission"}), workers=workers)
    found = tenant.read(*map(str, range(50)))
    assert tenant.asked == ["0"]
    assert isinstance(tenant.back.refusal, MayNotReadError)
    assert all("No permission" in reading.why for reading in found.values())


def test_a_refusal_in_the_middle_costs_what_is_in_flight() -> None:
    """A key that is taken away: at most the requests already under way."""
    tenant = Tenant(lambda code: (200, EMPTY) if int(code) < 10 else (401, {"detail": "expired"}))
    tenant.read(*map(str, range(50)))
    assert len(tenant.asked) <= 14
    assert not isinstance(tenant.back.refusal, MayNotReadError)


def test_a_pause_that_the_tenant_asks_for_holds_for_all() -> None:
    """Retry-After of one look-up is waited for by the next ones too."""
    first = iter([429])
    tenant = Tenant(lambda _: (next(first, 200), EMPTY), workers=1)
    assert all(reading.whole for reading in tenant.read("0", "1").values())
    assert tenant.slept == [7.0]
    assert tenant.back._reader.manners.begin(tenant.slept.append)
    tenant.back._reader.manners.heard("busy", 9.0)
    assert tenant.read("2")["2"].whole
    assert tenant.slept == [7.0, 9.0]


def test_a_request_that_breaks_off_is_waited_for_by_nobody() -> None:
    """A bug in one thread leaves no other one waiting, also while the tenant gives no answers."""
    tenant = Tenant(lambda code: (503, "") if code == "0" else (200, {1, 2}), attempts=1)
    with pytest.raises(OurBug):
        tenant.read("0", "1")  # the second answer is none that JSON can hold
    next_one = threading.Thread(
        target=tenant.back._reader.manners.begin, args=[tenant.slept.append], daemon=True
    )
    next_one.start()
    next_one.join(timeout=20)
    assert not next_one.is_alive()


def test_an_answer_that_is_too_large_is_asked_for_once() -> None:
    """It would be as large the next time."""
    tenant = Tenant(lambda _: (200, " " * (17 << 20)))
    assert "larger than 16 MB" in tenant.read("A")["A"].why
    assert tenant.asked == ["A"]


def test_a_location_in_other_letters_is_found_where_that_is_wanted() -> None:
    """a-1 holds nothing, A-1 does: so a tenant that makes capitals of codes is told from one that lost everything."""
    tenant = Tenant(holding(("A-1", "X", 5)))
    assert tenant.read("a-1")["a-1"].rows == {}
    reading = tenant.read("a-1", other_case=True)["a-1"]
    assert reading.alike(("a-1", "x")) == ("A-1", "X")
    assert reading.alike(("a-1", "y")) is None
