"""Progress: one line on a terminal, written over; one line a minute in the log elsewhere; right after a kill, too."""

from __future__ import annotations

import json
import re
import signal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from sync.cli import progress, statusline
from sync.run.howfar import READING, SENDING, HowFar
from tests.rehearsals import PATIENCE, popen, rehearse, stock_file
from tests.terminals import terminal

if TYPE_CHECKING:
    from tests.desks import Desk

SENT = re.compile(r"([\d,]+) of ([\d,]+) rows sent")
DELAY = 0.1  # seconds a batch
SLOW = {"method": "POST", "delay_answer": DELAY}
TEN: dict[str, Any] = {"batch_rows": 10, "workers": 1}


@pytest.fixture(autouse=True)
def _a_usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def numbers(lines: list[str]) -> list[tuple[int, int]]:
    """Give (sent, of) of the lines that say so."""
    found = filter(None, map(SENT.match, lines))
    return [(int(one[1].replace(",", "")), int(one[2].replace(",", ""))) for one in found]


def with_rejects(desk: Desk, rows: int) -> str:
    """Write a file of so many good rows and three bad ones."""
    lines = [("AB"[at % 2], f"S{at}", str(at)) for at in range(rows)]
    bad = [("A", f"X{at}", "none") for at in range(3)]
    return str(desk.file([("Depot", "Item", "Pieces"), *lines, *bad]))


def test_a_terminal_shows_one_line_that_is_written_over(desk: Desk) -> None:
    """Rows sent of how many, rate, time left and rejects; it counts up, and is gone before the messages begin."""
    with rehearse(desk, SLOW, **TEN), terminal(desk, "run", with_rejects(desk, 200), columns=120) as seen:
        seen.read()
        assert seen.process.wait(PATIENCE) == 1
    sent = numbers(seen.drawn)
    assert len(sent) >= 5
    assert all(one <= other for one, other in pairwise(sent))
    assert {of for _, of in sent} == {200}
    assert re.fullmatch(
        r"[\d,]+ of 200 rows sent, \d+ rows/s, \d+ s left, 3 rejected, stock\.csv", seen.drawn[-1]
    )
    assert seen.screen == []
    assert "\n" not in seen.seen


@pytest.mark.parametrize("columns", [12, 40, 60])
def test_the_line_never_reaches_the_edge(desk: Desk, columns: int) -> None:
    """What does not fit is left out, the name of the file first: a full line would make the next one another."""
    with rehearse(desk, SLOW, **TEN), terminal(desk, "run", with_rejects(desk, 100), columns=columns) as seen:
        seen.read()
    assert seen.drawn
    assert all(len(line) < columns for line in seen.drawn)


def test_messages_stay_whole(desk: Desk) -> None:
    """A log line, or the alarm at the end, begins where a line begins, and nothing of the progress stands in it."""
    refused = {"method": "POST", "after": 8, "status": 403}
    with (
        rehearse(desk, refused, SLOW, **TEN),
        terminal(desk, "run", with_rejects(desk, 200), "-v", "--log-format", "json", columns=120) as seen,
    ):
        seen.read()
        assert seen.process.wait(PATIENCE) == 5
    assert seen.drawn
    logged = [json.loads(line) for line in seen.screen if line.startswith("{")]
    assert {"staged", "batch settled", "ended"} <= {line["event"] for line in logged}
    assert not any("rows sent" in line for line in seen.screen)
    assert seen.screen[-4].startswith(str(desk.folder))
    assert [line.split(":")[0].strip() for line in seen.screen[-3:]] == ["Safe", "By itself", "To do"]


def test_after_a_kill_the_numbers_go_on_where_they_were(desk: Desk) -> None:
    """What was settled before counts as done; the rate is of the process that goes on."""
    with rehearse(desk, SLOW, **TEN):
        with terminal(desk, "run", with_rejects(desk, 200), columns=120) as first:
            first.read(until=r"1\d\d of 200 rows sent")
            first.process.send_signal(signal.SIGKILL)
            assert first.process.wait(PATIENCE) == -signal.SIGKILL
        with terminal(desk, "resume", columns=120) as second:
            second.read()
            assert second.process.wait(PATIENCE) == 1
    reached = max(sent for sent, _ in numbers(first.drawn))
    sent = numbers(second.drawn)
    assert sent
    assert all(reached <= count <= of == 200 for count, of in sent)
    rates = [int(found[1]) for line in second.drawn if (found := re.search(r"(\d+) rows/s", line))]
    assert all(rate <= 10 / DELAY for rate in rates)  # never as if the first hundred were its own
    assert all("3 rejected" in line for line in second.drawn)


