"""`verify` over a real socket: tenants that lie, refuse, are down, or answer in odd ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.access import Key
from tests.desks import KEY, four_parts
from tests.readings import at_port, change, grid, stock_rows

if TYPE_CHECKING:
    from tests.desks import Desk

WRITE = "integrations.inventory.write"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)


def sent(desk: Desk, *rows: tuple[str, str, int]) -> str:
    """Send a file and give the run's id."""
    return str(desk.report("run", desk.file(stock_rows(*rows)))["run"])


def counts(told: dict[str, Any]) -> dict[str, int]:
    """Give the counts that are not 0."""
    return {name: count for name, count in told["counts"].items() if count}


def test_many_locations_are_read_over_a_real_socket(desk: Desk) -> None:
    """Thirty locations, with codes that a path must escape: all the same."""
    codes = ["A/1", "B?", "C#", "D%2F", "E é", "ß", "..", "a+b", "c&d=e", *(f"L{n}" for n in range(21))]
    with at_port(desk):
        run = sent(desk, *((code, sku, 5) for code in codes for sku in ("S1", "S2")))
        told = desk("verify", run, "--json")
    assert (told.code, counts(told.json)) == (0, {"same": 60})


def test_a_tenant_that_lied_is_found_out(desk: Desk) -> None:
    """It said updated and did nothing: every pair is named, and the run stays as it is."""
    with at_port(desk, lie=True, method="POST", after=1) as (store, _):
        sent(desk, ("A", "S1", 5))
        run = sent(desk, ("A", "S1", 50), ("A", "S2", 6))
        told = desk("verify", run, "--json")
        assert [(pair["sku_code"], pair["found"]) for pair in told.json["pairs"]] == [("S1", 5), ("S2", None)]
        assert (told.code, desk.report("show", run)["rows"]["accepted"]) == (1, 2)
        assert [row.quantity for row in store.at_location("A")] == [5]


def test_what_somebody_else_changed_is_named_and_not_fought(desk: Desk) -> None:
    """A second client wrote: the pair is named, the words say what may have been, and nothing is sent."""
    with at_port(desk) as (store, _):
        run = sent(desk, ("A", "S1", 5))
        store.put([("A", "S1", 4)])
        told = desk("verify", run)
        assert (told.code, "changed there by somebody else since" in told.out) == (1, True)
        assert [row.quantity for row in store.at_location("A")] == [4]


def test_a_key_that_may_only_write_cannot_verify(desk: Desk) -> None:
    """403: exit 4, the tenant's words and the scope; the run and its exit code are untouched."""
    with at_port(desk, scopes=(WRITE,)):
        report = desk.report("run", desk.file(stock_rows(*grid("AB", 3))))
        told = desk("verify", report["run"], "--json")
        assert (report["exit_code"], told.code, counts(told.json)) == (0, 4, {"cannot_verify": 6})
        assert four_parts(told.err)
        for word in ("cannot be verified", "integrations.inventory.read", "You do not have permission"):
            assert word in told.err
        assert desk.report("show", report["run"])["exit_code"] == 0


def test_a_key_that_is_wrong_is_refused(desk: Desk) -> None:
    """401: exit 5 in four parts, and the key shows nowhere."""
    with at_port(desk) as (_, keys):
        run = sent(desk, ("A", "S1", 5))
        keys.clear()
        keys["another"] = Key()
        told = desk("verify", run)
    assert (told.code, four_parts(told.err), "Invalid API key" in told.err) == (5, True, True)
    assert KEY not in told.err + told.out


def test_without_a_key_nothing_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is a matter of set-up: exit 2."""
    with at_port(desk):
        run = sent(desk, ("A", "S1", 5))
        monkeypatch.delenv("INVENTORY_SYNC_API_KEY")
        assert desk("verify", run).code == 2


def test_a_tenant_that_is_gone_cannot_be_verified(desk: Desk) -> None:
    """Nothing listens: exit 4, what is safe, and the command to type."""
    with at_port(desk):
        run = sent(desk, *grid("ABCDEF", 2))
    told = desk("verify", run)
    assert (told.code, four_parts(told.err), "Nothing listens" in told.err) == (4, True, True)
    assert f"inventory-sync verify {run}" in told.err


@pytest.mark.parametrize(
    "rule",
    [
        {"status": 404, "body": "<html>not here</html>"},
        {"status": 404, "body": {"success": False, "error": {"code": "NOT_FOUND", "message": "No such."}}},
    ],
)
def test_a_404_for_a_code_with_a_slash_proves_nothing(desk: Desk, rule: dict[str, Any]) -> None:
    """A proxy may have taken it apart: the other location is verified, this one cannot be."""
    with at_port(desk, method="GET", after=1, **rule):
        run = sent(desk, ("A", "S1", 5), ("B/1", "S1", 5))
        told = desk("verify", run, "--json")
    assert (told.code, counts(told.json)) == (4, {"same": 1, "cannot_verify": 1})
    assert told.json["cannot_verify"][0]["location_code"] == "B/1"


@pytest.mark.parametrize("malformed", ["html", "empty", "cut", "null", "success_false", "no_data"])
def test_an_answer_that_is_none_is_never_taken_for_empty(desk: Desk, malformed: str) -> None:
    """Nothing is called missing because of it."""
    with at_port(desk, method="GET", malformed=malformed):
        run = sent(desk, ("A", "S1", 5))
        told = desk("verify", run, "--json")
    assert (told.code, counts(told.json)) == (4, {"cannot_verify": 1})


@pytest.mark.parametrize(
    "rule",
    [
        {"status": 503},
        {"status": 429, "retry_after": 0},
        {"drop": "before_apply", "rst": True},
        {"truncate": 0.5},
        {"truncate": "headers"},
        {"close_silently": True},
    ],
)
def test_a_reading_that_is_disturbed_once_is_asked_for_again(desk: Desk, rule: dict[str, Any]) -> None:
    """Busy, hung up, cut in the middle: as `stock get` does, and all is the same."""
    with at_port(desk, method="GET", times=1, **rule):
        run = sent(desk, *grid("ABC", 3))
        assert desk("verify", run).code == 0


def test_unknown_fields_do_no_harm(desk: Desk) -> None:
    """More than was asked for is left alone."""
    with at_port(desk, extra_fields={"colour": "blue"}):
        run = sent(desk, ("A", "S1", 5))
        assert desk("verify", run).code == 0


def test_pending_rows_cannot_be_verified_yet(desk: Desk) -> None:
    """What was accepted is compared; what is pending makes it exit 4, and the command is resume."""
    with at_port(desk, method="POST", after=1, status=503) as (store, _):
        first = sent(desk, ("A", "S0", 1))
        run = sent(desk, ("A", "S1", 5), ("A", "S2", 6))
        told = desk("verify", run, "--json")
        assert (told.code, told.json["pending"], f"resume {run}" in told.err) == (4, 2, True)
        assert desk("verify", first).code == 0
        change(store, "UPDATE records SET quantity = 9")
        told = desk("verify", first, "--json")
        assert (told.code, counts(told.json)) == (1, {"differs": 1})


def test_another_tenants_run_is_not_looked_for_here(desk: Desk) -> None:
    """A run to one port is not compared with the tenant on another."""
    with at_port(desk):
        run = sent(desk, ("A", "S1", 5))
    with at_port(desk):
        told = desk("verify", run)
    assert (told.code, "name that tenant" in told.err) == (2, True)
