"""The service files that are installed, held against this configuration: who starts what, with which key, and what it may write."""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from sync.config.key import CREDENTIAL, FILE
from sync.run.doctor.folders import is_there, owner
from sync.run.doctor.jobs import Job, of_cron
from sync.run.doctor.units import is_started, of_systemd
from sync.run.finding import doubtful, fine, wrong
from sync.watcher.tree import INBOX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.config import Settings
    from sync.run.finding import Finding

NAME = "services"
INSTALL = "install what cron/ has (`inventory-sync init DIR` makes files for its folder; their heads say how)"
MEND = "edit it, then: systemctl daemon-reload"
HOMES = ("/home", "/root", "/run/user")
PASSING = ("/tmp", "/var/tmp")  # noqa: S108 - hidden from a service, which has its own
STATES = Path("/var/lib")


def key_file(environ: Mapping[str, str], config: Path | None) -> Path | None:
    """Give the file of the key that the services of this configuration have."""
    units, jobs = _ours(of_systemd(environ), config), _ours(of_cron(environ), config)
    named = [*map(_loaded, units), *(job.environ.get(FILE) for job in (*units, *jobs))]
    return next((Path(name) for name in named if name), None)


def services(settings: Settings, environ: Mapping[str, str], config: Path | None) -> Iterator[Finding]:
    """Examine what starts the program by itself."""
    units, jobs = _ours(of_systemd(environ), config), _ours(of_cron(environ), config)
    found = [one for job in units for one in _of_unit(job, settings, environ)]
    found += [one for job in jobs for one in (*_program(job), *_key_of_cron(job, settings))]
    places = ", ".join(dict.fromkeys(job.place for job in (*units, *jobs)))
    if found:
        yield from dict.fromkeys(found)
    elif places:
        yield fine(NAME, f"{places}: fits this configuration")
    elif settings.is_sandbox:
        yield fine(NAME, "none is installed for this configuration: nothing runs by itself")
    else:
        yield doubtful(NAME, "none is installed for this configuration: nothing runs by itself", INSTALL)


