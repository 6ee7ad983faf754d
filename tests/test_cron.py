"""What stands in cron/ only calls the command line: it parses, holds no key, and systemd knows every word of it."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from sync.cli import main

CRON = Path(__file__).parent.parent / "cron"
SERVICES = sorted(CRON.glob("*.service"))
TIMERS = sorted(CRON.glob("*.timer"))
JOB = re.compile(r"((?:[0-9*/,-]+\s+){5})(\S.*)")
SETTING = re.compile(r"([A-Z_]+)=(.+)")
KEY_IN_CLEAR = re.compile(r"API_KEY=|--api-key|X-API-Key|SetCredential|\b[A-Za-z0-9_-]{32,}\b", re.IGNORECASE)
KNOWN = {
    "Unit": {"Description", "Documentation", "Wants", "After"},
    "Install": {"WantedBy"},
    "Timer": {"OnCalendar", "RandomizedDelaySec", "AccuracySec", "Persistent", "Unit"},
    "Service": {
        *(
            "Type",
            "User",
            "ExecStart",
            "Environment",
            "LoadCredential",
            "StateDirectory",
            "StateDirectoryMode",
        ),
        *("SuccessExitStatus", "TimeoutStopSec", "UMask", "NoNewPrivileges", "ProtectSystem", "ProtectHome"),
        *("PrivateTmp", "PrivateDevices", "ProtectClock", "ProtectControlGroups", "ProtectHostname"),
        *("ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "RestrictAddressFamilies"),
        *("RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"),
        *("SystemCallArchitectures", "CapabilityBoundingSet"),
    },
}


def crontab() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Read the crontab: its settings, and its jobs as (when, command). Any other line is an error."""
    settings: dict[str, str] = {}
    jobs: list[tuple[str, str]] = []
    for line in (CRON / "crontab").read_text(encoding="utf-8").splitlines():
        if job := JOB.fullmatch(line):
            jobs.append((job[1].strip(), job[2]))
        elif setting := SETTING.fullmatch(line):
            settings[setting[1]] = setting[2]
        else:
            assert not line or line.startswith("#"), f"cron takes this for no line of its own: {line}"
    return settings, jobs


def unit(path: Path) -> configparser.RawConfigParser:
    """Read a unit; a doubled section or key is an error."""
    parser = configparser.RawConfigParser(delimiters="=", comment_prefixes=("#", ";"), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep upper case
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def words(command: str) -> list[str]:
    """Split a command line, taking off the shell that a unit needs for patterns of file names."""
    argv = shlex.split(command)
    if argv[:2] == ["/bin/sh", "-c"]:
        argv = shlex.split(argv[2])
    return argv[1:] if argv[0] == "exec" else argv


def commands() -> list[str]:
    """Every command line in cron/."""
    return [command for _, command in crontab()[1]] + [
        unit(path)["Service"]["ExecStart"] for path in SERVICES
    ]


def parse(command: str, existing: Path) -> tuple[str, dict[str, object]]:
    """Parse as the program does, without running; absolute paths stand for a file that is there."""
    program, *args = words(command)
    assert Path(program).name == "inventory-sync"
    args = [str(existing) if word.startswith("/") else word for word in args]
    with main.make_context(program, args) as outer:
        name, chosen, rest = main.resolve_command(outer, [*outer._protected_args, *outer.args])
        assert chosen is not None
        with chosen.make_context(name, rest, parent=outer) as inner:
            return str(name), inner.params


@pytest.fixture
def existing(tmp_path: Path) -> Path:
    """Give a file that is there."""
    path = tmp_path / "there.csv"
    path.touch()
    return path


@pytest.mark.parametrize("command", commands())
def test_every_command_parses(command: str, existing: Path) -> None:
    """The command line knows every command, option and argument that cron/ uses."""
    name, params = parse(command, existing)
    assert name in {"run", "resume"}
    assert params


@pytest.mark.parametrize(
    "wrong", ["run --api-key k /srv/x.csv", "run", "resume --nightly", "sync /srv/x.csv"]
)
def test_a_wrong_command_is_seen(wrong: str, existing: Path) -> None:
    """The check above fails for an option, a command or a missing argument that the command line does not take."""
    with pytest.raises(click.UsageError):
        parse(f"inventory-sync {wrong}", existing)


def test_crontab_and_timers_do_the_same() -> None:
    """Both run once a night and resume every 15 minutes."""
    from_cron = [(when, words(command)[1]) for when, command in crontab()[1]]
    assert from_cron == [("15 2 * * *", "run"), ("*/15 * * * *", "resume")]
    from_timers = {
        unit(timer)["Timer"]["OnCalendar"]: words(
            unit(timer.with_suffix(".service"))["Service"]["ExecStart"]
        )[1]
        for timer in TIMERS
    }
    assert from_timers == {"*-*-* 02:15:00": "run", "*:0/15": "resume"}


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


@pytest.mark.parametrize("path", [*SERVICES, *TIMERS], ids=lambda path: path.name)
def test_systemd_knows_every_key(path: Path) -> None:
    """Each unit has only sections and keys that systemd has; it would ignore the others with a warning."""
    parsed = unit(path)
    assert not [(name, key) for name in parsed.sections() for key in parsed[name] if key not in KNOWN[name]]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_end_well_and_are_stopped_gently(path: Path) -> None:
    """Rejected, held and busy are no failures; a stop leaves time to settle what is in flight; the key is a credential."""
    service = unit(path)["Service"]
    assert service["Type"] == "oneshot"
    assert service["SuccessExitStatus"].split() == ["1", "3", "75"]
    assert int(service["TimeoutStopSec"]) >= 30
    assert service["LoadCredential"] == "api_key:/etc/inventory-sync/api_key"


def test_services_share_user_state_and_key() -> None:
    """Run and resume differ in their command alone, so that they see the same ledger under the same lock."""
    run, resume = (dict(unit(path)["Service"], ExecStart="") for path in SERVICES)
    assert run == resume


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_each_timer_starts_its_own_service(path: Path) -> None:
    """A timer names the service beside it, and is enabled with the other timers."""
    timer = unit(path)
    assert timer["Timer"]["Unit"] == path.with_suffix(".service").name
    assert path.with_suffix(".service") in SERVICES
    assert timer["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Systemd's own check has nothing to say, the program's path aside."""
    for path in [*SERVICES, *TIMERS]:
        text = path.read_text(encoding="utf-8").replace("/opt/inventory-sync/bin/inventory-sync", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    verify = [str(shutil.which("systemd-analyze")), "verify", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
