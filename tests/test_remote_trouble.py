"""Servers that refuse, lie, drip or die: a fetch tells it in words, keeps what has come whole, and shows no secret."""

from __future__ import annotations

import json
import logging
import socket
from typing import TYPE_CHECKING

import paramiko
import pytest

from sync.errors import FixSetup
from sync.remote import connection
from sync.remote.taking import fetch
from tests.remotes import STOCK, Site, words
from tests.sftpservers import LOOPBACK, PASSWORD, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LARGE = b"A,S1,5\n" * 60_000


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Give a server with a folder `drop`, and an inbox."""
    monkeypatch.setattr(connection, "CONNECTING", 2.0)
    (tmp_path / "server" / "drop").mkdir(parents=True)
    with serving(tmp_path / "server") as sftp:
        yield Site(tmp_path, sftp)


def test_a_dead_server_is_told_once(site: Site) -> None:
    """Nothing listens: the pass is told so, each time gravely, but as news only the first time."""
    with socket.create_server((LOOPBACK, 0)) as free:
        site.sftp.port = free.getsockname()[1]
    first, second = site.fetch(), site.fetch()
    assert "the server cannot be reached" in words(first)
    assert (first.grave, second.grave) == (True, True)
    assert [trouble.new for trouble in (*first.troubles, *second.troubles)] == [True, False]


def test_a_server_is_not_asked_all_the_time(site: Site) -> None:
    """Passes follow each other in seconds; the server is asked once in `poll`, and its trouble stands meanwhile."""
    site.sftp.conduct.forbidden = {"opendir"}
    first = site.fetch(poll=60.0)
    site.now += 59
    second = site.fetch(poll=60.0)
    assert (site.sftp.conduct.logins, first.grave, second.grave) == (1, True, True)
    assert [trouble.new for trouble in second.troubles] == [False]
    site.now += 2
    site.fetch(poll=60.0)
    site.now = 0
    site.fetch(poll=60.0)
    assert site.sftp.conduct.logins == 3


def test_a_silent_server_is_left_in_time(site: Site) -> None:
    """Who takes the connection and says nothing is waited for as long as connecting may last."""
    site.sftp.conduct.silent = True
    assert "the server cannot be reached" in words(site.fetch())


def test_an_unknown_server_is_never_talked_to(site: Site) -> None:
    """Without a line in known_hosts there is no login; the words have the fingerprint, and how to get the line."""
    site.known_hosts.write_text("")
    told = words(site.fetch())
    assert site.sftp.host_key.fingerprint in told
    assert f"ssh-keyscan -p {site.sftp.port} {LOOPBACK}" in told
    assert site.sftp.conduct.logins == 0


def test_a_changed_server_key_is_refused(site: Site) -> None:
    """Another key than the known one ends it before the password is shown to anybody."""
    site.sftp.host_key = paramiko.ECDSAKey.generate()
    assert "is not the one that is known" in words(site.fetch())
    assert site.sftp.conduct.logins == 0


def test_a_wrong_password_is_told_and_not_shown(site: Site) -> None:
    """The login is refused in words; the password is in none."""
    fetched = fetch(site.server("falsch-und-lang"), site.wanted(), site.state)
    assert "refuses the login" in words(fetched)
    assert "falsch" not in words(fetched)


def test_no_secret_is_left_anywhere(
    site: Site, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """SE01, SE02: in no file, no output, no representation, nor in what the library would log at DEBUG."""
    caplog.set_level(logging.DEBUG)
    site.put("drop/stock.csv")
    site.fetch()
    files = "".join(path.read_text() for path in site.state.rglob("*") if path.is_file())
    told = repr(site.server()) + files + caplog.text + "".join(capfd.readouterr())
    assert PASSWORD not in told


@pytest.mark.parametrize(
    ("forbidden", "told"),
    [("open", "'stock.csv' on the server cannot be read"), ("opendir", "cannot be listed")],
)
def test_what_may_not_be_read_is_told(site: Site, forbidden: str, told: str) -> None:
    """Permission denied is told with the file or folder, and tried again by the next fetch."""
    site.put("drop/stock.csv")
    site.sftp.conduct.forbidden = {forbidden}
    fetched = site.fetch()
    assert (told in words(fetched), fetched.grave) == (True, True)
    site.sftp.conduct.forbidden = set()
    assert words(site.fetch()) == ""
    assert site.here() == {"stock.csv": STOCK}


def test_a_folder_that_is_not_there_is_told(site: Site) -> None:
    """A slip in watch.sftp.folder is no empty folder."""
    assert "the folder 'dorp' cannot be listed" in words(site.fetch(folder="dorp"))


def test_a_connection_that_breaks_off_leaves_no_part_of_a_file(site: Site) -> None:
    """Cut in the middle of a file, nothing of it is in the inbox; what came whole is; the next fetch brings the rest."""
    site.put("drop/new.csv", mtime=1_790_000_009)
    site.put("drop/large.csv", LARGE)

    def cut(name: str, offset: int) -> None:
        if name == "large.csv" and offset > len(LARGE) / 2:
            site.sftp.break_off()

    site.sftp.conduct.on_read = cut
    assert "the connection broke off" in words(site.fetch())
    assert site.here() == {"new.csv": STOCK}
    site.sftp.conduct.on_read = None
    site.fetch()
    assert site.here() == {"new.csv": STOCK, "large.csv": LARGE}


def test_a_fetch_has_an_end_however_a_server_drips(site: Site) -> None:
    """A server that gives a byte at a time is left when the whole fetch has lasted too long."""
    site.put("drop/large.csv", LARGE)
    site.sftp.conduct.on_read = lambda _, offset: LARGE[offset : offset + 1]
    assert "took more than 0.5 seconds" in words(site.fetch(deadline=0.5))
    assert site.here() == {}


@pytest.mark.parametrize(
    "lie",
    [lambda *_: b"x" * 32_768, lambda _, offset: STOCK[offset : len(STOCK) - 3]],
    ids=["more than it said", "less than it said"],
)
def test_a_file_of_another_size_than_was_told_is_not_taken(
    site: Site, lie: Callable[[str, int], bytes]
) -> None:
    """FS02: what is read must be what was listed, else it waits for the next fetch."""
    site.put("drop/stock.csv")
    site.sftp.conduct.on_read = lie
    site.fetch()
    assert site.here() == {}


def test_a_file_that_changes_while_it_is_read_waits(site: Site) -> None:
    """FS06: rewritten under our hands, neither the old nor a mixture is taken, and the new one is not deleted."""

    def rewrite(*_: object) -> None:
        site.put("drop/stock.csv", STOCK[::-1], 1_790_000_001)

    site.put("drop/stock.csv")
    site.sftp.conduct.on_read = rewrite
    site.fetch(afterwards="delete")
    assert (site.here(), site.left()) == ({}, ["drop/stock.csv"])


@pytest.mark.parametrize("afterwards", ["delete", "move"])
def test_what_is_written_anew_before_it_is_put_away_stays(site: Site, afterwards: str) -> None:
    """Between our reading and our deleting a new file came: it is left, and fetched next time."""
    site.put("drop/stock.csv")
    asked: list[str] = []

    def rewrite(what: str) -> None:
        asked.append(what)
        if asked.count("stat") == 2:  # the first belongs to the reading
            site.put("drop/stock.csv", b"new", 1_790_000_001)

    site.sftp.conduct.on_ask = rewrite
    site.fetch(afterwards=afterwards)
    assert (site.here(), site.left()) == ({"stock.csv": STOCK}, ["drop/stock.csv"])
    (site.inbox / "stock.csv").unlink()
    site.fetch(afterwards=afterwards)
    assert site.here() == {"stock.csv": b"new"}


def test_a_file_that_is_gone_is_no_trouble(site: Site) -> None:
    """FS07: gone between list and open is nobody's trouble."""
    site.put("drop/stock.csv")
    site.sftp.conduct.on_ask = lambda what: (
        (site.there / "drop/stock.csv").unlink(missing_ok=True) if what == "open" else None
    )
    assert site.fetch().troubles == ()


