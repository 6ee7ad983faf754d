"""The main job on the samples, told as a story: look, send, see what was refused, correct it, send again, add up.

Each act is what a command does, with that command's own functions; an act that does not end as it must is a bug.
"""

from __future__ import annotations

import csv
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.durable import replacing
from sync.errors import OurBug
from sync.run import check, files, lookups
from sync.run.demofolder import make_folder
from sync.run.desk import open_desk
from sync.run.intake import Options
from sync.run.practice import reset
from sync.run.stock import Reader
from sync.run.tenant import find_tenant, look_up_tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.config import Settings

    Report = dict[str, Any]

LOOKED_AT = "shopify"  # the feed that is checked first, and corrected later
REPEATED = "sap-b1"  # the feed that is sent twice
MENDED = "quantity.ambiguous"  # what a person can mend without asking anybody: 1,500 is 1500
SHOWN_REASONS = 6
SHOWN_RECORDS = 5
OUTCOMES = ("accepted", "merged", "skipped", "rejected", "pending")


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the demo plays, and whom it talks to."""

    folder: Path
    settings: Settings
    say: Callable[[str], None]

    def act(self, title: str, command: str) -> None:
        """Begin an act: what is done now, and the command that does it."""
        self.say(f"\n{title}\n  $ inventory-sync {command}")

    def shown(self, path: str | Path) -> str:
        """Give a path as a person in the demo's folder would type it."""
        return shlex.quote(str(Path(path).resolve().relative_to(self.folder.resolve())))


def play(folder: Path, say: Callable[[str], None]) -> int:
    """Play the demo in a folder made anew, telling it line by line; give the exit code.

    Raises:
        FixSetup: the folder cannot be had.
        OurBug: something did not go as it must.
    """
    demo = Demo(folder, make_folder(folder), say)
    say("Ten stock files, from ten kinds of system, go to the sandbox: a practice tenant on this machine.")
    say(f"Everything happens in {folder}/, where the paths below begin; nothing leaves this machine.")
    reset(demo.settings)
    samples = sorted(path for path in (folder / "samples").glob("*/*") if path.is_file())
    by_feed = {path.parent.name: path for path in samples}
    _look(demo, by_feed[LOOKED_AT])
    reports = _send(demo, samples)
    _reasons(demo, reports)
    location = _correct(demo, reports[LOOKED_AT])
    _repeat(demo, reports[REPEATED])
    _show_stock(demo, location)
    _add_up(demo, reports)
    say(f"\nLook around:  cd {shlex.quote(str(folder))} && inventory-sync status")
    return 0


def _look(demo: Demo, path: Path) -> None:
    demo.act("1. See what a file would do, sending nothing:", f"check {demo.shown(path)}")
    (report,) = check.check_files(
        demo.settings,
        [path],
        files.decide(demo.settings, Options()),
        Options(),
        tenant=look_up_tenant(demo.settings),
        show=lambda _: None,
    )
    rows = report["rows"]
    demo.say(
        f"  The mapping {report['mapping']} knows this file. Of its {rows['read']} rows {rows['pending']} would be sent,"
        f" {rows['merged']} say what another row says,\n  {rows['skipped']} are left out as the mapping says,"
        f" and {rows['rejected']} need a person."
    )
    _expect(rows["pending"] > 0 and not _stock(demo), "a check sends nothing")


def _send(demo: Demo, samples: list[Path]) -> dict[str, Report]:
    """Send all samples; give the reports by feed."""
    demo.act("2. Send all ten:", "run samples/*/*")
    reports = {Path(report["file"]).parent.name: report for report in _run(demo, samples)}
    _expect(len(reports) == len(samples), "every sample has a report")
    demo.say(
        f"  {'feed':<14} {'read':>5} {'accepted':>9} {'merged':>7} {'skipped':>8} {'rejected':>9}  reject file"
    )
    for feed, report in sorted(reports.items()):
        rows = report["rows"]
        _expect(report["exit_code"] in (0, 1), f"{feed} goes through")
        demo.say(
            f"  {feed:<14} {rows['read']:>5} {rows['accepted']:>9} {rows['merged']:>7} {rows['skipped']:>8}"
            f" {rows['rejected']:>9}  {demo.shown(report['rejects']) if report['rejects'] else 'none'}"
        )
    return reports


def _reasons(demo: Demo, reports: dict[str, Report]) -> None:
    demo.say("\n3. Every rejected row stands in its reject file with all its reasons. Some of them:")
    told = set()
    for feed, report in sorted(reports.items())[:SHOWN_REASONS]:
        problem = next(problem for problem in report["problems"] if problem["code"] not in told)
        told.add(problem["code"])
        demo.say(f"  {feed}, row {problem['row']}: {problem['message']} {problem['remedy']}")


