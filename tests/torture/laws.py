"""What must hold when all is over (the laws of faults.md), told by the tenant's books, the folders and the reports.

Each check yields a sentence for every law that is broken.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from tests.torture import record
from tests.torture.tenant import POISON, UNKNOWN
from tests.torture.world import DROP, GENERATION, KEY, Model, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.torture.process import Ended
    from tests.torture.world import World

NOT_OURS_TO_JUDGE = {
    "lock",
    "ledger.db",
    "ledger.db-wal",
    "ledger.db-shm",
}  # bytes may change while nothing does
PROBE = 4  # bytes of a file that Python itself writes to see whether a folder for temporary files can be used
SENT = {"send", "repeats", "measures"}  # what is kept of a run that ended
MAY_BE_EMPTY = {"lock", "recorded", "ledger.db-wal", "ledger.db-shm"}


def all_laws(world: World, *, older: bool) -> list[str]:
    """Check what must hold once everything is settled; with `older` also what then becomes of an older file."""
    books = world.books()
    runs: list[dict[str, Any]] = world.report("status")["runs"]
    return [
        *rows_add_up(world, runs),
        *accepted_is_proven(world, runs, books),
        *tenant_equals_model(world, books),
        *nothing_is_invented(world, books),
        *rejects_are_all_there(world, runs),
        *record.ledger_is_sound(world.folder / "state", settled=True),
        *everything_is_in_its_place(world),
        *(f"CR08 {name} has no byte" for name in empty_files(world.folder / "state")),
        *once_more_changes_nothing(world),
        *(an_older_file_changes_nothing(world) if older else ()),
        *no_key_anywhere(world),
    ]


def rows_add_up(world: World, runs: list[dict[str, Any]]) -> Iterator[str]:
    """I1: every row of every run in exactly one outcome, and those rejected that should be."""
    for model in world.models:
        ours = [run for run in runs if Path(run["file"]).name == model.name]
        if not ours:
            yield f"I1 {model.name}: it is on no record"
        for run in ours:
            rows = dict(run["rows"])
            if rows.pop("read") != sum(rows.values()) or run["rows"]["read"] != model.counts["read"]:
                yield f"I1 {model.name}: {run['rows']}, and the file has {model.counts['read']} rows"
            if rows["pending"] or rows["held"]:
                yield f"I13 {model.name}: not settled without a person: {run['status']} {rows} {run['why']}"
            if Counter(run["rejected_by_stage"]) != Counter(model.stages.values()):
                yield f"I1 {model.name}: rejected {run['rejected_by_stage']}, not {Counter(model.stages.values())}"


def accepted_is_proven(world: World, runs: list[dict[str, Any]], books: dict[str, Any]) -> Iterator[str]:
    """I6: behind every accepted row stands a write at the tenant; a good row without one stands behind a newer value."""
    written = Counter(tuple(row) for post in books["posts"] for row in post["applied"])
    newest: dict[Pair, int] = {}
    for location, sku, quantity in written:
        newest[location, sku] = max(quantity // GENERATION, newest.get((location, sku), 0))
    for model in world.models:
        accepted = sum(run["rows"]["accepted"] for run in runs if Path(run["file"]).name == model.name)
        proven = sum(written[*pair, quantity] for pair, quantity in model.good.items())
        if accepted > proven:
            yield f"I6 {model.name}: {accepted} rows are called accepted, and {proven} were written"
        if lost := [pair for pair in model.good if newest.get(pair, 0) < model.generation]:
            yield f"I1 {model.name}: {len(lost)} rows went nowhere: {lost[:3]}"


def tenant_equals_model(world: World, books: dict[str, Any]) -> Iterator[str]:
    """I3: for every pair the tenant has what the newest file says."""
    wanted: dict[Pair, int] = {}
    for model in sorted(world.models, key=lambda model: model.generation):
        wanted |= model.good
    found = {(location, sku): quantity for location, sku, quantity in books["stock"]}
    wrong = sorted(pair for pair in wanted | found if wanted.get(pair) != found.get(pair))
    if wrong:
        shown = [f"{pair}: {found.get(pair)} for {wanted.get(pair)}" for pair in wrong[:3]]
        yield f"I3 {len(wrong)} pairs differ at the tenant: {'; '.join(shown)}"


def nothing_is_invented(world: World, books: dict[str, Any]) -> Iterator[str]:
    """I4, I5, I7: only rows of our files are sent, no pair goes back in time, nothing rejected is applied."""
    ours = {(*pair, quantity) for model in world.models for pair, quantity in model.good.items()}
    last: dict[Pair, int] = {}
    for post in books["posts"]:
        for location, sku, quantity in post["rows"]:
            if (location, sku, quantity) not in ours and not sku.startswith((UNKNOWN, POISON)):
                yield f"I4 sent, and in no file: {location} {sku} {quantity}"
            generation = quantity // GENERATION
            if generation < last.get((location, sku), 0):
                yield f"I5 sent {quantity} for {location} {sku} after generation {last[location, sku]}"
            last[location, sku] = generation


def rejects_are_all_there(world: World, runs: list[dict[str, Any]]) -> Iterator[str]:
    """I2: each reject file holds every rejected row, with the source's own text and a reason."""
    models = {model.name: model for model in world.models}
    for run in runs:
        model = models.get(Path(run["file"]).name)
        if model is None or not run["rows"]["rejected"]:
            continue
        path = Path(run["rejects"] or "nowhere")
        if not path.is_file():
            yield f"I2 {model.name}: its reject file {path.name} is not there"
            continue
        rows = _table(path)
        if sorted(int(row["_reject_row"]) for row in rows) != sorted(model.stages):
            yield f"I2 {path.name}: rows {[row['_reject_row'] for row in rows]}, not {sorted(model.stages)}"
        if not all(row["_reject_reason"] and row["_reject_run"] == run["run"] for row in rows):
            yield f"I2 {path.name}: a row without a reason or its run"
        yield from _own_text(model, rows)


