"""A folder on an SFTP server -> the inbox: each settled file once, whole, under its own name; what becomes of it over there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.remote.shapes import Fetched
from tests.remotes import MOMENT, STOCK, Site, words
from tests.sftpservers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a server with an empty folder `drop`, and an inbox."""
    (tmp_path / "server" / "drop").mkdir(parents=True)
    with serving(tmp_path / "server") as sftp:
        yield Site(tmp_path, sftp)


def test_files_come_into_the_inbox_with_their_time(site: Site) -> None:
    """A file of the server lies in the inbox under its name, byte for byte, as old as it is there."""
    site.put("drop/stock.csv")
    fetched = site.fetch()
    assert (fetched.brought, fetched.troubles) == ((site.inbox / "stock.csv",), ())
    assert site.here() == {"stock.csv": STOCK}
    assert (site.inbox / "stock.csv").stat().st_mtime == MOMENT


def test_subfolders_come_as_subfolders(site: Site) -> None:
    """The direct subfolders of the server are those of the inbox; what lies deeper stays there."""
    site.put("drop/istanbul/stock.csv")
    (site.there / "drop/istanbul/old").mkdir()
    site.put("drop/istanbul/old/stock.csv")
    site.fetch()
    assert site.here() == {"istanbul/stock.csv": STOCK}


@pytest.mark.parametrize("afterwards", ["move", "delete", "leave"])
def test_each_file_is_fetched_once(site: Site, afterwards: str) -> None:
    """However often it is asked, and whatever is done with it on the server, a file comes once; changed, it comes again."""
    site.put("drop/stock.csv")
    for _ in range(3):
        site.fetch(afterwards=afterwards)
    assert site.sftp.conduct.reads == ["drop/stock.csv"]
    (site.inbox / "stock.csv").unlink()
    site.put("drop/stock.csv", STOCK + b"A,S2,6\n")
    site.fetch(afterwards=afterwards)
    assert site.here() == {"stock.csv": STOCK + b"A,S2,6\n"}


@pytest.mark.parametrize(
    ("afterwards", "left"),
    [("move", ["drop/processed/stock.csv"]), ("delete", []), ("leave", ["drop/stock.csv"])],
)
def test_what_becomes_of_it_on_the_server(site: Site, afterwards: str, left: list[str]) -> None:
    """A fetched file is moved, deleted or left there, as was asked."""
    site.put("drop/stock.csv")
    site.fetch(afterwards=afterwards)
    assert site.left() == left


def test_the_same_name_every_day_takes_no_place_on_the_server(site: Site) -> None:
    """FS15: what is moved on the server never takes the place of what was moved before."""
    for day in range(3):
        site.put("drop/stock.csv", b"day %d" % day, MOMENT + day)
        site.fetch(afterwards="move")
        (site.inbox / "stock.csv").unlink()
    kept = sorted(path.read_bytes() for path in (site.there / "drop/processed").iterdir())
    assert kept == [b"day 0", b"day 1", b"day 2"]


@pytest.mark.parametrize(
    ("afterwards", "forbidden"), [("move", "rename"), ("delete", "remove"), ("move", "mkdir")]
)
def test_a_server_that_forbids_it_is_left_alone(site: Site, afterwards: str, forbidden: str) -> None:
    """Many servers forbid renaming: it is said once, and the file is fetched once all the same."""
    site.sftp.conduct.forbidden = {forbidden}
    site.put("drop/stock.csv")
    first, second = (site.fetch(afterwards=afterwards) for _ in range(2))
    assert "they are left there, and none is fetched twice" in words(first)
    assert (first.grave, [trouble.new for trouble in (*first.troubles, *second.troubles)]) == (
        False,
        [True, False],
    )
    assert (site.sftp.conduct.reads, site.left()) == (["drop/stock.csv"], ["drop/stock.csv"])


def test_once_it_is_allowed_what_was_left_is_moved(site: Site) -> None:
    """When the server allows it at last, files that were fetched before are moved too."""
    site.sftp.conduct.forbidden = {"rename"}
    site.put("drop/stock.csv")
    site.fetch(afterwards="move")
    site.sftp.conduct.forbidden = set()
    assert site.fetch(afterwards="move").troubles == ()
    assert site.left() == ["drop/processed/stock.csv"]


