"""What doctor says of the service files that are installed: each way in which they can disagree with the configuration."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

import pytest

from sync.run.doctor import services as doctor
from tests.examined import CONFIG, KEY, about, findings, rewrite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

ONCE, WATCH = "inventory-sync.service", "inventory-sync-watch.service"
TENANT = "http://127.0.0.1:1"
ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def made(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that init has made, with a key and a program where its services look for them."""
    program = tmp_path / "bin" / "inventory-sync"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))  # neither systemd nor cron is there: files for both
    assert cli("init", tmp_path / "my stock").code == 0
    (tmp_path / "my stock" / "api_key").write_text("k")
    return tmp_path / "my stock"


def install(made: Path, *names: str, **changed: str) -> dict[str, str]:
    """Install units for the user of these tests, changed by drop-ins; give the environment in which they are found."""
    there = made.parent / "units"
    (there / "some.wants").mkdir(parents=True, exist_ok=True)
    for name in names:
        (there / name).write_text((made / "cron" / name).read_text())
        if name.endswith(".service"):
            (there / f"{name}.d").mkdir(exist_ok=True)
            lines = [f"{key}=\n{key}={value}\n" for key, value in ({"User": ME} | changed).items()]
            (there / f"{name}.d" / "own.conf").write_text("[Service]\n" + "".join(lines))
        if name != ONCE:
            (there / "some.wants" / name).touch()
    return {"SYSTEMD_UNIT_PATH": str(there)}


def scheduled(made: Path, text: str) -> dict[str, str]:
    """Give a user this crontab; give the environment in which it is found."""
    fake = made.parent / "bin" / "crontab"
    (made.parent / "jobs").write_text(text)
    fake.write_text(f'#!/bin/sh\nwhile read -r line; do echo "$line"; done < "{made.parent}/jobs"\n')
    fake.chmod(0o755)
    return {"PATH": str(made.parent / "bin")}


def told(made: Path, environ: dict[str, str], tenant: str = "sandbox") -> str:
    """Examine the services."""
    return about(made, "services", environ, tenant=tenant)


@pytest.mark.parametrize("names", [(WATCH,), (ONCE, "inventory-sync.timer"), (ONCE, "inventory-sync.path")])
def test_what_init_writes_agrees_with_what_it_writes(made: Path, names: tuple[str, ...]) -> None:
    """Installed as they are, with a key in its place, the service files fit; they are named."""
    environ = install(made, *names)
    assert told(made, environ, TENANT) == ""
    (found,) = (one for one in findings(made, environ) if one.name == "services")
    assert f"{names[0]}: fits" in found.words


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("ExecStart", "/nonexistent/inventory-sync watch --config {config}", "no such program"),
        ("User", "no-such-user", "there is no user no-such-user"),
        ("LoadCredential", "api_key:/nonexistent/api_key", "is not there, and without it nothing is started"),
        ("LoadCredential", "other:/x", "given no key"),
        ("ReadWritePaths", "/nonexistent", "may not write to {folder}/state, {folder}/drop"),
    ],
)
def test_each_disagreement_is_told(made: Path, key: str, value: str, words: str) -> None:
    """A program, a user, a key that are not there; folders that it may not write to or not even see."""
    places = {"config": f'"{made / CONFIG}"', "folder": str(made)}
    found = told(made, install(made, WATCH, **{key: value.format(**places)}), TENANT)
    assert words.format(**places) in found
    assert found.startswith("fail: ")
    assert found.count("\n") == 0


