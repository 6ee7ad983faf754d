"""`mapping check`, `list` and `schema`: every problem at once, what a mapping leaves to be asked, and who claims what."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mapping.folder import load_one
from sync.mapping.overlap import globs_meet, overlaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.mapping.model import Mapping
    from tests.conftest import Cli

    Write = Callable[..., Path]

OURS = Path(__file__).resolve().parent.parent / "mappings"
GOOD = """\
version: 1
name: {name}
match: {{filename: ["{glob}"]}}
columns:
  location_code: {{column: Depo, lookup: {{"1": A}}}}
  sku_code: {{column: [Kod, Code]}}
  quantity: {{column: Adet}}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a mapping into the folder `maps`: the good one, with `changes` of (what, by what)."""
    (tmp_path / "maps").mkdir()

    def written(name: str, *changes: tuple[str, str], glob: str = "stok*.csv") -> Path:
        text = GOOD.format(name=name, glob=glob)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "maps" / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_folder_without_mistakes_is_ok(cli: Cli, write: Write) -> None:
    """A line for each mapping, and nothing to ask."""
    paths = [write("one"), write("two")]
    ended = cli("mapping", "check", "--mappings", paths[0].parent)
    assert (ended.code, ended.out, ended.err) == (0, f"ok: one ({paths[0]})\nok: two ({paths[1]})\n", "")


def test_all_problems_come_at_once(cli: Cli, write: Write) -> None:
    """Four mistakes in two files: each with file, line and column, and the nearest right name; the good file is ok."""
    bad = write(
        "bad", ("Adet", "Adet, blnk: skip"), ("version: 1", "version: 2"), ("column: Depo", "colum: Depo")
    )
    worse = write("worse", ('["stok*.csv"]', "12: x"))
    good = write("good")
    ended = cli("mapping", "check", bad, worse, good)
    assert (ended.code, ended.out) == (2, f"ok: good ({good})\n")
    assert [line.partition(" ")[0] for line in ended.err.splitlines()] == [
        f"{bad}:1:10:",
        f"{bad}:5:19:",
        f"{bad}:7:28:",
        f"{worse}:3:8:",
    ]
    assert "did you mean `blank`?" in ended.err


def test_problems_come_as_json_too(cli: Cli, write: Write) -> None:
    """One document, with the exit code in it."""
    ended = cli("mapping", "check", "--json", write("bad", ("Adet", "Adet, blnk: skip")), write("good"))
    assert (ended.code, ended.json["exit_code"], len(ended.json["problems"])) == (2, 2, 1)
    assert [each["name"] for each in ended.json["mappings"]] == ["good"]


def test_a_name_that_stands_twice_is_a_problem(cli: Cli, write: Write) -> None:
    """Only one of two mappings can be meant by --mapping."""
    write("one")
    folder = write("two", ("name: two", "name: one")).parent
    ended = cli("mapping", "check", "--mappings", folder)
    assert (ended.code, "is the name of one.yaml already" in ended.err) == (2, True)


@pytest.mark.parametrize("name", ["nowhere.yaml", "maps"])
def test_what_is_no_mapping_file_is_a_problem(cli: Cli, write: Write, tmp_path: Path, name: str) -> None:
    """A file that is not there, a folder: a sentence and exit 2."""
    write("one")
    ended = cli("mapping", "check", tmp_path / name)
    assert (ended.code, ended.err.startswith(str(tmp_path / name))) == (2, True)


@pytest.mark.parametrize(
    ("old", "new", "kind", "key"),
    [
        ("Adet", "Adet, subtract: [Rezerve]", "question", "columns.quantity.subtract"),
        ("Adet", "Available", "question", "columns.quantity.column"),
        ("Adet", "Adet, blank: zero", "warning", "columns.quantity.blank"),
        ("Adet", "Adet, negative: zero", "warning", "columns.quantity.negative"),
        ("Adet", "Adet, fraction: floor", "warning", "columns.quantity.fraction"),
        ('"1": A}', '"1": A}, lookup_missing: keep', "warning", "columns.location_code.lookup_missing"),
        ('"1": A}', '"1": A}, lookup_missing: skip', "warning", "columns.location_code.lookup_missing"),
        ("columns:", "rows: {duplicates: last}\ncolumns:", "warning", "rows.duplicates"),
        ("columns:", "rows: {unknown: skip}\ncolumns:", "warning", "rows.unknown"),
        ('filename: ["stok*.csv"]', "headers: [SKU, Qty]", "warning", "match"),
    ],
)  # fmt: skip
def test_a_second_pair_of_eyes_asks(cli: Cli, write: Write, old: str, new: str, kind: str, key: str) -> None:
    """What may not be meant is asked about, with its place; the mapping stays ok."""
    path = write("one", (old, new))
    ended = cli("mapping", "check", path, "--json")
    (remark,) = ended.json["mappings"][0]["remarks"]
    assert (ended.code, remark["kind"], remark["key"]) == (0, kind, key)
    assert re.fullmatch(re.escape(str(path)) + r":[3-7]:\d+", remark["where"])


def test_the_question_about_subtract_names_the_column(cli: Cli, write: Write) -> None:
    """In the words that a person answers."""
    out = cli("mapping", "check", write("one", ("Adet", "Adet, subtract: [Rezerve]"))).out
    assert "takes Rezerve off: the tenant expects the stock on hand; is that meant?" in out


def test_the_list_says_what_each_claims(cli: Cli, write: Write) -> None:
    """Name, file, globs, headers."""
    path = write("one")
    told = cli("mapping", "list", "--mappings", path.parent, "--json").json
    assert told["mappings"] == [
        {
            "name": "one",
            "file": str(path),
            "description": "",
            "filename": ["stok*.csv"],
            "headers": [["Depo"], ["Kod", "Code"], ["Adet"]],
        }
    ]
    assert (told["overlaps"], told["files"]) == ([], [])
    assert "`Kod` or `Code`" in cli("mapping", "list", "--mappings", path.parent).out


@pytest.mark.parametrize(
    ("glob", "change", "meet"),
    [
        ("*.csv", ("Adet", "Adet"), True),
        ("STOK_depo.CSV", ("Adet", "Adet"), True),
        ("*.xlsx", ("Adet", "Adet"), False),
        ("*.csv", ("Adet", "Miktar"), False),
        ("*.csv", ("Adet}", "Adet}\nrows: {exclude: [{column: Durum, in: [x]}]}"), True),
        ("*.csv", ("Kod, Code", "KOD"), True),
    ],
)
def test_mappings_that_could_claim_the_same_file_are_told(
    cli: Cli,
    write: Write,
    glob: str,
    change: tuple[str, str],
    meet: bool,  # noqa: FBT001 - an example
) -> None:
    """File names that can meet, and the headers of one among the other's."""
    write("one")
    folder = write("two", change, glob=glob).parent
    out = cli("mapping", "list", "--mappings", folder).out
    assert ("could claim the same file: one and two" in out) == meet


