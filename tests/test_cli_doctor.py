"""Every wrong set-up is told apart by doctor, with its remedy, and nothing is changed by the examination."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from sync.ledger import lock
from sync.replies import Reply
from sync.run.doctor import examine
from sync.run.preflight import judged
from sync.sandbox.access import Key
from sync.sandbox.serve import served
from sync.sandbox.store import Store
from tests.examined import CONFIG, KEY, NOWHERE, about, rewrite, states

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli


@pytest.fixture
def made(tmp_path: Path, cli: Cli) -> Path:
    """A folder that init has made."""
    assert cli("init", tmp_path / "my stock").code == 0
    return tmp_path / "my stock"


def test_doctor_changes_nothing(made: Path, cli: Cli) -> None:
    """After an examination everything is as it was."""
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    assert cli("doctor", "--config", made / CONFIG).code == 0
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


def test_a_wrong_config_is_said_at_once(made: Path, cli: Cli) -> None:
    """All its problems, and exit code 2; the rest depends on it."""
    rewrite(made, tenant={"url": "sandbox", "wokers": 3}, stat="x")
    ended = cli("doctor", "--config", made / CONFIG, "--json")
    (check,) = ended.json["checks"]
    assert (ended.code, check["name"], check["state"]) == (2, "config", "fail")
    assert "wokers" in check["words"]
    assert "stat" in check["words"]


def test_doctor_names_the_file_and_what_overrides_it(made: Path) -> None:
    """Whoever wonders where a setting comes from is told."""
    environ = {"HOME": str(made), **NOWHERE, "INVENTORY_SYNC_TENANT__WORKERS": "2"}
    config = next(iter(examine({}, environ, made)))
    assert str(made / CONFIG) in config.words
    assert "INVENTORY_SYNC_TENANT__WORKERS" in config.words


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("state", "fail"), ("rejects", "fail"), ("drop", "fail"), ("mappings", "fail")],
)
def test_a_file_in_a_folders_place_fails(made: Path, name: str, wrong: str) -> None:
    """Each folder that is needed is looked at."""
    target = made / ("drop/inbox" if name == "drop" else name)
    shutil.rmtree(target)
    target.write_text("")
    assert states(made)[name] == wrong


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours_fails(made: Path) -> None:
    """A folder that cannot be written to is no use."""
    (made / "state").chmod(0o500)
    assert states(made)["state"] == "fail"


def test_a_state_folder_open_to_all_is_a_warning(made: Path) -> None:
    """What was sent is nobody else's business."""
    (made / "state").chmod(0o755)
    assert states(made)["state"] == "warn"


def test_folders_that_will_be_made_are_fine(tmp_path: Path) -> None:
    """Before the first run there is nothing to complain about but mappings, key and tenant, and that nothing runs by itself."""
    found = states(tmp_path)
    assert {name for name, state in found.items() if state != "ok"} == {
        "mappings",
        "key",
        "tenant",
        "services",
    }


def test_a_damaged_ledger_fails(made: Path, cli: Cli) -> None:
    """The ledger is read whole."""
    cli("run", "--config", made / CONFIG, made / "example.csv")
    ledger = made / "state" / "ledger.db"
    assert states(made)["ledger"] == "ok"
    raw = bytearray(ledger.read_bytes())
    raw[4096 : 4096 * 3] = b"\xff" * 8192
    ledger.write_bytes(raw)
    assert states(made)["ledger"] == "fail"
    ledger.write_bytes(b"no database at all, but long enough for one" * 100)
    assert states(made)["ledger"] == "fail"


def test_pending_rows_are_a_warning(made: Path, cli: Cli) -> None:
    """What is not settled is told, with the command that settles it."""
    (made / "faults.yaml").write_text("- {method: POST, status: 401}\n")
    rewrite(made, tenant={"url": "sandbox"}, sandbox={"faults": "faults.yaml"})
    assert cli("run", "--config", made / CONFIG, made / "example.csv").code == 5
    found = states(made)
    assert (found["ledger"], found["faults"]) == ("warn", "warn")


