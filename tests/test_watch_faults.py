"""FS02, FS05..FS09, FS13, FS14, FS21..FS23: what writers, shares and disks do to a watched folder."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.run.snapshot import NotNowError, snapshot
from sync.watcher.folders import opened
from sync.watcher.moving import move
from tests.desks import KEY
from tests.drops import HEAD, Drop
from tests.processes import STRACE, UNSHARE, allowed, ended
from tests.wires import Meddler, Shop, serving

if TYPE_CHECKING:
    from subprocess import CompletedProcess

LAST_MONTH = 1_700_000_000
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - another file system
traced = pytest.mark.skipif(not allowed(STRACE, "-f", "-o", "/dev/null"), reason="needs strace")
mounted = pytest.mark.skipif(not allowed(UNSHARE, "-m"), reason="needs to mount a file system of its own")


@pytest.fixture
def shop(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> Meddler:
    """A tenant that has had the mapping's first file."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    shop = Meddler()
    drop.configure({"url": shop.origin, "workers": 1})
    return shop


def known(drop: Drop, shop: Shop) -> None:
    """Have the mapping's first file sent, by a command."""
    assert drop.desk("run", drop.desk.file([HEAD, ("A", "S0", "1")])).code == 0
    shop.requests.clear()


def test_what_is_written_on_after_it_was_read_is_taken_again(drop: Drop, shop: Meddler) -> None:
    """FS02, FS06: a writer goes on through its open handle: told, back into the inbox, and taken whole; the mix never."""
    with serving(shop):
        known(drop, shop)
        file = drop.put("stock.csv", "5")
        with file.open("a") as writer:
            shop.meddle = partial(print, "A,S2,6", file=writer, flush=True)
            first = drop.once()
        assert (first.code, drop.kept()) == (4, {"inbox": 1})
        assert "written to after it had been read" in first.err
        assert drop.once().code == 0
    assert (shop.stock["S1"], shop.stock["S2"], drop.kept()) == (5, 6, {"processed": 1})


def test_what_is_written_anew_in_place_is_taken_again(drop: Drop, shop: Meddler) -> None:
    """FS06: emptied and written through the same inode while its rows are on their way: both contents were sent, in order."""
    with serving(shop):
        known(drop, shop)
        with drop.put("stock.csv", "5").open("r+") as writer:

            def rewrite() -> None:
                writer.truncate(0)
                writer.write("Depot,Item,Pieces\nA,S1,66\n")
                writer.flush()

            shop.meddle = rewrite
            drop.once()
        drop.once()
    assert (shop.sent, drop.kept()) == ([5, 66], {"processed": 1})


def test_a_file_that_is_replaced_meanwhile_is_another(drop: Drop, shop: Meddler) -> None:
    """FS05: the old content was claimed and the new one has the name: both are processed, in order."""
    with serving(shop):
        known(drop, shop)
        drop.put("stock.csv", "5")
        shop.meddle = lambda: drop.put("stock.csv", "6")
        assert (drop.once().code, drop.once().code) == (0, 0)
    assert (shop.sent, drop.kept()) == ([5, 6], {"processed": 2})


def test_an_inbox_that_is_not_mounted_is_not_an_empty_one(drop: Drop) -> None:
    """FS08: 2 in words, not "nothing to do"; when it is back all goes on; made anew on purpose, one word is enough."""
    drop.put()
    drop.once()
    drop.inbox.rename(drop.root / "share")
    assert drop.once().code == 2
    drop.inbox.mkdir()
    told = drop.once()
    assert (told.code, "not mounted" in told.err, list(drop.inbox.iterdir())) == (2, True, [])
    (drop.inbox / ".inventory-sync").touch()
    drop.put("stock.csv", "6")
    assert drop.once().code == 0


