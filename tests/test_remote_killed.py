"""A fetch that is killed, at any change of the disk and at any request: the next ones bring each file once, and whole."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.remotes import Site
from tests.sftpservers import LOOPBACK, PASSWORD, USER, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a server with a folder `drop`, and an inbox."""
    (tmp_path / "server" / "drop").mkdir(parents=True)
    with serving(tmp_path / "server") as sftp:
        yield Site(tmp_path, sftp)


CHILD = """
import json, os, sys
from pathlib import Path
from sync.remote.shapes import Server, Wanted
from sync.remote.taking import fetch
server, wanted, state, at = json.loads(sys.argv[1])
server["known_hosts"] = Path(server["known_hosts"])
wanted["inbox"] = Path(wanted["inbox"])
mine, points = (wanted["inbox"].as_posix(), state), []
def watch(event, arguments):
    changes = event in {"os.link", "os.remove", "os.rename", "os.utime"} or (
        event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR) and "sftp" in str(arguments[0]))
    if changes:
        points.append(event)
        if len(points) == at:
            os._exit(9)
sys.addaudithook(watch)
fetch(Server(**server), Wanted(**wanted), Path(state), lambda: 100.0)
print(len(points))
"""


def child(site: Site, at: int = 0) -> subprocess.Popen[str]:
    """Fetch in a process of its own, that ends itself at a change of the disk."""
    server = {"host": LOOPBACK, "port": site.sftp.port, "user": USER, "password": PASSWORD}
    server["known_hosts"] = str(site.known_hosts)
    wanted = {
        "folder": "drop",
        "inbox": str(site.inbox),
        "afterwards": "move",
        "moved_to": "processed",
        "settle": 0.0,
    }
    told = json.dumps([server, wanted, str(site.state), at])
    return subprocess.Popen([sys.executable, "-c", CHILD, told], stdout=subprocess.PIPE, text=True)


FILES = {"a.csv": b"a" * 50_000, "b.csv": b"b"}


def once(site: Site) -> None:
    """After a kill: the next fetches bring what is missing, and nothing twice."""
    site.sftp.conduct.on_ask = None
    for _ in range(2):
        site.fetch(afterwards="move")
    assert site.here() == FILES
    assert site.left() == ["drop/processed/a.csv", "drop/processed/b.csv"]
    for name in FILES:
        (site.inbox / name).unlink()  # taken by the pass
    assert site.fetch(afterwards="move").brought == ()
    assert site.here() == {}


@pytest.mark.parametrize("at", range(1, 19))
def test_killed_at_any_change_of_the_disk_each_file_comes_once(site: Site, at: int) -> None:
    """CR01: whatever was the last that a killed fetch did here, each file comes once and whole."""
    for name, content in FILES.items():
        site.put(f"drop/{name}", content)
    with child(site, at) as process:
        process.communicate()
    assert process.returncode == 9
    once(site)


@pytest.mark.parametrize("at", range(1, 16))
def test_killed_at_any_request_each_file_comes_once(site: Site, at: int) -> None:
    """CR01: likewise for what it was doing on the server."""
    for name, content in FILES.items():
        site.put(f"drop/{name}", content)
    asked: list[str] = []

    def kill(what: str) -> None:
        asked.append(what)
        if len(asked) == at:
            process.kill()
            process.wait()

    site.sftp.conduct.on_ask = kill
    with child(site) as process:
        process.communicate()
    assert process.returncode == -9
    once(site)
