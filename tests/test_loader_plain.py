"""Two speeds, one truth: what is provably plain is read fast, and both ways give the same table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync.errors import SetAside
from sync.loader import columns, delimited, detect, plain
from sync.loader.formats import container
from sync.rows import ReadHints
from tests.test_loader import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = os.environ.get("INVENTORY_SYNC_FILES", "")  # a folder of files on which both ways are compared


def told(path: Path, hints: ReadHints, *, fast: bool) -> Any:
    """Give all there is to know of a table, or why there is none."""
    try:
        table = delimited.read(path, hints, block_rows=7, fast=fast)
        blocks = list(table.blocks)
        faults = [fault for block in blocks for fault in block.faults]
        rows = [row for block in blocks for row in rows_of(block_table(table, block))]
    except SetAside as refusal:
        return refusal.problems
    return table.header, table.read_as, table.warnings, rows, faults


def block_table(table: Any, block: Any) -> Any:
    return type(table)(table.header, table.read_as, iter([block]))


def is_fast(path: Path, hints: ReadHints) -> bool:
    """Tell whether a file goes the fast way."""
    text = detect.inspect(path, hints)
    header = delimited.read(path, hints, block_rows=7).header
    after = columns.last_header_row(hints.header_rows or ())
    return plain.start_of_rows(path, text, after=after, width=len(header)) is not None


def file(folder: Path, content: bytes) -> Path:
    (folder / "stock.csv").write_bytes(content)
    return folder / "stock.csv"


@pytest.mark.parametrize(
    ("content", "fast"),
    [
        (b"sku;qty\nA;1\nB;2\n", True),
        (b"sku;qty\r\nA;1\r\nB;2", True),
        (b'"sku";"qty"\nA;1\n', True),
        ("sku;qty\nŞ;1\n".encode("utf-8-sig"), True),
        (b"sku;qty\n", True),
        (b'sku;qty\n"A";1\n', True),
        (b'sku;qty\r\n"A";"1"\r\n"";""\r\n', True),
        (b'sku;qty\n"A;B";1\n', True),
        (b'sku;qty\n"A;1\nB";2\n', False),
        (b'sku;qty\n"A""B";1\n', False),
        (b'sku;qty\nX;"A\nB";1\n', False),
        (b'sku;qty\nA"B;1\n', False),
        (b'sku;qty\n "A";1\n', False),
        (b"sku;qty\n" + b"B;1\n" * 9 + b'"A" ;1\n', False),
        (b'sku;qty\n"A\nB";1\n', False),
        (b"sku;qty\n" + b"B;1\n" * 9 + b'A;"1', False),
        (b"sku;qty\nA;1;\n", False),
        (b"sku;qty\nA;1\n\nB;2\n", False),
        (b"sku;qty\nA;1\r\nB;2\n", False),
        (b"sku;qty\rA;1\r", False),
        (b"sku;qty\nA\rB;1\n", False),
        ("sku;qty\nŞ;1\n".encode("utf-16"), False),
        (b"sku\nA\n", False),
    ],
)
def test_only_what_is_provably_plain_goes_the_fast_way(tmp_path: Path, content: bytes, *, fast: bool) -> None:
    """One kind of row end, quotes round whole cells, UTF-8, and the same number of delimiters in every line; and the table is the same."""
    hints = ReadHints(header_rows=(1,), delimiter=";")
    path = file(tmp_path, content)
    assert is_fast(path, hints) is fast
    assert told(path, hints, fast=True) == told(path, hints, fast=False)


def test_the_proof_holds_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line with one delimiter too many is found wherever a chunk ends."""
    for size in range(5, 60):
        monkeypatch.setattr(plain, "CHUNK", size)
        assert is_fast(file(tmp_path, b"a;b\n" + b"1;2\n" * 12), ReadHints(header_rows=(1,)))
        assert not is_fast(
            file(tmp_path, b"a;b\n" + b"1;2\n" * 12 + b"1;2;3\n1;2\n"), ReadHints(header_rows=(1,))
        )


def test_a_sep_line_is_no_row_either_way(tmp_path: Path) -> None:
    """Excel's `sep=;`, which has a delimiter in it, is left out of a table without a header too."""
    path = file(tmp_path, b"sep=;\nA;1\nB;2\n")
    hints = ReadHints(header_rows=())
    assert told(path, hints, fast=True) == told(path, hints, fast=False)
    assert rows_of(delimited.read(path, hints, block_rows=7)) == [(2, ("A", "1")), (3, ("B", "2"))]


