"""A reject file through the command line: out, corrected, back in, until none is left."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import openpyxl

from tests.desks import GOOD, MAPPING, ROWS, Desk

if TYPE_CHECKING:
    from pathlib import Path


def corrected(path: Path, changes: dict[str, dict[str, str]]) -> None:
    """Correct a CSV reject file as a person does: by the row that it names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line | changes.get(line["_reject_row"], {}) for line in csv.DictReader(file)]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)


def test_a_corrected_reject_file_sends_only_its_rows_and_closes_the_parent(desk: Desk) -> None:
    """One row mended, one not; then the other: the first run's ledger closes exactly."""
    parent = desk.report("run", desk.file(ROWS))
    rejects = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    corrected(rejects, {"3": {"Pieces": "1500"}})
    child = desk.report("run", rejects)
    assert (child["parent"], child["rows"]["read"], child["rows"]["accepted"]) == (parent["run"], 2, 1)
    assert desk.stock()["A", "S2"] == 1500
    shown = desk.report("show", parent["run"])
    assert {name: count for name, count in shown["rejects_now"].items() if count} == {
        "mended": 1,
        "failing": 1,
    }
    assert not shown["closed"]
    assert "nothing is left to correct there" in desk("show", parent["run"]).out
    assert "correct them there" in desk("show", child["run"]).out
    second = desk.folder / "rejects" / child["rejects"].rpartition("/")[2]
    corrected(second, {"3": {"Item": "S9"}})
    assert desk.report("run", second)["rows"]["accepted"] == 1
    assert desk.report("show", parent["run"])["closed"]
    assert "correct them there" not in desk("show", child["run"]).out
    assert desk("status", "--json").json["open_rejects"] == {"new": 0, "standing": 0}


