"""What stands in cron/ only calls the command line: it parses, holds no key, and is as closed as a service of ours can be."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from sync.cli import main
from tests.units import CRON, SERVICES, STARTERS, commands_of, crontab, unit, verbs

KEY_IN_CLEAR = re.compile(r"API_KEY=|--api-key|X-API-Key|SetCredential|\b[A-Za-z0-9_-]{32,}\b", re.IGNORECASE)
KNOWN = {
    "Unit": "Description Documentation Wants After RequiresMountsFor StartLimitIntervalSec",
    "Install": "WantedBy",
    "Timer": "OnCalendar AccuracySec Persistent Unit",
    "Path": "PathChanged Unit",
    "Service": "Type User ExecStart Restart RestartSec RestartPreventExitStatus LoadCredential StateDirectory"
    " StateDirectoryMode ReadWritePaths SuccessExitStatus TimeoutStopSec UMask NoNewPrivileges"
    " CapabilityBoundingSet AmbientCapabilities ProtectSystem ProtectHome PrivateTmp PrivateDevices PrivateMounts"
    " ProtectClock ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules"
    " ProtectKernelTunables ProtectProc ProcSubset RemoveIPC RestrictAddressFamilies RestrictNamespaces"
    " RestrictRealtime RestrictSUIDSGID LockPersonality MemoryDenyWriteExecute SystemCallArchitectures"
    " SystemCallFilter SystemCallErrorNumber",
}
OWN = {"SuccessExitStatus", "Type", "ExecStart", "Restart", "RestartSec", "RestartPreventExitStatus"}
EXPOSED = re.compile(r"Overall exposure level for \S+: (\d+\.\d+)")
SYSTEMD = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")


def commands() -> list[str]:
    """Every command line in cron/."""
    return [command for _, command in crontab()[1]] + [
        command for path in SERVICES for command in commands_of(path)
    ]


def parse(command: str, existing: Path) -> tuple[str, dict[str, object]]:
    """Parse as the program does, without running; absolute paths stand for a file that is there."""
    program, *args = shlex.split(command)
    assert Path(program).name == "inventory-sync"
    args = [str(existing) if word.startswith("/") else word for word in args]
    with main.make_context(program, args) as outer:
        name, chosen, rest = main.resolve_command(outer, [*outer._protected_args, *outer.args])
        assert chosen is not None
        with chosen.make_context(name, rest, parent=outer) as inner:
            return str(name), inner.params


def analysed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Ask systemd's own tool."""
    tool = str(shutil.which("systemd-analyze"))
    return subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def existing(tmp_path: Path) -> Path:
    """Give a file that is there."""
    path = tmp_path / "there.csv"
    path.touch()
    return path


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_every_command_parses(command: str, existing: Path) -> None:
    """The command line knows every command, option and argument that cron/ uses."""
    name, params = parse(command, existing)
    assert name in {"watch", "resume"}
    assert params


@pytest.mark.parametrize("wrong", ["run --api-key k /srv/x.csv", "run", "watch --nightly", "sync /srv/x.csv"])
def test_a_wrong_command_is_seen(wrong: str, existing: Path) -> None:
    """The check above fails for an option, a command or a missing argument that the command line does not take."""
    with pytest.raises(click.UsageError):
        parse(f"inventory-sync {wrong}", existing)


def test_crontab_and_timer_do_the_same() -> None:
    """Both make a pass over the watched folder every ten minutes; the resume timer finishes what other runs left."""
    ((when, command),) = crontab()[1]
    assert (when, shlex.split(command)[1:3]) == ("*/10 * * * *", ["watch", "--once"])
    doing = {path.name: verbs(path.with_suffix(".service")) for path in STARTERS}
    assert doing["inventory-sync.timer"] == doing["inventory-sync.path"] == {"watch --once"}
    assert doing["inventory-sync-resume.timer"] == {"resume"}
    assert unit(CRON / "inventory-sync.timer")["Timer"]["OnCalendar"] == ["*:0/10"]


def test_a_pass_looks_twice_so_that_a_dropped_file_has_settled() -> None:
    """What the first look sees for the first time the second one takes: longer apart than a file must stand still."""
    first, wait, second = unit(CRON / "inventory-sync.service")["Service"]["ExecStart"]
    assert first == second
    assert int(wait.removeprefix("/bin/sleep ")) > 10


def test_crontab_names_a_file_for_the_key() -> None:
    """Cron's environment has a path, an address for mail and the file of the key, not the key."""
    settings, jobs = crontab()
    assert set(settings) == {"SHELL", "PATH", "MAILTO", "INVENTORY_SYNC_API_KEY_FILE"}
    assert settings["INVENTORY_SYNC_API_KEY_FILE"].startswith("/")
    assert not any("%" in command for _, command in jobs), "cron takes % for a line break"