@given(st.text("ab*?", max_size=6), st.text("ab*?", max_size=6), st.text("ab", max_size=8))
def test_globs_that_fit_one_name_meet(one: str, other: str, name: str) -> None:
    """No pair of mappings that claims one file name is missed."""
    if fnmatchcase(name, one) and fnmatchcase(name, other):
        assert globs_meet(one, other)


@pytest.mark.parametrize(("one", "other"), [("a*", "b*"), ("*.csv", "*.xlsx"), ("a?", "abc"), ("a", "")])
def test_globs_that_fit_no_name_do_not_meet(one: str, other: str) -> None:
    """Not every pair is an alarm."""
    assert not globs_meet(one, other)


def test_a_set_of_characters_stands_for_any() -> None:
    """[0-9] may meet anything, in any case: better one pair too many."""
    assert globs_meet("STOK*", "stok.csv")
    assert globs_meet("s[0-9].csv", "sx.csv")
    assert not globs_meet("s[0-9].csv", "s10.csv")


def test_a_file_without_header_has_whatever_is_asked_for(write: Write) -> None:
    """Columns by number are in every file."""
    numbered = (
        ("Depo", "1"),
        ("[Kod, Code]", '"2"'),
        ("Adet", '"3"'),
        ("columns:", "read: {header_row: none}\ncolumns:"),
    )
    mappings: list[Mapping] = [load_one(write("one")), load_one(write("two", *numbered))]
    assert overlaps(mappings) == [(mappings[0], mappings[1])]


def test_a_stock_file_is_told_who_claims_it(cli: Cli, write: Write, tmp_path: Path) -> None:
    """The one that does, and of the others why not; exit 6 where it is not exactly one."""
    write("one")
    folder = write("two", ("Adet", "Miktar"), glob="*.xlsx").parent
    stock, other = tmp_path / "stok.csv", tmp_path / "fiyat.csv"
    stock.write_text("Depo,Kod,Adet\n1,2,3\n", encoding="utf-8")
    other.write_text("Kod,Fiyat\n1,2\n", encoding="utf-8")
    told = cli("mapping", "list", stock, "--mappings", folder, "--json")
    (verdict,) = told.json["files"]
    assert (told.code, verdict["claimed_by"]) == (0, "one")
    assert verdict["others"] == {"two": ["the file's name fits none of: *.xlsx", "missing: `Miktar`"]}
    ended = cli("mapping", "list", stock, other, "--mappings", folder)
    assert (ended.code, f"{other}: claimed by no single mapping" in ended.out) == (6, True)


def test_two_that_claim_a_file_are_both_told(cli: Cli, write: Write, tmp_path: Path) -> None:
    """Never first-wins."""
    write("one")
    folder = write("two").parent
    (tmp_path / "stok.csv").write_text("Depo,Kod,Adet\n1,2,3\n", encoding="utf-8")
    ended = cli("mapping", "list", tmp_path / "stok.csv", "--mappings", folder)
    assert (ended.code, "not one: it claims the file too" in ended.out, "2 mappings claim" in ended.out) == (
        6,
        True,
        True,
    )


def test_our_own_mappings_are_ok_and_apart(cli: Cli) -> None:
    """What ships with the product has no mistakes, and no two of them could claim one file."""
    assert cli("mapping", "check", "--mappings", OURS).code == 0
    assert cli("mapping", "list", "--mappings", OURS, "--json").json["overlaps"] == []


def test_the_schema_is_a_json_schema_of_a_mapping(cli: Cli) -> None:
    """An editor gets all keys of a mapping file, by the names that stand in the file."""
    told = cli("mapping", "schema")
    assert json.loads(told.out)["$schema"].endswith("2020-12/schema")
    assert {"version", "name", "match", "columns", "send"} <= set(told.json["properties"])
