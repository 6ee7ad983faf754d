"""Takes the steps of a plan one after the other, as people and cron would, and settles everything in the end."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.chaos import stockfile
from tests.chaos.acts import Faults
from tests.chaos.folder import prepare
from tests.chaos.hand import Hand
from tests.chaos.seen import Seen
from tests.chaos.stockfile import GENERATION, LOCATIONS, POISON, SKUS, UNKNOWN, StockFile
from tests.chaos.tenant import Server, Tenant

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.plan import Plan, Step

EPOCH = datetime(2024, 11, 1, tzinfo=UTC)
SETTLING = 2  # commands that may be needed once nothing misbehaves any more
PATIENCE = 10.0  # seconds at most that somebody waits as the tenant asked
WENT = ("blank", "excluded")  # left out, and still gone whole


def play(plan: Plan, folder: Path) -> Seen:
    """Take a plan's steps in an empty folder, then settle everything."""
    tenant = Tenant(readable=plan.world.readable)
    server = Server(tenant)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    player = Player(Seen(plan, folder, tenant), server)
    try:
        prepare(folder, plan.world, server.server_address[1])
        for step in plan.steps:
            getattr(player, f"do_{step['do']}")(step)
        player.settle()
        if tenant.told_elsewhere():
            player.seen.strange.append("I11 a redirect was followed")
    finally:
        server.shutdown()
        server.server_close()
        tenant.sink.close()
    return player.seen


