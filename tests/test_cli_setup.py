"""A folder that init makes works at once, and nothing that is there is ever touched."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup
from sync.run import services, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

CONFIG = "inventory-sync.yaml"
KEY = "INVENTORY_SYNC_API_KEY"
FOLDERS = [
    "rejects",
    "state",
    *(f"drop/{name}" for name in ("inbox", "processed", "held", "failed", "rejects")),
]
TEMPLATES = re.compile(r"/opt/inventory-sync|/etc/inventory-sync|/srv/exports|/var/lib|User=inventory-sync")


@pytest.fixture
def made(tmp_path: Path, cli: Cli) -> Path:
    """A folder that init has made."""
    assert cli("init", tmp_path / "my stock").code == 0
    return tmp_path / "my stock"


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
    assert f'"{made}/drop/inbox"/*.*' in texts["crontab"]
    assert f"LoadCredential=api_key:{made}/api_key\n" in texts["inventory-sync-resume.service"]


def test_a_service_may_write_where_it_must(made: Path) -> None:
    """In a system that is read-only for it, each service has the folder's state and rejects."""
    for path in (made / "cron").glob("*.service"):
        (granted,) = re.findall(r"^ReadWritePaths=(.*)$", path.read_text(), re.MULTILINE)
        assert {f'"{made / name}"' for name in ("state", "rejects")} <= set(re.findall(r'"[^"]+"', granted))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_service_files(made: Path) -> None:
    """Quoted paths are whole paths to systemd."""
    units = sorted((made / "cron").glob("*.[st]*er*"))
    told = subprocess.run(
        ["systemd-analyze", "verify", *units],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [
        line for line in told.stderr.splitlines() if str(made) in line and "not executable" not in line
    ]
    assert about_ours == []


def test_services_see_a_folder_in_a_home(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Homes are hidden from the services, unless what they need lies in one."""
    monkeypatch.setattr(services, "HOMES", ())
    assert "ProtectHome=yes" in dict(services.service_files(made))["inventory-sync.service"]
    monkeypatch.setattr(services, "HOMES", (str(made.parent),))
    assert "ProtectHome=no" in dict(services.service_files(made))["inventory-sync.service"]


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