def _correct(demo: Demo, parent: Report) -> str:
    """Mend one cell of a reject file, as a person would, and run that file; give the location that gained by it."""
    problem = next(problem for problem in parent["problems"] if problem["code"] == MENDED)
    path, mended = Path(parent["rejects"]), problem["value"].replace(",", "")
    before = _stock(demo)
    mend(path, problem["row"], problem["field"], mended, parent["read_as"])
    demo.act(
        f"4. Somebody opens the reject file of {LOOKED_AT}, writes {mended} for {problem['value']} in row {problem['row']}, and runs it:",
        f"run {demo.shown(path)}",
    )
    (child,) = _run(demo, [path])
    after = _stock(demo)
    rows, new = child["rows"], [pair for pair in after if after[pair] != before.get(pair)]
    fates = lookups.show(demo.settings, parent["run"])["rejects_now"]
    demo.say(
        f"  Only those {rows['read']} rows went: {rows['accepted']} accepted, {rows['rejected']} rejected again, as nobody has mended them yet."
    )
    demo.act("   What became of the file's rejects:", f"show {parent['run']}")
    demo.say(
        f"  {fates['mended']} mended, {fates['failing']} still failing, {fates['open']} not looked at yet"
    )
    _expect(rows["read"] == parent["rows"]["rejected"], "only the rejected rows come again")
    _expect(
        len(new) == 1 and after[new[0]] == int(mended), "the mended row, and no other, reaches the tenant"
    )
    _expect(fates["mended"] == 1, "the run that was corrected knows it")
    return new[0][0]


def mend(path: Path, row: int, field: str, text: str, read_as: dict[str, Any]) -> None:
    """Write `text` into one cell of a reject file, leaving all else as it is."""
    form = {"encoding": read_as["encoding"], "newline": ""}
    with path.open(**form) as file:
        lines = list(csv.reader(file, delimiter=read_as["delimiter"]))
    at, column = lines[0].index("_reject_row"), lines[0].index(field)
    for line in lines[1:]:
        if line[at] == str(row):
            line[column] = text
    with replacing(path) as temporary, temporary.open("w", **form) as file:
        csv.writer(file, delimiter=read_as["delimiter"]).writerows(lines)


def _repeat(demo: Demo, first: Report) -> None:
    """Send a file again: what the tenant accepted is known by its content, and only the rest is judged anew."""
    demo.act("5. Send a file a second time, as happens at night:", f"run {demo.shown(first['file'])}")
    before = _stock(demo)
    (report,) = _run(demo, [Path(first["file"])])
    rows, known = report["rows"], report["skipped_by_reason"].get("repeat", 0)
    demo.say(
        f"  Of its {rows['read']} rows {known} are known to have gone through: they are skipped and not sent again."
        f" {rows['rejected']} are rejected again."
    )
    through = first["rows"]["accepted"] + first["rows"]["merged"]
    _expect(known == through and not rows["accepted"], "what went through is not sent again")
    _expect(_stock(demo) == before, "a repeat changes nothing at the tenant")


def _show_stock(demo: Demo, location: str) -> None:
    demo.act("6. What the tenant has now at one location:", f"stock get --location {shlex.quote(location)}")
    here = sorted((sku, quantity) for (place, sku), quantity in _stock(demo).items() if place == location)
    for sku, quantity in here[:SHOWN_RECORDS]:
        demo.say(f"  {location}  {sku:<20} {quantity:>7}")
    more = len(here) - SHOWN_RECORDS
    if more > 0:
        demo.say(f"  ... and {more} more")


def _add_up(demo: Demo, reports: dict[str, Report]) -> None:
    """Check the law of rows over all feeds, and that the tenant has what was accepted."""
    total = {name: sum(report["rows"][name] for report in reports.values()) for name in ("read", *OUTCOMES)}
    told = " + ".join(f"{total[name]} {name}" for name in OUTCOMES)
    demo.say(f"\n7. Every row of the ten files is accounted for:\n  {total['read']} rows read = {told}")
    _expect(total["read"] == sum(total[name] for name in OUTCOMES), "the numbers add up")
    _expect(
        len(_stock(demo)) == total["accepted"] + 1, "the tenant has what was accepted, and the mended row"
    )


def _run(demo: Demo, paths: list[Path]) -> list[Report]:
    mappings = files.decide(demo.settings, Options())
    with open_desk(demo.settings, {}) as desk:
        return files.run_files(desk, paths, mappings, Options())


def _stock(demo: Demo) -> dict[tuple[str, str], int]:
    """Read all that the tenant has."""
    with find_tenant(demo.settings, {}).connect() as client:
        return Reader(client, demo.settings.tenant.retry, names={}).walk().rows


def _expect(held: bool, promise: str) -> None:  # noqa: FBT001 - a fact and its name
    if not held:
        raise OurBug(f"the demo did not go as it must: {promise}, but not this time")
