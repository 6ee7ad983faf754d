"""The main job through the command line, as a user types it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from sync.sandbox.serve import served
from sync.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.conftest import Cli, Ended

KEY = "sk_live_c0ffee5eed1234567890"
MAPPING = """
version: 1
name: stock
match: {filename: ["stock*"]}
columns:
  location_code: {column: Depot}
  sku_code: {column: Item}
  quantity: {column: Pieces}
"""
ROWS = [
    ("Depot", "Item", "Pieces"),
    ("A", "S1", "5"),
    ("A", "S2", "1,500"),
    ("B", "00123", "0"),
    ("B", "", "7"),
    ("", "", ""),
]
GOOD = [("Depot", "Item", "Pieces"), ("A", "S1", "5"), ("B", "S2", "6")]


class Desk:
    """A folder with a configuration, one mapping and files."""

    def __init__(self, folder: Path, cli: Cli) -> None:
        self.folder, self.cli = folder, cli
        (folder / "mappings").mkdir()
        (folder / "mappings" / "stock.yaml").write_text(MAPPING)
        self.configure({"url": "sandbox"})

    def configure(self, tenant: dict[str, Any], **more: Any) -> None:
        """Write the configuration."""
        quick = {"retry": {"attempts": 2, "base": 0.01, "max": 0.01, "deadline": 5}, "timeout": 5}
        (self.folder / "inventory-sync.yaml").write_text(json.dumps({"tenant": {**quick, **tenant}, **more}))

    def file(self, rows: Sequence[tuple[str, ...]], name: str = "stock.csv") -> Path:
        """Write a stock file."""
        path = self.folder / name
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def __call__(self, *arguments: str | Path) -> Ended:
        """Type one command."""
        return self.cli(arguments[0], "--config", self.folder / "inventory-sync.yaml", *arguments[1:])

    def report(self, *arguments: str | Path) -> dict[str, Any]:
        """Type one command and give the report of its only run."""
        (report,) = self(*arguments, "--json").json["runs"]
        assert isinstance(report, dict)
        return report

    def stock(self) -> dict[tuple[str, str], int]:
        """Give what the sandbox holds."""
        with Store(self.folder / "state" / "sandbox.db") as store:
            return {
                (row.location_code, row.sku_code): row.quantity
                for place in "AB"
                for row in store.at_location(place)
            }


@pytest.fixture
def desk(tmp_path: Path, cli: Cli) -> Desk:
    """Set a folder up."""
    return Desk(tmp_path, cli)


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
    report = desk.report("run", desk.file(GOOD, "stock_copy.csv"))
    assert (report["exit_code"], report["skipped_by_reason"], report["requests"]["sent"]) == (
        0,
        {"repeat": 2},
        0,
    )
    assert desk.report("run", "--again", desk.folder / "stock.csv")["rows"]["accepted"] == 2


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
    second = desk.folder / "rejects" / child["rejects"].rpartition("/")[2]
    corrected(second, {"3": {"Item": "S9"}})
    assert desk.report("run", second)["rows"]["accepted"] == 1
    assert desk.report("show", parent["run"])["closed"]
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
    assert [cell.value for cell in book.worksheets[0][2]][:4] == ["A", "S2", "1,500", "3"]
    book.worksheets[0]["C2"] = 1500
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


# --- a tenant over a real socket


@pytest.fixture
def tenant(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """Serve a sandbox that misbehaves as told, and point the configuration at it."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    stores, servers = [], []

    def serve(plan: Any) -> None:
        stores.append(Store(desk.folder / "tenant.db"))
        servers.append(served(stores[-1], plan=plan))
        desk.configure({"url": servers[-1].__enter__()})

    yield serve
    for server, store in zip(servers, stores, strict=True):
        server.__exit__(None, None, None)
        store.close()


def four_parts(words: str) -> bool:
    """Tell whether a message has what happened, what is safe, what happens by itself, and the command."""
    return all(part in words for part in ("Safe:", "By itself:", "To do:"))


def test_a_wrong_key_stops_with_5_and_the_tenant_s_words(desk: Desk, tenant: Callable[[Any], None]) -> None:
    """Rows stay pending; the key is in no output and no file."""
    tenant([{"status": 401, "body": {"detail": f"Invalid API key {KEY}"}}])
    ended = desk("run", desk.file(GOOD))
    assert ended.code == 5
    assert "Invalid API key" in ended.err
    assert four_parts(ended.err)
    kept = b"".join(path.read_bytes() for path in desk.folder.rglob("*") if path.is_file())
    assert KEY not in ended.out + ended.err
    assert KEY.encode() not in kept


