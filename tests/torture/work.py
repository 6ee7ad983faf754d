"""Points -> what came of them, examined by processes of their own: the one that forks must have a single thread."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.torture.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import Self

Found = dict[str, Any]


class Worker:
    """A rig in a process of its own; the scenes that it sets last as long as it does."""

    def __init__(self) -> None:
        self._words = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()
        self._words.close()

    def __call__(self, point: str) -> Found:
        """Examine one point; a rig that broke off says so as if it were a law."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(f"{point}\n")
            self._process.stdin.flush()
            found: Found = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            self._process.wait(60)
            self._words.seek(0)
            why = f"the rig broke off: {self._words.read()[-2000:]}"
            return {"point": point, "kills": 0, "where": [], "calls": [], "seconds": 0, "broken": [why]}
        return found


def examine(points: Sequence[str], jobs: int = 1) -> Generator[Found, None, None]:
    """Examine points, each job with a rig of its own; gives them as they are done."""
    answers: queue.Queue[Found | None] = queue.Queue()
    todo = queue.SimpleQueue[str]()
    for point in points:
        todo.put(point)
    threads = [threading.Thread(target=_job, args=(todo, answers)) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    left = jobs
    try:
        while left:
            answer = answers.get()
            left -= answer is None
            if answer is not None:
                yield answer
    finally:  # also when nobody wants the rest
        while _next(todo):
            pass
        for thread in threads:
            thread.join()


def _job(todo: queue.SimpleQueue[str], answers: queue.Queue[Found | None]) -> None:
    try:
        point = _next(todo)
        while point:
            with Worker() as examined:
                broken_off = False
                while point and not broken_off:  # a rig that broke off is replaced
                    answers.put(found := examined(point))
                    broken_off = any("the rig broke off" in law for law in found.get("broken", ()))
                    point = _next(todo)
    finally:
        answers.put(None)


def _next(todo: queue.SimpleQueue[str]) -> str | None:
    try:
        return todo.get_nowait()
    except queue.Empty:
        return None


@cache
def why_not() -> str:
    """Say why the rig cannot work on this machine; "" where it can."""
    if sys.platform != "linux":
        return "the crash rig needs Linux"
    script = "from tests.torture import syscalls; syscalls.install()"
    tried = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return tried.stderr.strip().rpartition("\n")[2] if tried.returncode else ""
