"""A message through apprise, which runs in a child of its own: its falsy answer is a trouble, its time is bounded."""

from __future__ import annotations

import importlib.util
import socket
import time
from typing import TYPE_CHECKING

import pytest

from sync.notify import services
from sync.notify.message import Message
from tests.alarming import Hook
from tests.wires import OK, answer, is_silent, playing, says, serving

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = Message("late|x", "late", "erp: no file came", ("The last one came yesterday.",))
SECRET = "Zq7Wm2Xc9Rt4Yb6Lp0"  # noqa: S105 - nobody's
pytestmark = pytest.mark.skipif(importlib.util.find_spec("apprise") is None, reason="needs the notify extra")


def service(origin: str) -> services.Service:
    return services.Service(f"json://{origin.removeprefix('http://')}/{SECRET}")


def test_a_message_is_taken() -> None:
    """It comes whole where the address leads."""
    with playing(says(OK)) as server:
        assert services.send(MESSAGE, service(server.origin), seconds=20) == ""
    assert f"POST /{SECRET}".encode() in server.requests[0]
    assert b"The last one came yesterday." in server.requests[0]


def test_what_was_not_taken_is_told() -> None:
    """Apprise answers false and raises nothing: for a refusal and for a dead port alike."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        dead = f"127.0.0.1:{gone.getsockname()[1]}"
    with playing(says(answer(b"no", "500 No"))) as server:
        assert services.send(MESSAGE, service(server.origin), seconds=20) == services.NOT_TAKEN
    assert services.send(MESSAGE, service(dead), seconds=20) == services.NOT_TAKEN


def test_an_address_that_is_none_is_told() -> None:
    """A kind of service that apprise does not have."""
    assert services.send(MESSAGE, services.Service("nosuch://x"), seconds=20) == services.NO_ADDRESS


def test_what_hangs_is_ended() -> None:
    """The child is killed when its time is over."""
    with playing(is_silent) as server:
        began = time.monotonic()
        assert "within 1 seconds" in services.send(MESSAGE, service(server.origin), seconds=1)
        assert time.monotonic() - began < 5


def test_nothing_is_followed_and_nothing_of_the_environment_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """I11: neither a redirect nor a proxy takes the message elsewhere, and no password file is read."""
    sink = Hook()
    monkeypatch.setenv("HTTP_PROXY", sink.origin)
    monkeypatch.setenv("ALL_PROXY", sink.origin)
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login bot password wrong\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with serving(sink), playing(says(answer(b"", "307 Go", f"Location: {sink.origin}/x"))) as server:
        assert services.send(MESSAGE, service(server.origin), seconds=20) == services.NOT_TAKEN
    assert sink.requests == []
    assert b"Authorization" not in server.requests[0]


def test_the_address_is_on_no_command_line(capfd: pytest.CaptureFixture[str]) -> None:
    """Nor is anything that apprise prints shown."""
    assert services.send(MESSAGE, services.Service(f"nosuch://{SECRET}"), seconds=20)
    assert SECRET not in "".join(capfd.readouterr())
    assert SECRET not in repr(services.Service(f"json://{SECRET}"))
    assert not any(SECRET in part for part in services.CHILD)
