"""The demo: the main job on the samples, from nothing, in one command."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup
from sync.ledger import lock
from sync.run.demo import mend
from sync.run.demofolder import MARKER, make_folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

SUM = re.compile(
    r"(\d+) rows read = (\d+) accepted \+ (\d+) merged \+ (\d+) skipped \+ (\d+) rejected \+ (\d+) pending"
)
FEED = re.compile(r"^  (\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)  (.*)$", re.MULTILINE)
CORRECTED = 1  # rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo plays, with a space in its name."""
    return tmp_path_factory.mktemp("demo") / "the demo"


@pytest.fixture(scope="module")
def told(folder: Path, home: Path) -> str:
    """The story of one demo, in a process of its own."""
    assert home.is_dir()
    command = [sys.executable, "-m", "sync", "demo", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def test_every_row_of_ten_feeds_is_accounted_for(told: str) -> None:
    """The last line adds up, to what the table above it says."""
    total, *outcomes = [int(number) for number in SUM.findall(told)[0]]
    feeds = FEED.findall(told)
    assert len(feeds) == 10
    assert total == sum(outcomes)
    columns = [sum(int(feed[at]) for feed in feeds) for at in range(1, 6)]
    assert columns == [total, *outcomes[:4]]


def test_the_story_is_what_happened(told: str, folder: Path, cli: Cli) -> None:
    """The ledger and the tenant say the same as the story: all that it sent, and the row that was corrected."""
    accepted = int(SUM.findall(told)[0][1]) + CORRECTED
    ours = ("--config", folder / "inventory-sync.yaml", "--json")
    assert sum(run["rows"]["accepted"] for run in cli("status", *ours).json["runs"]) == accepted
    assert len(cli("stock", "list", *ours).json["stock"]) == accepted


def test_what_the_story_names_is_there(told: str, folder: Path) -> None:
    """Every reject file of the table lies where it says, as one would type it."""
    paths = [path for feed in FEED.findall(told) for path in shlex.split(feed[6])]
    assert len(paths) == 10
    assert [path for path in paths if not (folder / path).is_file()] == []


def test_the_commands_of_the_story_can_be_typed(
    told: str, folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the demo's folder each of them works; rejects are no failure."""
    monkeypatch.chdir(folder)
    commands = [shlex.split(line) for line in re.findall(r"^  \$ inventory-sync (.*)$", told, re.MULTILINE)]
    looks = [command for command in commands if command[0] in {"check", "show", "stock"}]
    assert len(looks) == 3
    assert all(cli(*command).code in (0, 1) for command in looks)


def test_a_demo_is_made_anew(tmp_path: Path) -> None:
    """What an earlier demo left is taken away, and the goldens of the tests are not there to puzzle anybody."""
    make_folder(tmp_path / "d")
    (tmp_path / "d" / "rejects").mkdir()
    (tmp_path / "d" / "left over").touch()
    make_folder(tmp_path / "d")
    names = {path.name for path in (tmp_path / "d").iterdir()}
    assert names == {MARKER, "inventory-sync.yaml", "mappings", "samples"}
    assert list((tmp_path / "d" / "samples").rglob("*.expected.csv")) == []


@pytest.mark.parametrize("marker", [None, "of another program"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, cli: Cli, marker: str | None) -> None:
    """Only what the demo itself has made is ever deleted: exit code 2."""
    (tmp_path / "mine").touch()
    if marker:
        (tmp_path / MARKER).write_text(marker)
    before = sorted(tmp_path.rglob("*"))
    ended = cli("demo", tmp_path, "--state", tmp_path / "state")
    assert ended.code == 2
    assert "not used" in ended.err  # the option
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    """A link may lead anywhere, so it is not followed even to a demo."""
    make_folder(tmp_path / "real")
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(FixSetup, match=kind):
        make_folder(tmp_path / kind)


def test_a_demo_at_work_is_not_disturbed(tmp_path: Path, cli: Cli) -> None:
    """A second one in the same folder leaves with 75."""
    state = make_folder(tmp_path / "d").state
    state.mkdir()
    with lock.hold(state):
        assert cli("demo", tmp_path / "d").code == 75
    assert (tmp_path / "d" / "samples").is_dir()


def test_mending_changes_one_cell(tmp_path: Path) -> None:
    """Everything else stays as it was: encoding, delimiter, quotes, the other rows."""
    path = tmp_path / "r.csv"
    before = 'Stok;Miktar;_reject_row\r\n"a;ş";"1.500";7\r\nb;1.500;8\r\n'
    path.write_bytes(before.encode("cp1254"))
    mend(path, 7, "Miktar", "1500", {"encoding": "cp1254", "delimiter": ";"})
    assert path.read_bytes().decode("cp1254") == before.replace('"1.500"', "1500")