class Player:
    """Somebody who takes steps."""

    def __init__(self, seen: Seen, server: Server) -> None:
        self.seen, self.tenant, self.hand = seen, server.tenant, Hand(seen, server)
        self.folder, self.policy = seen.folder, seen.plan.world.policy

    def do_faults(self, step: Step) -> None:
        """Let the tenant misbehave in another way."""
        self.tenant.misbehave(Faults(**step["faults"]))

    def do_create(self, _: Step) -> None:
        """Let the tenant get to know what it did not."""
        self.tenant.skus |= set(UNKNOWN)

    def do_cure(self, _: Step) -> None:
        """Let the tenant behave."""
        self.tenant.misbehave(Faults())

    def do_forget(self, _: Step) -> None:
        """Take the memory away: it can be rebuilt."""
        shutil.rmtree(self.folder / "state" / "memory", ignore_errors=True)

    def do_run(self, step: Step) -> None:
        """Drop files and run them: in one command, or each in one of its own, perhaps at the same time."""
        names = [self._drop(spec) for spec in step["files"]]
        if step["together"] and len(names) > 1:
            self.hand.type_together([self._argv([name], step["options"]) for name in names])
        elif self.policy.as_of == "option":
            for name in names:
                self.hand.type(*self._argv([name], step["options"]), accident=step.get("accident"))
        else:
            self.hand.type(*self._argv(names, step["options"]), accident=step.get("accident"))

    def do_again(self, step: Step) -> None:
        """Run a file that was there before."""
        if name := _chosen(step, sorted(self.seen.files)):
            self.hand.type(*self._argv([name], step["options"]), accident=step.get("accident"))

    def do_resume(self, step: Step) -> None:
        """Finish what is pending."""
        self.hand.type("resume", accident=step.get("accident"))

    def do_retry(self, step: Step) -> None:
        """Have a run's rejects judged again."""
        if name := _chosen(step, self._runs_with("rejected")):
            self.hand.type("retry", name, accident=step.get("accident"))

    def do_discard(self, step: Step) -> None:
        """Give a run up."""
        if name := _chosen(
            step, self._runs_with("pending") or self._runs_with("held") or self._runs_with("accepted")
        ):
            self.hand.type("discard", name, accident=step.get("accident"))

    def do_approve(self, step: Step) -> None:
        """Say yes to what a guard holds."""
        if name := _chosen(step, self._runs_with("held")):
            self.hand.type("approve", name, accident=step.get("accident"))

    def do_correct(self, step: Step) -> None:
        """Correct some rows of a reject file, and run it."""
        name = _chosen(step, sorted(path.name for path in (self.folder / "rejects").glob("*.csv")))
        if name is None:
            return
        dice = Random(step["seed"])  # noqa: S311 - the same seed corrects the same
        text = (self.folder / "rejects" / name).read_text(encoding="utf-8-sig")
        header, *lines = csv.reader(io.StringIO(text), delimiter=self.policy.delimiter)
        for number, line in enumerate(lines, 2):
            if dice.random() < 0.7:
                line[:4] = _mended(line, step["generation"] * GENERATION + number, dice)
        dropped = f"drop/corrected_{step['generation']}.csv"
        self._write(stockfile.written(dropped, lines, self.policy, header))
        self.hand.type(*self._argv([dropped], []), accident=step.get("accident"))

    def _runs_with(self, outcome: str) -> list[str]:
        """List the runs with rows of an outcome, by their reports."""
        reports = sorted((self.folder / "state" / "reports").glob("*.json"))
        found = [run for path in reports for run in json.loads(path.read_text(encoding="utf-8"))["runs"]]
        return [run["run"] for run in found if run["rows"][outcome]]

    def _drop(self, spec: dict[str, Any]) -> str:
        moment = EPOCH + timedelta(minutes=spec["minute"])
        name = f"drop/stock_{moment:%Y%m%d_%H%M}_{spec['generation']}.csv"
        self.seen.moments[name] = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        self._write(stockfile.made(spec, self.policy, name))
        os.utime(self.folder / name, (moment.timestamp(), moment.timestamp()))
        return name

    def _write(self, file: StockFile) -> None:
        (self.folder / file.name).write_bytes(file.content)
        self.seen.files[file.name] = file

    def _argv(self, names: list[str], options: list[str]) -> list[str]:
        told = self.seen.moments.get(names[0]) if self.policy.as_of == "option" else None
        as_of = ["--as-of", told] if told and "--older" not in options else []
        return ["run", *names, *as_of, *options]

    # --- the end

    def settle(self) -> None:
        """Let the tenant behave, and finish everything in a few commands; then look, and try what must change nothing."""
        self.tenant.misbehave(Faults())
        self.tenant.land(everything=True)
        for run in self.hand.type("status").document["held"]:
            self._wait_as_asked()
            self.hand.type("approve", run["run"])
        for _ in range(SETTLING):
            self._wait_as_asked()
            self.seen.settling.append(last := self.hand.type("resume"))
            if last.code in {0, 1}:
                break
        idle = last.code == 0 and not last.runs
        self.seen.more.append(last if idle else self.hand.type("resume"))
        self.seen.more.append(status := self.hand.type("status"))
        for run in [run for run in status.runs if run["rows"]["rejected"]][:1]:
            self.seen.more.append(self.hand.type("show", run["run"]))
        lied = {request.run for request in self.tenant.posted if request.lied}
        sent = [run["run"] for run in status.runs if run["rows"]["accepted"]]
        for name in sorted(sent, key=lambda name: name not in lied)[:1]:
            self.seen.more.append(self.hand.type("verify", name))
        self._once_more(status.runs)

    def _once_more(self, runs: list[dict[str, Any]]) -> None:
        """Run the newest file again where it went whole and nothing came after it: a repeat."""
        newest = [run for run in runs if run["started"] == runs[0]["started"] and run["as_of"]]
        if len(newest) != 1:
            return
        (run,) = newest
        went = run["rows"]["accepted"] + run["rows"]["merged"]
        went += sum(run["skipped_by_reason"].get(reason, 0) for reason in WENT)
        mine = run["parent"] is None and run["as_of"] == self.seen.moments.get(run["file"])
        if mine and went == run["rows"]["read"]:
            self.seen.more.append(self.hand.type(*self._argv([run["file"]], [])))

    def _wait_as_asked(self) -> None:
        """Wait until the tenant may be asked again, as a person would."""
        runs = [run for command in self.seen.commands for run in command.runs]
        if moments := [run["not_before"] for run in runs if run.get("not_before")]:
            wait = (datetime.fromisoformat(max(moments)) - datetime.now(UTC)).total_seconds()
            time.sleep(min(max(0.0, wait + 1), PATIENCE))


def _chosen(step: Step, names: list[str]) -> str | None:
    return names[step["which"] % len(names)] if names else None


def _mended(line: list[str], quantity: int, dice: Random) -> list[str]:
    """Correct a line of a reject file, with a quantity of its own."""
    place, sku = line[0], line[1]
    good_place = place if place in LOCATIONS else dice.choice(LOCATIONS)
    good_sku = sku if sku in SKUS and sku not in POISON else dice.choice(SKUS)
    return [good_place, good_sku, str(quantity), line[3]]
