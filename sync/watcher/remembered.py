"""What a look must know of the looks before it, in a small file of the state folder: so that a pass an hour later goes on.

Lost or damaged, it costs no more than one settling time.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sync.durable import sync, write_text

FOLDER = "watch"  # of the state folder
BOOT = Path("/proc/sys/kernel/random/boot_id")
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # counts also while the machine sleeps


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that nobody sets: seconds since the machine was started, and which start that was."""

    boot: str
    seconds: float


@dataclass(slots=True)
class Remembered:
    """What is known of one inbox."""

    mark: str = ""
    boot: str = ""
    seen: dict[str, tuple[int, int, int, int, float]] = field(
        default_factory=dict
    )  # a sight's mark; since when
    told: set[str] = field(default_factory=set)  # what was said once and still holds


def now() -> Moment:
    """Tell the time since the machine was started."""
    try:
        boot = BOOT.read_text("ascii").strip()
    except OSError:
        boot = ""
    return Moment(boot, time.clock_gettime(STEADY))


class Book:
    """The file of one inbox in the state folder."""

    def __init__(self, state: Path, inbox: Path) -> None:
        self._folder = state / FOLDER
        name = sha256(os.fsencode(inbox.resolve())).hexdigest()[:16]
        self._path = self._folder / f"{name}.json"
        self._written = ""

    def read(self) -> Remembered:
        """Give what was written last."""
        try:
            text = self._path.read_text("utf-8")
            known = json.loads(text)
            seen = {
                key: (int(kind), int(inode), int(size), int(mtime), float(since))
                for key, (kind, inode, size, mtime, since) in known["seen"].items()
            }
            found = Remembered(str(known["mark"]), str(known["boot"]), seen, set(known["told"]))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return Remembered()
        self._written = text
        return found

    def knew(self, mark: str) -> bool:
        """Tell whether an inbox with this mark was watched under another path: its folder was moved."""
        return any(f'"mark":"{mark}"' in path.read_text("utf-8") for path in self._folder.glob("*.json"))

    def write(self, known: Remembered) -> None:
        """Keep it, where it changed."""
        told = {"mark": known.mark, "boot": known.boot, "seen": known.seen, "told": sorted(known.told)}
        text = json.dumps(told, separators=(",", ":"))  # in ASCII: names may be of any bytes
        if text != self._written:
            self._folder.mkdir(mode=0o750, exist_ok=True)
            write_text(self._path, text)
            self._written = text


def identity(state: Path) -> str:
    """Give the name under which this state folder claims files; no other has it."""
    path = state / FOLDER / "id"
    if not path.exists():
        path.parent.mkdir(mode=0o750, exist_ok=True)
        sync(state)
        write_text(path, f"{secrets.token_hex(8)}\n")
    return path.read_text("ascii").strip()
