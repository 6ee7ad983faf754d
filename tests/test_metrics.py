"""The file of metrics: read by a strict reader of the text format, true at every moment, and no harm where it fails."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from sync.ledger.book import connect
from sync.run.exposition import Metric, text
from sync.run.metrics import note_pass
from tests.desks import GOOD, ROWS
from tests.test_holds import EMPTIED, begun, stock
from tests.test_order import dropped

if TYPE_CHECKING:
    from tests.desks import Desk

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
PLAIN = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


def parsed(told: str) -> Samples:
    """Read the text format as strictly as a scraper may: HELP and TYPE first, each metric once and in one piece."""
    samples: Samples = {}
    kinds: dict[str, str] = {}
    lines = told.split("\n")
    assert lines.pop() == "", "the last line does not end"
    for line in lines:
        if line.startswith("# HELP "):
            helped = line.split(" ")[2]
            assert helped not in kinds
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == helped
            assert (kind == "counter") == name.endswith("_total")
            kinds[name] = kind
        else:
            found = SAMPLE.fullmatch(line)
            assert found, line
            assert found[1] == list(kinds)[-1], "a sample outside of its metric"
            labels = tuple((name, _plain(value)) for name, value in LABEL.findall(found[2] or ""))
            assert LABEL.sub("", found[2] or "") == ""
            assert (found[1], labels) not in samples
            samples[found[1], labels] = float(found[3])
    return samples


def _plain(value: str) -> str:
    return re.sub(r"\\.", lambda found: PLAIN[found[0]], value)


def scraped(desk: Desk) -> Samples:
    """Read the file of a desk."""
    return parsed((desk.folder / "sync.prom").read_text(encoding="utf-8"))


def value(samples: Samples, name: str, **labels: str) -> float:
    """Give one sample."""
    return samples[f"inventory_sync_{name}", tuple(labels.items())]


def measured(desk: Desk) -> Desk:
    """Have metrics written."""
    desk.configure({"url": "sandbox"}, metrics_file="sync.prom")
    return desk


def test_labels_and_words_of_any_kind_are_read_back() -> None:
    """Quotes, backslashes and line ends in a name neither break a line nor are lost."""
    odd = 'a"b\\c\nd\\n{x="y"}, ş'
    told = text([Metric("m", "gauge", "Line\nand \\ that.", [([("mapping", odd), ("b", "")], 3)])])
    assert parsed(told) == {("m", (("mapping", odd), ("b", ""))): 3}
    assert told.startswith("# HELP m Line\\nand \\\\ that.\n")


def test_a_run_is_counted(desk: Desk) -> None:
    """Files by status, rows by outcome, requests; what is open, and when its feed was last well."""
    measured(desk)("run", desk.file(ROWS))
    found = scraped(desk)
    assert value(found, "runs_total", status="partial") == 1
    rows = {name: value(found, "rows_total", outcome=name) for name in ("accepted", "skipped", "rejected")}
    assert rows == {"accepted": 2, "skipped": 1, "rejected": 2}
    assert (value(found, "requests_total"), value(found, "retries_total")) == (1, 0)
    assert value(found, "open_rejects", age="new") == 2
    good = value(found, "last_good_run_timestamp_seconds", mapping="stock", tenant="sandbox")
    assert abs(good - time.time()) < 60
    assert abs(value(found, "oldest_open_reject_timestamp_seconds") - time.time()) < 60


def test_counters_never_fall_when_runs_are_forgotten(desk: Desk) -> None:
    """The retention takes the run; what it came to stays."""
    measured(desk)("run", desk.file(ROWS), desk.file(GOOD, "prices.csv"))
    before = scraped(desk)
    ledger = connect(desk.folder / "state" / "ledger.db")
    ledger.db.execute("UPDATE rejects SET again_run = 'x'")
    ledger.db.execute("UPDATE runs SET started = '2020-01-01T00:00:00Z'")
    ledger.close()
    desk("resume")
    assert desk("status", "--json").json["runs"] == []
    after = scraped(desk)
    assert all(after[key] >= count for key, count in before.items() if key[0].endswith("_total"))
    assert value(after, "runs_total", status="failed") == 1


def test_what_waits_is_told_and_its_requests_are_counted_once(desk: Desk) -> None:
    """Pending and held rows while they are so; the counters count a run when it ends."""
    (desk.folder / "faults.yaml").write_text("- {method: POST, status: 503}")
    desk.configure({"url": "sandbox"}, sandbox={"faults": "faults.yaml"}, metrics_file="sync.prom")
    desk("run", desk.file(GOOD))
    down = scraped(desk)
    assert (value(down, "pending_files"), value(down, "pending_rows")) == (1, 2)
    assert value(down, "requests_total") >= 1
    measured(desk)("resume")
    up = scraped(desk)
    assert (value(up, "pending_files"), value(up, "pending_rows")) == (0, 0)
    assert value(up, "requests_total") == value(down, "requests_total") + 1
    assert value(up, "rows_total", outcome="accepted") == 2


def test_held_rows_are_told_until_they_are_let_go(desk: Desk) -> None:
    """As files and as rows; they are not pending."""
    begun(measured(desk))
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    held = scraped(desk)
    assert [value(held, name) for name in ("held_files", "held_rows", "pending_files", "pending_rows")] == [
        1,
        60,
        0,
        0,
    ]
    run = desk("status", "--json").json["held"][0]["run"]
    desk("discard", run)
    free = scraped(desk)
    assert (value(free, "held_files"), value(free, "held_rows")) == (0, 0)
    assert value(free, "rows_total", outcome="skipped") == 60


def test_a_file_of_which_nothing_was_taken_is_no_good_run(desk: Desk) -> None:
    """All of it superseded, rejected or given up: the moment does not move; a repeat moves it."""
    desk = measured(desk)
    named = {"mapping": "stock", "tenant": "sandbox"}
    desk("run", dropped(desk, 5, ("A", "S1", "5")))
    backdate(desk, "2026-01-05T06:00:00Z")
    for rows in ([("A", "S1", "4")], [("A", "S1", "many")]):
        desk("run", dropped(desk, 1, *rows, name="stock_old.csv"))
        assert value(scraped(desk), "last_good_run_timestamp_seconds", **named) == 1_767_592_800
    desk("run", dropped(desk, 6, ("A", "S1", "5")))
    assert value(scraped(desk), "last_good_run_timestamp_seconds", **named) > 1_767_592_800


def backdate(desk: Desk, moment: str) -> None:
    """Let the runs so far have ended at another moment."""
    ledger = connect(desk.folder / "state" / "ledger.db")
    ledger.db.execute("UPDATE runs SET about = json_set(about, '$.ended', ?)", (moment,))
    ledger.close()


def test_the_last_pass_is_a_moment(desk: Desk) -> None:
    """So that its age grows when nothing runs any more; before the first pass there is none."""
    measured(desk)("run", desk.file(GOOD))
    assert not any(name.endswith("last_pass_timestamp_seconds") for name, _ in scraped(desk))
    ledger = connect(desk.folder / "state" / "ledger.db")
    note_pass(ledger)
    ledger.close()
    desk("resume")
    assert abs(value(scraped(desk), "last_pass_timestamp_seconds") - time.time()) < 60


def test_another_user_may_read_it_and_nothing_is_left_beside_it(desk: Desk) -> None:
    """The exporter is another user; the file is replaced as a whole."""
    measured(desk)("run", desk.file(GOOD))
    first = (desk.folder / "sync.prom").stat()
    desk("resume")
    second = (desk.folder / "sync.prom").stat()
    assert second.st_mode & 0o777 == 0o644
    assert first.st_ino != second.st_ino
    assert not list(desk.folder.glob(".*.tmp"))


def test_a_file_that_cannot_be_written_stops_no_run(desk: Desk) -> None:
    """The run ends as it would; a line of the log tells."""
    desk.configure({"url": "sandbox"}, metrics_file="no/such/folder/sync.prom")
    ended = desk("run", desk.file(GOOD))
    assert ended.code == 0
    assert "the metrics were not written" in ended.err