@pytest.mark.parametrize("path", sorted(CRON.iterdir()), ids=lambda path: path.name)
def test_no_key_stands_in_cron(path: Path) -> None:
    """No file holds an API key or a place to write one in clear."""
    assert not KEY_IN_CLEAR.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", ["INVENTORY_SYNC_API_KEY=k", "run --api-key k", "k=" + "dm1_" + "a1B2" * 8])
def test_a_key_in_clear_is_seen(line: str) -> None:
    """The check above fails for a key as a setting, as an option or by its looks."""
    assert KEY_IN_CLEAR.search(line)


@pytest.mark.parametrize("path", [*SERVICES, *STARTERS], ids=lambda path: path.name)
def test_systemd_knows_every_key(path: Path) -> None:
    """Each unit has only sections and keys that systemd has; it would ignore the others with a warning."""
    found = unit(path)
    assert [(name, key) for name in found for key in found[name] if key not in KNOWN[name].split()] == []


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_end_well_and_are_stopped_gently(path: Path) -> None:
    """Rejected, held and busy are no failures; a stop leaves time to settle what is in flight; the key is a credential."""
    service = unit(path)["Service"]
    assert service["SuccessExitStatus"][0].split()[:3] == ["1", "3", "75"]
    assert int(service["TimeoutStopSec"][0]) >= 30
    assert service["LoadCredential"] == ["api_key:/etc/inventory-sync/api_key"]


def test_services_share_user_folders_key_and_closedness() -> None:
    """They differ in what they call and how they are started alone: one ledger, one lock, one key."""
    first, *others = (
        {key: value for key, value in unit(path)["Service"].items() if key not in OWN} for path in SERVICES
    )
    assert [other for other in others if other != first] == []


def test_what_runs_for_ever_is_started_again_unless_the_set_up_is_wrong() -> None:
    """SC12: a failure is tried again after a pause, without end; exit code 2 is not, as nothing would change."""
    found = unit(CRON / "inventory-sync-watch.service")
    assert (found["Service"]["Type"], found["Service"]["Restart"]) == (["exec"], ["on-failure"])
    assert found["Service"]["RestartPreventExitStatus"] == ["2"]
    assert int(found["Service"]["RestartSec"][0]) >= 30
    assert found["Unit"]["StartLimitIntervalSec"] == ["0"]


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.name)
def test_each_starter_starts_its_own_service(path: Path) -> None:
    """A timer or path unit names the service beside it, which has no start-up of its own."""
    found = unit(path)
    service = path.with_suffix(".service")
    assert found[path.suffix[1:].title()]["Unit"] == [service.name]
    assert found["Install"]["WantedBy"] == [f"{path.suffix[1:]}s.target"]
    assert "Install" not in unit(service)


@pytest.mark.parametrize("path", sorted(CRON.iterdir()), ids=lambda path: path.name)
def test_whoever_installs_a_file_can_take_it_away(path: Path) -> None:
    """Install and uninstall stand at the head of what is started, and name no file that is not there."""
    text = path.read_text(encoding="utf-8")
    is_started = path.suffix == ".timer" or "[Install]" in text or path.name == "crontab"
    heads = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    if is_started and path.suffix != ".path":
        assert {"install:", "uninstall:"} <= set(heads.split())
    named = set(re.findall(r"\binventory-sync[\w-]*\.(?:service|timer|path)", heads))
    assert named <= {other.name for other in CRON.iterdir()}


def test_the_crontab_leaves_other_jobs_alone(tmp_path: Path) -> None:
    """Installed and taken away by the commands at its head, it leaves a user's crontab as it was."""
    own = "5 4 * * * true # mine\n"
    (tmp_path / "mine").write_text(own, encoding="utf-8")
    fake = tmp_path / "crontab"  # keeps one user's jobs in a file
    fake.write_text('#!/bin/sh\ncd "${0%/*}"\n[ "$1" = -l ] && exec cat mine\ncat > new && mv new mine\n')
    fake.chmod(0o755)
    text = (CRON / "crontab").read_text(encoding="utf-8")
    commands = re.findall(r"^#   (?:un)?install: +(.*)$", text, re.MULTILINE)
    for command, expected in zip(commands, [own + text, own], strict=True):
        path = f"{tmp_path}:/usr/bin:/bin"
        subprocess.run(["/bin/sh", "-c", command], cwd=CRON.parent, env={"PATH": path}, check=True)
        assert (tmp_path / "mine").read_text(encoding="utf-8") == expected


@SYSTEMD
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Systemd's own check has nothing to say, the program's path aside."""
    for path in [*SERVICES, *STARTERS]:
        text = path.read_text(encoding="utf-8").replace("/opt/inventory-sync/bin/inventory-sync", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = analysed("verify", *sorted(tmp_path.iterdir()))
    assert (done.returncode, done.stderr) == (0, "")


@SYSTEMD
@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_is_as_closed_as_it_can_be(path: Path) -> None:
    """Systemd counts what a service could do beyond its work: 1.5 of 10 at most."""
    done = analysed("security", "--offline=true", "--no-pager", path)
    found = EXPOSED.search(done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= 1.5
