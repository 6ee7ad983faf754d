"""Plays a week: files dropped, commands typed and passes made at the story's time, and everything kept that comes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.desks import KEY
from tests.week import company
from tests.week.tenant import Tenant
from tests.wires import OK, Server, says, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.week.company import Stock

ROOT = Path(__file__).absolute().parents[2]
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(minutes=10)
NEAR = 3  # passes after each event that are made in any case
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its code, or minus the signal."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Dropped:
    """A file that somebody put into the inbox; `true` is what it says of stock that is to go, at last."""

    name: str
    sha256: str
    as_of: datetime
    true: Stock


@dataclass(frozen=True)
class Pass:
    """One pass: when, and what it came to."""

    at: datetime
    ended: Ended
    seconds: float = 0.0


class Cradle:
    """The process that commands are forked from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.week.cradle"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._output = folder / "said"

    def begin(self, now: datetime, argv: tuple[str, ...], dies_at: str = "") -> int:
        """Start a command, and give its process."""
        assert self._process.stdin
        for path in (self._output, Path(f"{self._output}.err")):
            path.write_bytes(b"")
        order = {"folder": str(self._folder / "stock"), "argv": argv, "output": str(self._output), "key": KEY}
        line = json.dumps({**order, "now": now.timestamp(), "dies_at": dies_at})
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> Ended:
        """Wait for its end."""
        code = self._answer()
        said = [path.read_text("utf-8") for path in (self._output, Path(f"{self._output}.err"))]
        assert "Traceback" not in "".join(said)
        return Ended(code, *said)

    def _answer(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


class Week:
    """The company's folder, its tenant, its messages, and its clock; `whole`: every pass is made, also the idle ones."""

    def __init__(self, folder: Path, tenant: Tenant, hook: Server, *, whole: bool) -> None:
        self.folder, self.tenant, self.hook, self.whole = folder / "stock", tenant, hook, whole
        self.cradle = Cradle(folder)
        self.now, self.passes, self.dropped = MONDAY, list[Pass](), list[Dropped]()
        self.told = list[tuple[datetime, str]]()  # when each message came, and its title
        self.commands = 0
        self._since = 0  # passes since something happened
        self.folder.mkdir()
        company.set_up(self.folder, tenant.url, hook.origin)

    @property
    def inbox(self) -> Path:
        """Where files are dropped."""
        return self.folder / "drop" / "inbox"

    def drop(self, name: str, content: bytes, true: Stock | None = None) -> None:
        """Put a file into the inbox, complete, with the story's time on it."""
        hidden = self.inbox / f".{Path(name).name}.copying"
        hidden.write_bytes(content)
        os.utime(hidden, (self.now.timestamp(),) * 2)
        hidden.rename(self.inbox / name)
        self.dropped.append(Dropped(name, sha256(content).hexdigest(), self.now, true or {}))
        self._since = 0

    def until(self, when: str) -> Ended:
        """Let time go by, with a pass every ten minutes, and give the last one."""
        goal = moment(when)
        assert goal > self.now
        while self.now < goal:
            at = next_tick(self.now)
            if at > goal:
                self.now = goal
                break
            self.now = at
            self._since += 1
            if self.whole or self._since <= NEAR or at + EVERY > goal:
                begun = time.monotonic()
                self.passes.append(Pass(at, self.run("watch", "--once"), time.monotonic() - begun))
        return self.passes[-1].ended

    def run(self, *argv: str) -> Ended:
        """Run a command to its end."""
        self.cradle.begin(self.now, argv)
        ended = self.cradle.end()
        self._listen()
        return ended

    def type(self, *argv: str) -> Ended:
        """Have somebody type a command: something happens."""
        self._since = 0
        self.commands += 1
        return self.run(*argv)

    def cut_off(self) -> Ended:
        """Make the next pass, and switch the machine off while its first request is with the tenant."""
        self.now = next_tick(self.now)
        pid = self.cradle.begin(self.now, ("watch", "--once"))
        self.tenant.until_it_hangs()
        os.kill(pid, signal.SIGKILL)
        return self._killed()

    def cut_off_at(self, name: str) -> Ended:
        """Make the next pass, and have it die as it opens a file called like this."""
        self.now = next_tick(self.now)
        self.cradle.begin(self.now, ("watch", "--once"), name)
        return self._killed()

    def _listen(self) -> None:
        """Note when messages came."""
        self.told += [(self.now, message["title"]) for message in self.messages[len(self.told) :]]

    def _killed(self) -> Ended:
        ended = self.cradle.end()
        assert ended.code == -signal.SIGKILL
        self.passes.append(Pass(self.now, ended))
        self._since = 0
        return ended

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Everything that came to the webhook, in order."""
        return [
            json.loads(request.partition(b"\r\n\r\n")[2])
            for request in self.hook.requests
            if request.startswith(b"POST /chat ")
        ]

    @property
    def heartbeats(self) -> int:
        """How often the outside watcher heard from us."""
        return sum(b" /alive " in request.partition(b"\r\n")[0] for request in self.hook.requests)

    def lying(self, place: str) -> list[Path]:
        """List the files of a folder, notes and hidden ones apart."""
        found = sorted((self.folder / "drop" / place).rglob("*"))
        return [path for path in found if path.is_file() and path.suffix != ".txt" and not _hidden(path)]

    def close(self) -> None:
        """End what still runs."""
        self.cradle.close()


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts[-3:])


def moment(when: str) -> datetime:
    """Read `Mon 08:30`."""
    day, _, clock = when.partition(" ")
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(days=DAYS.index(day), hours=int(hours), minutes=int(minutes))


def next_tick(now: datetime) -> datetime:
    """Tell when the next pass is made."""
    return now + EVERY - (now - MONDAY) % EVERY


@contextmanager
def opened(folder: Path, *, whole: bool) -> Iterator[Week]:
    """Open a company on its first Monday, and clear up afterwards."""
    with ExitStack() as stack:
        hook = Server()
        hook.otherwise = says(OK)
        stack.enter_context(serving(hook))
        tenant = Tenant(folder, company.catalogue(folder / "catalogue.csv"))
        stack.callback(tenant.down)
        week = Week(folder, tenant, hook, whole=whole)
        stack.callback(week.close)
        yield week