def test_a_workbook_goes_round_as_a_workbook(desk: Desk) -> None:
    """Rejects of a workbook are a workbook; corrected in place and dropped again, its rows go."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ROWS[:3]:
        sheet.append(row)
    sheet["C2"] = 5
    book.save(desk.folder / "stock.xlsx")
    parent = desk.report("run", desk.folder / "stock.xlsx")
    path = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book.worksheets[1][2]][:4] == ["A", "S2", "1,500", "3"]
    book.worksheets[1]["C2"] = 1500
    book.save(path)
    assert desk.report("run", path)["rows"]["accepted"] == 1
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 1500}


def test_a_code_that_came_back_damaged_is_not_sent(desk: Desk) -> None:
    """Lost zeros are no correction."""
    parent = desk.report("run", desk.file([("Depot", "Item", "Pieces"), ("B", "00123", "x")]))
    rejects = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    corrected(rejects, {"2": {"Item": "123", "Pieces": "5"}})
    child = desk.report("run", rejects)
    assert [problem["code"] for problem in child["problems"]] == ["code.damaged"]
    assert desk.stock() == {}


def test_rejects_writes_the_file_again_from_the_ledger(desk: Desk) -> None:
    """Snapshot and staging are gone, the reject file comes back byte for byte."""
    report = desk.report("run", desk.file(ROWS))
    path = desk.folder / "rejects" / report["rejects"].rpartition("/")[2]
    before = path.read_bytes()
    path.unlink()
    assert list((desk.folder / "state" / "staging").iterdir()) == []
    assert desk("rejects", report["run"]).code == 0
    assert path.read_bytes() == before


def test_retry_judges_rejects_again_without_a_file(desk: Desk) -> None:
    """After the mapping was mended, the same rows go."""
    parent = desk.report("run", desk.file(ROWS))
    (desk.folder / "mappings" / "stock.yaml").write_text(
        MAPPING.replace("Pieces}", 'Pieces, thousands: ","}')
    )
    child = desk.report("retry", parent["run"])
    assert (child["rows"]["read"], child["rows"]["accepted"], child["rows"]["rejected"]) == (2, 1, 1)
    assert desk.stock()["A", "S2"] == 1500


def test_rejects_of_another_tenant_are_set_aside(desk: Desk) -> None:
    """The sandbox was emptied since: it is another tenant, and nothing of the old one goes there."""
    parent = desk.report("run", desk.file(ROWS))
    assert desk("sandbox", "reset").code == 0
    ended = desk("run", desk.folder / "rejects" / parent["rejects"].rpartition("/")[2])
    assert ended.code == 6
    assert "another" in ended.err or "sandbox" in ended.err


def test_rejects_of_a_run_that_the_ledger_does_not_know_are_set_aside(desk: Desk) -> None:
    """They are dropped where that run was made."""
    desk("run", desk.file(GOOD))
    path = desk.file(
        [
            ("Depot", "Item", "Pieces", "_reject_row", "_reject_run"),
            ("A", "S1", "5", "2", "20200101T000000Z-beef"),
        ],
        "r.csv",
    )
    ended = desk("run", path)
    assert ended.code == 6
    assert "20200101T000000Z-beef" in ended.err


def test_a_reject_file_that_lost_its_columns_is_named_as_what_it_is(desk: Desk) -> None:
    """A CSV opened with the wrong separator and saved."""
    path = desk.file([("Depot;Item;Pieces;_reject_row;_reject_run",), ("A;S1;5;2;x",)], "r.csv")
    text = path.read_text().replace(";_", "\u00a6_")
    path.write_text(text)
    ended = desk("run", path)
    assert ended.code == 6
    assert "wrong separator" in ended.err


def test_a_reject_file_that_cannot_be_written_is_said_and_its_rows_are_safe(desk: Desk) -> None:
    """Here a file stands where the folder should be; once it is gone, the reject file is written again."""
    (desk.folder / "rejects").write_text("in the way")
    report = desk.report("run", desk.file(ROWS))
    assert (report["exit_code"], report["rejects"]) == (1, None)
    assert "inventory-sync rejects" in " ".join(report["warnings"])
    (desk.folder / "rejects").unlink()
    assert desk("rejects", report["run"]).code == 0
    assert len(list((desk.folder / "rejects").iterdir())) == 1


def test_half_a_pair_is_never_judged_alone(desk: Desk) -> None:
    """Of two rows that contradict each other one was mended to another pair: `retry` judges both again, and sends neither."""
    rows = [*GOOD, ("A", "S7", "70"), ("A", "S7", "71")]
    first = desk.report("run", desk.file(rows))
    again = desk.report("run", desk.file(rows), "--again")
    rejects = desk.folder / "rejects" / first["rejects"].rpartition("/")[2]
    corrected(rejects, {"5": {"Item": "S8"}})
    lines = rejects.read_text().splitlines()
    rejects.write_text("\n".join([lines[0], *(line for line in lines if "S8" in line)]) + "\n")
    assert desk.report("run", rejects)["rows"]["accepted"] == 1
    assert desk("retry", again["run"]).code == 1
    assert ("A", "S7") not in desk.stock()


def test_each_row_of_a_pair_is_replaced_by_itself(desk: Desk) -> None:
    """The same file again: its two contradicting rows stand for the two of before, and both are mended by their own."""
    rows = [*GOOD, ("A", "S7", "70"), ("A", "S7", "71")]
    first = desk.report("run", desk.file(rows))
    again = desk.report("run", desk.file(rows), "--again")
    rejects = desk.folder / "rejects" / first["rejects"].rpartition("/")[2]
    corrected(rejects, {"4": {"Item": "S8"}, "5": {"Item": "S9"}})
    assert desk.report("run", rejects)["rows"]["accepted"] == 2
    assert desk.report("show", again["run"])["rejects_now"]["open"] == 0


def test_a_retry_with_nothing_open_does_nothing(desk: Desk) -> None:
    """Exit code 0, no request."""
    run = desk.report("run", desk.file(GOOD))["run"]
    ended = desk("retry", run, "--json")
    assert (ended.code, ended.json["runs"]) == (0, [])


def test_a_chain_through_a_matrix_judges_only_rejected_cells(desk: Desk) -> None:
    """The source row stands once; its good cell is not sent a second time."""
    (desk.folder / "mappings" / "stock.yaml").write_text(
        "version: 1\nname: wide\nlayout: matrix\nmatrix: {locations: [A, B]}\ncolumns: {sku_code: {column: Item}}\n"
    )
    parent = desk.report("run", desk.file([("Item", "A", "B"), ("S1", "5", "x"), ("S2", "7", "8")]))
    assert (parent["rows"]["read"], parent["rows"]["accepted"], parent["rows"]["rejected"]) == (4, 3, 1)
    rejects = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    corrected(rejects, {"2": {"B": "6", "A": "99"}})
    child = desk.report("run", rejects)
    assert (child["rows"]["read"], child["rows"]["accepted"], child["skipped_by_reason"]) == (
        2,
        1,
        {"repeat": 1},
    )
    assert desk.stock() == {("A", "S1"): 5, ("B", "S1"): 6, ("A", "S2"): 7, ("B", "S2"): 8}
    assert desk.report("show", parent["run"])["closed"]


def test_a_retry_does_not_make_the_file_a_repeat(desk: Desk) -> None:
    """What the parent never sent is sent when the file comes again, whatever was retried in between."""
    (desk.folder / "catalogue.csv").write_text("kind,code\nsku,S1\n")
    (desk.folder / "mappings" / "stock.yaml").write_text(MAPPING + "rows: {unknown: skip}\n")
    desk.configure({"url": "sandbox"}, sandbox={"catalogue": "catalogue.csv"})
    parent = desk.report("run", desk.file([*GOOD, ("A", "S3", "x")]))
    assert parent["skipped_by_reason"] == {"unknown": 1}
    desk("retry", parent["run"])
    (desk.folder / "catalogue.csv").write_text("kind,code\nsku,S1\nsku,S2\n")
    assert desk.report("run", desk.folder / "stock.csv")["rows"]["accepted"] == 1
    assert desk.stock() == {("A", "S1"): 5, ("B", "S2"): 6}


def test_a_reject_file_without_one_of_its_columns_is_set_aside(desk: Desk) -> None:
    """Which cell belongs where must not shift."""
    parent = desk.report("run", desk.file([("Note", "Depot", "Item", "Pieces"), ("n", "A", "S1", "x")]))
    rejects = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    rejects.write_text("\n".join(line.split(",", 1)[1] for line in rejects.read_text().splitlines()) + "\n")
    ended = desk("run", rejects)
    assert (ended.code, "'Note'" in ended.err) == (6, True)


def test_a_file_name_of_other_bytes_or_of_full_length_goes_like_any_other(desk: Desk) -> None:
    """Names from another encoding, and names as long as a file system allows."""
    for name in ("stock_\udcfe.csv", f"stock_{'ж' * 120}.csv"):
        report = desk.report("run", "--again", desk.file(ROWS, name))
        assert (report["exit_code"], bool(report["rejects"])) == (1, True)


def test_a_refusal_names_the_source_column(desk: Desk) -> None:
    """Staff know their columns, not the tenant's fields."""
    (desk.folder / "catalogue.csv").write_text("kind,code\nsku,S1\n")
    desk.configure({"url": "sandbox"}, sandbox={"catalogue": "catalogue.csv"})
    (problem,) = desk.report("run", desk.file(GOOD))["problems"]
    assert (problem["field"], problem["code"]) == ("Item", "tenant.sku")


