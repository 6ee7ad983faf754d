"""The house holds to its own numbers: sizes, names, start-up, and tests that can do no harm."""

from __future__ import annotations

import ast
import re
import resource
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from tests.conftest import (
    ATestMustNotReachBeyondLoopback,
    ATestMustNotWriteToTheHomeFolder,
    refuse_files_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SOURCE = sorted((ROOT / "sync").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
OURS = (".ci", "bench", "cron", "docs", "mappings", "samples", "sync", "tests")
NO_ROOM = {"common", "core", "helper", "helpers", "misc", "sync", "util", "utils"}
FRAMES = {"numpy", "openpyxl", "pandas", "pandera", "pyarrow", "schemathesis"}
HEAVY = FRAMES | {"httpx", "pydantic", "sqlite3", "starlette", "structlog", "uvicorn", "yaml"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(path: Path) -> int:
    """Count the lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


@cache
def functions(path: Path) -> tuple[Function, ...]:
    """Find every function of a file, the inner ones too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Count a function's lines, without its decorators: a command's options are a list, not logic."""
    return (function.end_lineno or 0) - function.lineno + 1


def place(path: Path, line: int) -> str:
    """Say where something is, so that an editor can go there."""
    return f"{path.relative_to(ROOT)}:{line}"


def promises(path: Path) -> list[Function]:
    """Find the tests of a file."""
    return [function for function in functions(path) if function.name.startswith("test_")]


def texts() -> Iterator[tuple[Path, str]]:
    """Read every text file that we keep in git."""
    named = (path for folder in OURS for path in (ROOT / folder).rglob("*"))
    for path in (*named, *ROOT.iterdir()):
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".coverage":
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a sample in another encoding, or a workbook


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the package as it stands here."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


def cpu_seconds(*arguments: str) -> float:
    """Measure what a command takes at best; time of the processor, so that a busy machine does not count."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run_python(*arguments).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(4))


def imported_by(*arguments: str) -> set[str]:
    """Run a command in a process of its own and tell what it imported."""
    script = (
        "import sys; from sync.cli import main\n"
        "try: main.main(args=sys.argv[1:])\n"
        "finally: print('\\n', *sys.modules, file=sys.stderr)"
    )
    ended = run_python("-c", script, *arguments)
    assert ended.returncode == 0, ended.stderr
    return {name.partition(".")[0] for name in ended.stderr.split()}


def test_no_file_is_longer_than_300_lines() -> None:
    """A room that outgrows 300 lines becomes a folder, and so does its test."""
    assert [place(path, lines(path)) for path in SOURCE + TESTS if lines(path) > 300] == []


def test_files_are_short() -> None:
    """Half of the source files have a hundred lines or fewer."""
    assert median(lines(path) for path in SOURCE) <= 100


def test_no_function_is_longer_than_a_screen() -> None:
    """No function has more than 50 lines."""
    long = [
        place(path, found.lineno)
        for path in SOURCE + TESTS
        for found in functions(path)
        if length(found) > 50
    ]
    assert long == []


def test_functions_are_short() -> None:
    """Half of the functions have nine lines or fewer, nine of ten have 28 or fewer."""
    sizes = sorted(length(found) for path in SOURCE for found in functions(path))
    assert median(sizes) <= 9
    assert sizes[len(sizes) * 9 // 10] <= 28


def test_no_function_takes_more_than_six_parameters() -> None:
    """More than six parameters are a shape that has no name yet."""
    many = [
        place(path, found.lineno)
        for path in SOURCE + TESTS
        for found in functions(path)
        if len([*found.args.posonlyargs, *found.args.args, *found.args.kwonlyargs]) > 6 + _is_method(found)
    ]
    assert many == []


def _is_method(function: Function) -> bool:
    first = [*function.args.posonlyargs, *function.args.args][:1]
    return any(argument.arg in {"self", "cls"} for argument in first)


def test_rooms_are_named_after_the_trade() -> None:
    """No room is a drawer for odds and ends, and none is called sync."""
    names = [path for path in SOURCE if {path.stem, *path.relative_to(ROOT / "sync").parts} & NO_ROOM]
    assert [place(path, 1) for path in names] == []


def test_every_file_says_what_it_turns_into_what() -> None:
    """Every source file begins with a docstring."""
    silent = [path for path in SOURCE if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert [place(path, 1) for path in silent] == []


def test_every_test_states_a_promise() -> None:
    """Every test has a docstring."""
    silent = [
        place(path, test.lineno) for path in TESTS for test in promises(path) if not ast.get_docstring(test)
    ]
    assert silent == []


def test_tests_are_short() -> None:
    """Half of the tests have ten lines or fewer."""
    assert median(length(test) for path in TESTS for test in promises(path)) <= 10


def test_every_exception_to_a_rule_has_its_reason() -> None:
    """A `noqa` or `type: ignore` names its rule and says why."""
    exception = re.compile(
        r"# (?:noqa|type: ignore)(?!: [A-Z]+\d+|\[[\w,-]+\]).*|# (?:noqa: [\w, ]+|type: ignore\[[\w,-]+\])$"
    )
    found = [
        place(path, number)
        for path in SOURCE + TESTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if exception.search(line)
    ]
    assert found == []


def test_nothing_names_the_machine_it_was_made_on() -> None:
    """No file of ours holds a path of somebody's machine or the address of a package index."""
    private = re.compile(r"/(?:root|work|home/\w+|Users/\w+)/|/s[i]mple\b|\bpypi\.org|python[h]osted")
    found = [
        place(path, text[: hit.start()].count("\n") + 1)
        for path, text in texts()
        for hit in private.finditer(text)
    ]
    assert found == []


def test_help_loads_no_library_but_click() -> None:
    """Whoever asks for help does not wait for what only a run needs."""
    assert imported_by("--help") & HEAVY == set()


def test_status_loads_no_frames(tmp_path: Path) -> None:
    """A look at the ledger does not wait for what reads and judges files."""
    assert imported_by("status", "--state", str(tmp_path / "state")) & FRAMES == set()


def test_an_idle_pass_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    """A timer that finds nothing waits neither for what reads and sends files nor for what writes a log."""
    folder = tmp_path / "shop"
    assert run_python("-m", "sync", "init", str(folder)).returncode == 0
    config = str(folder / "inventory-sync.yaml")
    needless = FRAMES | {"asyncio", "httpx", "rich", "starlette", "structlog", "uvicorn"}
    assert imported_by("watch", "--once", "--config", config) & needless == set()


def test_help_is_quick() -> None:
    """`--help` takes less than twenty times what Python itself takes to start."""
    assert cpu_seconds("-m", "sync", "--help") < 20 * cpu_seconds("-c", "pass")


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("2001:db8::1", 443)])
def test_no_test_can_reach_another_machine(address: tuple[str, int]) -> None:
    """A connection beyond loopback fails, and the name of the error says why."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(ATestMustNotReachBeyondLoopback):
        outward.connect(address)


def test_no_test_can_ask_for_another_machine() -> None:
    """Nor is the name of another host looked up."""
    with pytest.raises(ATestMustNotReachBeyondLoopback):
        socket.getaddrinfo("tenant.example", 443)


def test_loopback_is_open() -> None:
    """A test may serve and ask on this machine."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as asking,
    ):
        assert asking.getpeername() == server.getsockname()


def test_no_test_is_at_home(home: Path, request: pytest.FixtureRequest) -> None:
    """The home folder of every test is an empty one, and is looked at after every test."""
    assert Path.home() == home
    assert "_nothing_in_the_home_folder" in request.fixturenames


def test_what_a_test_leaves_at_home_is_found(tmp_path: Path) -> None:
    """A file in the home folder is an error, and the name of the error says why."""
    (tmp_path / "left").touch()
    with pytest.raises(ATestMustNotWriteToTheHomeFolder, match="left"):
        refuse_files_in(tmp_path)