def _table(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".xlsx":
        header, *lines = load_workbook(path).worksheets[-1].iter_rows(values_only=True)
        return [
            {str(name): str(cell or "") for name, cell in zip(header, line, strict=True)} for line in lines
        ]
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _own_text(model: Model, rows: list[dict[str, str]]) -> Iterator[str]:
    source = list(csv.reader(model.lines))
    for row in rows:
        cells = source[int(row["_reject_row"]) - 1][:3]
        if [row[name] for name in source[0][:3]] != cells:
            yield f"I2 {model.name} row {row['_reject_row']}: {row} is not the text of the source, {cells}"


def what_is_there_is_whole(world: World) -> Iterator[str]:
    """CR08: at any moment a file under its final name is all of it."""
    for path in (world.folder / "state" / "reports").glob("[!.]*.json"):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            yield f"CR08 reports/{path.name} is not whole: {path.stat().st_size} bytes"
    rejects = (
        path for folder in ("rejects", f"{DROP}/rejects") for path in (world.folder / folder).glob("[!.]*")
    )
    for path in (path for path in rejects if path.suffix != ".txt"):
        if not (zipfile.is_zipfile(path) if path.suffix == ".xlsx" else path.read_bytes().endswith(b"\n")):
            yield f"CR08 rejects/{path.name} is not whole: {path.stat().st_size} bytes"


def nothing_settled_is_sent_again(world: World, done: int, posts: int) -> Iterator[str]:
    """I15: what the ledger had as accepted when a command was killed (`done` pairs) is not posted after it."""
    good = {(*pair, quantity) for model in world.models for pair, quantity in model.good.items()}
    later = {tuple(row) for post in world.books()["posts"][posts:] for row in post["applied"]}
    if len(later) > len(good) - done:
        yield f"I15 {len(later)} pairs were sent after the kill, and {done} of {len(good)} were settled before it"


def everything_is_in_its_place(world: World) -> Iterator[str]:
    """I8, I16: the files that were dropped are untouched, nothing of ours is open to others or left behind."""
    for model in world.models:
        if model.watched:
            yield from _lies_once(world, model)
        elif (world.folder / model.name).read_bytes() != model.content:
            yield f"I8 {model.name} is not what was dropped"
    ours = {"state", "rejects"}
    known = {"mappings", "tmp", "home", DROP, "inventory-sync.yaml", *(model.name for model in world.models)}
    for path in world.folder.rglob("*"):
        name = path.relative_to(world.folder).as_posix()
        top, _, below = name.partition("/")
        if top in ours:
            if path.lstat().st_mode & (0o027 if path.is_dir() else 0o137):
                yield f"I16 {name} has the mode {path.lstat().st_mode & 0o777:o}"
            if path.suffix == ".tmp" or path.name.startswith("."):
                yield f"I16 {name} was left behind"
            if path.match("state/sent/*/*") and path.name not in SENT:
                yield f"I16 {name} was left behind"
        elif top not in known or (below and top in {"tmp", "home"} and path.stat().st_size > PROBE):
            yield f"I16 {name} was left behind"


def _lies_once(world: World, model: Model) -> Iterator[str]:
    """I8: a file that was taken lies in one place, whole, and nothing is still claimed."""
    files = [path for path in (world.folder / DROP).rglob("*") if path.is_file()]
    places = [path.parent.name for path in files if path.read_bytes() == model.content]
    if places != ["processed"]:
        yield f"I8 {model.name} lies in {places}"
    for path in files:
        if ".work" in path.parts or path.suffix == ".tmp":
            yield f"I16 {path.relative_to(world.folder)} was left behind"


def empty_files(root: Path) -> Iterator[str]:
    """Find files without a byte under a name that should stand for something."""
    for path in root.rglob("*"):
        if (
            path.is_file()
            and not path.stat().st_size
            and path.suffix != ".tmp"
            and path.name not in MAY_BE_EMPTY
        ):
            yield path.relative_to(root).as_posix()


def once_more_changes_nothing(world: World) -> Iterator[str]:
    """I15: a further `resume` sends nothing, moves nothing and ends well."""
    before, posts = _contents(world.folder), len(world.books()["posts"])
    ended = world.type("resume", "--json")
    if ended.code:
        yield f"I15 a further resume ended with {ended.code}: {ended.out[:200]}"
    if len(world.books()["posts"]) > posts:
        yield f"I15 a further resume sent {len(world.books()['posts']) - posts} requests"
    after = _contents(world.folder)
    if changed := sorted(name for name in before | after if before.get(name) != after.get(name)):
        yield f"I15 a further resume changed {changed[:5]}"


def _contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in folder.rglob("*")
        if path.name not in NOT_OURS_TO_JUDGE
    }


