"""A message as e-mail over a real socket: handed over safely and in time, or why not, with the password in no word."""

from __future__ import annotations

import base64
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.notify import mail
from sync.notify.message import Message
from tests.authority import OPENSSL, Authority
from tests.mailboxes import DRIPS, HANGS, TALKS, Mailbox, taking_mail

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "Zq7-Wm2_Xc9.Rt4+Yb6"  # noqa: S105 - nobody's
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MESSAGE = Message("held|x", "held", "stock.csv: 12 rows wait", ("depot İzmir", "To do: approve"))


def server(port: int, **more: Any) -> mail.Server:
    defaults = {"tls": "none", "sender": "bot@acme.example", "to": ("ops@acme.example", "b@acme.example")}
    return mail.Server(host="127.0.0.1", port=port, **{**defaults, **more})


def send(box: Mailbox, message: Message = MESSAGE, seconds: float = 5, **more: Any) -> str:
    return mail.send(message, server(box.port, **more), seconds=seconds, now=NOW)


def test_a_mail_is_handed_over() -> None:
    """With its headers, for everybody at once, and marked so that no holiday answers."""
    with taking_mail(Mailbox()) as box:
        assert send(box) == ""
    (got,) = box.mails
    assert (got["Subject"], got["To"]) == ("stock.csv: 12 rows wait", "ops@acme.example, b@acme.example")
    assert (got["Auto-Submitted"], got["Message-ID"][-14:]) == ("auto-generated", "@acme.example>")
    assert "depot İzmir" in got.get_content()


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=4))
def test_no_title_makes_a_header(title: str, lines: list[str]) -> None:
    """Whatever a file is called: the mail has the headers that we wrote, and no other."""
    written = mail.compose(Message("t", "s", title, tuple(lines)), server(25), now=NOW)
    head = written.as_bytes().partition(b"\r\n\r\n")[0]
    assert not [header for header in written if header not in OURS]
    assert head.count(b"\nBcc:") == head.count(b"\nX-") == 0


OURS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}


def test_a_line_break_in_a_name_adds_no_recipient() -> None:
    """The classic: a file that is called so that a header would follow."""
    evil = Message("t", "s", "x.csv\r\nBcc: all@acme.example\r\n\r\nhello", ("a\r\n.\r\nMAIL FROM:<x@y>",))
    with taking_mail(Mailbox()) as box:
        assert send(box, evil) == ""
    assert box.mails[0]["Bcc"] is None
    assert [line[8:] for line in box.heard if line.upper().startswith("RCPT")] == [
        "<ops@acme.example>",
        "<b@acme.example>",
    ]


def test_a_line_of_a_dot_does_not_end_the_mail() -> None:
    """What would be a command of the protocol stays a line of the mail."""
    with taking_mail(Mailbox()) as box:
        assert send(box, Message("t", "s", "title", (".", "QUIT"))) == ""
    assert box.mails[0].get_content().split() == ["title", ".", "QUIT"]


