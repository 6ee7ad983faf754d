"""One point: put everything back, torture, recover without a person, check the laws.

A point is named in a line that can be typed again, its parts parted by colons:

    kill:first:217            killed before the 217th call that changes something
    kill:newer:40%            ... at two fifths of its calls
    kill:first:rename*2       ... before the second call in whose line "rename" stands
    kill:first:217:30:9       killed; then the recovery too, before its 30th call; and the next before its 9th
    term:first:217            told to end there, as systemd does; also int and hup
    held:first:before         killed while a request waits at the tenant: before its work, after it, in the middle of its answer
    asleep:first              suspended with a request under way, while another command is typed and the connections die
    stale:newer               the lock names a process that is alive and another's
    time:newer:0.214          killed after so many seconds
    power:first:217:mixed.7   the power goes off there (least, names, mixed.SEED)
    image:first:217           likewise on a real disk: ext4 in a file, copied at that moment (needs root)
    kill+post_first:first:80  ... in a program that has a fault (see planted.py): the rig must find it
"""

from __future__ import annotations

import os
import signal
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.torture import laws, record
from tests.torture.disk import Disk
from tests.torture.process import Stop
from tests.torture.scenes import SCENES, a_newer_file
from tests.torture.world import DROP, World

if TYPE_CHECKING:
    from tests.torture.image import Image
    from tests.torture.process import Ended
    from tests.torture.scenes import Command
    from tests.torture.world import Model, Outside

SIGNS = {"term": signal.SIGTERM, "int": signal.SIGINT, "hup": signal.SIGHUP}  # all else is SIGKILL
ENDS: dict[int, tuple[int, ...]] = {
    signal.SIGTERM: (0, 1, 130),
    signal.SIGINT: (0, 1, 130),
    signal.SIGHUP: (0, 1, 130),
    signal.SIGKILL: (0, 1, -9),
    signal.SIGCONT: (0, 1),
}
STOPPED = {-signal.SIGKILL, 130}
BUSY = 75
A_THIRD = 34  # of a hundred
GRACE = 20  # seconds that a command may take to end when it is told to


@dataclass
class Found:
    """What came of a point."""

    point: str
    kills: int = 0
    broken: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)  # the calls before which it was stopped
    seconds: float = 0.0


@dataclass
class Base:
    """A scene as it was set, to be put back for each point."""

    world: World
    kept: Path
    books: dict[str, Any]
    models: list[Model]
    command: Command
    calls: list[str]  # of the command, when nothing stops it
    seconds: float

    def put_back(self) -> None:
        """Have everything as it was before the command."""
        self.world.put_back(self.kept, self.books, self.models)


class Rig:
    """The scenes that were set so far; they last as long as the rig. With an `image` it works in that."""

    def __init__(self, folder: Path, tenant: Outside, image: Image | None = None) -> None:
        self._folder, self._tenant, self._image = folder, tenant, image
        self._bases: dict[str, Base] = {}

    def base(self, name: str) -> Base:
        """Set a scene, once; run its command whole to learn how many calls it makes, and how long it takes."""
        if name not in self._bases:
            self._tenant.press("books", {})
            world = World(self._folder / name, self._tenant)
            command = SCENES[name](world)
            kept = self._folder / f"{name}.kept"
            base = Base(world, kept, world.keep(kept), [*world.models], command, [], 0)
            whole = world.type(*command, watch=lambda _: None)
            base.calls, base.seconds = whole.calls, whole.seconds
            self._bases[name] = base
        return self._bases[name]

    def examine(self, point: str) -> Found:
        """Torture at a point, recover, and tell which laws are broken."""
        started = time.monotonic()
        found = Found(point)
        kind, name, *places = point.split(":")
        kind, _, plant = kind.partition("+")
        base = self.base(name)
        base.put_back()
        base.world.planted = plant
        if kind == "power":
            _power_cut(base, places, found, None)
        elif kind == "image":
            os.sync()
            _power_cut(base, places, found, self._image)
        elif kind == "stale":
            (base.world.folder / "state" / "lock").write_text(f"{os.getpid()}\n")
        else:
            _stops(base, kind, places or [""], found)
        base.world.planted = ""
        _recover(base, point, found)
        found.broken += laws.all_laws(base.world, older=_dice(point) < A_THIRD)
        found.seconds = round(time.monotonic() - started, 3)
        return found


