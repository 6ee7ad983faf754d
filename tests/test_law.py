"""The law of rows, attacked: random files, a tenant that misbehaves at random, then a tenant that is well again.

Whatever was answered: the numbers add up, nothing is accepted that the tenant does not have, nothing is rejected that it
has, nothing is there that no row says; and once the tenant is well, one resume settles everything.
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import config
from sync.ledger import batches, rejected, runs
from sync.run import again, desk, files
from sync.run.intake import Options
from sync.run.journal import describe
from sync.run.tenant import open_store

MAPPING = """
version: 1
name: stock
match: {filename: ["*.csv"]}
columns:
  location_code: {column: loc}
  sku_code: {column: sku}
  quantity: {column: qty}
rows: {duplicates: %s, unknown: %s}
guards: {rejected: off, fewer_rows: off, zeroed: off, jump: off, unknown: off, cut: off}
"""
KNOWN = [f"S{number}" for number in range(12)]
UNKNOWN = ["X1", "X2", "X3"]  # SKUs that the tenant does not have
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.sampled_from([*KNOWN, *UNKNOWN, "s1", ""]),
        st.sampled_from(["0", "5", "7", "12", "", "x", "-1", "1,500"]),
    ),
    min_size=1,
    max_size=40,
)
CLAIMS = st.fixed_dictionaries(
    {},
    optional={
        "row_base": st.sampled_from([0, 1, 2]),
        "drop_row": st.booleans(),
        "drop_ids": st.booleans(),
        "omit_errors": st.booleans(),
        "cap_errors": st.integers(0, 3),
        "ghost_errors": st.integers(1, 2),
        "dup_errors": st.booleans(),
        "shuffle_errors": st.booleans(),
        "rename_fields": st.sampled_from([{"location_id": "Loc", "product_id": "Item"}, {"row": "Zeile"}]),
        "counts": st.dictionaries(
            st.sampled_from(["total", "created", "updated", "failed"]),
            st.sampled_from([-1, 1, "many"]),
            max_size=2,
        ),
        "extra_fields": st.just({"trace": 1}),
        "times": st.integers(1, 6),
        "every": st.integers(1, 3),
    },
)
FAILURES = st.sampled_from(
    [
        {"status": 503, "times": 3},
        {"status": 500, "every": 3},
        {"apply_rows": 2, "times": 2},
        {"malformed": "html", "times": 1},
        {"malformed": "success_false", "every": 2},
        {"malformed": "cut", "times": 2},
        {"status": 401, "body": {"detail": "Invalid API key"}, "after": 2},
        {"status": 422},
        {"max_body": 250},
        {"poison_skus": ["S3"], "poison_status": 422},
        {"poison_skus": ["S1", "S5"], "poison_status": 400},
    ]
)


def tells_itself_apart(plan: list[dict[str, Any]]) -> bool:
    """Leave out the lie that adds up: a row that was applied, counted as failed and no longer as created or updated."""
    changed = [(name, by) for rule in plan for name, by in rule.get("counts", {}).items()]
    return ("failed", 1) not in changed or not {("created", -1), ("updated", -1)} & set(changed)


MISDEEDS: st.SearchStrategy[dict[str, Any]] = st.one_of(CLAIMS, FAILURES)
PLANS = st.lists(MISDEEDS, max_size=2).filter(tells_itself_apart)


class World:
    """A folder with a mapping, a catalogue, a file and a sandbox."""

    def __init__(
        self,
        folder: Path,
        rows: list[tuple[str, str, str]],
        plan: list[dict[str, Any]],
        *,
        duplicates: str,
        unknown: str,
    ) -> None:
        (folder / "mappings").mkdir()
        (folder / "mappings" / "m.yaml").write_text(MAPPING % (duplicates, unknown))
        (folder / "catalogue.csv").write_text(
            "kind,code\n" + "".join(f"sku,{code}\n" for code in [*KNOWN, "s1"])
        )
        (folder / "plan.yaml").write_text(
            json.dumps([rule for rule in plan if rule.keys() - {"times", "every"}])
        )
        self.file = folder / "stock.csv"
        with self.file.open("w", newline="") as file:
            csv.writer(file).writerows([("loc", "sku", "qty"), *rows])
        tenant = {
            "url": "sandbox",
            "batch_rows": 7,
            "timeout": 5,
            "retry": {"attempts": 3, "base": 0.01, "max": 0.01, "deadline": 20},
        }
        (folder / "inventory-sync.yaml").write_text(
            json.dumps({"tenant": tenant, "sandbox": {"catalogue": "catalogue.csv"}})
        )
        self.well = config.load({}, {"HOME": str(folder)}, folder)
        self.ill = config.load(
            {"sandbox.faults": folder / "plan.yaml"}
            if json.loads((folder / "plan.yaml").read_text())
            else {},
            {"HOME": str(folder)},
            folder,
        )

    def run(self) -> dict[str, Any]:
        """Run the file against the tenant that misbehaves."""
        with desk.open_desk(self.ill, {}) as here:
            return files.run_files(here, [self.file], files.decide(self.ill, Options()), Options())[0]

    def resume(self) -> dict[str, Any]:
        """Finish it once the tenant is well."""
        with desk.open_desk(self.well, {}) as here:
            again.resume(here, None)
            return describe(here.ledger, runs.recent(here.ledger, 1)[0])

    def held(self) -> dict[tuple[str, str], int]:
        """Give what the tenant holds."""
        store = open_store(self.well)
        try:
            return {
                (row.location_code, row.sku_code): row.quantity
                for place in "AB"
                for row in store.at_location(place)
            }
        finally:
            store.close()

    def refused(self, run: str) -> set[tuple[str, str]]:
        """Give the pairs that stand as refused by the tenant, unknown ones too."""
        with desk.open_desk(self.well, {}) as here:
            walks = [rejected.of_run(here.ledger, run, unknown=unknown) for unknown in (False, True)]
            return {
                (item.location_code, item.sku_code)
                for walk in walks
                for item in walk
                if item.position is not None
            }

    def settled(self, run: str) -> bool:
        """Tell whether the ledger has an outcome for every pair."""
        with desk.open_desk(self.well, {}) as here:
            found = runs.get(here.ledger, run)
            return found is not None and batches.tally(here.ledger, run).settled == found.to_send


def model(rows: list[tuple[str, str, str]], duplicates: str) -> dict[tuple[str, str], int]:
    """Work out what goes: written apart from the product, from the contract."""
    pairs: dict[tuple[str, str], list[int | None]] = {}
    for location, sku, text in rows:
        if sku:
            pairs.setdefault((location, sku), []).append(int(text) if text.isdecimal() else None)
    going = {}
    for pair, found in pairs.items():
        numbers = [number for number in found if number is not None]
        if len(numbers) < len(found):
            continue
        if duplicates == "reject" and len(set(numbers)) > 1:
            continue
        going[pair] = sum(numbers) if duplicates == "sum" else numbers[-1]
    return going


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=ROWS,
    plan=PLANS,
    duplicates=st.sampled_from(["reject", "sum", "last"]),
    unknown=st.sampled_from(["reject", "skip"]),
)
def test_whatever_a_tenant_answers_every_row_is_accounted_for(
    rows: list[tuple[str, str, str]], plan: list[dict[str, Any]], duplicates: str, unknown: str
) -> None:
    """The sums agree, nothing is accepted without proof, nothing applied is called refused; a resume converges."""
    going = model(rows, duplicates)
    with tempfile.TemporaryDirectory() as temporary:
        world = World(Path(temporary), rows, plan, duplicates=duplicates, unknown=unknown)
        report = world.run()
        assert sum(report["rows"].values()) == 2 * report["rows"]["read"] == 2 * len(rows)
        held = world.held()
        assert held.items() <= going.items()
        assert not world.refused(report["run"]) & held.keys()
        assert report["rows"]["accepted"] <= len(held)
        assert report["exit_code"] != 0 or held.keys() == going.keys() - world.refused(report["run"])
        report = world.resume()
        assert world.settled(report["run"])
        assert report["rows"]["pending"] == 0
        assert world.refused(report["run"]) >= {pair for pair in going if pair[1] in UNKNOWN}
        assert world.held() == {
            pair: number for pair, number in going.items() if pair not in world.refused(report["run"])
        }
