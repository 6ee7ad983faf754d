"""What doctor says of this machine: clock, limits, extras, key file, messages."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from sync.replies import Reply
from sync.run.preflight import clock
from sync.sandbox.serve import served
from sync.sandbox.store import Store
from tests.examined import KEY, about, findings, rewrite, states

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Cli

NOON = 1_795_000_000.0
SANDBOX = {"url": "sandbox"}


@pytest.fixture
def made(tmp_path: Path, cli: Cli) -> Path:
    """A folder that init has made."""
    assert cli("init", tmp_path / "my stock").code == 0
    return tmp_path / "my stock"


@contextmanager
def open_files(most: int) -> Iterator[None]:
    """Let this process open so many files only."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, ""), (4.9, ""), (-4.9, ""), (6, "6 minutes ahead of"), (-90, "90 minutes behind")],
)
def test_a_clock_that_is_wrong_is_told_by_the_tenants_answer(minutes: float, words: str) -> None:
    """SC08: by five minutes and more, in which direction; an answer without a date tells nothing."""
    (found,) = clock(Reply(200, date=NOON), NOON + minutes * 60)
    assert (found.state == "warn") == bool(words)
    assert words in found.words
    assert clock(Reply(200), NOON) == []


def test_the_clock_is_looked_at_when_the_tenant_answers(made: Path) -> None:
    """Also where the answer is a refusal."""
    with Store(made / "other.db") as store, served(store, plan=[{"status": 401, "times": 1}]) as url:
        assert [states(made, {KEY: "k"}, tenant=url)["clock"] for _ in range(2)] == ["ok", "ok"]


def test_few_open_files_are_told(made: Path) -> None:
    """Before a run ends for want of one."""
    with open_files(64):
        assert "64 files only" in about(made, "limits")
    with open_files(256):
        assert about(made, "limits") == ""


def test_an_extra_that_is_configured_and_missing_fails(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it; what is not configured is not missed."""
    monkeypatch.setitem(sys.modules, "paramiko", None)
    assert states(made).get("extras", "ok") == "ok"
    (made / "password").write_text("p")
    sftp = {"host": "sftp.example", "user": "u", "password_file": "password"}
    rewrite(made, tenant=SANDBOX, watch={"sftp": sftp})
    assert "pip install 'inventory-sync[sftp]'" in about(made, "extras")


def test_without_an_alarm_clock_the_folder_is_looked_at_all_the_same(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Watchfiles is a comfort: its absence is told, and no reason to worry."""
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    (found,) = (one for one in findings(made) if one.name == "extras")
    assert (found.state, "every 10 s" in found.words) == ("ok", True)


@pytest.mark.parametrize(
    ("name", "state"), [("stock.prom", "ok"), ("stock.txt", "warn"), ("nowhere/stock.prom", "fail")]
)
def test_metrics_go_where_they_are_read(made: Path, name: str, state: str) -> None:
    """Into a folder that is there, under a name that is looked for."""
    rewrite(made, tenant=SANDBOX, metrics_file=name)
    assert states(made)["metrics"] == state


def test_the_timezone_is_told(made: Path) -> None:
    """The configured one, and the machine's beside it, which cron and timers go by."""
    rewrite(made, tenant=SANDBOX, timezone="Europe/Istanbul")
    (found,) = (one for one in findings(made) if one.name == "timezone")
    assert found.words.startswith("Europe/Istanbul; the machine's own")


def test_a_key_file_that_others_may_change_is_told(made: Path) -> None:
    """CF06: a group that writes it can put another key there; one that only reads it may be meant."""
    path = made / "api_key"
    path.write_text("k")
    environ = {f"{KEY}_FILE": str(path)}
    for mode, words in ((0o640, ""), (0o660, "chmod g-w"), (0o604, "open to every user")):
        path.chmod(mode)
        told = about(made, "key", environ, tenant="http://127.0.0.1:1")
        assert words in told if words else told == ""
    path.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(path, 4321, -1)
        assert "belongs to 4321" in about(made, "key", environ, tenant="http://127.0.0.1:1")


def test_who_is_told_of_changes_is_told(made: Path) -> None:
    """Nobody, or those that are configured; an address that cannot be read fails."""
    (nobody,) = (one for one in findings(made) if one.name == "notify")
    assert (nobody.state, "nobody is told" in nobody.words) == ("ok", True)
    rewrite(made, tenant=SANDBOX, notify={"webhook": {"url_file": "none"}})
    assert "fail" in {one.state for one in findings(made) if one.name.startswith("notify")}
