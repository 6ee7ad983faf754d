"""Every law of the fault plans can be broken: of what was seen of one plan a single thing is changed, and its law says so."""

from __future__ import annotations

import base64
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.chaos import laws_ends, laws_manners, laws_order, laws_rows
from tests.chaos.evidence import Evidence, Taken, gathered
from tests.chaos.plan import Plan, World
from tests.chaos.play import play
from tests.chaos.stockfile import Policy
from tests.chaos.tenant import KEY, Tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest import MonkeyPatch, TempPathFactory  # noqa: PT013 - types only

    from tests.chaos.seen import Command

    Change = Callable[[Evidence, MonkeyPatch], None]

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"),
    reason="processes are killed by their handle, which this system does not give",
)
FILE: dict[str, Any] = {"size": 30, "mess": 4, "places": 3, "skus": 12, "seed": 5}
DOWN = {"seed": 1, "rate": 0.5, "acts": [{"do": "drop", "applied": "all", "rst": True}]}
PLAN: tuple[dict[str, Any], ...] = (
    {"do": "run", "files": [{**FILE, "generation": 1, "minute": 1}], "options": [], "together": False},
    {"do": "faults", "faults": DOWN},
    {"do": "run", "files": [{**FILE, "generation": 2, "minute": 2}], "options": [], "together": False}
    | {"accident": {"sign": 9, "request": 2, "moment": "applied"}},
)


@pytest.fixture(scope="module")
def evidence(home: object, tmp_path_factory: TempPathFactory) -> Evidence:
    """Play one plan, in which no law is broken."""
    assert home
    world = World(Policy(), places=3, skus=12, workers=2, batch_rows=5, batch_rows_max=10, attempts=3)
    folder = tmp_path_factory.mktemp("chaos") / "work"
    folder.mkdir()
    found = gathered(play(Plan(0, world, PLAN, (0, 1, 2)), folder))
    assert broken(found) == []
    return found


def broken(evidence: Evidence) -> list[str]:
    """List the laws that are broken."""
    return [
        words for laws in (laws_rows, laws_order, laws_manners, laws_ends) for words in laws.broken(evidence)
    ]


def first(evidence: Evidence) -> Taken:
    """Give the run of the first file."""
    return evidence.in_order()[0]


def command(evidence: Evidence, name: str) -> Command:
    """Find a command by its name."""
    return next(found for found in evidence.seen.commands if found.argv[0] == name)


