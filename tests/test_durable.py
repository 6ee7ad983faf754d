"""Files that are whole or absent, also where the process that writes them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sync.durable import clear_leftovers, replacing, write_text
from tests.desks import GOOD, Desk

if TYPE_CHECKING:
    from pathlib import Path

KILLED = """if True:
    import os, pathlib, signal, sys
    from sync.durable import replacing
    with replacing(pathlib.Path(sys.argv[1])) as temporary:
        temporary.write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_while_writing(path: Path) -> Path:
    """Have a process killed while it writes `path`; give what it leaves."""
    ended = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = path.parent.glob(".*")
    return left


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path: Path) -> None:
    """An error half way leaves the former file, and nothing beside it."""
    path = tmp_path / "report.json"
    write_text(path, "former")
    with pytest.raises(UnicodeEncodeError), replacing(path) as temporary:
        temporary.write_text("new \u2026", encoding="latin-1")
    assert [(path, path.read_text())] == [(found, "former") for found in tmp_path.iterdir()]


@pytest.mark.parametrize("folder", ["rejects", "state/reports"])
def test_the_next_run_takes_away_what_a_killed_one_was_writing(desk: Desk, folder: str) -> None:
    """A kill -9 while a reject file or a report is written leaves nothing for good."""
    (desk.folder / folder).mkdir(parents=True)
    left = killed_while_writing(desk.folder / folder / "stock.csv")
    assert desk("run", desk.file(GOOD)).code == 0
    assert not left.exists()


def test_what_is_not_left_over_stays(tmp_path: Path) -> None:
    """Files of other programs, of a process that is at work and of other users are not touched; a dead one's folder goes."""
    names = [".x.tmp", "1.0123abcd.tmp", ".1.0123abcd.tmp.csv", ".12.tmp", f".{os.getppid()}.0123abcd.tmp"]
    for name in (*names, ".1.0123abcd.tmp"):
        (tmp_path / name).touch()
    (tmp_path / f".{os.getpid()}.0123abcd.tmp" / "openpyxl").mkdir(parents=True)
    clear_leftovers(tmp_path)
    clear_leftovers(tmp_path / "none")
    assert len(list(tmp_path.iterdir())) == len(names) + 1


def test_where_another_machine_may_write_only_what_is_old_is_taken_away(tmp_path: Path) -> None:
    """The processes of another machine are not seen here."""
    for name, age in ((".9999999.0123abcd.tmp", 60), (".9999999.01234567.tmp", 7_200)):
        (tmp_path / name).touch()
        moment = time.time() - age
        os.utime(tmp_path / name, (moment, moment))
    clear_leftovers(tmp_path, shared=True)
    assert [path.name for path in tmp_path.iterdir()] == [".9999999.0123abcd.tmp"]