def test_a_file_that_grows_waits(site: Site) -> None:
    """FS01: a file is fetched when size and time stood still for the settling time, over several looks."""
    for second in range(4):
        site.put("drop/stock.csv", STOCK * second, MOMENT + second)
        site.now += 9
        site.fetch(settle=10.0)
    assert site.here() == {}
    site.now += 11
    site.fetch(settle=10.0)
    assert site.here() == {"stock.csv": STOCK * 3}


@pytest.mark.parametrize(
    "name", [".stock.csv", "stock.csv.part", "stock.csv.filepart", "~$stock.xlsx", "Thumbs.db", "x.TMP"]
)
def test_temporary_names_are_left_alone(site: Site, name: str) -> None:
    """FS03: what is being written, or is no one's, is neither fetched nor spoken of."""
    site.put(f"drop/{name}")
    assert site.fetch() == Fetched()


def test_with_done_files_each_waits_for_its_own(site: Site) -> None:
    """FS04: where done files are asked for, a file comes when its own is there; both leave the server."""
    site.put("drop/a.csv")
    site.put("drop/b.csv")
    site.put("drop/b.csv.done", b"")
    site.fetch(afterwards="delete", done="{name}.done")
    assert (site.here(), site.left()) == ({"b.csv": STOCK, "b.csv.done": b""}, ["drop/a.csv"])


def test_nothing_in_the_inbox_is_overwritten(site: Site) -> None:
    """While a file of that name waits in the inbox, the server's waits too."""
    (site.inbox / "stock.csv").write_bytes(b"waits")
    site.put("drop/stock.csv")
    site.fetch()
    assert site.here() == {"stock.csv": b"waits"}
    (site.inbox / "stock.csv").unlink()
    site.fetch()
    assert site.here() == {"stock.csv": STOCK}


def test_a_thousand_files_come_newest_first(site: Site) -> None:
    """FS20: after an outage all come in one fetch, each once, the newest first."""
    for number in range(1000):
        site.put(f"drop/{number:04}.csv", b"%d" % number, MOMENT + number)
    fetched = site.fetch(afterwards="delete")
    assert [path.name for path in fetched.brought[::333]] == ["0999.csv", "0666.csv", "0333.csv", "0000.csv"]
    assert (len(site.here()), len(site.sftp.conduct.reads), site.left()) == (1000, 1000, [])


@pytest.mark.parametrize("name", ["new\nline.csv", "back\\slash.csv", "bell\a.csv", "x" * 250])
def test_a_name_that_cannot_be_used_here_is_told(site: Site, name: str) -> None:
    """HI05: a name from the server that could lead astray is told, escaped, and its file stays there; others come."""
    site.put(f"drop/{name}")
    site.put("drop/good.csv")
    fetched = site.fetch()
    assert site.here() == {"good.csv": STOCK}
    assert "rename it" in words(fetched)
    assert words(fetched).isprintable()


def test_a_name_that_is_not_utf_8_stops_no_other(site: Site) -> None:
    """FS16: one file whose name is of other bytes does not hide the rest of the folder."""
    (Path(os.fsdecode(os.fsencode(site.there) + b"/drop/st\xffck.csv"))).write_bytes(STOCK)
    site.put("drop/good.csv")
    site.fetch()
    assert "good.csv" in site.here()


def test_links_on_the_server_are_not_followed(site: Site) -> None:
    """HI06: a link there is told and left, wherever it points to."""
    (site.there / "drop" / "stock.csv").symlink_to("/etc/passwd")
    assert "is no plain file" in words(site.fetch())
    assert site.here() == {}


def test_a_link_in_the_inbox_leads_nowhere(site: Site, tmp_path: Path) -> None:
    """HI09: where a subfolder of the inbox is a link, nothing is written behind it."""
    (tmp_path / "elsewhere").mkdir()
    (site.inbox / "istanbul").symlink_to(tmp_path / "elsewhere")
    site.put("drop/istanbul/stock.csv")
    assert "inbox/istanbul is no folder" in words(site.fetch())
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_server_that_lists_names_only_is_asked_more(site: Site) -> None:
    """Where the list does not say what is a folder, each name is asked about."""
    site.sftp.conduct.modeless = True
    site.put("drop/istanbul/stock.csv")
    site.fetch()
    assert site.here() == {"istanbul/stock.csv": STOCK}
