"""The law of `verify`: whatever runs, batches and strangers did, each accepted pair gets the one result that is true."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from sync import config, staging
from sync.ledger import batches, rejected, runs
from sync.ledger.book import connect
from sync.rows import Problem, Reject, Run, Tally
from sync.run import bylocation, since, verifying
from sync.run.verifying import verify
from sync.sandbox.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from sync.ledger.book import Ledger

PAIRS = [(place, sku) for place in "AB" for sku in ("S1", "S2", "S3")]
STATES = ("settled", "mixed", "refused", "sending", "untouched", "split")


@dataclass(frozen=True)
class Past:
    """One run of the past: a quantity for some pairs, and what became of each of its batches of one or two pairs."""

    as_of: int
    quantities: dict[int, int]  # pair -> quantity
    fates: tuple[str, ...]

    def fate(self, at: int) -> str:
        """What became of the batch that a position stands in."""
        alone = at // 2 * 2 + 1 == len(self.quantities)
        fate = self.fates[at // 2]
        return "settled" if fate == "mixed" and alone else fate

    def positions(self, *fates: str) -> dict[int, int]:
        """The pairs whose batch had one of these fates, with their quantity."""
        found = enumerate(self.quantities.items())
        return {pair: quantity for at, (pair, quantity) in found if self.fate(at) in fates}


PASTS = st.lists(
    st.builds(
        Past,
        st.integers(1, 3),
        st.dictionaries(st.integers(0, 5), st.integers(0, 3), min_size=1),
        st.tuples(*[st.sampled_from(STATES)] * 3),
    ),
    min_size=1,
    max_size=4,
)


def write(state: Path, ledger: Ledger, tenant: str, number: int, past: Past) -> Run:
    """Put a run on record, as delivery would have left it."""
    name, n = f"r{number}", len(past.quantities)
    folder = state / "sent" / name
    folder.mkdir(parents=True)
    places, skus = zip(*(PAIRS[pair] for pair in past.quantities), strict=True)
    with staging.Writer(folder / "send") as send:
        columns: dict[str, object] = {"location_code": pa.array(places), "sku_code": pa.array(skus)}
        send.add({**columns, "quantity": np.array(list(past.quantities.values())), "row": np.arange(n) + 2})
    settled = all(past.fate(at) in STATES[:3] for at in range(n))
    run = Run(name, "t", tenant, "f", as_of=f"2026-11-0{past.as_of}T00:00:00Z", to_send=n)
    with ledger.transaction():
        run = runs.add(ledger, replace(run, state="settled" if settled else "staged", tenant_shown="sandbox"))
        for start in range(0, n, 2):
            _batch(ledger, run.run, (start, min(start + 2, n)), past.fate(start))
    return run


def _batch(ledger: Ledger, run: str, part: tuple[int, int], fate: str) -> None:
    size = part[1] - part[0]
    if fate == "untouched":
        return
    batches.sending(ledger, run, part, body_sha256="", at="t")
    if fate == "split" and size > 1:
        middle = part[0] + 1
        batches.split(ledger, run, part, ((part[0], middle), (middle, part[1])))
    elif fate in {"settled", "mixed"}:
        left_out = size - 1 if fate == "mixed" else 0
        batches.settle(ledger, run, part, Tally(accepted=size - left_out, superseded=left_out), at="t")
    elif fate == "refused":
        kept = size - 1  # the last of a batch is refused
        tally = Tally(accepted=kept, refused_pairs=1, refused_rows=1)
        batches.settle(ledger, run, part, tally, at="t")
        reject = Reject(
            part[1] + 1, 0, (Problem("tenant", None, "tenant.refused", ""),), (), "A", "S", part[1] - 1
        )
        rejected.add(ledger, run, [reject])


def accepted(past: Past) -> dict[int, int]:
    """Give what the tenant acknowledged, or may have: of a mixed batch nobody knows which pairs."""
    found = past.positions("settled", "mixed")
    items = list(past.quantities.items())
    firsts = [at for at in range(0, len(items) - 1, 2) if past.fate(at) == "refused"]
    return found | dict(items[at] for at in firsts)


def posted(past: Past) -> dict[int, int]:
    """Give what may have reached the tenant."""
    return accepted(past) | past.positions("sending", "split")


def truth(pasts: list[Past], number: int, found: dict[int, int]) -> Counter[tuple[str, str | None]]:
    """Tell the results of a run and the newer runs that explain them, in the plainest way."""
    ranked = sorted(range(len(pasts)), key=lambda at: (pasts[at].as_of, at), reverse=True)
    newer = ranked[: ranked.index(number)]
    results: Counter[tuple[str, str | None]] = Counter()
    mixed = pasts[number].positions("mixed")
    for pair, quantity in accepted(pasts[number]).items():
        last = next((at for at in newer if pair in posted(pasts[at])), None)
        if found.get(pair) == quantity:
            results["same", None] += 1
        elif last is not None and posted(pasts[last])[pair] != quantity:
            results["changed_since", f"r{last}"] += 1
        elif last is None and pair in mixed:
            results["changed_since", None] += 1
        else:
            results["differs" if pair in found else "missing", None] += 1
    return results


def told(state: Path, run: str) -> Counter[tuple[str, str | None]]:
    """Verify a run and give its results."""
    settings = config.load({"tenant": "sandbox", "state": str(state)}, os.environ, state)
    with verify(settings, {}, run) as found:
        pairs: list[dict[str, Any]] = [json.loads(line) for line in found.lines()]
    results = Counter((pair["result"], pair["run"]) for pair in pairs)
    same = found.counts["same"]
    assert sum(found.counts.values()) == same + len(pairs)
    return results + Counter({("same", None): same})


ALL = ("settled",) * 3


@given(pasts=PASTS, found=st.dictionaries(st.integers(0, 5), st.integers(0, 3)))
@example(pasts=[Past(1, {0: 1}, ALL), Past(3, {0: 2}, ALL), Past(2, {0: 3}, ALL)], found={})  # by as-of
@example(pasts=[Past(1, {0: 1}, ALL), Past(2, {1: 1, 0: 2}, ("refused",) * 3)], found={})  # never went
@example(pasts=[Past(2, {0: 1}, ALL), Past(1, {0: 2}, ALL)], found={})  # taken later, and yet older
@example(
    pasts=[Past(1, {0: 1}, ALL), Past(1, {0: 2}, ALL), Past(1, {0: 1}, ALL)], found={0: 2}
)  # the same again
@example(pasts=[Past(1, {0: 1, 1: 1}, ("mixed",) * 3)], found={0: 1})  # left out, nobody knows for whom
def test_each_pair_has_its_one_true_result(
    tmp_path_factory: pytest.TempPathFactory, pasts: list[Past], found: dict[int, int]
) -> None:
    """By as-of and then by order of taking, whatever was refused, left out, split or never answered."""
    state = tmp_path_factory.mktemp("state")
    with Store(state / "sandbox.db") as store:
        tenant = f"sandbox:{store.identity}"
        store.put([(*PAIRS[pair], quantity) for pair, quantity in found.items()])
    ledger = connect(state / "ledger.db")
    for number, past in enumerate(pasts):
        write(state, ledger, tenant, number, past)
    ledger.close()
    for number in range(len(pasts)):
        assert told(state, f"r{number}") == truth(pasts, number, found)


def test_odd_pairs_are_judged_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many differ, only so many are held; and what newer runs sent is found for each lot."""
    monkeypatch.setattr(verifying, "AT_ONCE", 2)
    asked: list[int] = []
    real = since.Newer.words

    def counting(self: since.Newer, pairs: Any) -> Any:
        asked.append(len(given := list(pairs)))
        return real(self, given)

    monkeypatch.setattr(since.Newer, "words", counting)
    with Store(tmp_path / "sandbox.db") as store:
        tenant = f"sandbox:{store.identity}"
    ledger = connect(tmp_path / "ledger.db")
    for number in (1, 2):
        past = Past(number, dict.fromkeys(range(6), number), ALL)
        write(tmp_path, ledger, tenant, number, past)
    ledger.close()
    assert told(tmp_path, "r1") == Counter({("changed_since", "r2"): 6})
    assert asked == [3, 3, 0]


