"""SE, I10: the addresses and passwords of notifiers are in no output, log, ledger, report or traceback, in no spelling."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sync.config import Settings, load
from sync.run.alarms import heartbeat, tell
from tests.alarming import Office
from tests.mailboxes import Mailbox, taking_mail
from tests.test_secrets import SECRET, SPELLINGS, kept, leaks
from tests.wires import Server, answer, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

PATH = quote(SECRET, safe="")


class Echo(Server):
    """Refuses everything, and repeats what it was asked in a spelling of its own."""

    def __init__(self, spelling: str) -> None:
        super().__init__()
        self.otherwise = self.echo
        self.spelling = spelling

    def echo(self, connection: socket.socket) -> None:
        """Answer with the secret in status, headers and body."""
        target = self.requests[-1].split(b" ")[1].decode()
        body = f"{target} {self.spelling} {self.spelling}"
        said = answer(body.encode(), "400 Bad", f"Location: /{self.spelling}", f"X: {self.spelling}")
        connection.sendall(said)


def configured(office: Office, server: Server, port: int) -> Settings:
    """Have every kind of notifier with a secret, each given by a variable."""
    mail = {"host": "localhost", "port": port, "tls": "none", "from": "a@b.c", "to": "d@e.f", "user": "bot"}
    office.configure(notify={"mail": mail})
    environ = {
        "HOME": "/nonexistent",
        "INVENTORY_SYNC_NOTIFY__WEBHOOK__URL": f"{server.origin}/hook/{PATH}?sig={PATH}",
        "INVENTORY_SYNC_NOTIFY__MAIL__PASSWORD": SECRET,
        "INVENTORY_SYNC_HEARTBEAT_URL": f"{server.origin}/{PATH}",
    }
    return load({}, environ, office.folder)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Open an office whose own webhook is not asked."""
    one = Office(tmp_path, Server())
    yield one
    one.ledger.close()
    one.server.go_down()


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_server_that_echoes_a_secret_puts_it_nowhere(
    office: Office, spelling: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Webhook, mail and heartbeat: refused in words that hold the secret, which reach nobody."""
    said = f"535 no {SECRET} {spelling} {base64.b64encode(SECRET.encode()).decode()}"
    server, box = Echo(spelling), Mailbox({"AUTH": said}, features=("AUTH PLAIN LOGIN",))
    office.held()
    with serving(server), taking_mail(box):
        settings = configured(office, server, box.port)
        tell(settings, office.ledger, now=office.now)
        heartbeat(settings, office.ledger)
    assert len(server.requests) == 2
    assert any("AUTH" in line for line in box.heard)
    out = capfd.readouterr()
    assert out.out.count("nobody can be told there") == 3
    assert leaks(out.out, out.err, repr(settings), str(settings), *kept(office.folder)) == []


def test_what_breaks_inside_a_request_shows_no_secret(
    office: Office, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """SE02: an exception with the address in its words ends in one word; the run goes on."""
    server = Echo("x")
    office.held()
    with serving(server), taking_mail(Mailbox()) as box:
        settings = configured(office, server, box.port)
        monkeypatch.setattr("httpx.Request", _raises)
        monkeypatch.setattr("smtplib.SMTP.login", _raises)
        tell(settings, office.ledger, now=office.now)
        heartbeat(settings, office.ledger)
    out = capfd.readouterr()
    assert out.out.count("nobody foresaw (KeyError)") == 3
    assert leaks(out.out, out.err, *kept(office.folder)) == []
    assert "Traceback" not in out.out + out.err


def _raises(*values: object, **more: object) -> Any:
    raise KeyError(values, more, SECRET)


def test_a_settings_object_shows_no_secret(office: Office) -> None:
    """Nor does what pydantic would write of it as JSON."""
    settings = configured(office, office.server, 25)
    assert leaks(repr(settings), str(settings), settings.model_dump_json()) == []
    assert set(json.loads(settings.model_dump_json())["notify"]["mail"]["password"]) == {"*"}
