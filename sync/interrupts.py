"""SIGINT, SIGTERM and SIGHUP in a process that is ours from its start: told to end, it ends at once, with one line and code 130.

Nothing is raised: an exception in the middle of a library's import, or of Python's own end, turns into another one or is lost.
What is on disk is then as after a crash, and everything here can be stopped by one. `sync.deliver` settles first what is
under way. Imports next to nothing, so that the first lines of the program already stand under it.
"""

import os
import signal
import sys

CODE = 130
TOLD_TO_END = "interrupted; what was not settled stays pending, and the next run or `inventory-sync resume` goes on with it"
DOCUMENT = f'{{"exit_code": {CODE}, "runs": [], "problems": ["{TOLD_TO_END}"]}}\n'
SIGNS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_taken: list[signal.Signals] = []  # empty in a process that is somebody else's, as in tests
_noted: list[int] = []
_heeded: list[int] = []


def end_at_once() -> None:
    """Let a signal end this process; one that is ignored, as under nohup, stays so."""
    for sign in SIGNS:
        if signal.getsignal(sign) is not signal.SIG_IGN:
            signal.signal(sign, _end)
            _taken.append(sign)


def raise_instead() -> None:
    """From now on a signal raises KeyboardInterrupt: for what is there to be interrupted, as a server is."""
    for sign in _taken:
        signal.signal(sign, signal.default_int_handler)


def ignore() -> None:
    """From now on the exit code is decided: a signal only keeps from waiting for who reads the report."""
    for sign in _taken:
        signal.signal(sign, _note)


def ignore_to_the_end() -> None:
    """All is said: even Python's own end, which takes handlers away, is not disturbed any more."""
    for sign in _taken:
        signal.signal(sign, signal.SIG_IGN)


def told() -> bool:
    """Tell whether a signal came after the exit code was decided."""
    return bool(_noted)


def heed(sign: int) -> None:
    """Put down that a signal was taken note of, by whoever finished first what was under way."""
    _heeded.append(sign)


def begin_anew() -> None:
    """Forget what was heeded: it was meant for what came before."""
    _heeded.clear()


def heeded() -> bool:
    """Tell whether one was, so that nothing more is begun."""
    return bool(_heeded)


def _note(sign: int, _frame: object) -> None:
    _noted.append(sign)


def _end(*_: object) -> None:
    ignore_to_the_end()
    try:
        if "--json" in sys.argv:
            os.write(1, DOCUMENT.encode())
        fresh_line = "\n" if os.isatty(2) else ""  # after ^C, or a line of progress
        os.write(2, f"{fresh_line}{TOLD_TO_END}\n".encode())
    finally:  # nobody may be there to read it
        os._exit(CODE)
