"""The week of a small company, without most of the passes in which nothing happens: the laws at its end, and the page that tells it.

One test, because the week is played once: half a minute on a machine that has nothing else to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.week import laws
from tests.week.page import Page, normal
from tests.week.play import opened
from tests.week.story_end import play

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).resolve().parent.parent / "docs" / "week.md"


def test_a_week_keeps_every_law_and_goes_as_the_page_tells(tmp_path: Path) -> None:
    """The tenant has the newest true value of every pair, every file lies in one folder, each change was told once; and docs/week.md is so."""
    with opened(tmp_path, whole=False) as week:
        page = Page(week)
        play(week, page)
        assert list(laws.broken(week)) == []
        assert (
            sum(title.startswith("http://") for _, title in week.told) == 2
        )  # the day of outage, and its end
    assert normal(page.text) == normal(PAGE.read_text("utf-8")), "to write the page anew: make week QUICK=1"


def test_a_week_that_went_wrong_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The laws are no decoration: a file that is dropped and nowhere to be found, a value that did not arrive, a code that is none."""
    with opened(tmp_path, whole=False) as week:
        week.drop("erp_stock.csv", b"", {("A-101", "TAP-001"): 5})
        (week.inbox / "erp_stock.csv").unlink()
        monkeypatch.setattr(laws, "CODES", {"Mon 00:10": 3})
        week.until("Mon 00:10")
        found = [law.partition(":")[0] for law in laws.broken(week)]
    assert found == ["the tenant does not hold what it should", "astray", "odd_codes"]
