"""What the tenant holds, as people and programs get to see it: whole, or said to be not known to be whole."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from sync.sandbox.access import Key
from sync.sandbox.serve import served
from sync.sandbox.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

    Page = dict[str, Any] | tuple[int, Any]

KEY = "a-key-for-reading"


@pytest.fixture
def sandbox(tmp_path: Path) -> tuple[str | Path, ...]:
    """The options that lead to a sandbox with 450 records."""
    (tmp_path / "state").mkdir()
    with Store(tmp_path / "state" / "sandbox.db") as store:
        store.put([("A", f"{n:05}", n) for n in range(449)])
        store.put([("B/1", "=1+1", 7)])
    return "--tenant", "sandbox", "--state", tmp_path / "state"


def test_the_list_holds_every_record_once(cli: Cli, sandbox: tuple[str | Path, ...]) -> None:
    """Three pages become one list that is known to be complete."""
    told = cli("stock", "list", "--json", *sandbox).json
    pairs = [(row["location_code"], row["sku_code"], row["quantity"]) for row in told["stock"]]
    assert sorted(pairs) == sorted([*(("A", f"{n:05}", n) for n in range(449)), ("B/1", "=1+1", 7)])
    assert told["complete"] is True


def test_a_look_up_goes_both_ways(cli: Cli, sandbox: tuple[str | Path, ...]) -> None:
    """By SKU and by location, also where the code has a slash."""
    row = {"location_code": "B/1", "sku_code": "=1+1", "quantity": 7}
    for asked in (("--location", "B/1"), ("--sku", " =1+1 ")):
        told = cli("stock", "get", *asked, "--json", *sandbox).json
        assert (told["stock"], told["complete"]) == ([row], True)


@pytest.mark.parametrize("asked", [(), ("--location", "A", "--sku", "1"), ("--sku", " "), ("--sku", "a\x07")])
def test_a_look_up_is_for_one_code(cli: Cli, sandbox: tuple[str | Path, ...], asked: tuple[str, ...]) -> None:
    """Neither, both, or no code at all is a mistake of usage."""
    assert cli("stock", "get", *asked, *sandbox).code == 2


def test_the_table_is_for_people(cli: Cli, sandbox: tuple[str | Path, ...]) -> None:
    """Columns with their names; the first N where that was asked for, and a word about it beside the table."""
    ended = cli("stock", "list", "--limit", "2", *sandbox)
    assert [line.split() for line in ended.out.splitlines()] == [
        ["location_code", "sku_code", "quantity"],
        ["B/1", "=1+1", "7"],
        ["A", "00448", "448"],
        ["2", "records"],
    ]
    assert (ended.code, "only the first 2" in ended.err) == (0, True)


def test_no_record_steers_the_terminal(cli: Cli, tmp_path: Path) -> None:
    """What a tenant holds is printed without control characters."""
    with Store(tmp_path / "sandbox.db") as store:
        store.put([("A\x1b[2J", "x", 1)])
    ended = cli("stock", "list", "--tenant", "sandbox", "--state", tmp_path)
    assert "A\\x1b[2J" in ended.out


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_an_export_keeps_codes_as_they_are(
    cli: Cli, sandbox: tuple[str | Path, ...], tmp_path: Path, suffix: str
) -> None:
    """Zeros stay, and what a spreadsheet would take for a formula is neutralised; quantities are numbers."""
    target = tmp_path / f"stock{suffix}"
    assert cli("stock", "export", target, *sandbox).code == 0
    lines = _lines(target)
    assert lines[:3] == [
        ["location_code", "sku_code", "quantity"],
        ["B/1", "'=1+1", "7"],
        ["A", "00448", "448"],
    ]
    assert len(lines) == 451


def _lines(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))
    sheet = load_workbook(path)["stock"]
    assert {cell.data_type for cell in sheet["B"]} == {"s"}
    assert {cell.data_type for cell in sheet["C"][1:]} == {"n"}
    return [[str(cell.value) for cell in row] for row in sheet]


@pytest.mark.parametrize(
    "name", ["stock.txt", "stock", "nowhere/stock.csv", "folder.csv", "s" * 300 + ".csv"]
)
def test_an_export_that_cannot_be_written_asks_for_nothing(
    cli: Cli, sandbox: tuple[str | Path, ...], tmp_path: Path, name: str
) -> None:
    """An unknown ending, a missing folder, a folder: exit 2 and nothing written."""
    (tmp_path / "folder.csv").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert cli("stock", "export", tmp_path / name, *sandbox).code == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_a_part_never_takes_the_place_of_the_whole(
    cli: Cli, sandbox: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the walk breaks off, the file of last time stays, and the part says in its name what it is."""
    (tmp_path / "stock.csv").write_text("last time", encoding="utf-8")
    (tmp_path / "faults.yaml").write_text("- {method: GET, after: 1, status: 503}", encoding="utf-8")
    monkeypatch.setenv("INVENTORY_SYNC_SANDBOX__FAULTS", str(tmp_path / "faults.yaml"))
    monkeypatch.setenv("INVENTORY_SYNC_TENANT__RETRY", "{attempts: 1}")
    ended = cli("stock", "export", tmp_path / "stock.csv", "--json", *sandbox)
    assert (ended.code, ended.json["complete"]) == (4, False)
    assert (tmp_path / "stock.csv").read_text(encoding="utf-8") == "last time"
    assert len(_lines(tmp_path / "stock.incomplete.csv")) == 201


def test_a_tenant_that_is_down_is_exit_4_in_four_parts(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happened, what is safe, what happens by itself, what to type; and an empty list that is not called complete."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    monkeypatch.setenv("INVENTORY_SYNC_TENANT__RETRY", "{attempts: 1}")
    ended = cli("stock", "list", "--json", "--tenant", "http://127.0.0.1:1")
    assert (ended.code, ended.json["stock"], ended.json["complete"]) == (4, [], False)
    assert [
        part for part in ("Nothing listens", "Safe:", "By itself:", "To do:") if part not in ended.err
    ] == []


@pytest.mark.parametrize(
    ("scope", "words"),
    [("integrations.inventory.write", "integrations.inventory.read"), (None, "Invalid API key")],
)
def test_a_key_that_may_not_read_is_exit_5(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scope: str | None, words: str
) -> None:
    """The tenant's own words, and the scope that may be missing; the key itself shows nowhere."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    keys = {KEY: Key(scopes=(scope,))} if scope else {"another": Key()}
    with Store(tmp_path / "s.db") as store, served(store, keys=keys) as url:
        ended = cli("stock", "get", "--sku", "1", "--tenant", url)
    assert (ended.code, ended.out) == (5, "")
    assert words in ended.err
    assert KEY not in ended.err


def test_without_a_key_nothing_is_asked(cli: Cli) -> None:
    """No key, or no tenant, is a matter of set-up."""
    assert cli("stock", "list", "--tenant", "https://t.invalid").code == 2
    assert cli("stock", "list").code == 2