@pytest.mark.parametrize("quiet", ["-q", "TERM"])
def test_nothing_is_drawn_where_nobody_wants_or_could_read_it(
    desk: Desk, quiet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with -q, and not on a terminal that cannot write over a line."""
    if quiet == "TERM":
        monkeypatch.setenv("TERM", "dumb")
    options = ["-q"] if quiet == "-q" else []
    with (
        rehearse(desk, SLOW, **TEN),
        terminal(desk, "run", stock_file(desk, 60), *options, columns=80) as seen,
    ):
        seen.read()
    assert seen.seen == ""


def test_a_json_document_stays_alone_on_stdout(desk: Desk) -> None:
    """Progress goes to stderr, where the terminal is."""
    with (
        rehearse(desk, SLOW, **TEN),
        terminal(desk, "run", stock_file(desk, 100), "--json", columns=80) as seen,
    ):
        seen.read()
        document = json.loads(seen.process.communicate()[0])
    assert document["runs"][0]["rows"]["accepted"] == 100
    assert numbers(seen.drawn)


def test_elsewhere_a_short_run_says_nothing(desk: Desk) -> None:
    """A line a minute; what is over in less needs none."""
    with rehearse(desk, SLOW, **TEN), popen(desk, "run", stock_file(desk, 60)) as process:
        assert process.communicate()[1] == ""


def test_elsewhere_a_long_run_says_in_the_log_how_far_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without -v, in the form that was asked for, with the numbers a machine wants; never with -q."""
    monkeypatch.setattr(progress, "LOGGED", 0.4)  # a minute is long for a test
    told = {}
    for option in ("-q", "--log-format"):
        with rehearse(desk, SLOW, **TEN):
            ended = desk("run", with_rejects(desk, 200), "--again", option, *["json"] * (option != "-q"))
        told[option] = ended.err.splitlines()
    assert told["-q"] == []
    lines = [json.loads(line) for line in told["--log-format"]]
    line = next(line for line in lines if "rows_per_second" in line)
    assert len(lines) < 10
    assert 0 < line["rows"] < line["of"] == 200
    assert (line["event"], line["level"], line["doing"], line["rejected"]) == ("progress", "info", "sent", 3)
    assert line["file"].endswith("stock.csv")
    assert 0 < line["rows_per_second"] <= 10 / DELAY
    assert 0 < line["seconds_left"] < 60


def test_reading_counts_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row by row of the law, before anything can be sent; how many there are nobody knows yet."""
    monkeypatch.setattr(progress, "LOGGED", 0.0)
    ended = desk("run", with_rejects(desk, 60), "--log-format", "json")
    told = [line for line in map(json.loads, ended.err.splitlines()) if line["doing"] == "read"]
    assert [line["rows"] for line in told] == [0, 63]
    assert not any("of" in line for line in told)


class Clock:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def far(done: int, doing: str = SENDING, run: str = "r1") -> HowFar:
    """Be so far with a run of a thousand rows."""
    return HowFar(run, "in/stock.csv", doing, done, None if doing == READING else 1000, 7)


def shown(every: float, *told: tuple[float, HowFar | None]) -> list[progress.Figures]:
    """Tell a meter at some moments how far it is; give what it shows."""
    clock, found = Clock(), list[progress.Figures]()
    meter = progress.Meter(found.append, lambda: None, first=every, every=every, clock=clock)
    for clock.now, what in told:
        meter(what)
    return found


def test_a_log_has_a_line_a_minute() -> None:
    """Through reading and sending alike, counted from where the work began."""
    moments = [(float(at), far(at, READING if at < 90 else SENDING)) for at in range(0, 200, 10)]
    assert [figures.far.done for figures in shown(60, *moments)] == [60, 120, 180]


def test_time_between_two_runs_does_not_count() -> None:
    """A watched folder is idle for hours: the next file has its own first minute."""
    assert shown(60, (0, far(0)), (10, None), (4000, far(0, run="r2")), (4010, far(5, run="r2"))) == []


def test_the_rate_is_that_of_this_process() -> None:
    """A run that is taken up at 800 of 1,000 and sends 50 more in 5 seconds has 15 seconds left."""
    (figures,) = shown(5, (0, far(800)), (5, far(850)))
    assert (figures.rate, figures.left) == (10, 15)


def test_no_rate_is_made_up() -> None:
    """Nothing was sent yet, or only just now: there is nothing to tell."""
    (waiting,) = shown(5, (0, far(800)), (5, far(800)))
    assert (waiting.rate, waiting.left) == (None, None)
    assert list(progress.parts(waiting)) == ["800 of 1,000 rows sent", "7 rejected", "stock.csv"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (61, "1 min 1 s"), (3599.7, "1 h 0 min"), (90061, "25 h 1 min")]
)
def test_times_are_said_in_two_units(seconds: float, said: str) -> None:
    """Nobody wants the seconds of an hour."""
    assert progress.span(seconds) == said


def test_letters_that_take_two_columns_count_twice() -> None:
    """Else a file with a Chinese name would push the line over the edge."""
    assert statusline.width("库存.csv") == 8
