"""A file that waits -> claimed and staged, or back in the inbox, or on record as one that cannot be taken."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sync.errors import FixSetup, MendMachine, is_damage, of_the_machine
from sync.ledger import runs
from sync.logs import Log
from sync.run.files import fresh_run, stage_file
from sync.run.journal import record_failure
from sync.run.snapshot import NotNowError, readable
from sync.run.soundness import require_room
from sync.run.watched.result import from_here
from sync.watcher.claiming import ChangedError, Claim, claim, give_back, open_claimed, other_names

if TYPE_CHECKING:
    from pathlib import Path

    from sync.rows import Run
    from sync.run.desk import Desk
    from sync.run.intake import Counter
    from sync.run.watched.look import Looked
    from sync.run.watched.result import Passed
    from sync.watcher.sights import Sight

OTHER_NAMES = "a file that has another name elsewhere, too (a hard link)"
log = Log()


class Taking:
    """Takes one file after the other; `mine` are the runs that it began."""

    def __init__(self, desk: Desk, seen: Looked, passed: Passed, counter: Counter) -> None:
        self._desk, self._tree, self._terms = desk, seen.tree, seen.terms
        self._passed, self._counter = passed, counter
        self.mine: set[str] = set()

    def take(self, waiting: Sight | Claim) -> tuple[Claim, Run] | None:
        """Claim and stage a file; None: it lies in the inbox, or is gone."""
        run = fresh_run(self._desk, str(self.shown(waiting)), watched=readable(str(self._tree.root)))
        if isinstance(waiting, Claim):  # a killed pass left it behind, before anything of it was on record
            run, taken = replace(run, run=waiting.run), waiting
        else:
            found = self._claimed(waiting, run)
            if found is None:
                return None
            taken = found
        staged = self._staged(taken, run)
        if staged is None:
            return None
        self.mine.add(staged.run)
        return taken, staged

    def shown(self, waiting: Sight | Claim) -> Path:
        """Name a file as staff know it."""
        return from_here(self._tree.inbox.path / waiting.key)

    def _claimed(self, sight: Sight, run: Run) -> Claim | None:
        try:
            return claim(self._tree, sight, run.run, done=self._terms.done_of(sight.name))
        except (FileNotFoundError, ChangedError):
            return None  # somebody took it away, or goes on writing
        except OSError as error:
            self._passed.leave(
                self.shown(sight),
                f"it cannot be moved out of the inbox: {error.strerror}{self._holder(sight)}",
            )
            return None

    def _holder(self, sight: Sight) -> str:
        """Say who has a file open, where a program says so by a file beside it."""
        beside = self.shown(sight).with_name(f"~${sight.name}")
        return (
            f"; somebody has it open in a program ({beside.name} lies beside it)" if beside.exists() else ""
        )

    def _staged(self, taken: Claim, run: Run) -> Run | None:
        """Judge a claimed file and put it on record."""
        try:
            kind = taken.why_not or (OTHER_NAMES if other_names(self._tree, taken) else None)
            if kind:
                return self._failed(
                    run,
                    f"{run.file}: this is not a plain file but {kind}; it was not opened. Put a copy of the file itself into the inbox",
                )
            require_room(self._desk.settings.state, 2 * taken.mark[2])
            return stage_file(
                self._desk,
                run,
                self.shown(taken),
                self._counter,
                besides=self.mine,
                opener=partial(open_claimed, self._tree, taken),
            )
        except NotNowError as error:
            give_back(self._tree, taken)
            self._passed.leave(self.shown(taken), *error.problems)
        except FixSetup as error:  # of this file alone: a mapping that is no longer there
            return self._failed(run, *error.problems)
        except Exception as error:  # noqa: BLE001 - raised again, or told at the end of the pass
            self._blame(taken, run, error)
            return self._failed(
                run,
                f"{run.file}: this file shows a bug in inventory-sync ({type(error).__name__}); nothing of it was sent. Report it with the log file",
            )
        return None

    def _blame(self, taken: Claim, run: Run, error: Exception) -> None:
        """Tell a bug that one file shows from trouble of this machine, after which no other file would go better.

        Raises:
            Exception: that trouble; the file lies in the inbox again.
        """
        on_record = runs.get(self._desk.ledger, run.run) is not None
        if isinstance(error, MendMachine) or of_the_machine(error) or is_damage(error) or on_record:
            if not on_record:
                give_back(self._tree, taken)
            raise error
        self._passed.bug = self._passed.bug or error

    def _failed(self, run: Run, *why: str) -> Run:
        return record_failure(self._desk, run, why)