def test_fast_blocks_have_the_size_asked_for(tmp_path: Path) -> None:
    """Row numbers go on from block to block, and none is larger than `block_rows`."""
    path = file(tmp_path, b"title;x\nsku;qty\n" + b"".join(b"S%d;%d\n" % (n, n) for n in range(1000)))
    blocks = list(delimited.read(path, ReadHints(header_rows=(2,)), block_rows=300).blocks)
    assert [len(block.rows) for block in blocks] == [300, 300, 300, 100]
    assert [int(number) for block in blocks for number in block.rows] == list(range(3, 1003))


def test_a_plain_file_that_changes_while_it_is_read_sets_itself_aside(tmp_path: Path) -> None:
    """What was proven of other bytes is not believed of these."""
    path = file(tmp_path, b"a,b\n1,2\n")
    table = delimited.read(path, ReadHints(), block_rows=7)
    path.write_bytes(b"a,b\n1,2,3\n1,2\n")
    with pytest.raises(SetAside, match="The file changed while it was read"):
        list(table.blocks)


LINES = st.lists(
    st.text(st.sampled_from("ab1ş ;,\t\"'\\|"), max_size=12).map(lambda line: line.encode()), max_size=25
)


@settings(deadline=None, max_examples=200)
@given(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.sampled_from([b"", b"\n"]), st.integers(0, 2))
@example([b"a;b"] + [b"1;2"] * 20, b"\n", b"\n", 0)
@example([b"a;b"] + [b"1;2"] * 20 + [b"1"], b"\r\n", b"", 0)
def test_any_bytes_give_the_same_table_both_ways(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], line_end: bytes, last: bytes, title: int
) -> None:
    """Law: header, rows with their numbers, faults, warnings and refusals do not depend on the speed."""
    content = line_end.join([*[b"Stock"] * title, *lines]) + last
    path = file(tmp_path_factory.mktemp("law"), content)
    for hints in (ReadHints(), ReadHints(header_rows=()), ReadHints(header_rows=(title + 1,), delimiter=";")):
        assert told(path, hints, fast=True) == told(path, hints, fast=False)


CELLS = st.text(st.sampled_from("ab1ş ;'\"\n"), max_size=5)
WRITTEN = st.sampled_from(["{}", '"{}"', '"{}"', ' "{}"', '"{}" ', '{}"', '""{}'])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.lists(st.tuples(CELLS, WRITTEN), min_size=2, max_size=3), max_size=20),
    st.sampled_from(["\n", "\r\n"]),
)
def test_quoted_cells_give_the_same_table_both_ways(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[tuple[str, str]]], end: str
) -> None:
    """Law: however the cells of a file are quoted, well or badly, the table does not depend on the speed."""
    lines = [";".join(how.format(cell) for cell, how in row) for row in [[("a", "{}"), ("b", "{}")], *rows]]
    path = file(tmp_path_factory.mktemp("law"), end.join(lines).encode())
    hints = ReadHints(header_rows=(1,), delimiter=";")
    assert told(path, hints, fast=True) == told(path, hints, fast=False)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.text(st.sampled_from("ab1ş _"), max_size=4), min_size=3, max_size=3), max_size=30)
)
def test_no_row_of_a_plain_file_vanishes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    """Law: as many rows as lines after the header, each under its line, counted apart from the reader."""
    content = "".join(";".join(row) + "\n" for row in [["a", "b", "c"], *rows])
    path = file(tmp_path_factory.mktemp("law"), content.encode())
    table = delimited.read(path, ReadHints(header_rows=(1,), delimiter=";"), block_rows=7)
    assert rows_of(table) == list(enumerate(map(tuple, rows), start=2))


def found() -> Iterator[Path]:
    yield from sorted(path for path in Path(FILES).rglob("*") if path.is_file()) if FILES else ()


@pytest.mark.skipif(not FILES, reason="INVENTORY_SYNC_FILES names no folder")
def test_real_files_give_the_same_table_both_ways() -> None:
    """Whatever lies in the folder that the environment names."""
    texts = [path for path in found() if is_text(path)]
    assert texts
    for path in texts:
        assert told(path, ReadHints(), fast=True) == told(path, ReadHints(), fast=False), path


def is_text(path: Path) -> bool:
    try:
        return container(path) == "csv"
    except SetAside:
        return False
