"""STATUS.html: what a person in the warehouse sees of it, from a real ledger, and what nothing in a file can do to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from sync import config
from sync.ledger.book import connect
from sync.run.statuspage import FILES, write_status_page
from sync.staff.page import Came, Seen, Waits, page
from sync.staff.words import load

if TYPE_CHECKING:
    from tests.desks import Desk

NOW = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
WORDS = [load("en"), load("tr")]
NONE = {"accepted": 0, "unchanged": 0, "rejected": 0, "held": 0, "pending": 0}


def report(status: str, file: str = "stock.csv", **rows: int) -> dict[str, Any]:
    """Make a report, as far as the page looks at it."""
    return {"status": status, "file": f"/drop/inbox/{file}", "rows": NONE | rows, "skipped_by_reason": {}}


def shown(*files: dict[str, Any], waiting: tuple[Waits, ...] = ()) -> str:
    """Write a page of some files."""
    return page(WORDS, Seen(NOW, 30, waiting, [Came(NOW, each) for each in files]))


def text(html: str) -> str:
    """Give what a person reads."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html))


def written(desk: Desk, looked_at: datetime | None = None, **more: Any) -> str:
    """Write the page of a desk's ledger."""
    (desk.folder / "drop").mkdir(exist_ok=True)
    desk.configure({"url": "sandbox"}, **more)
    settings = config.load({"config": desk.folder / "inventory-sync.yaml"}, {"HOME": "/"}, desk.folder)
    ledger = connect(settings.state / "ledger.db")
    write_status_page(settings, ledger, looked_at=looked_at or datetime.now(UTC))
    ledger.close()
    return (desk.folder / "drop" / "STATUS.html").read_text("utf-8")


def test_the_page_tells_when_we_last_looked_and_what_it_means() -> None:
    """A page that nobody writes any more must not look like good news."""
    words = text(shown())
    assert "Last look into the folder: 2026-11-23 09:15" in words
    assert "more than 30 minutes ago" in words
    assert "No file has come yet" in words
    assert "Nothing waits for anybody" in words


@pytest.mark.parametrize(("language", "first"), [("en", "en"), ("tr", "tr")])
def test_both_languages_stand_there_the_set_one_first(desk: Desk, language: str, first: str) -> None:
    """Whoever reads the other one scrolls."""
    desk.report("run", desk.file([("Depot", "Item", "Pieces"), ("A", "S1", "5")]))
    html = written(desk, language=language)
    assert re.findall(r'<section lang="(\w+)"', html) == sorted(["en", "tr"], key=lambda name: name != first)
    assert f'<html lang="{first}">' in html


@pytest.mark.parametrize(
    ("told", "sentence", "mark"),
    [
        (report("ok", accepted=1200), "Done. 1,200 rows arrived.", "OK"),
        (report("ok"), "nothing to send", "OK"),
        (report("ok") | {"skipped_by_reason": {"repeat": 9}}, "sent before", "OK"),
        (report("partial", accepted=9, rejected=1), "9 rows arrived; 1 row to correct.", "LOOK"),
        (report("held", held=5), "5 rows waiting for an approver", "WAIT"),
        (report("incomplete", pending=5), "5 rows still to go", "WAIT"),
        (report("refused", pending=5), "refuses our access", "LOOK"),
        (report("failed"), "Could not be read", "LOOK"),
    ],
)
def test_each_file_is_told_in_one_sentence_with_a_mark_in_words(
    told: dict[str, Any], sentence: str, mark: str
) -> None:
    """Colour is never the only sign."""
    words = " ".join(text(shown(told)).split())
    assert sentence in words
    assert f"stock.csv {mark} " in words


def test_a_file_whose_rejects_are_closed_asks_nobody_to_correct_them() -> None:
    """Corrected, brought right by a newer file, or given up: the page no longer calls for them."""
    came = [Came(NOW, report("partial", accepted=5, rejected=2), closed=closed) for closed in (True, False)]
    done, open_ = (text(page(WORDS[:1], Seen(NOW, 30, (), [each]))) for each in came)
    assert "2 rows to correct" in open_
    assert "2 rows to correct" not in done
    assert "nothing of it is left to correct" in done


