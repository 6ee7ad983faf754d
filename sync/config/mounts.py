"""A folder -> the network file system that it lies on, if it does: SQLite's log and our lock need a local disk."""

from __future__ import annotations

import os.path
import re
from pathlib import Path

NETWORK = re.compile(
    r"(fuse\.)?(nfs4?|cifs|smb(fs|2|3|netfs)|ncpfs|afs|davfs2?|ceph|glusterfs|lustre|beegfs|gpfs|gfs2|ocfs2|orangefs"
    r"|vboxsf|vmhgfs(-fuse)?|prl_fs|sshfs|s3fs|rclone|gcsfuse|mount-s3)"
)
MOUNTS = Path("/proc/self/mountinfo")


def network_filesystem(path: Path, mounts: Path | None = None) -> str | None:
    """Name the network file system of a folder (or of where it will be made); None: a local disk, or unknown."""
    found = mount_of(path, mounts)
    return found[1] if found and NETWORK.fullmatch(found[1]) else None


def mount_of(path: Path, mounts: Path | None = None) -> tuple[Path, str] | None:
    """Give where the file system of a folder is mounted, and its kind: nothing is renamed from one mount to another."""
    try:
        lines = (mounts or MOUNTS).read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    target, best, kind = (
        Path(os.path.realpath(path)),
        Path("/"),
        "",
    )  # unlike resolve(), no error for a circle of links
    for line in lines:
        before, _, after = line.partition(" - ")
        point = Path(_unescaped(before.split(" ")[4]))
        if target.is_relative_to(point) and point.is_relative_to(
            best
        ):  # of two on one point the later hides the other
            best, kind = point, after.split(" ")[0]
    return best, kind


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), text)
