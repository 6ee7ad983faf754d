"""The notify section: what is taken, what is refused, and that secrets show in neither."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import pytest

from sync.config import Settings, load
from sync.config.secretfile import secrets_in
from sync.config.sources import variables
from sync.errors import FixSetup
from sync.run.alarms.posts import UNTRIED, check_notifiers, posts

if TYPE_CHECKING:
    from pathlib import Path

    from sync.run.finding import Finding

SECRET = "Zq7Wm2Xc9Rt4Yb6Lp0"  # noqa: S105 - nobody's
MAIL = "host: smtp.acme.example, from: bot@acme.example, to: ops@acme.example"
LOCAL = f"mail: {{host: localhost, tls: none, from: a@b.c, to: [d@e.f], user: bot, password: {SECRET}}}"


def settings(folder: Path, text: str, **environ: str) -> Settings:
    (folder / "inventory-sync.yaml").write_text(text)
    return load({}, {"HOME": "/nonexistent", **environ}, folder)


def problem(folder: Path, text: str, **environ: str) -> str:
    with pytest.raises(FixSetup) as caught:
        settings(folder, text, **environ)
    return str(caught.value)


def secret_file(folder: Path, text: str, name: str = "secret", mode: int = 0o600) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def test_without_the_section_nobody_is_told(tmp_path: Path) -> None:
    """And nothing is to be examined."""
    found = settings(tmp_path, "tenant: {url: sandbox}")
    assert (found.notify.in_use, posts(found), check_notifiers(found)) == (False, [], [])


def test_everybody_who_is_named_is_told(tmp_path: Path) -> None:
    """In order; names say who it is, and nothing that is secret."""
    secret_file(tmp_path, f"# for ops\nhttps://h.example/{SECRET}\n")
    hooks = f"webhook: {{url: 'https://x.example/{SECRET}'}}, webhooks: {{ops: {{url_file: secret, kind: slack}}}}"
    found = settings(tmp_path, f"notify: {{{hooks}, {LOCAL}}}\n")
    assert [post.name for post in posts(found)] == ["notify.webhook", "notify.webhooks.ops", "notify.mail"]
    assert SECRET not in f"{found!r}{found}{posts(found)}"
    assert [one.words for one in check_notifiers(found)] == [UNTRIED] * 3


def test_variables_set_what_is_secret(tmp_path: Path) -> None:
    """An address or a password needs not stand in the file; a user's own names can be given as YAML."""
    environ = {
        "INVENTORY_SYNC_NOTIFY__WEBHOOK__URL": f"https://x.example/{SECRET}",
        "INVENTORY_SYNC_NOTIFY__MAIL__PASSWORD": SECRET,
        "INVENTORY_SYNC_NOTIFY__MAIL__FROM": "bot@acme.example",
        "INVENTORY_SYNC_HEARTBEAT_URL": f"https://ping.example/{SECRET}",
    }
    found = settings(tmp_path, f"notify: {{mail: {{{MAIL}, user: bot}}}}", **environ)
    assert [post.name for post in posts(found)] == ["notify.webhook", "notify.mail"]
    assert found.heartbeat_url
    assert {name for name in environ if name not in variables()} == set()


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """Also below a name that the user chose."""
    text = "notify: {webhooks: {ops: {url_file: a/b}}, apprise_file: ~/c, ca_file: d}"
    (tmp_path / "home").mkdir()
    if importlib.util.find_spec("apprise") is None:
        text = text.replace("apprise_file: ~/c, ", "")
    notify = settings(tmp_path, text, HOME=str(tmp_path / "home")).notify
    assert (notify.webhooks["ops"].url_file, notify.ca_file) == (tmp_path / "a" / "b", tmp_path / "d")
    assert notify.apprise_file in (None, tmp_path / "home" / "c")