def exit_code_is_true(ended: Ended) -> Iterator[str]:
    """I14: the code is that of the document, and follows from the rows in it."""
    if "Traceback" in ended.out + ended.err:
        yield f"I14 a traceback: {(ended.err or ended.out)[-800:]}"
    try:
        document = json.loads(ended.out)
    except ValueError:
        yield f"I14 no document, code {ended.code}: {ended.out[:200]} {ended.err[-800:]}"
        return
    rows = [run["rows"] for run in document["runs"]]
    expected = 4 if any(row["pending"] for row in rows) else int(any(row["rejected"] for row in rows))
    if not ended.code == document["exit_code"] == expected:
        yield f"I14 ended with {ended.code}, says {document['exit_code']}, and the rows say {expected}: {ended.out[:400]}"


def an_older_file_changes_nothing(world: World) -> Iterator[str]:
    """I5: what was sent is remembered: of an older file with all its pairs no row goes out."""
    model = Model("stock-older.csv", 0)
    for pair in dict.fromkeys(pair for known in world.models for pair in known.good):
        model.add(*pair)
    posts = len(world.books()["posts"])
    ended = world.type("run", world.drop(model).name, "--json")
    if len(world.books()["posts"]) > posts or ended.code:
        yield f"I5 an older file was sent, or ended with {ended.code}: {ended.out[:300]}"


def no_key_anywhere(world: World) -> Iterator[str]:
    """I10: no file and no output holds the key, in any form."""
    secret = KEY.removeprefix("sk_live_")
    parts = {secret[at : at + 12] for at in range(len(secret) - 11)}
    forms = [
        text.encode()
        for text in (*parts, base64.b64encode(KEY.encode()).decode()[:24], KEY.encode().hex()[16:])
    ]
    texts = {path.name: path.read_bytes() for path in world.folder.rglob("*") if path.is_file()}
    texts["what was printed"] = "".join(world.printed).encode()
    for name, text in texts.items():
        if any(form in text for form in forms):
            yield f"I10 the key stands in {name}"