def test_a_tenant_that_is_down_leaves_rows_pending_and_resume_finishes_them(
    desk: Desk, tenant: Callable[[Any], None]
) -> None:
    """Exit 4, then 0; the source is not read again."""
    tenant([{"status": 503, "times": 2}])
    file = desk.file(GOOD)
    ended = desk("run", file)
    assert ended.code == 4
    assert four_parts(ended.err)
    file.unlink()
    assert desk("status", "--json").json["pending"][0]["rows"]["pending"] == 2
    assert desk.report("resume")["rows"] | {"read": 0} == {
        "read": 0,
        "accepted": 2,
        "unchanged": 0,
        "merged": 0,
        "skipped": 0,
        "rejected": 0,
        "held": 0,
        "pending": 0,
    }
    assert desk("resume").code == 0


def test_discard_ends_what_is_pending(desk: Desk, tenant: Callable[[Any], None]) -> None:
    """The rows are skipped, counted, and never sent."""
    tenant([{"status": 503}])
    run = desk.report("run", desk.file(GOOD))["run"]
    report = desk.report("discard", run)
    assert (report["exit_code"], report["skipped_by_reason"]) == (0, {"discarded": 2})
    assert desk("resume", "--json").json["runs"] == []


def test_an_address_where_nothing_listens_is_4(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run or resume goes on."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    desk.configure({"url": "http://127.0.0.1:9"})
    ended = desk("run", desk.file(GOOD))
    assert ended.code == 4
    assert "127.0.0.1:9" in ended.err


# --- set-up and files that are wrong


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


# --- real processes


def start(desk: Desk, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the command line in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "sync",
        arguments[0],
        "--config",
        desk.folder / "inventory-sync.yaml",
        *arguments[1:],
    ]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"INVENTORY_SYNC_API_KEY": KEY},
    )


def many(n: int) -> list[tuple[str, ...]]:
    """Make a file of n rows that can all be told apart."""
    return [
        ("Depot", "Item", "Pieces"),
        *(("AB"[number % 2], f"S{number:05d}", str(number)) for number in range(n)),
    ]


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_is_finished_by_resume(desk: Desk, sign: signal.Signals) -> None:
    """Killed in the middle of its batches: no row is lost, none is doubled, the tenant equals the file."""
    store = Store(desk.folder / "tenant.db")
    with served(store, plan=[{"extra_fields": {"slow": True}}]) as url:
        desk.configure({"url": url, "batch_rows": 20, "workers": 2})
        run = start(desk, "run", desk.file(many(4000)))
        until = time.monotonic() + 60
        while not store.at_location("A") and time.monotonic() < until:
            time.sleep(0.005)
        run.send_signal(sign)
        assert run.wait(30) == (-sign if sign == signal.SIGKILL else 130)
        half = len(store.at_location("A")) + len(store.at_location("B"))
        assert 0 < half < 4000
        assert start(desk, "resume").wait(60) == 0
        stock = {row.sku_code: row.quantity for place in "AB" for row in store.at_location(place)}
    store.close()
    assert stock == {f"S{number:05d}": number for number in range(4000)}
    (report,) = desk("status", "--json").json["runs"]
    assert (report["status"], report["rows"]["accepted"]) == ("ok", 4000)


def test_a_second_run_leaves_at_once_with_75(desk: Desk) -> None:
    """One run at a time for each state folder."""
    store = Store(desk.folder / "tenant.db")
    with served(store) as url:
        desk.configure({"url": url, "batch_rows": 1, "workers": 1})
        first = start(desk, "run", desk.file(many(3000)))
        until = time.monotonic() + 60
        while not store.at_location("A") and time.monotonic() < until:
            time.sleep(0.005)
        assert start(desk, "run", desk.folder / "stock.csv").wait(30) == 75
        first.kill()
        first.wait()
    store.close()


def test_a_log_line_is_json_on_request_and_stdout_stays_one_document(desk: Desk) -> None:
    """Logs go to stderr."""
    ended = desk("run", desk.file(GOOD), "--json", "--log-format", "json", "-v")
    assert ended.json["exit_code"] == 0
    events = [json.loads(line)["event"] for line in ended.err.splitlines()]
    assert {"staged", "ended"} <= set(events)


def test_a_name_that_steers_a_terminal_is_shown_escaped(desk: Desk) -> None:
    """One event is one line, and no escape sequence gets through."""
    ended = desk("run", desk.file(GOOD, "stock\x1b[31m\nx.csv"))
    assert ended.code == 0
    assert "\x1b" not in ended.out + ended.err


def test_files_of_ours_are_not_for_others(desk: Desk) -> None:
    """Whatever the umask was: 0640 or tighter."""
    desk("run", desk.file(ROWS))
    ours = [path for folder in ("state", "rejects") for path in (desk.folder / folder).rglob("*")]
    assert ours
    assert [path for path in ours if path.stat().st_mode & 0o027] == []
