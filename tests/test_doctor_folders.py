"""What doctor says of folders and disks: every one of them can be wrong in its own way, and is told with the remedy."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from sync.config import mounts
from sync.run.doctor import disks
from tests.examined import CONFIG, about, findings, rewrite, states

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

MEGABYTE = 1 << 20
SANDBOX = {"url": "sandbox"}


@pytest.fixture
def made(tmp_path: Path, cli: Cli) -> Path:
    """A folder that init has made."""
    assert cli("init", tmp_path / "my stock").code == 0
    return tmp_path / "my stock"


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Say what is mounted where on this machine."""
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(mounts, "MOUNTS", table)

    def mount(*points: tuple[Path, str]) -> None:
        lines = ["22 1 8:1 / / rw - ext4 /dev/sda1 rw"]
        for point, kind in points:
            shown = str(point).replace(" ", "\\040")
            lines.append(f"30 22 0:40 / {shown} rw - {kind} there rw")
        table.write_text("\n".join(lines) + "\n")

    return mount


@pytest.mark.parametrize("place", ["state", "drop/inbox", "drop"])
@pytest.mark.parametrize("kind", ["nfs4", "cifs"])
def test_a_share_is_no_place_for_a_ledger_and_tells_nothing_of_an_inbox(
    made: Path, mounted: Any, place: str, kind: str
) -> None:
    """CF08: state on a network file system fails; an inbox there is a warning, as no event comes and others may watch it."""
    mounted((made / place, kind))
    found = states(made)
    assert found["state"] == ("fail" if place == "state" else "ok")
    assert found.get("inbox") == (None if place == "state" else "warn")
    assert kind in about(made, "state" if place == "state" else "inbox")


def test_places_on_several_mounts_are_told(made: Path, mounted: Any) -> None:
    """Files would be copied, not renamed; also where it is one disk, mounted twice."""
    mounted((made / "drop" / "held", "ext4"), (made / "drop" / "processed", "xfs"))
    assert "processed, held and inbox" in about(made, "drop")
    mounted((made / "drop", "ext4"))
    assert about(made, "drop") == ""


@pytest.mark.parametrize("target", ["elsewhere", "inbox"])
def test_an_inbox_that_is_a_link_fails(made: Path, target: str) -> None:
    """A link that leads away, and one that leads to itself."""
    (made / "drop" / "inbox").rmdir()
    (made / "drop" / "inbox").symlink_to(target)
    assert "is a link" in about(made, "drop")


def test_a_state_that_is_a_circle_of_links_fails(made: Path) -> None:
    """It ends in words, as everything does."""
    shutil.rmtree(made / "state")
    (made / "state").symlink_to("state")
    assert "link to nothing" in about(made, "state")


@pytest.mark.parametrize("place", ["drop/inbox", "mappings", CONFIG])
def test_what_everybody_may_change_is_told(made: Path, place: str) -> None:
    """Whoever writes there decides what is sent, and where to."""
    (made / place).chmod(0o777)
    name = {"drop/inbox": "inbox", CONFIG: "config"}.get(place, place)
    assert "every user of this machine" in about(made, name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_state_of_somebody_else_is_told(made: Path) -> None:
    """What root writes there is closed to the one who runs it by night."""
    os.chown(made / "state", 4321, -1)
    assert "sudo -u 4321" in about(made, "state")


def test_two_who_watch_one_inbox_are_told(made: Path) -> None:
    """SC02: a second state folder has left its mark there; our own is none."""
    work = made / "drop" / "inbox" / ".work"
    (made / "state" / "watch").mkdir()
    (made / "state" / "watch" / "id").write_text("0123456789abcdef\n")
    (work / "0123456789abcdef").mkdir(parents=True)
    assert "inbox" not in states(made)
    (work / "fedcba9876543210").mkdir()
    assert "fedcba9876543210" in about(made, "inbox")


def test_a_file_that_the_user_may_not_write_is_found_before_a_run(made: Path) -> None:
    """A state folder that is ours may hold what is another's."""
    (made / "state" / "ledger.db").symlink_to("/nonexistent/ledger.db")
    assert "may not write: ledger.db" in about(made, "state")


@pytest.mark.parametrize(
    ("free", "files", "state"),
    [
        (10, 10**6, "fail"),
        (200, 10**6, "warn"),
        (5000, 100, "fail"),
        (5000, 1000, "warn"),
        (5000, 10**6, None),
    ],
)
def test_a_disk_that_will_be_full_is_told(tmp_path: Path, free: int, files: int, state: str | None) -> None:
    """By what is left of it, room and files alike."""
    told = os.statvfs_result((4096, MEGABYTE, 10**6, free, free, 10**7, files, files, 0, 255))
    assert [one.state for one in disks._room(tmp_path, told)] == ([state] if state else [])


def test_the_disks_are_told_with_what_is_free(made: Path) -> None:
    """One line, whatever lies on it."""
    (found,) = (one for one in findings(made) if one.name == "disk")
    assert str(made / "state") in found.words


def test_an_approve_folder_is_looked_at_where_it_is_configured(made: Path) -> None:
    """A file in its place fails, and is nobody's business otherwise."""
    (made / "drop" / "approve").write_text("")
    assert states(made)["drop"] == "ok"
    rewrite(made, tenant=SANDBOX, watch={"approve_folder": True})
    assert "not a folder" in about(made, "drop")


def test_mappings_that_may_claim_one_file_are_both_named(made: Path) -> None:
    """A copy under another name claims what the first one claims."""
    text = (made / "mappings" / "example.yaml").read_text()
    (made / "mappings" / "copy.yaml").write_text(text.replace("name: example", "name: copy"))
    assert "copy (copy.yaml) and example (example.yaml) may claim the same file" in about(made, "mappings")
    (made / "mappings" / "copy.yaml").write_text(text)
    assert "is the name of" in about(made, "mappings")
