"""A folder with a configuration and stock files, and what must become of every row of them.

Every quantity names the file and the row that it comes from: generation * 1,000,000 + row.
"""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from tests.torture.process import PLANT, Stop, run
from tests.torture.tenant import POISON, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

    from tests.torture.process import Ended
    from tests.torture.syscalls import Notice

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "sk_live_7orture0f5eed9a8b7c6d"
GENERATION = 1_000_000
FIRST_MTIME = 1_577_836_800  # 2020-01-01; each generation is a day newer
DAY = 86_400
TOO_MUCH = 2**31
MAPPING = """
version: 1
name: stock
match: {filename: ["stock*"]}
columns:
  location_code: {column: Depot}
  sku_code: {column: Item}
  quantity: {column: Pieces}
guards: {rejected: off, fewer_rows: off, zeroed: off, jump: off, unknown: off, cut: off}
"""
TENANT = {"batch_rows": 10, "batch_rows_max": 10, "workers": 2, "timeout": 10}
RETRY = {"attempts": 3, "base": 0.01, "max": 0.02, "deadline": 20}

DROP = "drop"

Pair = tuple[str, str]


@dataclass
class Model:
    """What must become of a file: the pairs that are accepted, and how many rows end how."""

    name: str
    generation: int
    lines: list[str] = field(default_factory=lambda: ["Depot,Item,Pieces"])
    good: dict[Pair, int] = field(default_factory=dict)
    stages: dict[int, str] = field(default_factory=dict)  # row -> the stage that rejects it
    merged: int = 0
    blank: int = 0
    watched: bool = False  # dropped into the inbox, from where it is moved

    @cached_property
    def content(self) -> bytes:
        """The file itself, once its lines are there."""
        if self.name.endswith(".xlsx"):
            return _workbook(self.lines)
        return "\r\n".join([*self.lines, ""]).encode()

    def add(self, location: str, sku: str, quantity: str = "", more: str = "") -> int:
        """Append a line; give its row as a person counts."""
        row = len(self.lines) + 1
        self.lines.append(f"{location},{sku},{quantity or self.generation * GENERATION + row}{more}")
        return row

    @property
    def counts(self) -> dict[str, int]:
        """Count the rows of the file by their end, where nothing newer is there."""
        counts = {
            "accepted": len(self.good),
            "merged": self.merged,
            "skipped": self.blank,
            "rejected": len(self.stages),
        }
        return {"read": sum(counts.values()), **counts}


def stock_file(generation: int, skus: Iterable[int], name: str = "") -> Model:
    """Make a file in which every kind of row stands: good, merged, blank, and rejected at every stage."""
    model = Model(name or f"stock{generation}.csv", generation)
    for number in skus:
        pair = ("AB"[number % 2], f"{number:05d}")
        model.good[pair] = generation * GENERATION + model.add(*pair)
    location, sku = first = next(iter(model.good))
    model.add(location, sku, str(model.good[first]))
    model.merged = 1
    if not model.name.endswith(
        ".xlsx"
    ):  # where an empty row is none, and a cell beyond the header is no row's fault
        model.add("", "", " ")
        model.blank = 1
        model.stages[model.add("A", "LONG", more=",7")] = "read"
    model.stages |= {
        model.add("A", "WORDS", '"1,500"'): "map",
        model.add("B", "MUCH", str(TOO_MUCH)): "schema",
        model.add("A", f"{UNKNOWN}{generation}"): "tenant",
        model.add("B", f"{POISON}{generation}"): "tenant",
    }
    return model


def _workbook(lines: list[str]) -> bytes:
    book, packed = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for cells in csv.reader(lines):
        sheet.append([int(cell) if cell.isdecimal() and cell[0] != "0" else cell for cell in cells])
    book.save(packed)
    return packed.getvalue()


class Outside:
    """The tenant's process, and its buttons."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.torture.tenant"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    @property
    def url(self) -> str:
        """Where the program finds it."""
        return f"http://127.0.0.1:{self.port}"

    def press(self, button: str, given: object = None) -> Any:
        """Have it do something; gives its books."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            asking.request("POST", f"/__{button}", json.dumps(given), {"Connection": "close"})
            return json.loads(asking.getresponse().read())
        finally:
            asking.close()


class World:
    """The folder that the program works in, its tenant, and all that it printed."""

    def __init__(self, folder: Path, tenant: Outside) -> None:
        self.folder, self.tenant = folder, tenant
        self.models: list[Model] = []
        self.printed: list[str] = []
        self.planted = ""  # a fault that the commands are to have
        for name in ("mappings", "tmp", "home"):
            (folder / name).mkdir(parents=True)
        (folder / "mappings" / "stock.yaml").write_text(MAPPING)
        self._configure()

    def _configure(self, **more: Any) -> None:
        settings = {"tenant": {"url": self.tenant.url, **TENANT, "retry": RETRY}, **more}
        (self.folder / "inventory-sync.yaml").write_text(json.dumps(settings))

    def watch(self) -> None:
        """Have a watched folder from now on."""
        self._configure(watch={"root": DROP, "settle": 0})
        self.inbox.mkdir(parents=True)

    @property
    def inbox(self) -> Path:
        """Where files are dropped that are watched for."""
        return self.folder / DROP / "inbox"

    def drop(self, model: Model) -> Path:
        """Write a file as of its generation's day."""
        path = (self.inbox if model.watched else self.folder) / model.name
        path.write_bytes(model.content)
        moment = FIRST_MTIME + model.generation * DAY
        os.utime(path, (moment, moment))
        self.models.append(model)
        return path

    def type(
        self, *arguments: str, stop: Stop | None = None, watch: Callable[[Notice], None] | None = None
    ) -> Ended:
        """Type one command."""
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "INVENTORY_SYNC_API_KEY": KEY,
            PLANT: self.planted,
        }
        ended = run(list(arguments), environment, self.folder, stop=stop, watch=watch)
        self.printed += [ended.out, ended.err]
        return ended

    def report(self, *arguments: str) -> dict[str, Any]:
        """Type one command and give its document."""
        document: dict[str, Any] = json.loads(self.type(*arguments, "--json").out)
        return document

    def books(self) -> Any:
        """Give the tenant's books, once all that is under way has arrived."""
        return self.tenant.press("settled")

    def keep(self, place: Path) -> dict[str, Any]:
        """Copy the folder, so that it can be put back; give the tenant's books with it."""
        shutil.copytree(self.folder, place, symlinks=True)
        books: dict[str, Any] = self.books()
        return books

    def put_back(self, place: Path, books: dict[str, Any], models: list[Model]) -> None:
        """Have everything as it was when it was kept."""
        self.models = [*models]
        shutil.rmtree(self.folder)
        shutil.copytree(place, self.folder, symlinks=True)
        self.tenant.press("books", books)
        self.printed = []