def test_the_share_of_another_is_not_ours(drop: Drop) -> None:
    """FS08: mounted in the wrong place: the mark is there, but not the one that was seen before."""
    drop.once()
    drop.put()
    (drop.inbox / ".inventory-sync").write_text("folder: 0123456789abcdef\n")
    told = drop.once()
    assert (told.code, "another inbox" in told.err, drop.kept()) == (2, True, {"inbox": 1})


TROUBLES = [
    ("FS09", "renameat2:error=EIO:when=1", "Input/output error"),
    ("FS09", "renameat2:error=ETIMEDOUT:when=1", "Connection timed out"),
    ("FS09", "openat:error=ESTALE:when=1", "Stale file handle"),
    ("FS14", "renameat2:error=EACCES:when=1", "Permission denied"),
    ("FS14", "renameat2:error=EROFS:when=1", "Read-only file system"),
    ("FS23", "renameat2:error=EBUSY:when=1", "somebody has it open"),
]


def under_strace(drop: Drop, name: str, inject: str) -> CompletedProcess[str]:
    """Make a pass in which a call that names a file fails."""
    call = inject.partition(":")[0]
    traced = ("-f", "-qq", "-o", str(drop.desk.folder / "trace"), "-P", name, "-e", f"trace={call}")
    return ended(drop.desk, "watch", "--once", under=(str(STRACE), *traced, "-e", f"inject={inject}"))


@traced
@pytest.mark.parametrize(("fault", "inject", "words"), TROUBLES, ids=lambda given: given)
def test_a_file_that_cannot_be_had_stays_and_others_go_on(
    drop: Drop, fault: str, inject: str, words: str
) -> None:
    """FS09, FS14, FS23: told with 4, not processed at all; the next pass takes it."""
    drop.put("stock.csv", "5")
    drop.put("stock_other.csv", "6", "S2")
    (drop.inbox / "~$stock.csv").touch()
    told = under_strace(drop, "stock.csv", inject)
    assert fault
    assert (told.returncode, drop.desk.stock()) == (4, {("A", "S2"): 6})
    assert words in told.stderr
    assert (drop.inbox / "stock.csv").exists()
    assert (drop.once().code, drop.kept()) == (0, {"inbox": 1, "processed": 2})


@traced
def test_a_file_that_is_gone_is_no_news(drop: Drop) -> None:
    """FS07: somebody took it between look and claim: quiet, and the next one goes."""
    drop.put("stock.csv", "5")
    drop.put("stock_other.csv", "6", "S2")
    told = under_strace(drop, "stock.csv", "renameat2:error=ENOENT:when=1")
    assert (told.returncode, told.stderr, drop.desk.stock()) == (0, "", {("A", "S2"): 6})


@traced
def test_a_file_that_nobody_may_read_is_failed(drop: Drop) -> None:
    """FS22: with the reason; others go on."""
    drop.put("stock.csv", "5")
    drop.put("stock_other.csv", "6", "S2")
    told = under_strace(drop, "stock.csv", "openat:error=EACCES:when=1")
    assert (told.returncode, drop.kept()) == (6, {"failed": 1, "processed": 1})
    assert "Permission denied" in told.stderr


def test_a_disk_that_fails_in_the_middle_of_a_file_is_another_time(tmp_path: Path) -> None:
    """FS09: EIO from a read is no fault of the file's: the memory of this process gives it at its first byte."""
    with pytest.raises(NotNowError, match="cannot be read to its end"):
        snapshot(tmp_path / "stock.csv", None, lambda: os.open("/proc/self/mem", os.O_RDONLY))


def read_only(folder: Path) -> tuple[str, ...]:
    """Give what runs a command to which a folder is mounted for reading only."""
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    return (str(UNSHARE), "-m", "sh", "-c", script, str(folder))


@mounted
def test_an_inbox_that_can_only_be_read_is_told_each_time(drop: Drop) -> None:
    """FS14: nothing can be claimed, so nothing is sent: loud, and not 0."""
    drop.once()
    drop.put()
    for _ in range(2):
        told = ended(drop.desk, "watch", "--once", under=read_only(drop.inbox))
        assert (told.returncode, "Read-only" in told.stderr, drop.kept()) == (4, True, {"inbox": 1})
    assert drop.desk.stock() == {}


