"""The laws of how things end: I9 to I11, I13 to I16 and I18. Ledger, key, time, exit codes, nothing more to do, files, words."""

from __future__ import annotations

import base64
import stat
from typing import TYPE_CHECKING, Any

from tests.chaos.evidence import LEDGER_IS_SOUND
from tests.chaos.tenant import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chaos.evidence import Evidence
    from tests.chaos.seen import Command

LONGEST = 60.0  # seconds; deadline, one time-out, and what a busy machine takes
PIECE = 12
INTERRUPTED = 130
CANNOT_VERIFY = 4
GRAVITY = (70, INTERRUPTED, 5, 4, 6, 3, 1, 0)
STATUS = {"ok": 0, "partial": 1, "held": 3, "incomplete": 4, "refused": 5, "failed": 6}
MAY_REFUSE = ("retry", "discard", "approve")  # 2: nothing to discard, rejects that stand elsewhere
LOOKS = {"status", "show", "verify"}
OURS = {"state", "rejects", "drop", "mappings", "inventory-sync.yaml"}


def broken(evidence: Evidence) -> Iterator[str]:
    """Say which of these laws do not hold."""
    if evidence.ledger != [LEDGER_IS_SOUND]:
        yield f"I9 the ledger: {evidence.ledger}"
    for run, state in evidence.states.items():
        if state not in {"settled", "failed"} or (state == "settled" and run not in evidence.runs):
            yield f"I9 {run}: its state is {state} after all is settled; a report is {'there' if run in evidence.runs else 'missing'}"
    for number, command in enumerate(evidence.seen.commands):
        for words in _ended(command):
            yield f"{words} (command {number}: {' '.join(command.argv)})"
    yield from _nothing_more(evidence)
    yield from _key(evidence)
    yield from _files(evidence)
    yield from evidence.seen.strange


def _ended(command: Command) -> Iterator[str]:
    if command.code is None or command.seconds > LONGEST:
        yield f"I13 it took {command.seconds:.1f} s and ended with {command.code}"
    if "Traceback" in command.out + command.err or "bug in inventory-sync" in command.err:
        yield f"I14 a traceback, or a bug: {command.err[-300:]}"
    if command.code == -command.sign and command.sign:
        return
    document = command.document
    if not document:
        if command.code != 2:
            yield f"I14 no document on stdout, exit code {command.code}: {command.err[-300:]}"
        return
    runs = document.get("runs", [])
    if command.argv[0] not in {"status", "show"} and document["exit_code"] != command.code:
        yield f"I14 exit code {command.code}, {document['exit_code']} in the document"
    yield from _true(command, runs)


def _true(command: Command, runs: list[dict[str, Any]]) -> Iterator[str]:
    """Compare the exit code with the numbers."""
    for run in runs:
        rows = run["rows"]
        worst = 4 if rows["pending"] else 3 if rows["held"] else 1 if rows["rejected"] else 0
        code = run["exit_code"]
        fits = code in {4, 5, 130} if worst == 4 else code in {worst, 6}
        if not fits or (code != INTERRUPTED and STATUS[run["status"]] != code):
            yield f"I14 run {run['run']}: {run['status']}, {code}, but {rows}"
    if command.argv[0] in LOOKS:
        return
    if runs and command.code != next(code for code in GRAVITY if code in {run["exit_code"] for run in runs}):
        yield f"I14 exit code {command.code} for runs with {[run['exit_code'] for run in runs]}"
    allowed = {0, 2 if command.argv[0] in MAY_REFUSE else 0, 6 if command.argv[0] == "run" else 0}
    allowed |= {130} if command.sign else set()
    allowed |= set() if command.alone else {75}
    if not runs and command.code not in allowed:
        yield f"I14 exit code {command.code} without a run: {command.err[-300:]}"