def test_held_rows_are_a_warning(made: Path, cli: Cli) -> None:
    """They wait for a person, not for `resume`."""
    header, *rows = (made / "example.csv").read_text().splitlines()
    many = [f"01,SKU-{number},x,{number}" for number in range(50)]
    (made / "example.csv").write_text("\n".join([header, *many]) + "\n")
    assert cli("run", "--config", made / CONFIG, made / "example.csv").code == 0
    (made / "example.csv").write_text("\n".join([header, *rows]) + "\n")
    assert cli("run", "--config", made / CONFIG, made / "example.csv").code == 3
    assert "wait for a yes or a no: 1" in about(made, "ledger")


def test_a_run_at_work_is_a_warning_and_is_not_disturbed(made: Path) -> None:
    """The lock is looked at without being taken."""
    with lock.hold(made / "state"):
        assert states(made)["lock"] == "warn"
        assert lock.holder(made / "state") == str(os.getpid())
    assert states(made)["lock"] == "ok"


def test_mappings_are_loaded(made: Path) -> None:
    """One wrong mapping fails; none at all is a warning."""
    example = made / "mappings" / "example.yaml"
    example.write_text("version: 1\nname: x\ncolums: {}\n")
    assert states(made)["mappings"] == "fail"
    example.unlink()
    assert states(made)["mappings"] == "warn"


def test_a_wrong_catalogue_fails(made: Path) -> None:
    """What the sandbox is told to know is looked at."""
    (made / "c.csv").write_text("a,b\n")
    rewrite(made, tenant={"url": "sandbox"}, sandbox={"catalogue": "c.csv"})
    assert states(made)["catalogue"] == "fail"


def test_the_key_is_never_shown(made: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it came from is told; the key stands nowhere, not even where the tenant repeats it."""
    monkeypatch.setenv(KEY, "sk_live_c0ffee")
    with (
        Store(made / "other.db") as store,
        served(store, plan=[{"status": 401, "body": "no sk_live_c0ffee"}]) as url,
    ):
        ended = cli("doctor", "--config", made / CONFIG, "--tenant", url)
    assert ended.code == 2
    assert KEY in ended.out
    assert "c0ffee" not in ended.out + ended.err


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_key_file_open_to_all_fails(made: Path, mode: int) -> None:
    """A key that everybody can read is no key; without one the tenant is not asked."""
    path = made / "api_key"
    path.write_text("k")
    path.chmod(mode)
    found = states(made, {f"{KEY}_FILE": str(path)}, tenant="http://127.0.0.1:1")
    assert found["key"] == ("fail" if mode == 0o644 else "ok")
    assert found.get("tenant") == (None if mode == 0o644 else "fail")


@pytest.mark.parametrize(
    ("key", "tenant", "scopes"),
    [("all", "ok", "ok"), ("writer", "ok", "warn"), ("nobody", "fail", None)],
)
def test_the_tenant_is_asked(made: Path, key: str, tenant: str, scopes: str | None) -> None:
    """401 is the key; 403 cannot be told from a key for writing only; nothing is posted."""
    keys = {"all": Key(), "writer": Key(("integrations.inventory.write",))}
    with Store(made / "other.db") as store, served(store, keys=keys) as url:
        found = states(made, {KEY: key}, tenant=url)
        assert store.page(None, 1) == []
    assert (found["tenant"], found.get("scopes")) == (tenant, scopes)


@pytest.mark.parametrize(
    ("reply", "state", "word"),
    [
        (Reply(404, text="<html>"), "fail", "tenant.url"),
        (Reply(200, text="<html>"), "fail", "tenant.url"),
        (Reply(403, text="<html>"), "fail", "tenant.url"),
        (Reply(302, location="https://login.example"), "fail", "tenant.url"),
        (Reply(None, trouble="tls", detail="no"), "fail", "ca_file"),
        (Reply(None, trouble="dns", detail="no"), "fail", "name"),
        (Reply(None, trouble="refused", detail="no"), "fail", "firewall"),
        (Reply(503, text="busy"), "warn", "later"),
        (Reply(429, body={"detail": "slow"}), "warn", "later"),
        (Reply(400, body={"detail": "what?"}), "warn", "tenant.url"),
    ],
)
def test_every_answer_has_its_remedy(reply: Reply, state: str, word: str) -> None:
    """A wrong host, a broken line and a tenant in trouble are told apart."""
    (found,) = judged(reply, "https://t.example")
    assert found.state == state
    assert word in found.remedy