TROUBLES = {
    "greeting refused": ({"HELLO": "554 go away"}, "said 554 go away"),
    "sender refused": ({"MAIL": "550 not you"}, "said 550 not you"),
    "everybody refused": ({"RCPT": "550 unknown"}, "takes mail for none of them"),
    "content refused": ({"END": "554 spam"}, "said 554 spam"),
    "busy": ({"DATA": "451 later"}, "said 451 later"),
    "silent": ({"HELLO": HANGS}, ""),
    "silent later": ({"MAIL": HANGS}, ""),
    "drips": ({"HELLO": DRIPS}, ""),
    "talks without end": ({"EHLO": TALKS}, ""),
    "nonsense": ({"HELLO": "what?"}, ""),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_goes_wrong_is_told_in_time(trouble: str) -> None:
    """Nothing is raised, whatever a server says, and the deadline is that of the whole talk."""
    answers, words = TROUBLES[trouble]
    with taking_mail(Mailbox(answers)) as box:
        began = time.monotonic()
        said = send(box, seconds=0.5)
        assert time.monotonic() - began < 3
    assert said
    assert words in said
    assert box.mails == [] or trouble == "content refused"


def test_what_is_said_without_end_is_not_heard_to_its_end() -> None:
    """Long before the time is over: memory is not given to it."""
    with taking_mail(Mailbox({"EHLO": TALKS})) as box:
        began = time.monotonic()
        assert "closed" in send(box, seconds=10)
        assert time.monotonic() - began < 5


def test_a_dead_port_is_told() -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert "refused" in mail.send(MESSAGE, server(port), seconds=1, now=NOW)


def test_what_a_server_says_to_the_goodbye_changes_nothing() -> None:
    """It has the mail; waiting for more would only cost time."""
    with taking_mail(Mailbox({"QUIT": HANGS})) as box:
        began = time.monotonic()
        assert send(box) == ""
        assert time.monotonic() - began < 2
    assert len(box.mails) == 1


def test_mail_for_some_is_mail() -> None:
    """One recipient that is refused does not keep it from the others, nor is it sent again for them."""

    class Choosy(Mailbox):
        def _usual(self, verb: str) -> str:
            refused = verb == "RCPT" and self.heard[-1].upper().startswith("RCPT TO:<B@")
            return "550 unknown" if refused else super()._usual(verb)

    with taking_mail(Choosy()) as box:
        assert send(box) == ""
    assert len(box.mails) == 1


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl")
@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_a_password_goes_only_over_tls(tmp_path: Path, tls: str) -> None:
    """Both ways to TLS work with an authority of one's own, and the password comes as it is."""
    authority = Authority(tmp_path)
    box = Mailbox(tls=authority.signed("good"), at_once=tls == "ssl", features=("AUTH PLAIN",))
    with taking_mail(box):
        more: dict[str, Any] = {"user": "bot", "password": PASSWORD, "ca_file": authority.ca_file, "tls": tls}
        assert send(box, **more) == ""
    assert base64.b64encode(f"\0bot\0{PASSWORD}".encode()).decode() in " ".join(box.heard)


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl")
@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_a_server_that_cannot_prove_its_name_hears_no_password(tmp_path: Path, tls: str) -> None:
    """A certificate of somebody else ends the talk."""
    authority = Authority(tmp_path)
    box = Mailbox(tls=authority.signed("other", host="DNS:other.example"), at_once=tls == "ssl")
    with taking_mail(box):
        more: dict[str, Any] = {"user": "bot", "password": PASSWORD, "ca_file": authority.ca_file, "tls": tls}
        assert "certificate" in send(box, **more).lower()
    assert not any("AUTH" in line for line in box.heard)


def test_without_tls_on_offer_nothing_is_said() -> None:
    """A server (or somebody between) that hides STARTTLS gets neither mail nor password."""
    with taking_mail(Mailbox(features=("AUTH PLAIN",))) as box:
        assert "STARTTLS" in send(box, tls="starttls", user="bot", password=PASSWORD)
    assert box.mails == []
    assert not any("AUTH" in line for line in box.heard)


def test_a_server_that_repeats_the_password_shows_none_of_it() -> None:
    """Neither raw nor coded."""
    coded = base64.b64encode(f"\0bot\0{PASSWORD}".encode()).decode()
    with taking_mail(Mailbox({"AUTH": f"535 no {PASSWORD} {coded}"}, features=("AUTH PLAIN",))) as box:
        said = send(box, user="bot", password=PASSWORD)
    assert "said 535 no [key]" in said
    assert not any(
        text[at : at + 12] in said for text in (PASSWORD, coded[6:]) for at in range(len(text) - 12)
    )


def test_a_password_shows_nowhere() -> None:
    """Not in what stands for the server in a log."""
    assert PASSWORD not in repr(server(25, password=PASSWORD))
