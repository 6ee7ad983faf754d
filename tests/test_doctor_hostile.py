"""Whatever doctor meets becomes a finding with a remedy: no traceback, no hanging, exit code 2 where something does not work."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.examined import CONFIG, about, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Cli

SANDBOX = {"url": "sandbox"}


@pytest.fixture
def made(tmp_path: Path, cli: Cli) -> Path:
    """A folder that init has made."""
    assert cli("init", tmp_path / "my stock").code == 0
    return tmp_path / "my stock"


def strange_id(made: Path) -> None:
    """Spoil what tells us from others who watch."""
    (made / "state" / "watch").mkdir()
    (made / "state" / "watch" / "id").write_bytes(b"\xff\xfe")
    (made / "drop" / "inbox" / ".work").mkdir()


def circle(made: Path) -> None:
    """Put a circle of links in the place of the mappings."""
    shutil.rmtree(made / "mappings")
    (made / "mappings").symlink_to("mappings")


def language(made: Path) -> None:
    """Ask for words that nobody wrote."""
    (made / "klingon.toml").write_text("[messages\n")
    rewrite(made, tenant=SANDBOX, language="klingon.toml")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "state": lambda made: rewrite(made, tenant=SANDBOX, state="/".join(["x" * 250] * 20)),
    "drop": strange_id,
    "ledger": lambda made: (made / "state" / "ledger.db").mkdir(),
    "lock": lambda made: os.mkfifo(made / "state" / "lock"),
    "mappings": circle,
    "config": language,
    "catalogue": lambda made: rewrite(made, tenant=SANDBOX, sandbox={"catalogue": "mappings"}),
    "tenant": lambda made: (made / "state" / "sandbox.db").write_bytes(b"\xff" * 9000),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_whatever_lies_there_is_a_finding(made: Path, cli: Cli, name: str) -> None:
    """Folders for files, pipes, circles, bytes that are no text, names longer than any: told under the point that it spoils."""
    DAMAGE[name](made)
    ended = cli("doctor", "--config", made / CONFIG, "--json")
    failed = {check["name"] for check in ended.json["checks"] if check["state"] == "fail"}
    assert (ended.code, ended.err) == (2, "")
    assert name in failed or name == "state"
    assert failed


def test_a_name_of_any_bytes_steers_no_terminal(made: Path, cli: Cli) -> None:
    """What somebody called a folder in the inbox is printed, and means nothing to a terminal."""
    (made / "drop" / "inbox" / ".work").mkdir()
    os.mkdir(os.fsencode(made / "drop" / "inbox" / ".work") + b"/\xff\x1b[31m")  # noqa: PTH102 - bytes
    ended = cli("doctor", "--config", made / CONFIG)
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert "\\x1b[31m" in ended.out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_what_may_not_be_looked_at_is_told(made: Path) -> None:
    """A folder of another's in the inbox."""
    work = made / "drop" / "inbox" / ".work"
    work.mkdir(mode=0)
    assert "cannot be looked at" in about(made, "drop")
