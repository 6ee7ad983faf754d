from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup
from sync.yamlfile.document import LARGEST, parse, plain, read

if TYPE_CHECKING:
    from pathlib import Path


def problems(text: str) -> list[str]:
    with pytest.raises(FixSetup) as caught:
        parse(text, "f.yaml")
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ("", None),
    ],
)
def test_core_rules_make_values(written: str, value: object) -> None:
    """Numbers, truth and null are read by the core rules of YAML 1.2."""
    assert plain(written) == value


@pytest.mark.parametrize(
    "written", ["yes", "NO", "01", "1_000", "0o7", "0x1F", ".inf", ".nan", "1:30", "9" * 19, "."]
)
def test_everything_else_is_text(written: str) -> None:
    """What YAML 1.1 or Python would still take for a number or a truth value is text."""
    assert plain(written) == written


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("title: *x", "f.yaml:1:8: `*` has a meaning in YAML"),
        ("title: *.csv", "f.yaml:1:9: is not YAML (while scanning an alias"),
        ("title: &a b", "f.yaml:1:8: `&` has a meaning in YAML"),
        ("title: !!python/object/apply:os.system [ls]", "f.yaml:1:8: `!` has a meaning in YAML"),
        ("title: !!str 1", "f.yaml:1:8: `!` has a meaning in YAML"),
        ("title: t\n\tmany: 1", "f.yaml:2:1: is indented with a tab"),
        ("title: @x", "f.yaml:1:8: is not YAML (while scanning for the next token"),
        ("title: a: b", "f.yaml:1:9: is not YAML (mapping values are not allowed"),
        ("title: [a\n", "f.yaml:1:8: is not YAML (while parsing a flow sequence"),
        ("title: 'a\nmany: 1\n", "f.yaml:1:8: is not YAML (while scanning a quoted scalar"),
        ("a\n---\nb", "f.yaml:2:1: a second document starts here"),
        ("a: " + "[" * 5000, "f.yaml:1:23: is nested too deeply"),
        ("title: \x01", "f.yaml: is not YAML: unacceptable character"),
    ],
)
def test_what_is_not_our_yaml_is_refused_with_its_place(text: str, part: str) -> None:
    """Syntax errors, tags, anchors and aliases are told with line and column, and nothing is run."""
    (problem,) = problems(text)
    assert problem.startswith(part)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: @x", "quote a text"),
        ("a: *.csv", "quote a text"),
        ("a: & b", "quote a text"),
        ("a: b: c", "look at indentation"),
    ],
)
def test_a_syntax_error_says_what_to_do(text: str, hint: str) -> None:
    """A sign that YAML takes for itself wants quotes; everything else wants a look at the line."""
    assert hint in problems(text)[0]


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    """No alias is ever followed."""
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    start = time.monotonic()
    assert len(problems("\n".join(lines))) > 40
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\nmany: \xfcx", "f.yaml:2:7: is not UTF-8"),
        (b"#" * (LARGEST + 1), "is larger than 1,000,000 bytes"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    """Wrong encoding, wrong size and no file at all are told with the file's name."""
    path = tmp_path / "f.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FixSetup, match=sentence) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A path that names a folder is told so."""
    with pytest.raises(FixSetup, match="Is a directory"):
        read(tmp_path)
