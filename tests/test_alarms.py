"""A change is told once; what stands is not repeated; what could not be told is told later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.ledger import told
from tests.alarming import NOW, Hook, Office, opened
from tests.wires import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINUTES = timedelta(minutes=10)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Open an office with a webhook that works."""
    with opened(tmp_path) as one:
        yield one


def hook(office: Office) -> Hook:
    assert isinstance(office.server, Hook)
    return office.server


def test_nothing_happened_and_nobody_is_told(office: Office) -> None:
    """Neither of an empty ledger nor of runs that went well."""
    assert office.tell() == []
    office.run()
    assert office.tell() == []


def test_what_is_held_is_told_once_with_numbers_and_commands(office: Office) -> None:
    """Numbers, an example, both commands; ten minutes later it is not repeated."""
    run = office.held("stock.csv")
    assert office.tell() == ["stock.csv: 10 rows waiting for a yes or no"]
    lines = office.bodies[0]["lines"]
    assert any("9 of 10 go to 0" in line for line in lines)
    assert any("A, S1: 5 -> 0" in line for line in lines)
    assert any(f"approve {run.run}" in line for line in lines)
    assert [office.tell(MINUTES) for _ in range(3)] == [[], [], []]


@pytest.mark.parametrize(
    ("verdict", "word"), [("approved", "Yes, said by ada. seen"), ("discarded", "No, said by ada. seen")]
)
def test_what_was_decided_is_told(office: Office, verdict: str, word: str) -> None:
    """With who and why, once."""
    run = office.held()
    office.tell()
    office.decide(run, verdict)
    assert office.tell(MINUTES) == ["stock.csv: what waited for a yes or no is decided"]
    assert office.bodies[-1]["lines"] == [word]
    assert (office.bodies[-1]["state"], office.tell(MINUTES)) == ("recovered", [])


@pytest.mark.parametrize("ending", ["refused", "incomplete", "failing"])
def test_a_tenant_that_does_not_take_rows_is_told_once_and_when_it_does(office: Office, ending: str) -> None:
    """However many files wait for it."""
    waiting = [office.pending("a.csv", ending), office.pending("b.csv", ending)]
    (title,) = office.tell()
    assert "20 rows" in title
    assert "the tenant did not answer" in office.bodies[0]["lines"]
    waiting.append(office.pending("c.csv", ending))
    assert office.tell(MINUTES) == []
    for run in waiting:
        office.settle(run)
    assert office.tell(MINUTES) == ["https://acme.example: nothing waits to be sent any more"]


def test_from_incomplete_to_refused_is_a_change(office: Office) -> None:
    """What stands may become another thing: that is told."""
    office.pending("a.csv", "incomplete")
    office.tell()
    office.pending("b.csv", "refused")
    assert "refuses our access" in office.tell(MINUTES)[0]


def test_what_was_interrupted_is_no_news_of_the_tenant(office: Office) -> None:
    """Neither that it fails nor that it works again."""
    run = office.pending("a.csv", "interrupted")
    assert office.tell() == []
    other = office.pending("b.csv", "incomplete")
    assert len(office.tell(MINUTES)) == 1
    office.settle(other)
    assert office.tell(MINUTES) == []
    office.settle(run)
    assert len(office.tell(MINUTES)) == 1


def test_a_file_that_failed_is_told_once_until_it_is_taken(office: Office) -> None:
    """The same name that fails again is no news; a repeat is no recovery; a good one is."""
    office.run("/in/stock.csv", state="failed", why=("it is damaged",))
    assert office.tell() == ["stock.csv could not be read; nothing of it was sent"]
    assert office.bodies[0]["lines"][:2] == ["The file is damaged.", "it is damaged"]
    office.run("/in/stock.csv", state="failed")
    assert office.tell(MINUTES) == []
    office.run("/in/stock.csv", repeats="20261101T000000Z-0001")
    assert office.tell(MINUTES) == []
    office.run("/in/stock.csv")
    assert office.tell(MINUTES) == ["stock.csv: read again, after it had failed"]


def test_two_files_of_one_name_in_two_folders_are_two(office: Office) -> None:
    """A subfolder is a location of its own."""
    office.run("/in/A/stock.csv", state="failed")
    office.run("/in/B/stock.csv")
    assert len(office.tell()) == 1
    office.run("/in/B/stock.csv")
    assert office.tell(MINUTES) == []


@pytest.mark.parametrize(("free", "words"), [(0, []), (5, ["Held: A. The rest of the file goes as ever."])])
def test_a_rest_is_spoken_of_only_where_there_is_one(office: Office, free: int, words: list[str]) -> None:
    """A file that is held as a whole has none."""
    office.held(free=free)
    office.tell()
    assert [line for line in office.bodies[0]["lines"] if line.startswith("Held: ")] == words


