"""The fault kit from the command line: rehearsed with a plan, a seed and a log; refused where it cannot work."""

from __future__ import annotations

import json
import signal
from contextlib import closing
from dataclasses import fields
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import misbehave
from sync.sandbox.journal import read_journal
from sync.sandbox.messages import Answer, Request
from sync.sandbox.rule import Rule
from tests.desks import GOOD
from tests.test_cli_sandbox import LIST, ROW, ask, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli
    from tests.desks import Desk


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where a state folder may be made."""
    return tmp_path / "state"


def plan_of(folder: Path, text: str) -> Path:
    """Write a plan of faults."""
    path = folder / "faults.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_it_rehearses_with_a_log(state: Path, tmp_path: Path) -> None:
    """The plan drops a connection after the work; the log tells it with the rows, and not the key."""
    plan, log = (
        plan_of(tmp_path, "- {method: POST, times: 1, drop: after_apply, rst: true}\n"),
        tmp_path / "log",
    )
    with serving(state, "--faults", plan, "--log", log, "--log-rows") as (_, port):
        with pytest.raises(ConnectionResetError):
            ask(port, "POST", key="sk_live_c0ffee", body={"inventory": [ROW]})
        assert ask(port)[1]["data"] == [ROW]
    first, second = read_journal(log)
    assert (first["end"], first["wrote"], second["status"]) == ("drop", [["A", "S", 5]], 200)
    assert "c0ffee" not in log.read_text(encoding="utf-8")


def test_the_seed_decides_what_is_left_to_chance(state: Path, tmp_path: Path) -> None:
    """Half of all requests fail: those that fail with the same seed anywhere, and others with another one."""
    rule = {"p": 0.5, "status": 500, "body": {}}

    def expected(seed: int) -> list[int]:
        answer = misbehave(lambda _: Answer(200, {}), [rule], seed=seed)
        return [answer(Request("GET", LIST)).status for _ in range(16)]

    with serving(state, "--faults", plan_of(tmp_path, json.dumps([rule])), "--seed", "7") as (_, port):
        told = [ask(port)[0] for _ in range(16)]
    assert told == expected(7) != expected(8)


def test_it_ends_at_once_while_a_request_hangs(state: Path, tmp_path: Path) -> None:
    """Told to end, it waits for nobody, says nothing and ends with 0."""
    plan = plan_of(tmp_path, "- {hold: after_apply, method: GET, times: 1}\n")
    with (
        serving(state, "--faults", plan) as (process, port),
        closing(HTTPConnection("127.0.0.1", port)) as hung,
    ):
        hung.request("GET", LIST, headers={"X-API-Key": "k"})
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as other:
            other.request("GET", "/__held?at_least=1")
            assert json.load(other.getresponse())["held"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == 0


def test_a_connection_cannot_fail_where_there_is_none(desk: Desk, tmp_path: Path) -> None:
    """With the sandbox in this process such a plan is refused, with the rule and the command that can follow it."""
    plan = plan_of(tmp_path, "- {status: 503, times: 1}\n- {drop: after_apply}\n")
    desk.configure({"url": "sandbox"}, sandbox={"faults": str(plan)})
    for command in (("run", desk.file(GOOD)), ("stock", "list"), ("doctor",)):
        ended = desk(*command)
        assert ended.code == 2
        assert "faults.yaml: rule 2: drop needs a real connection" in ended.out + ended.err
        assert "inventory-sync sandbox serve" in ended.out + ended.err


@pytest.mark.parametrize("text", ["stock\n", '{"a": 1}\n', "[1]\n", "\0\xff\n"])
def test_a_file_that_is_no_log_is_left_alone(state: Path, tmp_path: Path, cli: Cli, text: str) -> None:
    """Another program's file is not added to: exit code 2, and its name."""
    log = tmp_path / "stock.csv"
    log.write_text(text, encoding="utf-8")
    ended = cli("sandbox", "serve", "--port", "0", "--log", log, "--state", state)
    assert (ended.code, ended.out, log.read_text(encoding="utf-8")) == (2, "", text)
    assert "stock.csv is no log of a sandbox" in ended.err


def test_rows_need_a_log_to_stand_in(state: Path, cli: Cli) -> None:
    """--log-rows alone is a mistake, not a sandbox without a log."""
    ended = cli("sandbox", "serve", "--port", "0", "--log-rows", "--state", state)
    assert (ended.code, ended.out) == (2, "")
    assert "--log FILE" in ended.err


def test_a_log_that_cannot_be_written_is_told(state: Path, tmp_path: Path, cli: Cli) -> None:
    """Exit code 2, the file, and what is wrong with it."""
    ended = cli("sandbox", "serve", "--port", "0", "--log", tmp_path / "none" / "log", "--state", state)
    assert (ended.code, ended.out) == (2, "")
    assert "log cannot be used for the log: No such file" in ended.err


def test_help_lists_every_key_of_a_plan(cli: Cli) -> None:
    """What a plan may say is told by the command that follows it, with what needs a connection marked."""
    told = cli("sandbox", "serve", "--help").out
    words = {line.split()[0] for line in told.splitlines() if line.strip()}
    assert {each.name for each in fields(Rule)} <= words
    assert "  drop * " in told
    assert json.dumps("headers") in told