@pytest.mark.parametrize("key", ["ProtectHome", "PrivateTmp"])
def test_what_is_hidden_from_a_service_is_told(made: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """A folder in a home, or among what passes, is not there for it."""
    monkeypatch.setattr(doctor, {"ProtectHome": "HOMES", "PrivateTmp": "PASSING"}[key], (str(made),))
    assert f"{key}= hides {made / CONFIG}" in told(made, install(made, WATCH, **{key: "yes"}))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_service_of_another_user_than_the_folders_is_told(made: Path) -> None:
    """It could write neither ledger nor drop folders."""
    found = told(made, install(made, WATCH, User="nobody"))
    assert f"it runs as nobody, who cannot write to {made / 'state'}, which belongs to {ME}" in found
    assert "chown -R nobody:" in found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(
    ("mode", "group", "times"), [(0o2750, "theirs", 1), (0o2770, "another", 1), (0o2770, "theirs", 0)]
)
def test_an_inbox_of_the_staff_is_fine_where_a_group_may_write(
    made: Path, mode: int, group: str, times: int
) -> None:
    """The folder may belong to a clerk, as long as the service is in a group that may write there too."""
    nobody = pwd.getpwnam("nobody")
    for path in (made / "state", *(made / "state").rglob("*")):
        os.chown(path, nobody.pw_uid, -1)
    inbox = made / "drop" / "inbox"
    os.chown(inbox, 4321, nobody.pw_gid if group == "theirs" else 4321)
    inbox.chmod(mode)
    assert told(made, install(made, WATCH, User="nobody")).count(f"cannot write to {inbox}") == times


def test_a_service_that_would_run_as_root_is_told(made: Path) -> None:
    """Nothing here needs that."""
    assert "it runs as root" in told(made, install(made, WATCH, User=""))


def test_a_service_that_nothing_starts_is_told(made: Path) -> None:
    """Copied, and never enabled."""
    assert "nothing starts it" in told(made, install(made, ONCE))
    assert told(made, install(made, ONCE, "inventory-sync.timer")) == ""


def test_of_several_lines_the_last_counts(made: Path) -> None:
    """Not what a drop-in has taken back: this unit calls another program now."""
    environ = install(made, WATCH, ExecStart="/bin/true")
    (found,) = (one for one in findings(made, environ) if one.name == "services")
    assert "none is installed for this configuration" in found.words


def test_services_of_another_configuration_are_none_of_ours(made: Path) -> None:
    """A machine may serve several tenants."""
    environ = install(made, WATCH, ExecStart="/nonexistent/inventory-sync watch --config /elsewhere.yaml")
    assert "none is installed" in told(made, environ, TENANT)


def test_the_crontab_that_init_writes_agrees(made: Path) -> None:
    """Program and key are found by the settings above the job, as cron gives nothing else."""
    text = (made / "cron" / "crontab").read_text()
    assert told(made, scheduled(made, text), TENANT) == ""
    without = "\n".join(line for line in text.splitlines() if not line.startswith((KEY, "PATH")))
    found = told(made, scheduled(made, without), TENANT)
    assert "no such program" in found
    assert f"{KEY}_FILE=/PATH/TO/THE/KEY" in found
    assert "is not there" in told(made, scheduled(made, text.replace("api_key", "nothing")), TENANT)


def test_nothing_installed_matters_once_there_is_a_tenant(made: Path) -> None:
    """Trying things out needs no service; a night without one is a night without stock."""
    assert told(made, {}) == ""
    assert "nothing runs by itself" in told(made, {}, TENANT)


def test_whatever_lies_there_is_read_without_harm(made: Path) -> None:
    """A folder, a link to nothing, bytes and half a quotation in the places of units and jobs."""
    environ = install(made, WATCH) | scheduled(made, "* * * * * inventory-sync 'watch\n@reboot\n=\n\x01")
    units = made.parent / "units"
    (units / "a.service").mkdir()
    (units / "b.service").symlink_to("b.service")
    (units / "c.service").write_bytes(b"inventory-sync\xff\x00\nExecStart='inventory-sync\n")
    assert told(made, environ) == ""


def test_a_metrics_file_is_written_by_the_service_too(made: Path) -> None:
    """Its folder must stand among those that the service may write to."""
    rewrite(made, tenant={"url": "sandbox"}, metrics_file=str(made.parent / "stock.prom"))
    assert f"may not write to {made.parent}" in told(made, install(made, WATCH))


def test_the_key_of_the_services_is_the_one_that_counts(made: Path) -> None:
    """Whoever has none in the shell is told where it is; the tenant is asked with it. One in the shell comes first."""
    (made / "api_key").chmod(0o600)
    environ = install(made, WATCH)
    found = {one.name: one for one in findings(made, environ, tenant=TENANT)}
    assert f"export {KEY}_FILE='{made / 'api_key'}'" in found["key"].words
    assert "tenant" in found
    assert KEY in next(
        one.words for one in findings(made, environ | {KEY: "k"}, tenant=TENANT) if one.name == "key"
    )
    assert "there is no API key" in about(made, "key", {}, tenant=TENANT)