@mounted
def test_what_cannot_be_put_away_is_not_sent_again(drop: Drop) -> None:
    """FS14: sent once, told each time, and put away as soon as it can be."""
    drop.once()
    drop.put()
    for _ in range(2):
        told = ended(drop.desk, "watch", "--once", under=read_only(drop.root / "processed"))
        assert (told.returncode, drop.kept()) == (4, {".work": 1})
        assert "cannot be put where it belongs" in told.stderr
    report = drop.report()
    assert (report["requests"]["sent"], drop.kept()) == (1, {"processed": 1})


@mounted
def test_processed_may_lie_on_another_disk(drop: Drop) -> None:
    """FS13: copied, then taken away; with its time of change."""
    drop.once()
    file = drop.put()
    os.utime(file, ns=(LAST_MONTH, file.stat().st_mtime_ns))
    disk = 'mount -t tmpfs none "$0" && "$@" && ls -l --time-style=+%s "$0" && ls -A "$0" | wc -l'
    under = (str(UNSHARE), "-m", "sh", "-c", disk, str(drop.root / "processed"))
    changed = int(file.stat().st_mtime)
    told = ended(drop.desk, "watch", "--once", under=under)
    assert (told.returncode, drop.kept(), told.stdout.splitlines()[-1]) == (0, {}, "1")
    assert f" {changed} stock." in told.stdout


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="needs another file system")
@pytest.mark.parametrize("state", ["fresh", "copied in part", "copied whole", "another has its name"])
def test_a_copy_to_another_disk_ends_in_one_place(tmp_path: Path, state: str) -> None:
    """FS13: killed between any two steps: the next try leaves the file once, and never in the place of another."""
    content = b"Depot,Item,Pieces\n" * 100
    (tmp_path / "stock.csv").write_bytes(content)
    target = SHARED_MEMORY / f"inventory-sync-{os.getpid()}"
    target.mkdir()
    try:
        if state == "copied in part":
            (target / ".1.0123abcd.tmp").write_bytes(content[:50])
        elif state == "copied whole":
            (target / "new.csv").write_bytes(content)
            told = (tmp_path / "stock.csv").stat()
            os.utime(target / "new.csv", ns=(told.st_atime_ns, told.st_mtime_ns))
        elif state == "another has its name":
            (target / "new.csv").write_bytes(b"another")
        with opened(tmp_path) as source, opened(target) as place:
            if state == "another has its name":
                with pytest.raises(FileExistsError):
                    move("stock.csv", source, "new.csv", place)
                assert (tmp_path / "stock.csv").read_bytes() == content
                return
            move("stock.csv", source, "new.csv", place)
        assert (target / "new.csv").read_bytes() == content
        assert not (tmp_path / "stock.csv").exists()
    finally:
        for path in target.iterdir():
            path.unlink()
        target.rmdir()


def test_a_state_folder_that_was_lost_sends_no_old_stock(drop: Drop) -> None:
    """FS21: said in words, and a file of last month waits for a person."""
    drop.put()
    drop.once()
    (drop.desk.folder / "state").rename(drop.desk.folder / "lost")
    os.utime(drop.put("stock.csv", "4"), (LAST_MONTH, LAST_MONTH))
    told = drop.once()
    assert (told.code, drop.kept()["held"]) == (3, 1)
    assert "not with this state folder" in told.err
    assert drop.desk.stock() == {}


def test_a_folder_that_was_moved_with_its_state_is_known(drop: Drop) -> None:
    """FS21: nothing was lost, and nothing is said."""
    drop.once()
    moved = drop.desk.folder / "moved"
    drop.root.rename(moved)
    ended = drop.desk("watch", moved, "--once")
    assert (ended.code, ended.err) == (0, "")
