from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from sync import loader, staging
from sync.mapping.claim import claim
from sync.mapping.folder import load_all
from sync.mapping.plan import make_plan
from sync.rows import Origin, Reject
from sync.stage.rejected import rejects
from sync.stage.whole import stage

if TYPE_CHECKING:
    from sync.stage.shapes import Staged

ROOT = Path(__file__).parent.parent
MAPPINGS = load_all(ROOT / "mappings")
KINDS = {".csv", ".txt", ".xlsx"}
SAMPLES = sorted(
    path
    for path in (ROOT / "samples").glob("*/*")
    if path.suffix in KINDS and not {".expected", ".rejects"} & set(path.suffixes)
)
Lines = list[list[str]]


class Sample(NamedTuple):
    """A staged sample and what lies beside it."""

    path: Path
    mapping: str
    staged: Staged

    def golden(self, kind: str) -> str:
        """Give the text of a golden."""
        return (self.path.parent / f"{self.path.stem}.{kind}").read_text(encoding="utf-8")

    def lines(self, kind: str) -> Lines:
        """Give the lines of a golden below its header."""
        return list(csv.reader(self.golden(kind).splitlines()))[1:]


@pytest.fixture(params=SAMPLES, ids=lambda path: path.parent.name)
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Sample:
    """Take a sample as far as `check` does."""
    path: Path = request.param
    found = claim(path.name, MAPPINGS, lambda hints: loader.peek(path, hints))
    table = loader.read(path, found.hints)
    plan = make_plan(found.mapping, table.header, Origin(path.name, path.parent.name, found.hints.sheet))
    return Sample(path, found.mapping.name, stage(table, plan, tmp_path))


def sent(staged: Staged) -> Lines:
    """Write down what would be sent, in file order."""
    batches = [batch.to_pylist() for _, batch in staging.Reader(staged.folder / "send").blocks()]
    rows = sorted((row for batch in batches for row in batch), key=lambda row: row["at"])
    return [[str(row[name]) for name in ("location_code", "sku_code", "quantity", "row")] for row in rows]


def written(reject: Reject) -> list[str]:
    """Write a reject down as its golden has it: row, fields, codes."""
    fields = dict.fromkeys(problem.field for problem in reject.problems if problem.field)
    return [str(reject.row), ";".join(fields), ";".join(problem.code for problem in reject.problems)]


def test_a_sample_becomes_what_lies_beside_it(sample: Sample) -> None:
    """Its own mapping claims it; what would be sent, what is rejected and why, and the numbers are the goldens'."""
    assert sample.mapping == sample.path.parent.name
    assert sent(sample.staged) == sample.lines("expected.csv")
    assert [written(reject) for reject in rejects(sample.staged)] == sample.lines("rejects.csv")
    numbers = json.loads(sample.golden("summary.json"))
    assert sample.staged.skipped == {name: count for name, count in numbers.pop("skipped").items() if count}
    assert numbers == {
        "read": sample.staged.read,
        "merged": sample.staged.merged,
        "rejected": sample.staged.rejected,
        "send": sample.staged.to_send,
    }


def test_every_mapping_has_a_sample() -> None:
    """A mapping that nobody tries is not known to work."""
    assert {path.parent.name for path in SAMPLES} == {mapping.name for mapping in MAPPINGS}