def test_what_could_not_be_told_is_told_later_in_one_message(office: Office) -> None:
    """A dead webhook loses nothing; when it is back there is no storm, and what came and went is no news."""
    hook(office).works(well=False)
    gone = office.held("gone.csv")
    for number in range(8):
        office.held(f"stock{number}.csv")
        assert len(office.tell(MINUTES)) == 1  # tried, and not taken
    office.decide(gone, "approved")
    hook(office).works(well=True)
    assert office.tell(MINUTES) == ["8 changes"]
    assert len(office.bodies[-1]["lines"]) == 8
    assert office.tell(MINUTES) == []


def test_several_changes_are_told_one_by_one(office: Office) -> None:
    """Up to five; each has its own message."""
    for number in range(5):
        office.held(f"stock{number}.csv")
    assert len(office.tell()) == 5
    assert office.tell() == []


def test_a_dead_notifier_is_logged_once_and_asked_once_a_pass(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three changes cost one request as long as nobody takes the first; two lines in the log in all."""
    hook(office).works(well=False)
    for number in range(3):
        office.held(f"stock{number}.csv")
    assert [len(office.tell(MINUTES)) for _ in range(3)] == [1, 1, 1]
    hook(office).works(well=True)
    assert len(office.tell(MINUTES)) == 3
    said = capsys.readouterr().out
    assert (said.count("nobody can be told there"), said.count("can be told again")) == (1, 1)


def test_files_and_rejects_of_a_time_when_nobody_could_be_told_are_told(office: Office) -> None:
    """A run is looked at until everything about it was told."""
    hook(office).works(well=False)
    office.run("/in/bad.csv", state="failed")
    office.rejects("S1")
    office.tell()
    office.run("/in/good.csv")
    office.tell(MINUTES)
    hook(office).works(well=True)
    assert office.tell(MINUTES) == [
        "bad.csv could not be read; nothing of it was sent",
        "erp: 1 row newly rejected",
    ]


def test_one_that_works_is_enough(office: Office) -> None:
    """What anybody took is told; the dead one is asked once a pass and does not have it repeated."""
    dead = Hook()
    dead.works(well=False)
    with serving(dead):
        hooks = {"dead": {"url": f"{dead.origin}/x"}, "ops": {"url": f"{office.server.origin}/x"}}
        office.configure(notify={"webhooks": hooks})
        for number in range(3):
            office.held(f"stock{number}.csv")
        assert (len(office.tell()), len(dead.requests)) == (3, 1)
        office.held("another.csv")
        assert (len(office.tell(MINUTES)), len(dead.requests)) == (1, 2)
        assert (office.tell(MINUTES), len(dead.requests)) == ([], 2)


def test_another_tenants_runs_are_not_its_news(office: Office) -> None:
    """What stands at one tenant is neither told nor taken back with another's settings."""
    office.held()
    office.tell()
    office.configure(tenant={"url": "https://other.example"})
    assert office.tell(MINUTES) == []
    office.configure()
    assert office.tell(MINUTES) == []


def test_every_sandbox_is_one_tenant(office: Office) -> None:
    """Its identity changes with `reset`; what is told does not."""
    office.configure(tenant={"url": "sandbox"})
    office.run("stock.csv", tenant="sandbox:123", state="failed")
    assert len(office.tell()) == 1
    office.run("stock.csv", tenant="sandbox:456")
    assert len(office.tell(MINUTES)) == 1


def test_old_troubles_are_not_dug_out(office: Office) -> None:
    """Whoever sets a webhook up after a year hears of what stands and of the last day, not of every file that ever failed."""
    office.configure(notify={})
    for number in range(9):
        office.run(f"stock{number}.csv", state="failed")
    run = office.held()
    assert office.tell() == []
    office.now += timedelta(days=2)
    office.configure()
    office.run("new.csv", state="failed")
    assert office.tell() == [
        f"{run.file}: 10 rows waiting for a yes or no",
        "new.csv could not be read; nothing of it was sent",
    ]


def test_the_words_are_in_the_language_of_the_settings(office: Office) -> None:
    """Turkish, where it is set."""
    office.configure(language="tr")
    office.held()
    assert office.tell() == ["stock.csv: 10 satır onay bekliyor"]


def test_an_idle_pass_writes_nothing(office: Office) -> None:
    """Nothing happened since: the ledger is not touched."""
    office.run()
    office.tell()
    before = office.ledger.db.total_changes
    office.tell(MINUTES)
    assert office.ledger.db.total_changes == before


def test_what_is_told_is_on_record(office: Office) -> None:
    """Topic, state and since when, for whoever looks into the ledger."""
    run = office.held()
    office.tell()
    known = told.everything(office.ledger)[f"held|https://acme.example|{run.run}"]
    assert (known.state, known.since) == ("held", f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
