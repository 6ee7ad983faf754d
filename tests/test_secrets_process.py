"""SE: what a running process shows of itself, what it leaves behind, and a key that changes meanwhile."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import GOOD, KEY, ROWS
from tests.processes import ended, started
from tests.wires import Shop, answer, is_silent, says, serving

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.desks import Desk

NO = says(answer(b'{"detail": "Invalid API key"}', "401 Unauthorized"))


def open_umask() -> None:
    """Take nothing away from the modes of new files."""
    os.umask(0)


@contextmanager
def waiting(desk: Desk, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Give a run in the middle of its only request; the tenant's port is that of the configuration."""
    shop = Shop(is_silent)
    desk.configure({"url": shop.origin, "timeout": 60})
    with serving(shop), started(desk, "run", desk.file(ROWS), **more) as process:
        assert shop.asked.wait(20)
        yield process
        process.kill()


def test_what_others_see_of_a_process_has_no_key_and_no_core(desk: Desk) -> None:
    """SE03: not in the command line that `ps` shows; a crash would leave no picture of the memory."""
    with waiting(desk) as process:
        about = Path(f"/proc/{process.pid}")
        assert KEY.encode() not in (about / "cmdline").read_bytes()
        cores = next(line for line in (about / "limits").read_text().splitlines() if "core" in line)
        assert cores.split()[4:6] == ["0", "0"]
        process.send_signal(signal.SIGABRT)
        assert process.wait(20) == -signal.SIGABRT
    assert list(desk.folder.rglob("core*")) == []


def test_whatever_the_umask_others_may_read_nothing(desk: Desk) -> None:
    """SE08: ledger, -wal, -shm and staged files of a run under way: 0640 or tighter, folders 0750; likewise at its end."""
    with waiting(desk, preexec_fn=open_umask):
        during = {path.name for path in (desk.folder / "state").rglob("*")}
        assert {"ledger.db-wal", "ledger.db-shm", "send"} <= during
        assert open_to_others(desk) == []
    again = Shop(port=int(url_of(desk).rpartition(":")[2]))
    with serving(again):
        assert ended(desk, "resume", limits=open_umask).returncode == 1
    assert any((desk.folder / "rejects").iterdir())
    assert open_to_others(desk) == []


def test_the_other_commands_leave_nothing_to_others_either(desk: Desk) -> None:
    """SE08: the practice tenant, an export, a folder of `init`, a log of errors."""
    assert ended(desk, "run", desk.file(ROWS), limits=open_umask).returncode == 1
    assert (
        ended(desk, "stock", "export", desk.folder / "state" / "all.xlsx", limits=open_umask).returncode == 0
    )
    assert ended(desk, "init", desk.folder / "state" / "new", limits=open_umask).returncode == 0
    names = {path.name for path in (desk.folder / "state").rglob("*")}
    assert {"sandbox.db", "all.xlsx", "inventory-sync.yaml"} <= names
    assert open_to_others(desk) == []


def url_of(desk: Desk) -> str:
    """Tell where the configuration sends to."""
    configured: str = json.loads((desk.folder / "inventory-sync.yaml").read_text())["tenant"]["url"]
    return configured


def open_to_others(desk: Desk) -> list[str]:
    """List what is not 0640, or 0750 for folders, or tighter."""
    ours = [path for name in ("state", "rejects") for path in (desk.folder / name).rglob("*")]
    return [
        str(path)
        for path in (desk.folder / "state", *ours)
        if path.stat().st_mode & (0o027 if path.is_dir() else 0o137)
    ]


@pytest.mark.parametrize("place", ["file", "credential"])
def test_a_key_that_is_changed_in_mid_run_is_read_by_the_next_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """SE05, SE06: after the tenant's 401 the rest is pending; a new key in the same place, and `resume` ends with 0."""
    path = desk.folder / "api_key"
    path.write_text("old-key-0123456789\n")
    path.chmod(0o600)
    at, value = {
        "file": ("INVENTORY_SYNC_API_KEY_FILE", str(path)),
        "credential": ("CREDENTIALS_DIRECTORY", str(desk.folder)),
    }[place]
    monkeypatch.setenv(at, value)
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", "never-used-0123456789")
    shop = Shop()
    shop.scripts = [shop.takes, NO]
    desk.configure({"url": shop.origin, "workers": 1, "batch_rows": 1, "batch_rows_max": 1})
    with serving(shop):
        report = desk.report("run", desk.file([*GOOD, ("A", "S3", "7")]))
        assert (report["status"], report["rows"]["accepted"], report["rows"]["pending"]) == ("refused", 1, 2)
        path.write_text("new-key-0123456789\n")
        assert desk("resume").code == 0
    used = [line for request in shop.requests for line in request.split(b"\r\n") if b"-key-" in line]
    assert [b"old" in line for line in used] == [True, True, False, False]
    assert shop.stock == {"S1": 5, "S2": 6, "S3": 7}