WRONG = {
    "no TLS": ("webhook: {url: 'http://x.example/S'}", "must begin with https://"),
    "no address": ("webhook: {url: S}", "must be an https:// address"),
    "a space": ("webhook: {url: 'https://x.example/ S'}", "without spaces"),
    "a line break": ('webhook: {url: "https://x.example/\\nS"}', "without spaces"),
    "twice": ("webhook: {url: 'https://x.example/S', url_file: f}", "give one of them"),
    "in place of the section": ("webhook: 'https://x.example/S'", "must be a section"),
    "as the name of the list": ("webhooks: 'https://x.example/S'", "must be a section"),
    "in the list": ("webhooks: {a: 'https://x.example/S'}", "must be a section"),
    "kind": ("webhook: {kind: discord}", "must be 'slack', 'teams' or 'json'"),
    "open mail": (f"mail: {{{MAIL}, tls: none}}", "only for this machine itself"),
    "no sender": ("mail: {host: h.example, to: a@b.c}", "from: is missing"),
    "no recipient": ("mail: {host: h.example, from: a@b.c}", "to: is missing"),
    "two in one": ("mail: {host: h.example, from: a@b.c, to: 'a@b.c, d@e.f'}", "must be one mail address"),
    "a header": (
        'mail: {host: h.example, from: "a@b.c\\nBcc: x@y.z", to: a@b.c}',
        "must be one mail address",
    ),
    "no password": (f"mail: {{{MAIL}, user: bot}}", "are needed together"),
    "no user": (f"mail: {{{MAIL}, password: S}}", "are needed together"),
    "port": (f"mail: {{{MAIL}, port: 0}}", "must be from 1 to 65,535"),
    "service": ("apprise: [S]", "must be an address of apprise"),
    "unknown": ("web_hook: {}", "did you mean `webhook`?"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_without_the_secret(tmp_path: Path, what: str) -> None:
    """With its place in the file, and never with what was written there."""
    text, words = WRONG[what]
    said = problem(tmp_path, f"notify: {{{text.replace('S', SECRET)}}}")
    assert "inventory-sync.yaml:1:" in said
    assert words in said
    assert SECRET not in said


@pytest.mark.parametrize("text", [f"notify: https://x.example/{SECRET}", f"heartbeat_url: {SECRET}"])
def test_a_secret_at_the_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    """Neither as the whole section nor as an address that is none."""
    assert SECRET not in problem(tmp_path, text)


def test_loopback_needs_no_tls(tmp_path: Path) -> None:
    """For a server on this machine itself, as a mail relay."""
    for host in ("localhost", "127.0.0.1", "[::1]"):
        found = settings(tmp_path, f"notify: {{webhook: {{url: 'http://{host}:8080/x'}}, {LOCAL}}}")
        assert found.notify.hooks


def test_a_missing_extra_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert "pip install 'inventory-sync[notify]'" in problem(tmp_path, "notify: {apprise: ['json://h/']}")


@pytest.mark.parametrize("zone", ["Mars", "../etc/passwd", ""])
def test_a_time_zone_is_a_known_one(tmp_path: Path, zone: str) -> None:
    """Its name is that of the list of the world's time zones."""
    if zone:
        assert "as Europe/Istanbul" in problem(tmp_path, f"timezone: '{zone}'")
    found = settings(tmp_path, "timezone: Europe/Istanbul")
    assert str(found.zone) == "Europe/Istanbul"


def looked_at(folder: Path, **facts: Any) -> Finding:
    path = secret_file(folder, **facts) if "text" in facts else folder / "none"
    (found,) = check_notifiers(settings(folder, f"notify: {{webhook: {{url_file: {path}}}}}"))
    return found


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "cannot be read"),
        ({"text": f"https://x.example/{SECRET}", "mode": 0o644}, "is open to every user"),
        ({"text": "\n# nothing\n"}, "is empty"),
        ({"text": f"http://x.example/{SECRET}"}, "must begin with https://"),
        ({"text": SECRET}, "must be an https:// address"),
    ],
)
def test_a_file_of_a_secret_is_looked_at(tmp_path: Path, facts: dict[str, Any], words: str) -> None:
    """CF06: what keeps it from being used is a failure with a remedy, and shows nothing of it."""
    found = looked_at(tmp_path, **facts)
    assert (found.state, words in found.words, SECRET in found.words) == ("fail", True, False)
    assert found.remedy


def test_a_file_that_cannot_be_used_stops_nothing(tmp_path: Path) -> None:
    """The settings are good: who cannot be told is said when somebody is to be told."""
    from sync.notify.message import Message  # noqa: PLC0415 - only here

    found = settings(tmp_path, "notify: {webhook: {url_file: none}}")
    (post,) = posts(found)
    assert "cannot be read" in post.send(Message("t", "s", "title"), 1)


def test_a_file_of_a_secret_may_have_a_mark_in_front(tmp_path: Path) -> None:
    """CF05: as editors of Windows write it; lines end in any way."""
    path = tmp_path / "secret"
    path.write_bytes(b"\xef\xbb\xbfone \r\n\r\n# two\r\nthree")
    path.chmod(0o600)
    assert secrets_in(path, "key") == ["one", "three"]
