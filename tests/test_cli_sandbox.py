"""The sandbox by itself: served on a port with keys and faults, and made empty again."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from sync.ledger import lock
from sync.sandbox.access import Key
from sync.sandbox.keys import AnyKey, read_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Cli

LIST = "/api/integrations/v1/inventory/"
ROW = {"location_code": "A", "sku_code": "S", "quantity": 5}


@contextmanager
def serving(state: Path, *options: str | Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve the sandbox of a state folder in a process of its own, on a free port."""
    command = [sys.executable, "-m", "sync", "sandbox", "serve", "--port", "0", "--state", state, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), process.communicate()
            yield process, int(address.rpartition(":")[2])
        finally:
            process.kill()


def ask(port: int, method: str = "GET", *, key: str | None = "any", body: object = None) -> tuple[int, Any]:
    """Send one request to the list of records."""
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"X-API-Key": key})
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, LIST, json.dumps(body) if body else None, headers)
        told = connection.getresponse()
        return told.status, json.loads(told.read())


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where a state folder may be made."""
    return tmp_path / "state"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(state: Path, how: signal.Signals) -> None:
    """It says its address on one line, takes any key but none, and ends with 0 however it is stopped."""
    with serving(state) as (process, port):
        assert [ask(port, key=key)[0] for key in ("any", "other", None, " ")] == [200, 200, 403, 401]
        process.send_signal(how)
        assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == 0


def test_what_is_served_is_the_sandbox_of_the_state_folder(state: Path, cli: Cli) -> None:
    """What another program posts, our own commands see; reset takes it away, while it is served."""
    with serving(state) as (_, port):
        assert ask(port, "POST", body={"inventory": [ROW]})[0] == 200
        shown = cli("stock", "list", "--json", "--state", state, "--tenant", "sandbox")
        assert shown.json["stock"] == [ROW]
        assert cli("sandbox", "reset", "--state", state).code == 0
        assert ask(port)[1]["data"] == []


def test_keys_decide_who_comes_in_and_what_for(state: Path, tmp_path: Path) -> None:
    """A key that is not in the file or has expired is 401, one without the scope 403."""
    keys = tmp_path / "keys.csv"
    reading = "integrations.inventory.read"
    keys.write_text(f"key,scopes,expires_at\nall,,\nreader,{reading},\nold,,2020-01-01T00:00\n")
    with serving(state, "--keys", keys) as (_, port):
        assert [ask(port, key=key)[0] for key in ("all", "reader", "old", "none")] == [200, 200, 401, 401]
        assert ask(port, "POST", key="reader", body={"inventory": [ROW]})[0] == 403


def test_it_misbehaves_as_it_is_told(state: Path, tmp_path: Path) -> None:
    """A plan of faults given to the command decides the answers, as the catalogue decides what exists."""
    plan, catalogue = tmp_path / "faults.yaml", tmp_path / "catalogue.csv"
    plan.write_text("- {method: GET, status: 503, times: 1}\n")
    catalogue.write_text("kind,code\nlocation,B\n")
    with serving(state, "--faults", plan, "--catalogue", catalogue) as (_, port):
        posted = ask(port, "POST", body={"inventory": [ROW]})[1]
        assert posted["data"]["failed"] == 1
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", LIST, headers={"X-API-Key": "any"})
            assert connection.getresponse().status == 503
        assert ask(port)[0] == 200


@pytest.mark.parametrize(
    ("option", "text", "where"),
    [
        ("--keys", "key,scopes\n", ":1:"),
        ("--keys", "key,scopes,expires_at\nk,,soon\n,read,\n", ":2:"),
        ("--faults", "- {stats: 503}\n", "rule 1"),
        ("--faults", "- {status: 503\n", ":1:"),
        ("--catalogue", "kind,code\nshop,A\n", ":2:"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, cli: Cli, option: str, text: str, where: str) -> None:
    """Nothing is served with a file that says something else than it should: exit code 2, and the place."""
    path = tmp_path / "file"
    path.write_text(text)
    ended = cli("sandbox", "serve", "--port", "0", option, path, "--state", tmp_path / "state")
    assert (ended.code, ended.out) == (2, "")
    assert "file" in ended.err
    assert where in ended.err


def test_a_port_that_is_taken_is_said(state: Path, cli: Cli) -> None:
    """The port that cannot be had is named, with the option to choose another one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = cli("sandbox", "serve", "--port", port, "--state", state)
    assert ended.code == 2
    assert port in ended.err
    assert "--port" in ended.err


def test_reset_waits_for_no_run_and_disturbs_none(state: Path, cli: Cli) -> None:
    """While a run is at work the sandbox stays as it is: exit code 75."""
    state.mkdir()
    with lock.hold(state):
        assert cli("sandbox", "reset", "--state", state).code == 75
    assert not (state / "sandbox.db").exists()
    assert cli("sandbox", "reset", "--state", state).code == 0


def test_after_a_reset_it_is_another_tenant(tmp_path: Path, cli: Cli) -> None:
    """What went to the former sandbox is no repeat for the new one; what was pending for it is named."""
    folder = tmp_path / "f"
    assert cli("init", folder).code == 0
    common = ("--config", folder / "inventory-sync.yaml")
    plan = folder / "faults.yaml"
    plan.write_text("- {method: POST, status: 401}\n")
    (folder / "inventory-sync.yaml").write_text("tenant: {url: sandbox}\nsandbox: {faults: faults.yaml}\n")
    run = cli("run", *common, folder / "example.csv", "--json").json["runs"][0]
    assert run["rows"]["pending"] == 5
    assert run["run"] in cli("sandbox", "reset", *common).out
    plan.write_text("[]\n")
    again = cli("run", *common, folder / "example.csv", "--json").json["runs"]
    assert [report["rows"]["accepted"] for report in again] == [5]


def test_any_key_is_any_but_an_empty_one() -> None:
    """Without a file of keys every key may do everything."""
    assert AnyKey().get("x") == Key()
    assert AnyKey().get(" ") is None
    assert len(AnyKey()) == len(list(AnyKey())) == 0


def test_a_wrong_line_of_keys_does_not_show_its_key(tmp_path: Path) -> None:
    """Keys are for the sandbox only, but people copy real ones there."""
    path = tmp_path / "keys.csv"
    path.write_text("key,scopes,expires_at\nsecret-one,,never\nsecret-two,,,\n")
    with pytest.raises(ValueError, match=r"keys\.csv:2: (.|\n)*keys\.csv:3: ") as wrong:
        read_keys(path)
    assert "secret" not in str(wrong.value)
