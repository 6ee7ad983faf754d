"""`mapping guess` and `check --guess`: a draft with its evidence, and rows judged by it; `run` never guesses."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from tests.desks import GOOD, four_parts
from tests.exports import exports, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Cli
    from tests.desks import Desk
    from tests.exports import Export

    Put = Callable[..., Path]

HERE = "Warehouse,SKU,Name,On hand,Reserved\nA,X1,Blue mug,5,1\nA,X2,Red mug,-3,0\nB,X1,Blue mug,7,0\n"
PLAIN = "SKU,Qty\nX1,5\nX2,7\n"


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Write a file into an empty folder and stand there; the configuration names a folder of mappings that is not there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inventory-sync.yaml").write_text("tenant: {url: sandbox}\n", encoding="utf-8")

    def written(text: str, name: str = "stock_2026-11-23.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_draft_is_a_mapping_that_checks(cli: Cli, put: Put) -> None:
    """What is printed can be saved as it stands, and claims the file that it was drafted from."""
    path = put(HERE)
    ended = cli("mapping", "guess", path)
    assert (ended.code, ended.err) == (0, "")
    (path.parent / "mappings").mkdir()
    (path.parent / "mappings" / "drafted.yaml").write_text(ended.out, encoding="utf-8")
    assert cli("mapping", "check").code == 0
    assert cli("mapping", "list", path, "--json").json["files"][0]["claimed_by"] == "stock"


def test_programs_get_the_draft_and_its_choices(cli: Cli, put: Put) -> None:
    """The mapping as data; beside it location, SKU, quantity, sheet and header row, questions and evidence."""
    told = cli("mapping", "guess", "--json", put(HERE)).json
    assert (told["location"], told["sku"], told["quantity"]) == ("Warehouse", "SKU", "On hand")
    assert (told["sheet"], told["header_row"], told["exit_code"], told["not_stock"]) == (None, 1, 0, None)
    assert told["mapping"]["columns"]["quantity"] == {"column": "On hand"}
    assert told["mapping"]["match"]["filename"] == ["stock_*.csv"]
    assert told["evidence"]["quantity"].startswith("its name says on hand; 3 of 3 filled cells are numbers")
    assert [question["about"] for question in told["questions"]] == ["rows"]


def test_a_matrix_gives_a_list_of_columns(cli: Cli, put: Put) -> None:
    """One column a location: both location and quantity are these columns."""
    told = cli("mapping", "guess", "--json", put("SKU,inventory_Leeds,inventory_York\nX1,5,6\n")).json
    assert told["location"] == told["quantity"] == ["inventory_Leeds", "inventory_York"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SKU,List price,Currency\nX1,5.50,EUR\nX2,7.10,EUR\n", "a price list"),
        ("ART0815,12\nART0816,3\n", "no row names the columns"),
        ("SKU,Colour\nX1,red\nX2,blue\n", "no column holds counted quantities"),
    ],
)
def test_a_draft_that_cannot_be_finished_ends_with_6(cli: Cli, put: Put, text: str, why: str) -> None:
    """No stock, no header, no quantity: the draft is there with its questions, and the exit code says no."""
    ended = cli("mapping", "guess", put(text))
    assert ended.code == 6
    assert why in ended.err
    assert ended.out.startswith("# Drafted by `mapping guess`")


def test_a_file_that_cannot_be_read_is_told_in_four_parts(cli: Cli, put: Put) -> None:
    """What happened, what is safe, what happens by itself, and the one command to type."""
    ended = cli("mapping", "guess", put("", "empty.csv"))
    assert (ended.code, ended.out) == (6, "")
    assert four_parts(ended.err)


def test_a_file_that_no_mapping_claims_is_judged_by_its_draft(cli: Cli, put: Put) -> None:
    """With --guess alone, and it is said; without it the file is not taken."""
    path = put(HERE)
    ended = cli("check", "--guess", path)
    assert ended.code == 1
    assert "3 rows read: 1 rejected, 2 would be sent" in ended.out
    assert "note: no mapping claims this file: it was judged by a drafted one" in ended.out
    assert cli("check", path).code == 2  # there is no folder of mappings here


def test_rows_of_a_draft_come_with_a_verdict(cli: Cli, put: Put) -> None:
    """What can be read is listed, what would go and what the tenant would not take; a person sees both."""
    ended = cli("check", "--guess", "--rows", put(HERE))
    assert ended.code == 0
    assert list(csv.reader(io.StringIO(ended.out))) == [
        ["location_code", "sku_code", "quantity", "row", "verdict"],
        ["A", "X1", "5", "2", "go"],
        ["B", "X1", "7", "4", "go"],
        ["A", "X2", "-3", "3", "quantity.negative"],
    ]
    assert "1 rows would be rejected" in ended.err


def test_a_fraction_is_listed_as_it_stands(cli: Cli, put: Put) -> None:
    """Read by the notation that the column proves, whatever the tenant takes."""
    ended = cli("check", "--guess", "--rows", put('SKU;Miktar\nX1;"12,5"\nX2;1.250\n'))
    assert [row[2] for row in csv.reader(io.StringIO(ended.out))] == ["quantity", "1250", "12.5"]


def test_without_a_location_a_placeholder_stands(cli: Cli, put: Put) -> None:
    """The rows can be looked at; that the location is missing is said."""
    ended = cli("check", "--guess", "--rows", put(PLAIN))
    assert ended.code == 0
    assert [row[0] for row in csv.reader(io.StringIO(ended.out))] == ["location_code", "LOCATION", "LOCATION"]
    assert "no location column: say which location this stock is in" in ended.err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SKU,Qty,Quantity\nX1,5,6\nX2,7,9\n", "which of these is the stock on hand?"),
        ("SKU;Qty\nX1;1.250\nX2;3\n", "does 1.500 in `Qty` mean 1500 or 1.5?"),
        ("Symbol,Shares,Dividend\nACME,5,0.2\nBOLT,7,0.3\n", "it does not look like stock"),
    ],
)
def test_an_open_question_that_decides_lets_nothing_through(cli: Cli, put: Put, text: str, why: str) -> None:
    """Exit code 6, the question with its candidates, no row on stdout."""
    ended = cli("check", "--guess", "--rows", put(text))
    assert ended.code == 6
    assert why in ended.err
    assert ended.out == ""


def test_a_mapping_that_claims_the_file_is_used(desk: Desk) -> None:
    """A guess is only for files that none claims."""
    ended = desk("check", "--guess", "--rows", desk.file(GOOD))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[:2] == ["location_code,sku_code,quantity,row,verdict", "A,S1,5,2,go"]


def test_a_run_never_guesses(cli: Cli, put: Put) -> None:
    """There is no such option, and a file that no mapping claims is not sent."""
    path = put(PLAIN)
    (path.parent / "mappings").mkdir()
    assert cli("run", "--guess", path).code == 2
    assert cli("run", path).code == 6


@pytest.mark.parametrize("export", exports()[::9], ids=lambda export: export.name)
def test_the_rows_of_an_export_are_those_of_the_file(cli: Cli, put: Put, export: Export) -> None:
    """As many as it has, with its own codes and numbers."""
    rows = rows_of(export)
    lines = io.StringIO()
    csv.writer(lines).writerows([export.headers, *rows])
    ended = cli("check", "--guess", "--rows", put(lines.getvalue()))
    assert ended.code == 0
    found = {(row[1], row[2].split(".")[0]) for row in list(csv.reader(io.StringIO(ended.out)))[1:]}
    assert found <= {(row[export.sku], row[at].split(".")[0]) for row in rows for at in export.quantities}
    assert len(found) > 1


def test_a_draft_with_a_question_that_decides_is_no_mapping(desk: Desk) -> None:
    """Saved as it is, it is refused in words and nothing goes; once answered it is a mapping like any other."""
    file = desk.file([("Item code", "On hand"), ("S1", "5"), ("S2", "6")], "lager.csv")
    drafted = desk("mapping", "guess", file).out
    saved = desk.folder / "mappings" / "lager.yaml"
    saved.write_text(drafted)
    ended = desk("run", file)
    assert (ended.code, "say which location" in ended.err) == (2, True)
    assert not (desk.folder / "state" / "sandbox.db").exists()
    saved.write_text(drafted[: drafted.index("unanswered:")].replace("value: LOCATION", "value: A"))
    assert desk("run", file).code == 0
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 6}
