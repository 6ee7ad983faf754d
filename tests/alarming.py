"""A ledger with runs of every kind, written as the product writes them, and somebody who is told."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sync.config import Settings, load
from sync.ledger import holds, judgedanew, rejected, runs
from sync.ledger.book import Ledger, connect
from sync.rows import Problem, Reject, Run
from sync.run.alarms import tell
from sync.run.moment import utc
from tests.wires import OK, Server, answer, says, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TENANT = "https://acme.example"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MAPPING = """
version: 1
name: {name}
match: {{filename: ["{name}*"]}}
columns: {{location_code: {{column: L}}, sku_code: {{column: S}}, quantity: {{column: Q}}}}
{more}
"""


class Office:
    """A company: its settings, its ledger, a webhook, and a clock that tests set."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server, self.now = folder, server, NOW
        (folder / "mappings").mkdir()
        self.configure()
        self.ledger: Ledger = connect(folder / "ledger.db")
        self._count = 0

    def configure(self, **more: Any) -> None:
        """Write the configuration; without more, one webhook is told."""
        notify = {"notify": {"webhook": {"url": f"{self.server.origin}/hook-Zq7Wm2Xc9Rt4Yb6"}}}
        text = json.dumps({"tenant": {"url": TENANT}, "timezone": "UTC", **notify, **more})
        (self.folder / "inventory-sync.yaml").write_text(text)

    @property
    def settings(self) -> Settings:
        """The settings as they stand in the file."""
        return load({}, {"HOME": "/nonexistent"}, self.folder)

    def expects(self, name: str, expect: str | None) -> None:
        """Write a mapping, with what is expected of it."""
        more = f"expect: {expect}" if expect else ""
        (self.folder / "mappings" / f"{name}.yaml").write_text(MAPPING.format(name=name, more=more))

    def run(self, file: str = "stock.csv", **facts: Any) -> Run:
        """Put a run on record that is settled, or whatever else is said; it starts at the present moment."""
        self._count += 1
        known = {
            "run": f"{self.now:%Y%m%dT%H%M%SZ}-{self._count:04x}",
            "started": utc(self.now),
            "tenant": TENANT,
            "file": file,
            "mapping": "erp",
            "as_of": utc(self.now),
            "read": 10,
            "state": "settled",
            "ended": utc(self.now),
        }
        with self.ledger.transaction():
            return runs.add(self.ledger, Run(**{**known, **facts}))

    def pending(self, file: str = "stock.csv", ending: str = "incomplete", **facts: Any) -> Run:
        """Put a run on record of which the tenant took nothing."""
        more = {"state": "staged", "ended": None, "to_send": 10, "why": ("the tenant did not answer",)}
        return self.run(file, **{**more, "ending": ending, **facts})

    def held(self, file: str = "stock.csv", rows: int = 10, free: int = 0) -> Run:
        """Put a run on record of which everything waits for a person, or all but `free` rows."""
        guard = {
            "guard": "zeroed",
            "location": None,
            "numbers": "9 of 10 go to 0",
            "examples": ["A, S1: 5 -> 0"],
        }
        run = self.run(
            file, state="staged", read=rows + free, to_send=rows + free, held=rows, guards=(guard,)
        )
        with self.ledger.transaction():
            holds.add(self.ledger, run.run, [("A", free, free + rows)])
        return run

    def decide(self, run: Run, verdict: str) -> None:
        """Say yes or no, and let it settle."""
        with self.ledger.transaction():
            holds.decide(
                self.ledger, run.run, holds.Word(verdict, "ada", "seen", utc(self.now)), location=None
            )
        self.settle(run)

    def settle(self, run: Run) -> None:
        """Let a run come to its end."""
        with self.ledger.transaction():
            runs.update(
                self.ledger, Run(**{**_facts(run), "state": "settled", "ending": "", "ended": utc(self.now)})
            )

    def rejects(self, *skus: str, file: str = "stock.csv", run: Run | None = None, by: str = "map") -> Run:
        """Put a run on record with rejected rows, each of a pair; an empty SKU is none."""
        run = run or self.run(file, read=len(skus))
        items = [_reject(row, sku, by) for row, sku in enumerate(skus, 2 if by == "map" else 32)]
        with self.ledger.transaction():
            rejected.add(self.ledger, run.run, items)
            rejected.replace(self.ledger, judgedanew.same_rows(self.ledger, run))
            judgedanew.newest_stands(self.ledger, TENANT, run.mapping)
        return run

    def mend(self, run: Run) -> None:
        """Let a newer run say that all rejects of a run are good."""
        newer = self.run("mended.csv", parent=run.run)
        links = [((run.run, *cell), (newer.run, *cell)) for cell in rejected.cells_of(self.ledger, run.run)]
        with self.ledger.transaction():
            rejected.replace(self.ledger, links)

    def tell(self, later: timedelta = timedelta()) -> list[str]:
        """Make a pass end, and give the titles of what was told."""
        self.now += later
        before = len(self.server.requests)
        tell(self.settings, self.ledger, now=self.now)
        return [body["title"] for body in self.bodies[before:]]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """Everything that was ever sent."""
        return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in self.server.requests]


def _facts(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in run.__dataclass_fields__}


def _reject(row: int, sku: str, stage: str) -> Reject:
    problem = Problem(stage, "Q", "quantity.text", "many")
    return Reject(row, 0, (problem,), ("A", sku, "many"), "A" if sku else "", sku)


class Hook(Server):
    """A webhook that can be switched off and on."""

    def __init__(self) -> None:
        super().__init__()
        self.otherwise = says(OK)

    def works(self, *, well: bool) -> None:
        """From now on it takes messages, or refuses them."""
        self.otherwise = says(OK) if well else says(answer(b"no", "500 No"))


@contextmanager
def opened(folder: Path) -> Iterator[Office]:
    """Open an office with a webhook."""
    with ExitStack() as open_ones:
        hook = Hook()
        open_ones.enter_context(serving(hook))
        office = Office(folder, hook)
        open_ones.callback(office.ledger.close)
        yield office