def test_nothing_in_a_file_s_name_gets_into_the_page() -> None:
    """Tags, quotes, escapes and line breaks are shown as they are; a long name is cut."""
    name = "<script>alert(1)</script>\"'&\x1b\n" + "x" * 500
    html = shown(report("failed", name), waiting=(Waits("staff", "failed", name),))
    assert "<script" not in html
    assert "\x1b" not in html
    assert "x" * 200 not in html


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """No script, no link, no picture; it is well formed and says so itself."""
    html = shown(report("ok", accepted=1), waiting=(Waits("itself", "pending", "a.csv", 3),))
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not {name for name, _ in attrs} & {"src", "href", "onclick", "action"}

    Reader().feed(html)
    assert not set(tags) & {"script", "link", "img", "iframe", "form"}
    assert "default-src 'none'" in html
    assert "http://" not in html
    assert "https://" not in html


def test_what_waits_stands_under_who_is_to_do_it(desk: Desk) -> None:
    """Rejects of a real run: new at first, standing once the mapping has run again, with their age."""
    desk.report("run", desk.file([("Depot", "Item", "Pieces"), ("A", "S1", "x"), ("A", "S2", "5")]))
    words = " ".join(text(written(desk)).split())
    assert "Whoever wrote the file stock.csv: 1 row to correct, new (less than a day)" in words
    desk.report("run", desk.file([("Depot", "Item", "Pieces"), ("A", "S3", "5")], "stock_2.csv"))
    words = " ".join(text(written(desk, datetime.now(UTC) + timedelta(days=3))).split())
    assert "stock.csv: 1 row still to correct (3 days)" in words


def test_a_row_that_every_file_brings_again_is_not_new_each_time(desk: Desk) -> None:
    """It is as old as its first rejection; what the last file brought beside it is new."""
    begun = (datetime.now(UTC) - timedelta(days=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = [("Depot", "Item", "Pieces"), ("A", "S1", "x")]
    desk.report("run", desk.file(rows))
    ledger = connect(desk.folder / "state" / "ledger.db")
    ledger.db.execute("UPDATE runs SET started = ?", (begun,))
    ledger.close()
    desk.report("run", desk.file([*rows, ("A", "S2", "y")], "stock_2.csv"))
    words = " ".join(text(written(desk)).split())
    assert "stock_2.csv: 1 row still to correct (6 days)" in words
    assert "stock_2.csv: 1 row to correct, new (less than a day)" in words


def test_a_failed_file_is_called_to_mind_until_it_comes_again(desk: Desk) -> None:
    """The same name, read at last, is no longer waited for."""
    (desk.folder / "stock.csv").write_bytes(b"")
    desk.report("run", desk.folder / "stock.csv")
    assert "stock.csv: could not be read (less than a day)" in text(written(desk))
    desk.report("run", desk.file([("Depot", "Item", "Pieces"), ("A", "S1", "5")]))
    assert "could not be read (" not in text(written(desk))


def test_pending_rows_go_by_themselves_and_it_says_when(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant that cannot be reached is nobody's task."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", "sk_live_0123456789abcdef")
    desk.configure({"url": "http://127.0.0.1:9"})
    desk.report("run", desk.file([("Depot", "Item", "Pieces"), ("A", "S1", "5")]))
    words = " ".join(text(written(desk)).split())
    assert "Nobody: it goes by itself stock.csv: 1 row not arrived yet" in words


def test_the_page_stays_short(desk: Desk) -> None:
    """The last thirty files, however many came."""
    (desk.folder / "stock.csv").write_bytes(b"")
    for _ in range(FILES + 2):
        desk("run", desk.folder / "stock.csv")
    assert written(desk).count("<tr><td>") == 2 * FILES
