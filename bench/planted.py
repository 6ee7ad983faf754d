"""Plant bugs, one at a time, in a scratch copy of the project, and see which test catches each.

    python bench/planted.py [--only WORD] [--quick] [--jobs 2]

The bugs stand in bench/bugs/*.yaml: what is done wrong, the faults of the catalogue that it stands for, the test files
that are run first, and for each source file the lines that go (`-`) and those that come in their place (`+`). Where the
first tests are green the whole suite is run; --quick leaves that out. Tests that judge the text of the code are not run.
All of them must pass as long as no bug is in. Exit code 1: a bug was missed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
BUGS = ROOT / "bench" / "bugs"
LEFT_BEHIND = (".git", ".venv", ".*_cache", ".hypothesis", ".coverage*", "__pycache__", "demo", "dist")
TEXT_ONLY = ("tests/test_house.py", "tests/test_docs.py", "tests/test_fault_table.py")
ABOUT = {"bug", "faults", "tests"}
LONGEST, LONGEST_WHOLE = 400, 2_400  # seconds for a run of tests; a bug may well make one wait for ever
PASSED = 0  # exit code of pytest
NAMED = re.compile(r"^(?:FAILED|ERROR) (\S+?\.py::.+?)(?: - .*)?$", re.MULTILINE)
HANGS = "a test that then waits for ever"
Change = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bug:
    """One thing done wrong: for each file the texts that take the place of others."""

    theme: str
    name: str
    faults: str
    tests: list[str]
    changes: dict[str, list[Change]]


class MisfitError(Exception):
    """The bug cannot be planted as it is described."""


def bugs() -> Iterator[Bug]:
    """Read all bugs."""
    for path in sorted(BUGS.glob("*.yaml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")):
            tests = [f"tests/{name}" for name in item["tests"].split()]
            changes = {name: list(_changes(item[name])) for name in item.keys() - ABOUT}
            yield Bug(path.stem, item["bug"], item["faults"], tests, changes)


def _changes(lines: str) -> Iterator[Change]:
    """Give what goes and what comes: lines with `-`, and the lines with `+` that follow them."""
    for found in re.finditer(r"((?:^-.*\n)+)((?:^\+.*\n)*)", lines, re.MULTILINE):
        old, new = (re.sub(r"^[-+]", "", part, flags=re.MULTILINE) for part in found.groups())
        yield old, new


@contextmanager
def planted(bug: Bug, copy: Path) -> Iterator[None]:
    """Have the bug in the copy; afterwards it is out again."""
    sound = {copy / name: (copy / name).read_text(encoding="utf-8") for name in bug.changes}
    try:
        for path, text in sound.items():
            _write(path, changed(text, bug, path.relative_to(copy).as_posix()))
        yield
    finally:
        for path, text in sound.items():
            _write(path, text)


def changed(text: str, bug: Bug, name: str) -> str:
    """Give the text of a source file with the bug in it.

    Raises:
        MisfitError: the file does not have the lines that go, or has them more than once; or nothing is changed.
    """
    if not bug.changes[name]:
        raise MisfitError(f"{bug.name}: {name} has no lines that go")
    for old, new in bug.changes[name]:
        if text.count(old) != 1:
            raise MisfitError(f"{bug.name}: {name} has these lines {text.count(old)} times:\n{old}")
        text = text.replace(old, new)
    try:
        compile(text, name, "exec")
    except SyntaxError as error:
        raise MisfitError(f"{bug.name}: {error}") from None
    return text


def _write(path: Path, text: str) -> None:
    """Write a source file, and have Python compile it again: two changes may fall into one second."""
    path.write_text(text, encoding="utf-8")
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def caught_by(bug: Bug, copy: Path, *, jobs: int, quick: bool) -> str:
    """Name the test that fails because of the bug; "" where none does."""
    test = first_failure(bug, copy, bug.tests, LONGEST)
    if test or quick:
        return test
    whole = ["-n", str(jobs), *(f"--ignore={name}" for name in TEXT_ONLY)]
    test = first_failure(bug, copy, whole, LONGEST_WHOLE)
    if test and test != HANGS and run_tests(copy, [test], LONGEST)[0] != PASSED:
        print(f"{test} fails without a bug, too: what comes after it was not run")
        return ""
    return test


def first_failure(bug: Bug, copy: Path, tests: list[str], longest: int) -> str:
    """Run tests with the bug planted; name the one that fails."""
    with planted(bug, copy):
        code, said = run_tests(copy, tests, longest)
    if code is None:
        return HANGS
    if code == PASSED:
        return ""
    for name in NAMED.findall(said):
        return str(name)
    raise MisfitError(f"{bug.name}: the tests did not run\n{said[-3000:]}")


def must_pass(copy: Path, tests: list[str]) -> None:
    """Settle that tests pass without any bug: what fails anyway catches none."""
    code, said = run_tests(copy, tests, LONGEST_WHOLE)
    if code != PASSED:
        raise MisfitError(f"these tests fail without a bug, too:\n{said[-3000:]}")


def run_tests(copy: Path, tests: list[str], longest: int) -> tuple[int | None, str]:
    """Run tests in the copy till one fails; give pytest's exit code (None: it did not end) and what it said."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "--tb=short", "-p", "no:randomly", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "CI": "1"}  # the same examples each time
    with subprocess.Popen(
        command,
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=longest)
        except subprocess.TimeoutExpired:
            return None, ""
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
    return running.returncode, said


def main() -> int:
    """Plant each bug, and print who caught it."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--only", default="", help="plant only bugs with this in their name, faults or file")
    options.add_argument("--quick", action="store_true", help="run no more than the first tests of each bug")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    os.nice(10)
    chosen = [bug for bug in bugs() if given.only.lower() in f"{bug.theme} {bug.name} {bug.faults}".lower()]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        for bug in chosen:
            with planted(bug, copy):  # all must fit, before the first is waited for
                pass
        must_pass(copy, sorted({test for bug in chosen for test in bug.tests}))
        for bug in chosen:
            started = time.monotonic()
            test = caught_by(bug, copy, jobs=given.jobs, quick=given.quick).removeprefix("tests/")
            missed += not test
            print(f"{'caught' if test else 'MISSED'}  {bug.name} ({bug.faults})", flush=True)
            print(f"        {test or 'by no test'}, {time.monotonic() - started:.0f} s", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} bugs were caught")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MisfitError as misfit:
        sys.exit(str(misfit))
