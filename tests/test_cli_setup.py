"""A folder that init makes works at once, and nothing that is there is ever touched."""

from __future__ import annotations

import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from sync.errors import FixSetup
from sync.run import services, shipped
from sync.run.welcome import readme

if TYPE_CHECKING:
    from tests.conftest import Cli

CONFIG = "inventory-sync.yaml"
KEY = "INVENTORY_SYNC_API_KEY"
ROOT = Path(__file__).resolve().parent.parent
ANALYZE = shutil.which("systemd-analyze")
FOLDERS = [
    "rejects",
    "state",
    *(f"drop/{name}" for name in ("inbox", "processed", "held", "failed", "rejects")),
]
TEMPLATES = re.compile(r"/opt/inventory-sync|/etc/inventory-sync|/srv/inventory-sync|/var/lib")


@pytest.fixture
def made(tmp_path: Path, cli: Cli, machine: Machine) -> Path:
    """A folder that init has made on a machine with systemd and cron."""
    machine("systemctl", "crontab")
    assert cli("init", tmp_path / "my stock").code == 0
    return tmp_path / "my stock"


class Machine(Protocol):
    """Says what programs this machine has, besides those that every one has."""

    def __call__(self, *programs: str) -> Path:
        """Put programs that do nothing where programs are looked for, and only those; give that folder."""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Make a machine."""
    folder = tmp_path / "programs"

    def make(*programs: str) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in programs:
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return folder

    return make


def test_what_init_makes_works_at_once(made: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example file goes through as it is, and doctor has nothing to say."""
    monkeypatch.chdir(made)
    (report,) = cli("run", "example.csv", "--json").json["runs"]
    assert report["rows"]["accepted"] == report["rows"]["read"] == 5
    found = cli("doctor", "--json").json
    assert {check["state"] for check in found["checks"]} == {"ok"}
    assert found["exit_code"] == 0


def test_what_init_makes_is_private_and_complete(made: Path) -> None:
    """All folders are there, and nothing is open to other users."""
    assert [name for name in FOLDERS if not (made / name).is_dir()] == []
    assert [path for path in (made, *made.rglob("*")) if path.stat().st_mode & 0o007] == []


def test_editors_find_the_schema(made: Path) -> None:
    """The example names the schema file that lies beside it."""
    named = re.match(
        r"# yaml-language-server: \$schema=(\S+)", (made / "mappings" / "example.yaml").read_text()
    )
    assert named is not None
    assert json.loads((made / "mappings" / named[1]).read_text())["properties"]["columns"]


def test_service_files_fit_the_folder(made: Path) -> None:
    """No path of the templates is left; config, key and inbox of the folder stand in them."""
    texts = {path.name: path.read_text() for path in (made / "cron").iterdir()}
    assert {"crontab", "inventory-sync.service", "inventory-sync.timer"} <= set(texts)
    assert [name for name, text in texts.items() if TEMPLATES.search(text)] == []
    assert f'--config "{made / CONFIG}"' in texts["inventory-sync.service"]
    assert f'watch --once --config "{made / CONFIG}"' in texts["crontab"]
    assert f"PathChanged={made}/drop/inbox\n" in texts["inventory-sync.path"]
    assert f"LoadCredential=api_key:{made}/api_key\n" in texts["inventory-sync-resume.service"]


@pytest.mark.parametrize(
    ("programs", "kinds", "words"),
    [
        (["systemctl"], {".service", ".timer", ".path"}, ["systemctl enable", "systemctl disable"]),
        (["crontab"], {""}, ["cat cron/crontab", "sed '/^# BEGIN"]),
        (
            ["systemctl", "crontab"],
            {".service", ".timer", ".path", ""},
            ["systemctl enable", "cat cron/crontab"],
        ),
        ([], {".service", ".timer", ".path", ""}, ["systemctl enable", "cat cron/crontab"]),
    ],
)
def test_init_writes_what_this_machine_can_use(
    tmp_path: Path, cli: Cli, machine: Machine, programs: list[str], kinds: set[str], words: list[str]
) -> None:
    """Units where systemd is, a crontab where cron is, and how to install and uninstall that; both where it is neither."""
    machine(*programs)
    assert cli("init", tmp_path / "made").code == 0
    assert {path.suffix for path in (tmp_path / "made" / "cron").iterdir()} == kinds
    text = (tmp_path / "made" / "README.txt").read_text()
    assert [word for word in words if word not in text] == []
    assert ("systemctl" in text, "crontab" in text) == (".service" in kinds, "" in kinds)


def test_nothing_is_to_run_as_root(made: Path) -> None:
    """Whoever types `init`; root is told to make a user, and to give the folder away."""
    users = {
        line for path in (made / "cron").glob("*.service") for line in re.findall("User=.*", path.read_text())
    }
    me = getpass.getuser()
    assert users == {"User=inventory-sync" if me == "root" else f"User={me}"}
    assert ("You are root" in (made / "README.txt").read_text()) == (me == "root")


