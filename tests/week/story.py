"""The week, day by day: what happens, and the page that tells it. This half: Monday to Wednesday."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.week import company
from tests.week.rows import corrected
from tests.week.tenant import HANGS

if TYPE_CHECKING:
    from tests.week.page import Page
    from tests.week.play import Week


def held_run(week: Week) -> str:
    """Give the only run that waits for a person."""
    (held,) = week.run("status", "--json").json["held"]
    return str(held["run"])


def till(week: Week, day: int, hour: int) -> None:
    """Have the till write its file; it carries day and hour in its name."""
    stock = company.in_shop(day, hour)
    week.drop(f"{company.SHOP}/till_{day + 2}_{hour}.csv", company.till(stock), stock)


def night(week: Week, day: int) -> None:
    """Have the ERP write its file, always of the same name."""
    stock = company.in_depots(day)
    week.drop("erp_stock.csv", company.export(stock), stock)


def beginning(week: Week, page: Page) -> None:
    """Introduce the company."""
    page.say(
        "A small company, three kinds of stock files, and one folder that is looked at every ten minutes. Everything that can "
        "happen in a week happens in this one. What stands in the grey boxes was really printed, or really lay there; the bars on the "
        "left are messages that came to the company's chat."
    )
    page.head("The set-up")
    page.say(
        "`/srv/stock` is a folder such as `inventory-sync init` makes. Its configuration (the key to the tenant's API is not in it; the short waits of "
        "`retry` only make the outage of Thursday quicker to play):"
    )
    page.block((week.folder / "inventory-sync.yaml").read_text(), "yaml")
    page.say(
        "Three mappings say how the files are read. Here is that of the ERP; that of the till has `location_code: {folder: true}`, because which "
        "shop it is stands in no column, but is the inbox's subfolder that the shop writes to; the third is for a workbook that the store fills in by hand."
    )
    page.block((week.folder / "mappings" / "erp.yaml").read_text(), "yaml")
    page.say("And one line in the crontab (or the timer in `cron/`):")
    page.block("*/10 * * * * cd /srv/stock && inventory-sync watch --once")


def monday(week: Week, page: Page) -> None:
    """The first file of each feed waits for a yes; rejects come back, corrected."""
    page.head("Monday: the first files, and a count with mistakes")
    week.until("Mon 02:00")
    night(week, 0)
    assert week.until("Mon 02:20").code == 3
    page.say(
        "At 02:00 the ERP writes its first file. The pass at 02:10 sees it, the one at 02:20 finds it unchanged (`watch.settle`) and takes it. As it "
        "is the first of its kind for this tenant, nothing is sent before somebody has looked. The file lies in `held`, a note in plain words beside it:"
    )
    page.folders("held")
    page.note(week.lying("held")[0])
    page.say("The chat hears of it once, in the same pass:")
    page.messages()
    page.say(
        "In the morning Ada opens the file, sees that the numbers are true, and says yes. Who said it and why is kept."
    )
    week.until("Mon 08:30")
    page.typed("approve", held_run(week), "--by", "ada", "--why", "first export, looked at it")
    page.folders("held", "processed")
    page.say(
        "The run's id in the name keeps files of the same name apart: nothing is ever overwritten. The first file of the till (10:00) waits and "
        "is approved in the same way; from now on the files of both go by themselves."
    )
    first_of_the_others(week, page)
    mistakes(week, page)


def first_of_the_others(week: Week, page: Page) -> None:
    """The till and the store begin."""
    week.until("Mon 10:00")
    till(week, 0, 10)
    assert week.until("Mon 10:20").code == 3
    assert week.type("approve", held_run(week), "--by", "ada", "--why", "first of the till").code == 0
    week.until("Mon 11:00")
    wrong = {"TAP-002": "1,500", "TAP-005": "twelve", "TAP-009": "-3"}
    stock = company.in_store(0)
    good = {pair: quantity for pair, quantity in stock.items() if pair[1] not in wrong}
    week.drop("count_monday.xlsx", company.count(stock, wrong, ("LAMP-9", "4")), good)
    assert week.until("Mon 11:20").code == 3
    page.say("At 11:00 the clerk of the store drops her workbook. Ada looks at this one, too:")
    ended = page.typed("approve", held_run(week), "--by", "ada", "--why", "first count")
    assert ended.code == 1


def mistakes(week: Week, page: Page) -> None:
    """The clerk corrects the rejects and drops them again."""
    week.until("Mon 11:40")
    page.say(
        "Exit code 1: settled, but some rows were rejected. The good rows are at the tenant; the others came back as a workbook with coloured "
        "cells and a first sheet that says what to do. `STATUS.html`, which everybody can open in a browser, says who has something to do:"
    )
    page.folders("rejects")
    page.messages("rejected")
    page.staff_page(3)
    page.say(
        "In the afternoon the clerk types over the cells with an orange background (the `LAMP-9` was a `LAMP-009`), saves, and drops the workbook into "
        "the inbox as it is. Only those four rows go:"
    )
    week.until("Mon 15:00")
    book = week.lying("rejects")[0]
    right = {
        "TAP-002": ("TAP-002", 1500),
        "TAP-005": ("TAP-005", 12),
        "TAP-009": ("TAP-009", 3),
        "LAMP-9": ("LAMP-009", 4),
    }
    week.drop(
        book.name,
        corrected(book, right),
        {(company.STORE, sku): quantity for sku, quantity in right.values()},
    )
    ended = week.until("Mon 15:20")
    assert ended.code == 0
    page.passed(ended)
    page.messages("to correct")
    page.typed("status", "count_monday.xlsx")
    week.until("Mon 18:00")
    till(week, 0, 18)


def tuesday(week: Week, page: Page) -> None:
    """A file is late; a file comes twice."""
    page.head("Tuesday: the file that did not come, and one that came twice")
    week.until("Tue 06:00")
    page.say(
        'The mapping of the ERP says `expect: {every: 1d, by: "06:00"}`. In this night the job of the ERP hangs. Nothing fails, and so nothing '
        "would be noticed; but the pass at 06:00 tells, once:"
    )
    page.messages()
    week.until("Tue 07:40")
    night(week, 1)
    assert week.until("Tue 08:00").code == 0
    page.say("Somebody restarts the job. At 07:40 the file is there, at 08:00 it has been sent:")
    page.messages()
    week.until("Tue 10:00")
    till(week, 1, 10)
    week.until("Tue 14:00")
    stock = company.in_shop(1, 10)
    week.drop(f"{company.SHOP}/till_3_10 (copy).csv", company.till(stock), stock)
    ended = week.until("Tue 14:20")
    assert ended.code == 0
    page.say(
        "In the afternoon the shop drops the file of the morning again, under another name. It is recognised by its content, and nothing is sent:"
    )
    page.passed(ended)
    week.until("Tue 18:00")
    till(week, 1, 18)


def wednesday(week: Week, page: Page) -> None:
    """A truncated export; a power cut in mid request."""
    page.head("Wednesday: half a file, and a power cut")
    week.until("Wed 02:00")
    stock = company.in_depots(2)
    whole = company.export(stock)
    week.drop("erp_stock.csv", whole[: len(whole) * 7 // 10])
    assert week.until("Wed 02:20").code == 3
    page.say(
        "The disk of the ERP is full, and its file ends in the middle of a line. What is read of that line could be a wrong quantity (15 of 150), "
        "and what is missing would be sold on; so nothing of the file is sent:"
    )
    page.messages("waiting")
    page.note(week.lying("held")[0], "What happened", "What to do")
    week.until("Wed 08:00")
    week.drop("erp_stock.csv", whole, stock)
    assert week.until("Wed 08:20").code == 0
    assert not week.run("status", "--json").json["held"]
    page.say(
        "The export is made once more and goes by itself at 08:20. With it all that was held is out of date, and waits for nobody any more:"
    )
    page.folders("held", "processed")
    power_cut(week, page)


def power_cut(week: Week, page: Page) -> None:
    """The machine goes while a request is with the tenant."""
    week.until("Wed 13:50")
    week.tenant.again(HANGS)
    week.until("Wed 14:00")
    till(week, 2, 14)
    week.until("Wed 14:10")
    week.cut_off()
    page.say(
        "At 14:20 the machine loses its power (here: `kill -9`), at the worst moment: the tenant has taken the rows of the till, and its answer did not "
        "arrive. The file lies where a pass keeps what it is at work on, and the ledger knows the rows as being sent:"
    )
    found = [str(path.relative_to(week.folder)) for path in (week.inbox / ".work").rglob("*.csv")]
    page.block("\n".join(["$ find drop/inbox/.work -name '*.csv'", *found]))
    page.typed("status", "till_4_14")
    week.tenant.again()
    ended = week.until("Wed 14:30")
    assert ended.code == 0
    page.say(
        "At 14:30 the machine is up again, and nobody has to do anything: the next pass sends the rows once more (a value that is set twice is the "
        "same value) and puts the file away."
    )
    page.passed(ended)
    week.until("Wed 18:00")
    till(week, 2, 18)
