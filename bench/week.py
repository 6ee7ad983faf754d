"""Plays a week of a small company: every ten minutes a pass, a late file, a cut one, zeros, crashes, an outage; and writes docs/week.md.

    python bench/week.py [--quick]     --quick: without most of the passes in which nothing happens; the figures of the page stay

A line for each law that does not hold at the end; the exit code is 1 then, and the page is left as it was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))
from tests.week import laws
from tests.week.page import END, Page
from tests.week.play import Week, opened
from tests.week.story_end import play

PAGE = Path(__file__).absolute().parent.parent / "docs" / "week.md"


def figures(week: Week, seconds: float) -> str:
    posts = [request for request in week.tenant.requests() if request["method"] == "POST"]
    return " ".join(
        (
            f"{len(week.passes):,} passes and {week.commands} commands of people, all of them real processes;",
            f"{len(week.dropped)} files of {sum(len(each.true) for each in week.dropped):,} rows that were to go;",
            f"{len(posts)} requests with {sum(post['rows'] or 0 for post in posts):,} rows that reached the tenant;",
            f"{len(week.told)} messages, {week.heartbeats:,} calls of the heartbeat; {seconds:,.0f} seconds.",
        )
    )


def how(told: str) -> str:
    return (
        f"{END}\n\n"
        "`make week` plays this week and writes this page. The clock is the story's: it is set for each command as the process begins, and dropped"
        " files get its time; everything else is real: files, processes, `kill -9`, the tenant (the sandbox on a port, with a catalogue) and the"
        " messages. Only the addresses and the folder were given other names here. At the end the tenant must hold exactly the newest true"
        " value of every pair, every dropped file must lie in exactly one folder, no message may have come twice, nothing may have been sent"
        f" that was answered before, and every pass must have ended with the right exit code.\n\nThe last time: {told}\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), whole=not quick) as week:
        page = Page(week)
        play(week, page)
        broken = list(laws.broken(week))
        told = figures(week, time.monotonic() - begun)
        text = page.text
    print(*broken, told, sep="\n")
    if broken:
        return 1
    before = PAGE.read_text("utf-8") if PAGE.exists() else ""
    kept = END + before.partition(END)[2] if quick and END in before else how(told)
    PAGE.write_text(f"{text}\n{kept}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