def _nothing_more(evidence: Evidence) -> Iterator[str]:
    seen = evidence.seen
    last = seen.settling[-1]
    if last.code not in {0, 1}:
        why = [run["why"] for run in last.runs]
        yield f"I3 not settled after {len(seen.settling)} more commands: exit code {last.code}, {why} {last.err[-200:]}"
    for command in seen.more:
        if command.posted[0] != command.posted[1]:
            yield f"I15 {' '.join(command.argv)}: {command.posted[1] - command.posted[0]} requests although nothing was left to do"
        if command.argv[0] == "resume" and (command.code or command.runs):
            yield f"I15 resume, with nothing left to do, ends with {command.code}: {command.out[-300:]}"
        if command.argv[0] == "show":
            yield from _explained(command, evidence)
        if command.argv[0] == "verify":
            yield from _verified(command, evidence)


def _explained(command: Command, evidence: Evidence) -> Iterator[str]:
    (shown,) = command.runs or [{}]
    run = evidence.runs.get(shown.get("run", ""))
    if run is None or shown["rows"] != run.rows:
        yield f"I18 show {command.argv[1]} says {shown.get('rows')}, its report {run and run.rows}"
        return
    told = [
        problem["row"]
        for problem in shown["problems"]
        if problem["message"] and problem["remedy"] and problem["code"]
    ]
    if len(set(told)) != shown["rows"]["rejected"]:
        yield f"I18 show {run.name} explains rows {told}, {shown['rows']['rejected']} are rejected"


def _verified(command: Command, evidence: Evidence) -> Iterator[str]:
    """`verify` names the pairs that the tenant does not hold as they were sent, and no others."""
    run = evidence.runs[command.argv[1]]
    if not evidence.seen.plan.world.readable:
        if command.code != CANNOT_VERIFY:
            yield f"I6 verify {run.name} ends with {command.code}, and the key may not read"
        return
    named = {(pair["location_code"], pair["sku_code"]) for pair in command.document.get("pairs", ())}
    stock, sent = evidence.seen.tenant.stock, {row.pair: row.quantity for row in run.file.going if row.pair}
    for pair in named:
        if stock.get(pair) == sent.get(pair) and not run.retry:
            yield f"I6 verify {run.name} names {pair}, which is as it was sent"
    if run.rows["accepted"] == len(sent) and command.code is not None:
        for unlike in [pair for pair, quantity in sent.items() if stock.get(pair) != quantity]:
            if unlike not in named:
                yield f"I6 verify {run.name} does not name {unlike}, which is not as it was sent"


def _key(evidence: Evidence) -> Iterator[str]:
    spellings = [
        KEY,
        KEY.encode().hex(),
        *(base64.b64encode(b"." * n + KEY.encode()).decode()[4:-4] for n in range(3)),
    ]
    pieces = [text[at : at + PIECE].encode() for text in spellings for at in range(len(text) - PIECE + 1)]
    for path in evidence.seen.folder.parent.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if any(piece in content for piece in pieces):
                yield f"I10 the key stands in {path.name}"


def _files(evidence: Evidence) -> Iterator[str]:
    folder = evidence.seen.folder
    strange = {path.name for path in folder.iterdir()} - OURS
    if strange:
        yield f"I16 files that nobody asked for: {strange}"
    for name, file in evidence.seen.files.items():
        if (folder / name).read_bytes() != file.content:
            yield f"I8 {name} was changed"
    if {path.relative_to(folder).as_posix() for path in (folder / "drop").iterdir()} != set(
        evidence.seen.files
    ):
        yield "I8 files came or went in the folder of dropped files"
    for path in (*_below(folder / "state"), *_below(folder / "rejects")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & (0o027 if path.is_dir() else 0o137):
            yield f"I16 {path.relative_to(folder)} has the mode {mode:o}"
        if path.name.endswith(".tmp") or path.name == "errors.log":
            yield f"I16 {path.relative_to(folder)} was left behind"


def _below(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")] if folder.exists() else []
