"""The moment that a file's stock is true for: given, in its name, or when it was last changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup, SetAside
from sync.mapping.folder import load_one
from sync.run.moment import as_of, given_moment

if TYPE_CHECKING:
    from pathlib import Path

    from sync.mapping.model import Mapping

MAPPING = """
version: 1
name: stock
columns:
  location_code: {column: a}
  sku_code: {column: b}
  quantity: {column: c}
"""


def mapping(folder: Path, form: str | None = None) -> Mapping:
    """Make a mapping, with the moment in the file's name where a form is given."""
    more = (
        f"as_of: {{filename: '_(?P<value>[0-9_]+)', format: '{form}', timezone: Europe/Istanbul}}\n"
        if form
        else ""
    )
    (folder / "m.yaml").write_text(MAPPING + more)
    return load_one(folder / "m.yaml")


def test_by_default_it_is_when_the_file_was_last_changed(tmp_path: Path) -> None:
    """In UTC, to the microsecond: two files of one second have an order."""
    assert as_of(mapping(tmp_path), "x.csv", 1_000_000_000.9, None) == ("2001-09-09T01:46:40.900000Z", ())


def test_the_name_is_read_in_the_mapping_s_time_zone(tmp_path: Path) -> None:
    """Two in the morning in Istanbul is eleven at night in UTC."""
    assert as_of(mapping(tmp_path, "%Y%m%d_%H%M"), "oitw_20261123_0200.csv", 0, None) == (
        "2026-11-22T23:00:00.000000Z",
        (),
    )


def test_a_date_alone_is_the_start_of_that_day_and_said(tmp_path: Path) -> None:
    """Nobody should take it for the evening's stock."""
    moment, (warning,) = as_of(mapping(tmp_path, "%Y%m%d"), "oitw_20261123.csv", 0, None)
    assert moment == "2026-11-22T21:00:00.000000Z"
    assert "start of that day" in warning


def test_an_hour_that_the_clock_had_twice_is_said(tmp_path: Path) -> None:
    """In the autumn of 2015 Istanbul had 03:30 twice."""
    moment, (warning,) = as_of(mapping(tmp_path, "%Y%m%d_%H%M"), "oitw_20151108_0330.csv", 0, None)
    assert moment == "2015-11-08T00:30:00.000000Z"
    assert "not clear" in warning


@pytest.mark.parametrize("name", ["stock.csv", "oitw_20261399_0200.csv"])
def test_a_name_that_does_not_tell_it_sets_the_file_aside(tmp_path: Path, name: str) -> None:
    """Nothing is guessed from the clock instead."""
    with pytest.raises(SetAside, match="rename the file or give --as-of"):
        as_of(mapping(tmp_path, "%Y%m%d_%H%M"), name, 0, None)


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-11-23T02:00+03:00", "2026-11-22T23:00:00.000000Z"),
        ("2026-11-23T02:00", "2026-11-23T02:00:00.000000Z"),
        ("2026-11-23", "2026-11-23T00:00:00.000000Z"),
    ],
)
def test_what_is_given_wins_and_is_utc_without_a_zone(tmp_path: Path, given: str, moment: str) -> None:
    """Over the file's name, too."""
    assert as_of(mapping(tmp_path, "%Y%m%d"), "nothing.csv", 0, given) == (moment, ())


def test_what_is_no_moment_is_refused() -> None:
    """Before any file is read."""
    with pytest.raises(FixSetup, match="yesterday"):
        given_moment("yesterday")