def test_without_an_inbox_the_server_is_not_asked(site: Site) -> None:
    """FS08: where the inbox is gone, nothing is fetched to nowhere."""
    site.inbox.rmdir()
    assert "nothing can be fetched into the inbox" in words(site.fetch())
    assert site.sftp.conduct.logins == 0


@pytest.mark.parametrize("damage", ["", "[1]", '{"odd": 1}', '"taken": 3', '"seen": {"a": [1]}', '"told": 7'])
def test_a_damaged_memory_costs_a_second_fetch_at_most(site: Site, damage: str) -> None:
    """What was remembered is lost: everything comes once more, as whole files."""
    site.put("drop/stock.csv")
    site.fetch()
    memory = site.state / "watch" / "sftp.json"
    known = json.loads(memory.read_text())
    memory.write_text(json.dumps({**known, **json.loads(f"{{{damage}}}")}) if damage[:1] == '"' else damage)
    (site.inbox / "stock.csv").unlink()
    assert site.fetch().troubles == ()
    assert site.here() == {"stock.csv": STOCK}


def test_a_file_of_hosts_that_is_none_is_a_mistake_in_the_settings(site: Site) -> None:
    """CF: exit code 2, before anybody is asked."""
    site.known_hosts.unlink()
    with pytest.raises(FixSetup, match=r"watch\.sftp\.known_hosts: the file .* cannot be used"):
        site.fetch()