def test_a_newer_run_whose_list_is_gone_is_said(tmp_path: Path) -> None:
    """It may explain what differs, and nobody can tell any more."""
    with Store(tmp_path / "sandbox.db") as store:
        tenant = f"sandbox:{store.identity}"
    ledger = connect(tmp_path / "ledger.db")
    for number in (1, 2):
        write(tmp_path, ledger, tenant, number, Past(number, {0: number}, ALL))
    ledger.close()
    staging.remove(tmp_path / "sent" / "r2")
    settings = config.load({"tenant": "sandbox", "state": str(tmp_path)}, os.environ, tmp_path)
    with verify(settings, {}, "r1") as found:
        assert (found.counts["missing"], "r2" in found.notes[0]) == (1, True)


def test_a_run_that_comes_while_we_read_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it changed between two readings has changed since, and is no difference."""
    monkeypatch.setattr(verifying, "AT_ONCE", 1)
    with Store(tmp_path / "sandbox.db") as store:
        tenant = f"sandbox:{store.identity}"
    ledger = connect(tmp_path / "ledger.db")
    write(tmp_path, ledger, tenant, 1, Past(1, {0: 1, 3: 1}, ALL))
    real = bylocation.by_location

    def meanwhile(*asked: Any) -> Any:
        first, second = real(*asked)
        yield first
        write(tmp_path, ledger, tenant, 2, Past(2, {3: 2}, ALL))
        yield second

    monkeypatch.setattr(verifying, "by_location", meanwhile)
    assert told(tmp_path, "r1") == Counter({("missing", None): 1, ("changed_since", "r2"): 1})
    ledger.close()
