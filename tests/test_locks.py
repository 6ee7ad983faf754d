"""What is installed: every package pinned with its hash, and no more of them than are needed."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))
IMPORTED_AS = {"pyyaml": "yaml"}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_hashed_pins_and_nothing_else(lock: Path) -> None:
    """Every line of a lock is a pin or a hash: no address, no option, no path."""
    line = re.compile(
        r"[a-z0-9-]+(\[[a-z,]+\])?==[\w.]+( ; [\w.' <>=!]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    assert [text for text in lock.read_text(encoding="utf-8").splitlines() if not line.fullmatch(text)] == []


def test_the_locks_hold_all_that_we_ask_for() -> None:
    """What pyproject.toml asks for is pinned: what a user needs in one file, what we need beside it in the other."""
    needed, pinned = _pinned("requirements"), _pinned("requirements-dev")
    assert {_bare(text) for text in PROJECT["dependencies"]} | {"hatchling", "editables"} <= needed
    assert {_bare(text) for text in PROJECT["optional-dependencies"]["dev"]} <= pinned - needed


def test_an_extra_that_a_package_asks_of_another_is_pinned_with_it() -> None:
    """Without its extra the pin is none for pip, which takes the newest instead, and then misses its hash."""
    pins = "".join(lock.read_text(encoding="utf-8") for lock in LOCKS)
    needed = _pinned("requirements") | _pinned("requirements-dev")
    asked = [
        wanted
        for package in distributions()
        if package.metadata["Name"].lower() in needed
        for wanted in package.requires or []
        if re.match(r"[\w.-]+\[", wanted) and "extra ==" not in wanted
    ]
    assert asked, "pytest-cov asks for coverage[toml]"
    assert [wanted for wanted in asked if f"\n{wanted.partition(']')[0]}]==" not in pins] == []


def test_every_runtime_dependency_is_needed() -> None:
    """What a user has to install is imported somewhere in the package."""
    imports = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
    used = {
        name
        for path in (ROOT / "sync").rglob("*.py")
        for name in imports.findall(path.read_text(encoding="utf-8"))
    }
    assert {IMPORTED_AS.get(_bare(text), _bare(text)) for text in PROJECT["dependencies"]} - used == set()


def _pinned(name: str) -> set[str]:
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", text, re.MULTILINE))


def _bare(requirement: str) -> str:
    return re.split(r"[<>=~!\[]", requirement)[0].strip().lower()
