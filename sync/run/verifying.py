"""`verify`: what the tenant accepted of a run -> whether it still holds it; the run's outcome is not touched, no lock is taken.

A difference is noted, so that mappings with `changes_only` send everything once.

Each pair is one of RESULTS. Where a reading may not be all that the tenant holds, what is not in it is not called
missing; where a newer run sent something else, the pair has changed since, and that is no difference.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from sync import report
from sync.errors import FixSetup
from sync.ledger import batches, sent, tenants
from sync.run.bylocation import Part, by_location
from sync.run.lookups import find, open_ledger
from sync.run.positions import Positions
from sync.run.readback import Reading, reading_back
from sync.run.since import Newer, open_list
from sync.run.stock import MayNotReadError
from sync.run.tenant import look_up_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.rows import Run

    Pair = tuple[str, str]

RESULTS = ("same", "differs", "missing", "other_code", "changed_since", "cannot_verify")
DIFFERENT = ("differs", "missing", "other_code")
STALE = ("differs", "missing")  # what the memory says is no longer so
IN_MEMORY = 4_000_000  # bytes of the list of odd pairs
AT_ONCE = 50_000  # odd pairs for which newer runs are looked through in one go


class Odd(NamedTuple):
    """A pair that the tenant does not hold as it was sent."""

    pair: Pair
    row: int
    sent: int
    found: int | None
    found_as: (
        Pair | None
    )  # where it stands under other codes, as those of a tenant that makes capitals of them
    may_be_left_out: bool  # of a batch of which some was superseded; of which pairs is not on record


class Unread(NamedTuple):
    """A location of which pairs could not be verified."""

    location_code: str
    pairs: int
    why: str


@dataclass
class Verified:
    """What came of it. `pairs` are those that are not the same, as lines of JSON."""

    run: Run
    accepted: int  # pairs that the tenant acknowledged, in this run or before
    pending: int
    pairs: IO[str]
    counts: Counter[str] = field(default_factory=Counter)
    by_run: Counter[str] = field(default_factory=Counter)  # changed since, by the newer run
    unread: list[Unread] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    may_not_read: bool = False

    @property
    def exit_code(self) -> int:
        """The code of the contract: 0 same, 1 differs, 4 cannot verify."""
        if self.pending or self.counts["cannot_verify"]:
            return report.INCOMPLETE
        return report.PARTIAL if any(self.counts[result] for result in DIFFERENT) else report.OK

    def lines(self) -> Iterator[str]:
        """Walk the pairs that are not the same."""
        self.pairs.seek(0)
        return (line.rstrip("\n") for line in self.pairs)

    def as_json(self) -> dict[str, Any]:
        """Give the document, all but the pairs."""
        return {
            "exit_code": self.exit_code,
            "run": self.run.run,
            "file": self.run.file,
            "tenant": self.run.tenant_shown,
            "accepted": self.accepted,
            "counts": {name: self.counts[name] for name in RESULTS},
            "pending": self.pending,
            "changed_since": dict(self.by_run),
            "cannot_verify": [each._asdict() for each in self.unread],
            "notes": self.notes,
        }


@contextmanager
def verify(settings: Settings, environ: Mapping[str, str], name: str) -> Iterator[Verified]:
    """Compare what a run sent with what the tenant holds now.

    Raises:
        FixSetup: there is no such run, or it went to another tenant.
        StopAndFix: the tenant refuses the key or the request itself.
    """
    with (
        open_ledger(settings) as ledger,
        SpooledTemporaryFile(
            IN_MEMORY, "w+", encoding="utf-8", errors="surrogatepass", newline="\n"
        ) as spool,
    ):
        run = find(ledger, name)
        assert ledger is not None  # noqa: S101 - find refuses
        _check_tenant(settings, run)
        tally = batches.tally(ledger, run.run)
        pending = report.pending(run, tally)
        found = Verified(run, tally.accepted + tally.unchanged, pending, spool)
        if found.accepted:
            _Verification(settings.state, ledger, found).go(settings, environ)
        if any(found.counts[result] for result in STALE):
            with ledger.transaction():
                tenants.note_difference(ledger, run.tenant, now=datetime.now(UTC))
        yield found


def _check_tenant(settings: Settings, run: Run) -> None:
    identity, shown = look_up_tenant(settings)
    if identity != run.tenant:
        now = f"this command reads {shown}" if shown != run.tenant_shown else f"{shown} is another one now"
        raise FixSetup(f"run {run.run} went to {run.tenant_shown}, and {now}: name that tenant with --tenant")


class _Verification:
    """The comparison of one run."""

    def __init__(self, state: Path, ledger: Ledger, found: Verified) -> None:
        self._state, self._found = state, found
        self._newer = Newer(ledger, found.run, state)
        settled = sent.settled(ledger, found.run.run)
        self._accepted = Positions((part for part, _ in settled), sent.refused(ledger, found.run.run))
        self._mixed = Positions(part for part, mixed in settled if mixed)
        self._end = settled[-1][0][1]
        self._odd: list[Odd] = []

    def go(self, settings: Settings, environ: Mapping[str, str]) -> None:
        """Read the tenant location by location."""
        send = open_list(self._state, self._found.run.run, self._end)
        if send is None:
            self._found.counts["cannot_verify"] = self._found.accepted
            self._found.notes.append(
                "the list of what this run sent is no longer kept, or cannot be read any more"
            )
            return
        with reading_back(settings, environ) as tenant:
            for part, reading in tenant.read(by_location(send, self._accepted), other_case=True):
                self._take(part, reading)
        if tenant.refusal and not isinstance(tenant.refusal, MayNotReadError):
            raise tenant.refusal
        self._found.may_not_read = tenant.refusal is not None
        self._settle()
        if gone := sorted(self._newer.gone):
            self._found.notes.append(
                f"newer runs may explain some of it, but what they sent is no longer kept: {', '.join(gone[:3])}"
            )

    def _take(self, part: Part, reading: Reading) -> None:
        """Compare one location."""
        odd = list(_odd(part, reading, self._mixed))
        seen = [each for each in odd if reading.whole or each.found is not None]
        unread = len(odd) - len(seen)
        if unread:
            self._found.unread.append(Unread(part.location, unread, reading.why))
        self._found.counts.update({"same": len(part.skus) - len(odd), "cannot_verify": unread})
        self._odd += seen
        if len(self._odd) >= AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        """Judge the odd pairs, now that it can be seen what was sent since."""
        words = self._newer.words(each.pair for each in self._odd if each.found != each.sent)
        for each in self._odd:
            word = words.get(each.pair)
            since = word is not None and word.quantity != each.sent
            if each.found == each.sent:
                result = "other_code"
            elif since or (word is None and each.may_be_left_out):
                result = "changed_since"
            else:
                result = "missing" if each.found is None else "differs"
            self._list(each, result, word.run if word and since else None)
        self._odd = []
        if self._newer.gone:
            runs = ", ".join(sorted(self._newer.gone)[:3])
            self._found.notes = [
                f"what newer runs sent is no longer kept, and may explain some of it: {runs}"
            ]

    def _list(self, odd: Odd, result: str, run: str | None) -> None:
        self._found.counts[result] += 1
        if result == "changed_since":
            self._found.by_run[run or "unknown"] += 1
        about = {
            **_codes(odd.pair),
            "row": odd.row,
            "result": result,
            "sent": odd.sent,
            "found": odd.found,
            "found_as": _codes(odd.found_as) if odd.found_as else None,
            "run": run,
        }
        self._found.pairs.write(json.dumps(about, ensure_ascii=False) + "\n")


def _codes(pair: Pair) -> dict[str, str]:
    return dict(zip(("location_code", "sku_code"), pair, strict=True))


def _odd(part: Part, reading: Reading, mixed: Positions) -> Iterator[Odd]:
    """Walk the pairs of a location that the tenant does not hold as they were sent."""
    for at, (sku, quantity) in enumerate(zip(part.skus, part.quantities, strict=True)):
        pair = part.location, sku
        found = reading.rows.get(pair)
        if found != quantity:
            found_as = reading.alike(pair) if found is None else None
            found = reading.rows[found_as] if found_as else found
            left_out = bool(mixed.mask(int(part.positions[at]), 1)[0])
            yield Odd(pair, part.rows[at], quantity, found, found_as, left_out)
