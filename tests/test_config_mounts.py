from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.config import network_filesystem

if TYPE_CHECKING:
    from pathlib import Path

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


def test_where_mounts_are_not_told_nothing_is(tmp_path: Path) -> None:
    """Other systems have no such file; this disk is local."""
    assert network_filesystem(tmp_path, tmp_path / "none") is None
    assert network_filesystem(tmp_path) is None