def one_row_more(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A run says that it accepted a row more than it read."""
    patch.setitem(first(evidence).rows, "accepted", first(evidence).rows["accepted"] + 1)


def fewer_rows_in_the_file(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A run has read a row that the file does not have."""
    patch.setitem(first(evidence).rows, "read", first(evidence).rows["read"] + 1)
    patch.setitem(first(evidence).rows, "merged", first(evidence).rows["merged"] + 1)


def a_reject_less(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A row is missing in the reject file."""
    patch.setattr(first(evidence), "rejects", first(evidence).rejects[1:])


def an_older_value(evidence: Evidence, patch: MonkeyPatch) -> None:
    """The tenant shows the value of an older file."""
    pair = next(iter(evidence.seen.tenant.stock))
    patch.setitem(evidence.seen.tenant.stock, pair, 1)


def a_lost_row(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A row of the newest file was never applied."""
    newest = evidence.in_order()[-1]
    patch.setattr(newest, "writes", newest.writes[1:])
    patch.setattr(
        newest, "writes", [write for write in newest.writes if write.pair != newest.file.going[0].pair]
    )


def an_invented_value(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A value was sent that stands in no file."""
    request = evidence.seen.tenant.posted[0]
    patch.setattr(request, "rows", [(*request.rows[0][:2], 7), *request.rows[1:]])


def the_wrong_order(evidence: Evidence, patch: MonkeyPatch) -> None:
    """What was sent last was sent first."""
    patch.setattr(evidence.seen.tenant, "posted", evidence.seen.tenant.posted[::-1])


def another_moment(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A run took its file for newer than it is."""
    patch.setitem(first(evidence).report, "as_of", "2024-11-01T00:01:01Z")


def nothing_acknowledged(evidence: Evidence, patch: MonkeyPatch) -> None:
    """The tenant never said yes to a batch."""
    for request in first(evidence).posted:
        patch.setattr(request, "taken", set())


def nothing_refused(evidence: Evidence, patch: MonkeyPatch) -> None:
    """The tenant never said no to a row."""
    for request in first(evidence).posted:
        patch.setattr(request, "refused", set())


def a_changed_file(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A dropped file is not what it was."""
    name, file = next(iter(evidence.seen.files.items()))
    patch.setitem(evidence.seen.files, name, type(file)(name, b"other", file.rows))


def a_damaged_ledger(evidence: Evidence, patch: MonkeyPatch) -> None:
    """The ledger's own check finds something."""
    patch.setattr(evidence, "ledger", ["row 1 missing from index"])


def an_open_run(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A run is still open after everything is settled."""
    patch.setitem(evidence.states, first(evidence).name, "staged")


def the_key_in_a_file(evidence: Evidence, _: MonkeyPatch) -> None:
    """The key stands in a file, in base64."""
    (evidence.seen.folder.parent / "left").write_bytes(base64.b64encode(b"X-API-Key: " + KEY.encode()))


def too_many_at_once(evidence: Evidence, patch: MonkeyPatch) -> None:
    """More requests were in flight than there may be."""
    patch.setattr(command(evidence, "run"), "most_at_once", 3)


def too_many_tries(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A body was sent again and again."""
    asked = command(evidence, "run")
    one = evidence.seen.tenant.posted[asked.posted[0]]
    patch.setattr(
        evidence.seen.tenant,
        "posted",
        [one] * asked.posted[1] + evidence.seen.tenant.posted[asked.posted[1] :],
    )


def too_early(evidence: Evidence, patch: MonkeyPatch) -> None:
    """The tenant asked to be left alone, and was not."""
    patch.setattr(evidence.seen.tenant.posted[0], "status", 503)
    patch.setattr(evidence.seen.tenant.posted[0], "wait", 60.0)
    patch.setattr(evidence.seen.tenant.posted[0], "ended", evidence.seen.tenant.posted[0].began - 1)


def too_long(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A command took an hour."""
    patch.setattr(command(evidence, "run"), "seconds", 3600.0)


def a_false_code(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A command with rejected rows ends with 0."""
    patch.setattr(command(evidence, "run"), "code", 0)


def a_traceback(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A command shows a traceback."""
    patch.setattr(command(evidence, "run"), "err", "Traceback (most recent call last)")


def still_sending(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A command sends something although nothing is left to do."""
    patch.setattr(evidence.seen.more[0], "posted", (0, 1))


def an_open_file(evidence: Evidence, _: MonkeyPatch) -> None:
    """Everybody may read a file of ours."""
    (evidence.seen.folder / "state" / "left").touch(mode=0o644)


def before_the_time(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A command told until when the tenant is to be left alone, and the next one did not."""
    asked = command(evidence, "run")
    patch.setattr(
        asked, "out", asked.out.replace('"not_before": null', '"not_before": "2124-11-01T00:00:00+00:00"')
    )


def a_huge_body(evidence: Evidence, patch: MonkeyPatch) -> None:
    """A body is larger than the tenant takes."""
    patch.setattr(evidence.seen.tenant.posted[0], "size", 10_000_001)


def nothing_explained(evidence: Evidence, patch: MonkeyPatch) -> None:
    """`show` says nothing of the rejected rows."""
    shown = next(found for found in evidence.seen.more if found.argv[0] == "show")
    patch.setattr(
        shown,
        "out",
        shown.out.replace('"message"', '"said"').replace('"problems": [', '"problems": [], "x": ['),
    )


CHANGES: list[tuple[str, Change]] = [
    ("I1", one_row_more),
    ("I1", fewer_rows_in_the_file),
    ("I2", a_reject_less),
    ("I3", an_older_value),
    ("I3", a_lost_row),
    ("I4", an_invented_value),
    ("I5", the_wrong_order),
    ("I5", another_moment),
    ("I6", nothing_acknowledged),
    ("I7", nothing_refused),
    ("I8", a_changed_file),
    ("I9", a_damaged_ledger),
    ("I9", an_open_run),
    ("I10", the_key_in_a_file),
    ("I12", too_many_at_once),
    ("I12", too_many_tries),
    ("I12", too_early),
    ("I12", before_the_time),
    ("I13", too_long),
    ("I14", a_false_code),
    ("I14", a_traceback),
    ("I15", still_sending),
    ("I16", an_open_file),
    ("I17", a_huge_body),
    ("I18", nothing_explained),
]


@pytest.mark.parametrize(("law", "change"), CHANGES, ids=lambda value: getattr(value, "__name__", value))
def test_a_broken_law_is_seen(evidence: Evidence, monkeypatch: MonkeyPatch, law: str, change: Change) -> None:
    """What breaks a law is named with it."""
    change(evidence, monkeypatch)
    found = broken(evidence)
    for left in (evidence.seen.folder.parent / "left", evidence.seen.folder / "state" / "left"):
        left.unlink(missing_ok=True)
    assert law in {words.split()[0] for words in found}


def test_a_visit_elsewhere_is_seen() -> None:
    """I11: whoever follows a redirect of the tenant is noticed."""
    tenant = Tenant()
    assert not tenant.told_elsewhere()
    with socket.create_connection(tenant.sink.getsockname()):
        assert tenant.told_elsewhere()
    tenant.sink.close()