def _ours(jobs: Iterator[Job], config: Path | None) -> list[Job]:
    """Leave out the services of other configurations."""
    return [job for job in jobs if config and _real(job.config) == _real(config)]


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _of_unit(job: Job, settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    yield from _program(job)
    yield from _user(job, settings)
    yield from _credential(job, settings)
    yield from _may_write(job, settings)
    yield from _hidden(job, settings)
    if not is_started(job, environ):
        words = f"{job.place}: nothing starts it"
        yield doubtful(NAME, words, "enable it, or its timer: systemctl enable --now NAME, as its head says")


def _program(job: Job) -> Iterator[Finding]:
    if job.program is None:
        words = f"{job.place}: it calls {job.argv[0]}, and there is no such program"
        yield wrong(NAME, words, "write there where it is; type: command -v inventory-sync")


def _user(job: Job, settings: Settings) -> Iterator[Finding]:
    name = _one(job, "User")
    if name is None:
        yield doubtful(NAME, f"{job.place}: it runs as root", f"set User= there; {MEND}")
        return
    try:
        uid = int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid
    except KeyError:
        remedy = f"type, as root: useradd --system --shell /usr/sbin/nologin {name}"
        yield wrong(NAME, f"{job.place}: there is no user {name}, who it is to run as", remedy)
        return
    inbox = settings.watch.root / INBOX
    for place, shut in ((settings.state, _is_anothers), (inbox, _is_shut)):
        if is_there(place) and shut(place.stat(), uid, name):
            words = f"{job.place}: it runs as {name}, who cannot write to {place}, which belongs to {owner(place.stat().st_uid)}"
            yield wrong(NAME, words, f"type, as root: chown -R {name}: {shlex.quote(str(place))}")


def _is_anothers(told: os.stat_result, uid: int, _name: str) -> bool:
    """Tell whether a folder whose files are closed to everybody but their owner belongs to another user."""
    return told.st_uid != uid


def _is_shut(told: os.stat_result, uid: int, name: str) -> bool:
    """Tell whether a user may not write to a folder, as its owner, by a group, or as everybody may."""
    if told.st_uid == uid:
        return not told.st_mode & stat.S_IWUSR
    groups = {group.gr_gid for group in grp.getgrall() if name in group.gr_mem}
    groups |= {user.pw_gid for user in pwd.getpwall() if user.pw_uid == uid}
    return not told.st_mode & (stat.S_IWGRP if told.st_gid in groups else stat.S_IWOTH)


def _credential(job: Job, settings: Settings) -> Iterator[Finding]:
    path = _loaded(job)
    if path is None:
        if not settings.is_sandbox and FILE not in job.environ:
            words = f"{job.place}: it is given no key"
            yield wrong(NAME, words, f"add LoadCredential={CREDENTIAL}:/PATH/TO/THE/KEY; {MEND}")
    elif path.startswith("/") and _is_missing(Path(path)):
        words = f"{job.place}: the file of the key, {path}, is not there, and without it nothing is started"
        yield wrong(NAME, words, f"put the key there, alone: (umask 077; cat > {shlex.quote(path)})")


def _loaded(job: Job) -> str | None:
    """Give the file of the key that systemd gives to a service."""
    lines = job.settings.get("LoadCredential", ())
    return dict(line.partition(":")[::2] for line in lines).get(CREDENTIAL)


def _is_missing(path: Path) -> bool:
    """Tell whether a file is not there, as far as this user may see."""
    above = next(place for place in path.parents if os.path.lexists(place))
    return os.access(above, os.X_OK) and not is_there(path)


def _may_write(job: Job, settings: Settings) -> Iterator[Finding]:
    """Find what the service must write to and may not, in a system that it may only read."""
    if _one(job, "ProtectSystem") != "strict":
        return
    given = [word for line in job.settings.get("ReadWritePaths", ()) for word in shlex.split(line)]
    given += [str(STATES / word) for line in job.settings.get("StateDirectory", ()) for word in line.split()]
    may = [_real(Path(word.lstrip("-+"))) for word in given]
    needed = [settings.state, *([settings.watch.root] if "watch" in job.argv else [settings.rejects])]
    if settings.metrics_file:
        needed.append(settings.metrics_file.parent)
    shut = [place for place in needed if not any(_real(place).is_relative_to(one) for one in may)]
    if shut:
        words = f"{job.place}: it may not write to {', '.join(map(str, shut))}"
        yield wrong(
            NAME, words, f"add to ReadWritePaths= what is missing, or set it in the configuration; {MEND}"
        )


def _hidden(job: Job, settings: Settings) -> Iterator[Finding]:
    """Find what is hidden from the service and it needs."""
    program = [job.program, _real(job.program)] if job.program else []
    needed = [job.config, settings.state, settings.mappings, settings.watch.root, *program]
    rules = (("ProtectHome", ("yes", "true", "tmpfs"), HOMES), ("PrivateTmp", ("yes", "true"), PASSING))
    for key, hides, places in rules:
        inside = [path for path in needed if any(path.is_relative_to(place) for place in places)]
        if _one(job, key) in hides and inside:
            words = f"{job.place}: {key}= hides {', '.join(map(str, dict.fromkeys(inside)))} from it"
            better = "ProtectHome=read-only" if key == "ProtectHome" else "PrivateTmp=no"
            yield wrong(NAME, words, f"set {better} there, or move what it needs elsewhere; {MEND}")


def _one(job: Job, key: str) -> str | None:
    values = job.settings.get(key) or (None,)
    return values[-1]


def _key_of_cron(job: Job, settings: Settings) -> Iterator[Finding]:
    path = job.environ.get(FILE)
    if path is None and not settings.is_sandbox:
        words = f"{job.place}: it names no file of the key, and cron gives nothing of your environment"
        yield wrong(NAME, words, f"add a line above the job: {FILE}=/PATH/TO/THE/KEY")
    elif path is not None and not settings.is_sandbox and _is_missing(Path(path)):
        words = f"{job.place}: the file of the key, {path}, is not there"
        yield wrong(NAME, words, f"put the key there, alone: (umask 077; cat > {shlex.quote(path)})")
