"""What can end a command, named by what the caller should do about it.

InventorySyncError
├── FixSetup       configuration, mapping or usage is wrong: nothing was read or sent        exit 2
├── SetAside       this file cannot be taken: unreadable, or no single mapping claims it      exit 6
├── StopAndFix     the tenant refuses the key or the request itself: rows stay pending        exit 5
├── TryLater       another run is at work                                                     exit 75
└── OurBug         numbers that do not add up, or anything else that must not happen          exit 70

A bad row is a value and never raises; only a bad file, set-up or run does.
"""

from __future__ import annotations


class InventorySyncError(Exception):
    """Carries a list of problems, each a sentence that says what is wrong, where, and what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FixSetup(InventorySyncError):
    """Configuration, mapping or usage is wrong."""


class SetAside(InventorySyncError):
    """This file cannot be taken."""


class StopAndFix(InventorySyncError):
    """The tenant refuses the key or the request itself."""


class TryLater(InventorySyncError):
    """Another run is at work on this state folder."""


class OurBug(InventorySyncError):
    """A promise that the code makes to itself is broken."""
