from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.config import mounts, network_filesystem
from sync.config.mounts import mount_of
from tests.desks import GOOD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk

MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv rw - nfs4 host:/srv rw
31 30 8:2 / /srv/local rw shared:2 - xfs /dev/sdb rw
32 22 0:41 / /mnt/my\040share rw - cifs //host/share rw
33 22 0:42 / /over rw - nfs host:/x rw
34 22 8:3 / /over rw - ext4 /dev/sdc rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", None),
        ("/srv/state/new", "nfs4"),
        ("/srv/local/x", None),
        ("/mnt/my share/x", "cifs"),
        ("/over/x", None),
    ],
)
def test_a_network_file_system_is_told(tmp_path: Path, folder: str, kind: str | None) -> None:
    """By the innermost mount, the last one on a point, also for a folder that is not there yet."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert network_filesystem(tmp_path.__class__(folder), mounts) == kind


def test_the_mount_of_a_folder_is_told(tmp_path: Path) -> None:
    """Of one that is not there yet too; a circle of links stands for itself."""
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS)
    anywhere = tmp_path.__class__
    assert mount_of(anywhere("/srv/local/x/y"), table) == (anywhere("/srv/local"), "xfs")
    (tmp_path / "circle").symlink_to("circle")
    assert mount_of(tmp_path / "circle", table) == (anywhere("/"), "ext4")


def test_nothing_is_sent_from_a_state_on_a_share(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """CF08: exit code 2 and the name of the file system, before anything is written there."""
    table = desk.folder / "mountinfo"
    table.write_text(MOUNTS.replace("/srv rw", f"{desk.folder}/state rw"))
    monkeypatch.setattr(mounts, "MOUNTS", table)
    ended = desk("run", desk.file(GOOD))
    assert (ended.code, "nfs4" in ended.err) == (2, True)
    assert not (desk.folder / "state" / "ledger.db").exists()


def test_where_mounts_are_not_told_nothing_is(tmp_path: Path) -> None:
    """Other systems have no such file; this disk is local."""
    assert network_filesystem(tmp_path, tmp_path / "none") is None
    assert network_filesystem(tmp_path) is None
