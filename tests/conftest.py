"""What keeps tests from doing harm, and the command line as a function.

No test reaches beyond this machine, writes into the home folder or sees the settings of the person who runs it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import structlog
from hypothesis import settings

from sync import logs
from sync.sandbox.serve import served
from sync.sandbox.store import Store
from tests.desks import KEY, Desk
from tests.drops import Drop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored in all that is started
signal.signal(
    signal.SIGINT, signal.default_int_handler
)  # and so would this one be in the background of a script
settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# which argument of a Python audit event names the other side
OUTWARD = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}
PRIVATE = ("INVENTORY_SYNC_", "XDG_", "CREDENTIALS_DIRECTORY")


class ATestMustNotReachBeyondLoopback(RuntimeError):  # noqa: N818 - the name says what is wrong
    """Some code under test turned to another host."""


class ATestMustNotWriteToTheHomeFolder(RuntimeError):  # noqa: N818 - the name says what is wrong
    """Some code under test left files in the home folder: give it a state folder, or a home of its own."""


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    if event in OUTWARD and not _is_loopback(arguments[OUTWARD[event]]):
        raise ATestMustNotReachBeyondLoopback(f"{event}: {arguments[OUTWARD[event]]}")


def _is_loopback(address: object) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if host in {None, "", b"", "localhost", b"localhost"}:
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    if text.startswith("/"):
        return True  # a socket in the file system
    try:
        return ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


sys.addaudithook(_stay_at_home)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give an empty home folder, and an environment without anybody's settings."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(PRIVATE):
                patch.delenv(name)
        patch.setenv("HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def _nothing_in_the_home_folder(home: Path) -> Iterator[None]:
    yield
    refuse_files_in(home)


def refuse_files_in(home: Path) -> None:
    """Fail the test that has left something behind."""
    left = sorted(path.relative_to(home).as_posix() for path in home.rglob("*"))
    if left:
        raise ATestMustNotWriteToTheHomeFolder(", ".join(left))


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


class Cli(Protocol):
    """The command line as a function from arguments to how it ended."""

    def __call__(self, *arguments: str | Path) -> Ended:
        """Run one command in this process."""


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run commands in this process; what a process would take with it at its end is put back."""
    from sync.cli import main  # noqa: PLC0415 - a broken command line must not stop the tests of other rooms

    def run(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        mask = os.umask(0)
        os.umask(mask)
        try:
            with pytest.raises(SystemExit) as ended:
                main.main(args=[str(argument) for argument in arguments])
        finally:
            os.umask(mask)
            structlog.reset_defaults()
            logs.reset()
        code = ended.value.code
        assert isinstance(code, int), f"a command must end with a number, not {code!r}"
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def desk(tmp_path: Path, cli: Cli) -> Desk:
    """Set a folder up: configuration, one mapping, the sandbox."""
    return Desk(tmp_path, cli)


@pytest.fixture
def drop(desk: Desk) -> Drop:
    """Set a watched folder up beside a desk."""
    return Drop(desk)


@pytest.fixture
def tenant(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """Serve a sandbox that misbehaves as told, and point the configuration at it."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    with ExitStack() as open_ones:

        def serve(plan: Any) -> None:
            store = open_ones.enter_context(Store(desk.folder / "tenant.db"))
            desk.configure({"url": open_ones.enter_context(served(store, plan=plan))})

        yield serve