def test_a_service_runs_as_whoever_made_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name, or by number where there is none; in the crontab's words, too."""
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    monkeypatch.setenv("LOGNAME", "clerk")
    assert services.user() == "clerk"
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert services.user() == "54321"
    assert "You are root" not in readme(Path("/srv/stock"))


def test_a_folder_in_a_folder_of_the_templates_keeps_its_name(machine: Machine) -> None:
    """Paths are put in all at once: what was put in is not replaced again."""
    machine()
    folder = Path("/srv/inventory-sync/drop")
    texts = dict(services.service_files(folder))
    assert "PathChanged=/srv/inventory-sync/drop/drop/inbox\n" in texts["inventory-sync.path"]


def test_what_init_prints_can_be_typed(tmp_path: Path, cli: Cli, machine: Machine) -> None:
    """The line to try, and the first commands of the README, in a shell."""
    programs = machine()
    (programs / "inventory-sync").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sync "$@"\n')
    (programs / "inventory-sync").chmod(0o755)
    printed = cli("init", tmp_path / "my stock").out
    readme = (tmp_path / "my stock" / "README.txt").read_text()
    (tried,) = re.findall(r"^Try it: +(.*)$", printed, re.MULTILINE)
    commands = re.findall(
        r"^ +(?:4\. )?(inventory-sync [a-z.]+(?: [a-z.]+)?)(?: {2,}|$)", readme, re.MULTILINE
    )
    assert len(commands) == 4
    environ = {"PATH": str(programs), "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    for command in (tried, *(f"cd '{tmp_path / 'my stock'}' && {command}" for command in commands)):
        ended = subprocess.run(
            ["/bin/sh", "-c", command], env=environ, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"


def test_a_service_may_write_where_it_must(made: Path) -> None:
    """In a system that is read-only for it, each service has the folder's state and rejects."""
    for path in (made / "cron").glob("*.service"):
        (granted,) = re.findall(r"^ReadWritePaths=(.*)$", path.read_text(), re.MULTILINE)
        assert {f'"{made / name}"' for name in ("state", "rejects")} <= set(re.findall(r'"[^"]+"', granted))


@pytest.mark.skipif(ANALYZE is None, reason="no systemd here")
def test_systemd_understands_the_service_files(made: Path) -> None:
    """Quoted paths are whole paths to systemd."""
    units = sorted((made / "cron").glob("*.*"))
    told = subprocess.run(
        [str(ANALYZE), "verify", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [
        line for line in told.stderr.splitlines() if str(made) in line and "not executable" not in line
    ]
    assert about_ours == []


@pytest.mark.parametrize(
    ("places", "closed", "open_enough"),
    [("HOMES", "ProtectHome=yes", "ProtectHome=read-only"), ("PASSING", "PrivateTmp=yes", "PrivateTmp=no")],
)
def test_services_see_what_they_need(
    made: Path, monkeypatch: pytest.MonkeyPatch, places: str, closed: str, open_enough: str
) -> None:
    """Homes and passing folders are hidden from the services, unless folder, program or its Python lie in one."""
    for needed, expected in ((made.parent, open_enough), (sys.base_prefix, open_enough), ("/no", closed)):
        monkeypatch.setattr(services, places, (str(needed),))
        assert f"\n{expected}\n" in dict(services.service_files(made))["inventory-sync.service"]


@pytest.mark.parametrize("kind", ["file", "full", "odd"])
def test_init_touches_nothing_that_is_there(tmp_path: Path, cli: Cli, kind: str) -> None:
    """A file, a folder with something in it, a name that service files cannot carry: exit code 2, all as it was."""
    target = tmp_path / ("50%" if kind == "odd" else "there")
    if kind == "file":
        target.write_text("mine")
    if kind == "full":
        target.mkdir()
        (target / "mine").touch()
    before = sorted(tmp_path.rglob("*"))
    assert cli("init", target).code == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_taken(tmp_path: Path, cli: Cli) -> None:
    """A folder may have been made before."""
    (tmp_path / "there").mkdir()
    assert cli("init", tmp_path / "there").code == 0


def test_an_installation_without_samples_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beside an installed package is not taken for ours; what is inside it is."""
    (tmp_path / "cron").mkdir()
    monkeypatch.setattr(shipped, "SOURCE", tmp_path)
    monkeypatch.setattr(shipped, "INSTALLED", tmp_path / "_shipped")
    with pytest.raises(FixSetup, match="cron"):
        shipped.shipped("cron")
    (tmp_path / "_shipped" / "cron").mkdir(parents=True)
    assert shipped.shipped("cron") == tmp_path / "_shipped" / "cron"
