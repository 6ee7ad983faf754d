"""The week, day by day: Thursday to Sunday."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.week import company
from tests.week.story import beginning, held_run, monday, night, till, tuesday, wednesday

if TYPE_CHECKING:
    from tests.week.page import Page
    from tests.week.play import Week


def play(week: Week, page: Page) -> None:
    """Play all seven days."""
    for part in (beginning, monday, tuesday, wednesday, thursday, friday, saturday, sunday):
        part(week, page)
    week.until("Sun 23:50")
    overview(week, page)


def thursday(week: Week, page: Page) -> None:
    """The tenant is away for a day."""
    page.head("Thursday: the tenant is away for a day")
    week.until("Thu 01:00")
    week.tenant.down()
    week.until("Thu 02:00")
    night(week, 3)
    ended = week.until("Thu 02:20")
    assert ended.code == 4
    page.say(
        "From one in the night on nobody answers at the tenant. The file is read, judged and kept ready:"
    )
    page.passed(ended)
    page.messages("take everything")
    for hour in (10, 14, 18):
        week.until(f"Thu {hour}:00")
        till(week, 3, hour)
    assert week.until("Thu 20:00").code == 4
    page.say(
        "The till goes on writing, and every pass ends with 4. But there was only one message, and there is none for the hundred passes after it. What "
        "was pending of an older file of the till is `superseded` as soon as a newer one is there. In the evening:"
    )
    page.typed("status", "till_5")
    page.metrics("pending", "last_good.*erp")
    page.say(
        "The time of the ERP's last good run stands still since Wednesday, which is what to have an alarm for in Prometheus. And `heartbeat_url`, which is called "
        "after each good pass, has not been called since ten past two, so that an outside watcher rings also when this machine is dead."
    )


def friday(week: Week, page: Page) -> None:
    """The tenant is back; a file of zeros; a crash after sending."""
    page.head("Friday: everything catches up, and a file of zeros")
    week.until("Fri 00:25")
    week.tenant.again()
    ended = week.until("Fri 00:30")
    assert ended.code == 0
    page.say(
        "At 00:30 somebody answers again. Everything goes by itself, and no shop shows the stock of ten o'clock for a moment:"
    )
    page.passed(ended)
    page.messages("nothing waits")
    zeros(week, page)
    week.until("Fri 18:00")
    till(week, 4, 18)
    week.until("Fri 18:10")
    week.cut_off_at("/reports/")
    page.say(
        "At 18:20 the machine dies a second time, when all was sent and before the file was put away. The next pass finds the run in the ledger, sends "
        "nothing, and puts the file where it belongs:"
    )
    ended = week.until("Fri 18:30")
    assert ended.code == 0
    page.typed("status", "till_6_18")


def zeros(week: Week, page: Page) -> None:
    """An export of nothing but zeros."""
    week.until("Fri 02:00")
    stock = company.in_depots(4)
    week.drop("erp_stock.csv", company.export(company.in_depots(4, none_in=company.DEPOTS)))
    assert week.until("Fri 02:20").code == 3
    page.say(
        "At two the ERP, after an update, writes 0 for every item. The shop would be empty in the morning; so this file waits:"
    )
    page.messages("waiting for")
    week.until("Fri 08:10")
    page.typed("discard", held_run(week), "--by", "ada", "--why", "the ERP lost its stock column")
    page.say("At 08:10 the ERP writes a right one, which goes at 08:30.")
    week.drop("erp_stock.csv", company.export(stock), stock)
    assert week.until("Fri 08:30").code == 0


def saturday(week: Week, page: Page) -> None:
    """A file of another company, and one that is no stock at all."""
    page.head("Saturday: files that do not belong here")
    week.until("Sat 02:00")
    night(week, 5)
    week.until("Sat 11:00")
    week.drop("erp_stock.csv", company.export(company.in_depots(5, prefix="X-")))
    week.drop("prices.csv", b"Item,Price\r\nTAP-001,9.90\r\n")
    ended = week.until("Sat 11:20")
    assert ended.code == 6
    page.say(
        "Two files are dropped here by mistake: the export of the sister company, and a price list. The columns of the first are right, so "
        "it is only at the tenant that it shows: hardly anything of it is known there, and what had not gone yet stays here."
    )
    page.passed(ended)
    page.folders("held", "failed")
    page.note(week.lying("failed")[0], "This file", "What happened", "What to do")
    page.say(
        "Ada gives the first one up (`discard`), and with what was held its 500 rejected rows are closed; the price list needs no command. It is called to "
        "mind on the page of the staff for as long as no file of that name was read."
    )
    assert (
        week.type("discard", held_run(week), "--by", "ada", "--why", "file of the sister company").code == 1
    )


def sunday(week: Week, page: Page) -> None:
    """A depot is emptied, on purpose."""
    page.head("Sunday: zeros that are true")
    week.until("Sun 02:00")
    stock = company.in_depots(6, none_in=("A-102",))
    week.drop("erp_stock.csv", company.export(stock), stock)
    ended = week.until("Sun 02:20")
    assert ended.code == 3
    page.say(
        "Depot A-102 was emptied for its new floor. A-101 is not in doubt and goes at once; A-102 waits:"
    )
    page.passed(ended)
    week.until("Sun 09:00")
    ended = page.typed(
        "approve", held_run(week), "--location", "A-102", "--by", "ada", "--why", "new floor, it is empty"
    )
    assert ended.code == 0
    page.say("What has the tenant heard of one item, and from which files?")
    page.typed("status", "--sku", "TAP-001", "--location", "A-102")


def overview(week: Week, page: Page) -> None:
    """Tell what is left, and all that was told."""
    page.head("What is left of the week")
    page.staff_page(5)
    page.metrics("runs_total", "rows_total", "open_rejects", "held_files", "pending_files")
    page.say("All messages of the week: one for each change, none twice, and most passes have none.")
    told = [f"{at:%a %H:%M}  {title}" for at, title in week.told]
    page.block("\n".join(told))