def _stops(base: Base, kind: str, places: list[str], found: Found) -> None:
    """Stop the command, then what recovers it, and so on."""
    world, command = base.world, base.command
    for number, place in enumerate(places):
        stop = _stop(base, kind, place, found)
        posted = len(world.books()["posts"])
        ended = world.type(*command, "--json", stop=stop)
        if ended.code not in ENDS[stop.sign] or ended.seconds > GRACE:
            found.broken.append(
                f"I13 ended with {ended.code} after {ended.seconds:.1f} s: {ended.err[-300:]}"
            )
        _note(ended, stop, found)
        world.tenant.press("release")
        if stop.sign == signal.SIGKILL:
            found.broken += _between(world, posted)
        command = ("resume",) if _by_resume(":".join([kind, *places[: number + 1]])) else base.command


def _stop(base: Base, kind: str, place: str, found: Found) -> Stop:
    """Read where a command is to be stopped: a time, a moment at the tenant, a number of calls, a share or a word."""
    world, sign = base.world, SIGNS.get(kind, signal.SIGKILL)
    if kind == "time":
        return Stop(after=float(place))
    if kind == "held":
        world.tenant.press("hold", place)
        return Stop(when=lambda _: world.tenant.press("held"))
    if kind == "asleep":
        world.tenant.press("hold", "before")
        return Stop(when=lambda process: _asleep(base, process, found), sign=signal.SIGCONT)
    if place.endswith("%"):
        return Stop(point=max(1, round(len(base.calls) * float(place[:-1]) / 100)), sign=sign)
    word, star, number = place.rpartition("*")
    return Stop(point=int(number), word=word if star else "", sign=sign)


def _asleep(base: Base, process: int, found: Found) -> None:
    """Suspend a command while a request is under way; another one must leave, and all connections die meanwhile."""
    world = base.world
    world.tenant.press("held")
    os.kill(process, signal.SIGSTOP)
    another = world.type(*base.command, "--json")
    if another.code != BUSY:
        found.broken.append(
            f"CR14 another command did not leave with {BUSY}: {another.code} {another.out[:300]}"
        )
    world.tenant.press("hang_up")
    world.tenant.press("release")


def _note(ended: Ended, stop: Stop, found: Found) -> None:
    if ended.code in STOPPED:
        found.kills += 1
    if ended.killed and stop.point is not None:
        found.where.append(ended.calls[-1])


def _between(world: World, posted: int) -> list[str]:
    """Check what holds at any moment, also before anything is recovered; `posted` requests came before the command."""
    state = world.folder / "state"
    posts = world.books()["posts"][posted:]
    return [
        *laws.what_is_there_is_whole(world),
        *record.ledger_is_sound(state, settled=False),
        *record.posted_off_the_record(state, posts),
    ]


def _power_cut(base: Base, places: list[str], found: Found, image: Image | None) -> None:
    """Cut the power, and look at the disk before anything is started again."""
    world, (place, *variants) = base.world, places
    disk = Disk(world.folder, {"state", "rejects"})
    stop = _stop(base, "kill", place, found)
    _note(world.type(*base.command, stop=stop, watch=disk), stop, found)
    posted = len(base.books["posts"])
    if image:
        found.broken += image.cut(disk)
    else:
        variant, _, seed = variants[0].partition(".")
        disk.cut(variant, int(seed or 0))
    found.broken += [
        f"CR08 written by shared memory: {name}" for name in disk.mapped if not name.endswith("-shm")
    ]
    found.broken += _between(world, posted)


def _recover(base: Base, point: str, found: Found) -> None:
    """Go on as timers and people would: `resume`, the same command again, or the next day's file; nobody is told to."""
    world, state = base.world, base.world.folder / "state"
    done, posts = record.accepted_on_record(state), len(world.books()["posts"])
    found.broken += laws.exit_code_is_true(world.type(*_next(base, point), "--json"))
    runs = world.report("status")["runs"]
    if any(run["status"] == "held" for run in runs):  # the yes was not on record yet: it is said again
        world.type(*base.command)
    on_record = {Path(run["file"]).name for run in runs}
    passes = any(model.watched for model in world.models)  # its timer goes on
    if passes or not on_record >= {model.name for model in world.models}:
        _let_time_pass(world)
        command = ("watch", "--once") if passes else base.command
        found.broken += laws.exit_code_is_true(world.type(*command, "--json"))
    found.broken += laws.nothing_settled_is_sent_again(world, done, posts)


def _let_time_pass(world: World) -> None:
    """Have the temporary files of the watched folder be old enough to be nobody's, as another machine may write there too."""
    for path in (world.folder / DROP).rglob(".*.tmp"):
        os.utime(path, (0, 0))


def _next(base: Base, point: str) -> Command:
    choice = _dice(point) % 3
    if choice == 0:
        return ("resume",)
    return base.command if choice == 1 else a_newer_file(base.world)


def _by_resume(point: str) -> bool:
    return _dice(point) % 2 == 0


def _dice(point: str) -> int:
    """Throw the same number for the same point, 0 to 99."""
    return zlib.crc32(point.encode()) % 100
