"""Threads that post bodies and hand the replies back; they decide nothing and touch no file."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.replies import Reply

Task = TypeVar("Task")


class Workers(Generic[Task]):
    """A few daemon threads, so that a process told to end need not wait for a tenant that is silent."""

    def __init__(self, post: Callable[[bytes], Reply], count: int) -> None:
        self._post = post
        self._bodies: queue.SimpleQueue[tuple[Task, bytes] | None] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[tuple[Task, Reply | BaseException]] = queue.SimpleQueue()
        self._count = count
        for number in range(count):
            threading.Thread(target=self._work, name=f"post-{number}", daemon=True).start()

    def give(self, task: Task, body: bytes) -> None:
        """Have a body posted."""
        self._bodies.put((task, body))

    def take(self, wait: float) -> tuple[Task, Reply] | None:
        """Take the next reply, waiting at most `wait` seconds; what broke in a thread is raised here."""
        try:
            task, reply = self._replies.get(timeout=wait) if wait > 0 else self._replies.get_nowait()
        except queue.Empty:
            return None
        if isinstance(reply, BaseException):
            raise reply
        return task, reply

    def stop(self) -> None:
        """Let the threads end once they are free."""
        for _ in range(self._count):
            self._bodies.put(None)

    def _work(self) -> None:
        while (item := self._bodies.get()) is not None:
            task, body = item
            try:
                self._replies.put((task, self._post(body)))
            except BaseException as error:  # noqa: BLE001 - raised again where the run can see it
                self._replies.put((task, error))
