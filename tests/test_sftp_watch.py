"""What lies on a server, or comes packed, through the watched folder: sent in the pass that brings it; a dead server stops nobody."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.sftpservers import LOOPBACK, PASSWORD, USER, Sftp, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.drops import Drop

ROW = b"Depot,Item,Pieces\nA,S1,5\n"


@pytest.fixture
def sftp(tmp_path: Path, drop: Drop) -> Iterator[Sftp]:
    """Give a server, and the watched folder that is filled from it."""
    (tmp_path / "server").mkdir()
    password = drop.desk.folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    with serving(tmp_path / "server") as up:
        (drop.desk.folder / "known_hosts").write_text(up.known_line)
        configure(drop, up)
        yield up


def configure(drop: Drop, sftp: Sftp, **watch: Any) -> None:
    section = {"host": LOOPBACK, "port": sftp.port, "user": USER, "password_file": "password"}
    drop.configure(sftp={**section, "known_hosts": "known_hosts", "poll": 0}, **watch)


def test_a_file_of_the_server_is_sent_in_the_pass_that_brings_it(drop: Drop, sftp: Sftp) -> None:
    """Fetched, sent, put away here and moved there; the next pass has nothing to do."""
    (sftp.folder / "stock.csv").write_bytes(ROW)
    assert drop.report()["status"] == "ok"
    assert (drop.desk.stock(), drop.kept()) == ({("A", "S1"): 5}, {"processed": 1})
    assert [path.name for path in sftp.folder.rglob("*.csv")] == ["stock.csv"]
    assert (sftp.folder / "processed" / "stock.csv").exists()
    ended = drop.once()
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_done_file_on_the_server_lets_its_file_go(drop: Drop, sftp: Sftp) -> None:
    """FS04: with watch.done_file the file comes when its done file lies beside it, and is taken at once."""
    configure(drop, sftp, done_file="{name}.done")
    (sftp.folder / "stock.csv").write_bytes(ROW)
    assert drop.once("--json").json["runs"] == []
    (sftp.folder / "stock.csv.done").write_bytes(b"")
    assert drop.report()["status"] == "ok"
    assert drop.files("inbox") == [] or all(path.name.startswith(".") for path in drop.files("inbox"))


def test_a_dead_server_is_told_once_and_stops_no_file(drop: Drop, sftp: Sftp) -> None:
    """What lies in the inbox goes as ever; the pass ends with 4, the words come once."""
    (drop.desk.folder / "known_hosts").write_text("")
    drop.put()
    first, second = drop.once(), drop.once()
    assert (first.code, second.code) == (4, 4)
    assert drop.desk.stock() == {("A", "S1"): 5}
    assert first.err.count("ssh-keyscan") == 1
    assert "ssh-keyscan" not in second.err
    assert sftp.conduct.logins == 0


@pytest.mark.parametrize(("name", "kept"), [("stock.csv.gz", ".csv.gz"), ("stock.zip", ".zip")])
def test_a_packed_file_keeps_its_ending_where_it_is_put(drop: Drop, name: str, kept: str) -> None:
    """Packed files go as what they hold, and lie in `processed` as they came, so that they can be dropped again."""
    path = drop.inbox / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(ROW))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("stock.csv", ROW)
    report = drop.report()
    assert (report["status"], drop.desk.stock()) == ("ok", {("A", "S1"): 5})
    (there,) = drop.files("processed")
    assert there.name == f"stock.{report['run']}{kept}"


def test_an_archive_of_several_files_fails_with_a_note(drop: Drop) -> None:
    """Staff are told what to do with it, beside the file itself."""
    with zipfile.ZipFile(drop.inbox / "stock.zip", "w") as archive:
        archive.writestr("stock_a.csv", ROW)
        archive.writestr("stock_b.csv", ROW)
    assert drop.once().code == 6
    (note,) = (drop.root / "failed").glob("*.txt")
    assert "Take the one stock file out of it" in note.read_text()