def test_a_folder_that_cannot_be_written_to_is_2_in_words(desk: Desk) -> None:
    """For the commands that were told where to write."""
    run = desk.report("run", desk.file(ROWS))["run"]
    (desk.folder / "plain").write_text("")
    for arguments in (("rejects", run, "--to"), ("check", desk.folder / "stock.csv", "--rejects")):
        ended = desk(*arguments, desk.folder / "plain" / "x")
        assert (ended.code, "cannot be" in ended.err) == (2, True)


def test_a_second_retry_takes_the_rejects_where_they_stand_now(desk: Desk) -> None:
    """The first retry failed again, in a run of its own; naming the first run once more goes on from there."""
    parent = desk.report("run", desk.file(ROWS))["run"]
    child = desk.report("retry", parent)["run"]
    (desk.folder / "mappings" / "stock.yaml").write_text(
        MAPPING.replace("Pieces}", 'Pieces, thousands: ","}')
    )
    assert desk.report("retry", parent)["rows"]["accepted"] == 1
    assert (
        desk("retry", child).code == desk("retry", parent).code == 1
    )  # the other row, which no mapping mends


def test_a_retry_does_not_take_what_a_newer_file_replaced(desk: Desk) -> None:
    """Those rejects are the newer file's; the old cells must not come back: the newer run is named."""
    bad = ("A", "S2", "1,500")
    parent = desk.report("run", desk.file([GOOD[0], bad]))["run"]
    newer = desk.report("run", desk.file([GOOD[0], bad, GOOD[1]], "stock_2.csv"))["run"]
    ended = desk("retry", parent)
    assert (ended.code, newer in ended.err) == (2, True)
