from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup
from sync.mapping.folder import load_all, load_one
from sync.mapping.lookup import read_lookup

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """version: 1
name: {name}
columns:
  location_code: {{column: Wh, lookup_file: places.csv}}
  sku_code: {{column: Item}}
  quantity: {{column: Qty}}
"""
PLAIN = TEXT.replace(", lookup_file: places.csv", "")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path) -> list[str]:
    with pytest.raises(FixSetup) as caught:
        load_all(folder)
    return [problem.replace(str(folder), "maps") for problem in caught.value.problems]


def test_every_mapping_of_the_folder_is_loaded_in_order(tmp_path: Path) -> None:
    """.yaml and .yml count in any case; hidden and other files do not."""
    for name, file in (("b", "b.yml"), ("a", "a.yaml"), ("c", "c.YAML")):
        write(tmp_path, file, PLAIN.format(name=name))
    write(tmp_path, ".hidden.yaml", "no mapping")
    write(tmp_path, "notes.txt", "no mapping")
    assert [mapping.name for mapping in load_all(tmp_path)] == ["a", "b", "c"]


def test_a_mapping_knows_its_file_and_the_hash_of_its_text(tmp_path: Path) -> None:
    """The hash is the file's own, so that anyone can check it."""
    path = write(tmp_path, "a.yaml", PLAIN.format(name="a"))
    mapping = load_one(path)
    assert mapping.path == path
    assert mapping.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_changed_lookup_file_is_a_changed_mapping(tmp_path: Path) -> None:
    """What the mapping does depends on its lookup file, so its hash does too."""
    path = write(tmp_path, "a.yaml", TEXT.format(name="a"))
    hashes = set()
    for code in ("A", "B"):
        write(tmp_path, "places.csv", f"from,to\n01,{code}\n")
        hashes.add(load_one(path).sha256)
    assert len(hashes) == 2


def test_the_lookup_file_becomes_the_lookup(tmp_path: Path) -> None:
    """Codes stay text, outer spaces go, other columns do not matter."""
    write(tmp_path, "places.csv", "\ufeffname;From;to\nx; 01 ;A-101\n\ny;NO;B;more\n")
    mapping = load_one(write(tmp_path, "a.yaml", TEXT.format(name="a")))
    assert mapping.columns.location_code.lookup == {"01": "A-101", "NO": "B"}


@pytest.mark.parametrize(
    "text", ["01,A\n02,B\n", "from,to\r\n01,A\r\n02,B", '"01"\tA\n02\tB', "to,from\nA,01\nB,02"]
)
def test_a_lookup_file_with_or_without_header(tmp_path: Path, text: str) -> None:
    """Without from and to in the first line the first two columns count from the first line on."""
    assert read_lookup(write(tmp_path, "l.csv", text))[1] == {"01": "A", "02": "B"}


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    """Two broken mappings and a broken lookup file are told at once, each with its place."""
    write(tmp_path, "a.yaml", PLAIN.format(name="A A"))
    write(tmp_path, "b.yaml", TEXT.format(name="b"))
    write(tmp_path, "c.yaml", "name: [a")
    write(tmp_path, "places.csv", "from,to\n01,A\n01,B\n02\n01,A\n")
    assert [problem.partition(": ")[0] for problem in problems(tmp_path)] == [
        "maps/a.yaml:2:7",
        "maps/b.yaml:4:44",
        "maps/b.yaml:4:44",
        "maps/c.yaml:1:7",
    ]
    assert "maps/places.csv:3: `01` stands twice, for `A` and `B`" in problems(tmp_path)[1]
    assert "maps/places.csv:4: needs two codes, from and to" in problems(tmp_path)[2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file"),
        (b"\xff\xfe", "is not UTF-8"),
        (b'from,to\n"a,b', "is not CSV"),
        (b"from,to\na," + b"x" * 256, "the code is longer than 255 characters"),
    ],
)
def test_a_lookup_file_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    """The place of the key that names it stands before it."""
    path = write(tmp_path, "a.yaml", TEXT.format(name="a"))
    if content is not None:
        (tmp_path / "places.csv").write_bytes(content)
    with pytest.raises(
        FixSetup, match=r"a.yaml:4:44: columns.location_code.lookup_file: .*places.csv"
    ) as caught:
        load_one(path)
    assert sentence in str(caught.value)


def test_a_name_belongs_to_one_mapping(tmp_path: Path) -> None:
    """Two mappings of one name could not be told apart in reports."""
    write(tmp_path, "a.yaml", PLAIN.format(name="same"))
    write(tmp_path, "b.yaml", PLAIN.format(name="same"))
    assert problems(tmp_path) == ["maps/b.yaml:2:7: name: `same` is the name of a.yaml already"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """An empty folder has no mappings; no folder is a mistake."""
    assert load_all(tmp_path) == []
    assert "maps/none: the folder of mappings cannot be read" in problems(tmp_path / "none")[0].replace(
        "maps", "maps/none"
    )


def test_a_lookup_file_has_a_size_that_fits_memory(tmp_path: Path) -> None:
    """A wrong file named by mistake is not read at all."""
    path = write(tmp_path, "l.csv", "from,to\n")
    with path.open("r+b") as file:
        file.truncate(60_000_000)
    with pytest.raises(FixSetup, match="is larger than 50,000,000 bytes"):
        read_lookup(path)


def test_a_pipe_among_the_mappings_is_named_and_not_waited_for(tmp_path: Path) -> None:
    """A run of the night would never end."""
    write(tmp_path, "a.yaml", PLAIN.format(name="a"))
    os.mkfifo(tmp_path / "b.yaml")
    assert problems(tmp_path) == ["maps/b.yaml: is no file; take it away, or give it another name"]
