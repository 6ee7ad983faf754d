"""A workbook that is no .xlsx -> a spool of rows, in a child process of its own with limits.

    python -m sync.books.child KIND MEMORY SECONDS FILE_BYTES [ENCODING] <workbook >spool

Each kind has a module here with one function, which this child calls once its limits are set:

    def sheets(stream: BinaryIO) -> Iterator[SheetContent]

`stream` is the workbook as a plain file, open for reading and seekable; kinds that may not say in which encoding they
are take one that a person declared as a second argument. Every sheet is yielded, hidden ones too, in the order of the tabs; `info.part`
may be "". Rows come in the order of their numbers, cells in that of their columns, cells that hold nothing not at all.
What can be said in words is raised as SetAside; whatever else `foreign.FOREIGN` lists may simply be raised and becomes
"damaged or cut off". Texts and faults are those of `shown.shown`.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.books.shapes import SheetContent

MODULES = {"xls": "xls", "xlsb": "xlsb", "ods": "ods", "html": "html", "xml": "xml2003"}
IN_CODE_PAGES = {"html", "xls"}  # kinds that may not say in which encoding they are
TOO_MUCH = (
    "Reading the workbook takes more memory than any stock file needs. "
    "Save the sheet that is meant as .xlsx or as CSV UTF-8."
)


def main(kind: str, memory: str, seconds: str, file_bytes: str, encoding: str | None = None) -> None:
    """Convert what comes on stdin; the only way out is the spool on stdout."""
    limit(int(memory), int(seconds), int(file_bytes))
    with os.fdopen(os.dup(1), "w+b") as spool, os.fdopen(0, "rb", closefd=False) as stream:
        os.dup2(2, 1)  # a library that prints must not print into the spool
        _convert(kind, stream, spool, encoding)


def limit(memory: int, seconds: int, file_bytes: int) -> None:
    """Give up all that converting a workbook does not need, before any of it is looked at."""
    _lower(resource.RLIMIT_AS, _size() + memory)
    _lower(resource.RLIMIT_CPU, seconds, and_then=1)
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(which: int, wanted: int, *, and_then: int = 0) -> None:
    """Lower a limit for good; `and_then`: how much later the kernel gives no warning any more."""
    _, hard = resource.getrlimit(which)
    top = wanted + and_then if hard == resource.RLIM_INFINITY else min(wanted + and_then, hard)
    resource.setrlimit(which, (min(wanted, top), top))


def _size() -> int:
    """Tell how much address space this process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 64 << 20  # a guess, where the system does not tell
    return pages * resource.getpagesize()


def _convert(kind: str, stream: BinaryIO, spool: BinaryIO, encoding: str | None) -> None:
    from sync.books import spool as spooling  # noqa: PLC0415 - nothing is imported before the limits are set
    from sync.books.foreign import border  # noqa: PLC0415 - likewise
    from sync.errors import SetAside  # noqa: PLC0415 - likewise

    try:
        with border():
            spooling.write(_sheets(kind, stream, encoding), spool)
    except SetAside as error:
        spooling.refuse(error.problems, spool)
    except MemoryError:
        spooling.refuse([TOO_MUCH], spool)


def _sheets(kind: str, stream: BinaryIO, encoding: str | None) -> Iterator[SheetContent]:
    from importlib import import_module  # noqa: PLC0415 - likewise

    sheets = import_module(f"sync.books.{MODULES[kind]}").sheets
    declared = (encoding,) if encoding and kind in IN_CODE_PAGES else ()
    found: Iterator[SheetContent] = sheets(stream, *declared)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
