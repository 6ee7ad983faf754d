"""The command that takes files from the watched folder: once, or for ever."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync import interrupts
from sync.cli import console, progress, troubles, words
from sync.errors import TryLater

if TYPE_CHECKING:
    from sync.config import Settings
    from sync.run.howfar import Show
    from sync.run.watched.result import Passed

SHOWN = 5  # files of one kind
LONGEST = 300.0  # seconds after which what is pending is tried again, however often it failed
SAY_AGAIN = 3600.0  # seconds after which a trouble that lasts is told once more


@click.command()
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False))
@click.option("--once", is_flag=True, help="Make one pass and end, for cron and timers.")
@console.JSON
@console.shared
def watch(folder: Path | None, *, once: bool, as_json: bool) -> int:
    """Take files from the watched folder's inbox, send them, and put them into processed, held or failed.

    DIR is the folder that holds inbox, processed, held, failed and rejects; default: watch.root of the configuration.
    Without --once it goes on for ever, looks every watch.poll seconds, and sooner where the system tells of a new file.
    """
    settings = console.settings()
    if folder is not None:
        root = settings.watch.model_copy(update={"root": folder.absolute()})
        settings = settings.model_copy(update={"watch": root})
        for (key, *_), problem in settings.problems():
            raise click.UsageError(f"{key} {problem}")
    _require_key(settings)
    console.set_up_logging()
    shown = progress.meter()
    if not once:
        return _for_ever(settings, shown, as_json=as_json)
    from sync.run.watched.watching import one_pass

    return _told(one_pass(settings, os.environ, progress=shown), settings.watch.settle, as_json=as_json)


def _require_key(settings: Settings) -> None:
    """Settle that there is a tenant and a key for it, before a file comes; as `run` does, without what is heavy."""
    from sync.config import api_key

    if not settings.is_sandbox and settings.origin:
        api_key(os.environ)


def _told(passed: Passed, settle: float, *, as_json: bool) -> int:
    """Say what a pass came to, and give its exit code."""
    interrupts.ignore()
    _say(passed)
    if as_json:
        _print(passed, between=",\n")
    words.show(passed.reports, as_json=as_json)
    if not passed.reports and not as_json and sys.stdout.isatty():  # cron would mail it each time
        console.say(
            f"nothing to take; files that wait until they have not changed for {settle:g} s: {passed.waiting}"
        )
    return passed.code


def _print(passed: Passed, *, between: str = ", ") -> None:
    """Print one JSON document, a run at a time: there may be ten thousand."""
    left = [{"file": left.file, "why": left.why} for left in passed.left]
    click.echo(f'{{"exit_code": {passed.code}, "runs": [', nl=False)
    for number, text in enumerate(passed.reports.texts()):
        click.echo(between * bool(number) + text, nl=False)
    rest = json.dumps({"left": left, "waiting": passed.waiting}, ensure_ascii=False)
    click.echo(f"], {rest[1:]}")


def _say(passed: Passed) -> None:
    """Say what is to be said besides the runs."""
    for sentence in passed.words:
        console.complain(sentence)
    unsaid = [left for left in passed.left if not left.said]
    for left in unsaid[:SHOWN]:
        console.complain(f"{left.file}: {left.why}")
    if len(unsaid) > SHOWN:
        console.complain(f"... and {len(unsaid) - SHOWN:,} files more that stay where they are")
    if passed.bug:
        troubles.say_why(passed.bug)


def _for_ever(settings: Settings, shown: Show, *, as_json: bool) -> int:
    """Make a pass, wait, and again, until told to end; what ends one pass does not end the next."""
    from sync.run.watched.watching import one_pass
    from sync.watcher.waking import Waking

    rounds = Rounds(settings.watch.poll)
    if not as_json:
        console.say(f"watching {settings.watch.root / 'inbox'}; to end it: Ctrl-C")
    with Waking(settings.watch.root / "inbox") as waking:
        while True:
            try:
                passed = one_pass(settings, os.environ, progress=shown, resume=rounds.resume)
            except Exception as error:  # noqa: BLE001 - told in words; the next pass may do better
                rounds.failed(error)
            else:
                rounds.ended(passed, as_json=as_json)
                if passed.interrupted:
                    return interrupts.CODE
            if waking.wait(rounds.pause):
                return 0
            rounds.told_once(waking.why_not)


class Rounds:
    """What one pass hands on to the next: how long to wait, and what was said already."""

    def __init__(self, poll: float) -> None:
        self._poll, self.pause, self._failures, self._not_before = poll, poll, 0, 0.0
        self._said: tuple[str, float] = ("", 0.0)
        self._noted = False
        self._left: dict[str, float] = {}  # what was said of files that stay, and when

    @property
    def resume(self) -> bool:
        """Whether it is time to try again what is pending."""
        return time.monotonic() >= self._not_before

    def ended(self, passed: Passed, *, as_json: bool) -> None:
        """Tell about a pass, where it did something, and settle when to look again."""
        if passed.code in (4, 5):
            self._failures += 1
            self._not_before = time.monotonic() + min(self._poll * 2**self._failures, LONGEST)
        elif passed.reports:
            self._failures, self._not_before = 0, 0.0
        self.pause = self._poll if passed.next is None else min(self._poll, passed.next)
        self._say_seldom(passed)
        if as_json and (passed.reports or passed.left):
            _print(passed)
        words.show(passed.reports, as_json=as_json)

    def _say_seldom(self, passed: Passed) -> None:
        """Say what is new, and what lasts only now and then."""
        now = time.monotonic()
        texts = [f"{left.file}: {left.why}" for left in passed.left]
        self._left = {text: self._left.get(text, now - 2 * SAY_AGAIN) for text in texts}
        due = {text for text, since in self._left.items() if now - since > SAY_AGAIN}
        self._left |= dict.fromkeys(due, now)
        _say(replace(passed, left=[left for left in passed.left if f"{left.file}: {left.why}" in due]))

    def failed(self, error: Exception) -> None:
        """Say why a pass could not be made; the same trouble only now and then."""
        self.pause = self._poll
        if isinstance(error, TryLater):
            return  # another command is at work
        text, since = self._said
        if str(error) != text or time.monotonic() - since > SAY_AGAIN:
            troubles.say_why(troubles.understood(error, sys.argv[1:]))
            self._said = (str(error), time.monotonic())

    def told_once(self, why_not: str | None) -> None:
        """Say that nothing wakes us."""
        if why_not and not self._noted:
            console.complain(
                f"new files are found by looking every {self._poll:g} s: the system does not wake us ({why_not})"
            )
            self._noted = True
