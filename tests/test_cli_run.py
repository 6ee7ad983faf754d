"""The main job through the command line, as a user types it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.desks import GOOD, MAPPING, ROWS, Desk, four_parts


def test_a_clean_file_goes_whole(desk: Desk) -> None:
    """Exit code 0, and the tenant holds what the file says."""
    ended = desk("run", desk.file(GOOD), "--json")
    assert ended.code == ended.json["exit_code"] == 0
    assert desk.stock() == {("A", "S1"): 5, ("B", "S2"): 6}


def test_the_report_has_every_field_of_the_contract(desk: Desk) -> None:
    """Fields may be added, never renamed; the same report lies in the state folder and comes from show."""
    report = desk.report("run", desk.file(ROWS))
    names = "run status file sha256 mapping as_of tenant source notes read_as rows rejected_by_stage skipped_by_reason tenant_counts requests problems rejects held seconds"
    assert report.keys() >= set(names.split())
    assert report["rows"] == {
        "read": 5,
        "accepted": 2,
        "unchanged": 0,
        "merged": 0,
        "skipped": 1,
        "rejected": 2,
        "held": 0,
        "pending": 0,
    }
    assert report["skipped_by_reason"] == {"blank": 1}
    assert report["rejected_by_stage"] == {"read": 0, "map": 2, "schema": 0, "tenant": 0}
    assert report["problems"][0] | {"message": "", "remedy": ""} == {
        "row": 3,
        "stage": "map",
        "field": "Pieces",
        "code": "quantity.ambiguous",
        "value": "1,500",
        "message": "",
        "remedy": "",
    }
    stored = json.loads((desk.folder / "state" / "reports" / f"{report['run']}.json").read_text())
    assert stored["runs"][0]["rows"] == report["rows"] == desk.report("show", report["run"])["rows"]


def test_check_says_what_run_would_do_and_leaves_no_trace(desk: Desk) -> None:
    """Nothing is written, nothing sent; rows that would go are pending; the code is the one known so far."""
    file = desk.file(ROWS)
    before = sorted(desk.folder.rglob("*"))
    ended = desk("check", file, "--json")
    assert (ended.code, ended.json["runs"][0]["rows"]["pending"]) == (1, 2)
    assert sorted(desk.folder.rglob("*")) == before
    assert desk("run", "--dry-run", file).code == 1
    assert sorted(desk.folder.rglob("*")) == before


def test_check_prints_the_rows_that_would_be_sent(desk: Desk) -> None:
    """As CSV with the source row, codes as they are."""
    ended = desk("check", "--rows", desk.file(ROWS))
    assert ended.out.splitlines() == ["location_code,sku_code,quantity,row", "A,S1,5,2", "B,00123,0,4"]


def test_check_writes_rejects_where_it_is_told(desk: Desk) -> None:
    """The only thing that it writes."""
    desk("check", desk.file(ROWS), "--rejects", desk.folder / "out")
    assert [path.suffix for path in (desk.folder / "out").iterdir()] == [".csv"]


def test_the_same_content_again_is_a_repeat(desk: Desk) -> None:
    """Under any name: no request, exit 0, all rows skipped; --again sends it."""
    desk("run", desk.file(GOOD))
    report = desk.report("run", copy := desk.file(GOOD, "stock_copy.csv"))
    assert (report["exit_code"], report["skipped_by_reason"], report["requests"]["sent"]) == (
        0,
        {"repeat": 2},
        0,
    )
    assert desk.report("run", "--again", copy)["rows"]["accepted"] == 2


def test_a_repeat_judges_again_what_was_rejected(desk: Desk) -> None:
    """What was accepted is not sent again; what was not, is judged again."""
    desk("run", desk.file(ROWS))
    report = desk.report("run", desk.folder / "stock.csv")
    assert report["skipped_by_reason"] == {"repeat": 2, "blank": 1}
    assert report["rows"]["rejected"] == 2


def test_a_changed_mapping_is_no_repeat(desk: Desk) -> None:
    """Other rules may give other numbers."""
    desk("run", desk.file(GOOD))
    (desk.folder / "mappings" / "stock.yaml").write_text(MAPPING + "rows: {duplicates: sum}\n")
    assert desk.report("run", desk.folder / "stock.csv")["rows"]["accepted"] == 2


@pytest.mark.parametrize(
    ("tenant", "said"),
    [
        ({"url": "http://acme.datamingle.ai"}, "https://"),
        ({"url": "sandbox", "workers": 99}, "workers"),
        ({"url": "https://acme.datamingle.ai"}, "API key"),
    ],
)
def test_a_wrong_set_up_is_2_before_anything_is_read(desk: Desk, tenant: dict[str, Any], said: str) -> None:
    """Said in words; no state folder is made."""
    desk.configure(tenant)
    ended = desk("run", desk.file(GOOD))
    assert ended.code == 2
    assert said in ended.err
    assert not (desk.folder / "state").exists()


def test_a_mapping_with_four_mistakes_reports_four(desk: Desk) -> None:
    """Each with file, line and column."""
    (desk.folder / "mappings" / "bad.yaml").write_text(
        "version: 2\nname: Bad Name\nlayout: square\ncolums: {}\n"
    )
    ended = desk("run", desk.file(GOOD))
    assert ended.code == 2
    assert [
        line.split("bad.yaml:")[1].split(":")[0] for line in ended.err.splitlines() if "bad.yaml:" in line
    ][:3] == ["1", "2", "3"]
    assert "columns" in ended.err


def test_an_unknown_mapping_is_2(desk: Desk) -> None:
    """The nearest name is said."""
    ended = desk("run", "--mapping", "stok", desk.file(GOOD))
    assert ended.code == 2
    assert "stock" in ended.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("stock.csv", b"", "empty"),
        ("stock.csv", b"Depot,Item,Pieces\n", "no rows"),
        ("stock.csv", b"Depot,Item,Stueck\nA,S1,5\n", "Pieces"),
        ("stock.xlsx", b"PK\x03\x04 cut", "damaged"),
        ("stock.csv", b"Depot,Item,Pieces\nA,\xe4,5\n", "encoding"),
        ("other.csv", b"a,b\n1,2\n", "stock"),
    ],
)
def test_a_file_that_cannot_be_taken_is_6_in_words(desk: Desk, name: str, content: bytes, said: str) -> None:
    """What is wrong, what is safe, what to do; nothing is sent."""
    path = desk.folder / name
    path.write_bytes(content)
    ended = desk("run", path)
    assert ended.code == 6
    assert said in ended.err.lower() + ended.err
    assert four_parts(ended.err)
    assert desk.stock() == {}


def test_a_folder_in_place_of_a_file_is_6(desk: Desk) -> None:
    """Said plainly."""
    ended = desk("run", desk.folder)
    assert ended.code == 6
    assert "folder" in ended.err


def test_other_files_go_on_and_the_gravest_code_counts(desk: Desk) -> None:
    """One that cannot be taken, one with rejects, one that is clean."""
    bad = desk.folder / "stock_bad.csv"
    bad.write_bytes(b"")
    ended = desk("run", bad, desk.file(ROWS, "stock_some.csv"), desk.file(GOOD, "stock_good.csv"), "--json")
    assert ended.code == 6
    assert sorted(run["exit_code"] for run in ended.json["runs"]) == [0, 1, 6]


def test_a_run_that_does_not_exist_is_2(desk: Desk) -> None:
    """For every command that takes one."""
    desk("run", desk.file(GOOD))
    assert [desk(command, "2020").code for command in ("show", "rejects", "resume", "retry", "discard")] == [
        2
    ] * 5


def test_a_column_with_another_role_is_no_location(desk: Desk) -> None:
    """In a range or by a pattern: the SKU's column, the unit's column."""
    wide = 'version: 1\nname: wide\nlayout: matrix\nmatrix: {locations: {from: A, to: B}}\ncolumns: {sku_code: {column: S}, quantity: {multiply: {column: U, by: {"12": 12}}}}\n'
    (desk.folder / "mappings" / "stock.yaml").write_text(wide)
    ended = desk("check", "--rows", desk.file([("S", "A", "U", "B"), ("100", "1", "12", "2")]))
    assert ended.out.splitlines()[1:] == ["A,100,12,2", "B,100,24,2"]


def test_the_inbox_itself_is_no_location(desk: Desk) -> None:
    """A file in a subfolder has its name as the location; one beside it has none."""
    (desk.folder / "mappings" / "stock.yaml").write_text(MAPPING.replace("{column: Depot}", "{folder: true}"))
    (desk.folder / "inbox" / "izmir").mkdir(parents=True)
    inside, beside = desk.file(GOOD, "inbox/izmir/stock.csv"), desk.file(GOOD, "inbox/stock.csv")
    assert desk("check", "--rows", inside).out.splitlines()[1] == "izmir,S1,5,2"
    ended = desk("check", beside)
    assert (ended.code, "subfolder" in ended.err) == (6, True)
