"""How fast it is, beside the scripts and tools that others use and the floors below which nobody gets.

    python bench/speed.py [--only rivals,latency,...] [--rounds 3] [--quick]

Each is a process of its own, against a sink on this machine (bench/sink.py), all taken in turn, round by round. What was
measured replaces its part of docs/speed.json, of which docs/speed.md and docs/speed.svg are drawn; --quick, a tenth of the
rows in one round, only prints. The peers have an environment of their own, .venv-peers: `make bench` sets it up.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if __package__ is None:
    sys.path.insert(0, str(Path(__file__).absolute().parent.parent))
from bench.page import Table, draw, load, save, shown
from bench.stock import MAPPING, write_csv, write_workbook
from bench.taken import HERE, Figures, measured, sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Taken = Callable[[], Figures]

CONFIG = "tenant: {{url: {address}/api/integrations/v1/, workers: 8{sizes}}}\n"
SIZES = ", batch_rows: {0}, batch_rows_max: {0}"
PROGRAM = (sys.executable, "-m", "sync")
PEERS = HERE.parent / ".venv-peers" / "bin" / "python"
PEER_IS = {
    "dlt, arrow, tuned": "with_dlt_arrow.py",
    "pandas + pandera + httpx, in chunks": "in_chunks.py",
    "petl + requests": "with_petl.py",
    "usual script (pandas, requests)": "usual_script.py",
    "frictionless + requests": "with_frictionless.py",
    "dlt, rows": "with_dlt_rows.py",
}
USUAL, CHUNKS, PETL = (
    "usual script (pandas, requests)",
    "pandas + pandera + httpx, in chunks",
    "petl + requests",
)
IMPORTS = "import pandas, pandera.pandas, httpx"


class Bench:
    """A folder with a mapping and stock files, and how often each is measured."""

    def __init__(self, folder: Path, *, share: float, rounds: int) -> None:
        self.folder, self.share, self.rounds = folder, share, rounds
        (folder / "mappings").mkdir()
        (folder / "mappings" / "bench.yaml").write_text(MAPPING)

    def rows(self, n: int) -> int:
        """Give how many rows stand for n."""
        return int(n * self.share)

    def csv(self, n: int) -> Path:
        """Give a CSV file of n rows, or of the share of them that is measured."""
        path = self.folder / f"stock{n}.csv"
        if not path.exists():
            write_csv(path, self.rows(n))
        return path

    def workbook(self, n: int) -> Path:
        """Give a workbook, likewise."""
        path = self.folder / f"stock{n}.xlsx"
        if not path.exists():
            write_workbook(path, self.rows(n))
        return path

    def ours(
        self,
        file: Path,
        address: str,
        *options: str,
        size: int | None = None,
        state: Path | None = None,
        family: bool = False,
        program: tuple[str | Path, ...] = PROGRAM,
    ) -> Figures:
        """Run ours, with a new ledger unless one is named; the numbers must be those of the file."""
        config = self.folder / "config.yaml"
        config.write_text(CONFIG.format(address=address, sizes=SIZES.format(size) if size else ""))
        places = ("--config", config, "--mappings", self.folder / "mappings")
        kept = ("--state", state or Path(tempfile.mkdtemp(dir=self.folder)))
        figures = measured(
            (*program, "run", file, *places, *kept, *options, "--json"), self.folder, family=family
        )
        (report,) = json.loads(figures.printed)["runs"]
        rows = report["rows"]
        gone = ("rejected", "accepted", "unchanged", *(["pending"] if "--dry-run" in options else []))
        if sum(rows[outcome] for outcome in gone) != rows["read"]:
            sys.exit(f"{file.name}: not everything went: {rows}")
        return figures

    def peer(self, name: str, file: Path, address: str, size: int) -> Figures:
        """Run one of the peers."""
        return measured((PEERS, HERE / "peers" / PEER_IS[name], file, address, str(size)), self.folder)

    def floor(
        self, name: str, what: str | Path, address: str, size: int, *, python: str | Path = sys.executable
    ) -> Figures:
        """Run one of the floors."""
        return measured((python, HERE / "peers" / name, what, address, str(size)), self.folder)

    def ready(self, n: int, address: str, size: int) -> Figures:
        """Post ready bodies: the posting alone."""
        figures = self.floor("ready_bodies.py", str(self.rows(n)), address, size)
        return figures._replace(seconds=float(figures.printed.decode()))

    def in_turn(self, each: Mapping[str, Taken]) -> dict[str, Figures]:
        """Take all in turn, round by round; give the medians."""
        found: dict[str, list[Figures]] = {name: [] for name in each}
        for _ in range(self.rounds):
            for name, take in each.items():
                found[name].append(take())
        return {name: middle(figures) for name, figures in found.items()}


def middle(figures: list[Figures]) -> Figures:
    """Give the medians."""
    return Figures(
        median(one.seconds for one in figures),
        median(one.processor for one in figures),
        median(one.memory for one in figures),
        b"",
    )


def rivals(bench: Bench) -> list[Table]:
    """Compare with all peers and both floors, at two sizes of a body."""
    return [_rivals(bench, 1_000_000, size) for size in (1000, 5000)]


def _rivals(bench: Bench, n: int, size: int) -> Table:
    file = bench.csv(n)
    with sink(0) as (address, told):
        each: dict[str, Taken] = {
            "inventory-sync": partial(bench.ours, file, address, size=size),
            **{name: partial(bench.peer, name, file, address, size) for name in installed()},
            "floor: parse only": partial(bench.floor, "parse_only.py", file, address, size),
            "floor: post ready bodies": partial(bench.ready, n, address, size),
        }
        found = bench.in_turn(each)
    spent = told[0].seconds / bench.rounds / sum(one.seconds for one in found.values())
    return Table.of(
        f"{bench.rows(n):,} rows of CSV, {size:,} a body",
        found,
        bench.rows(n),
        note=f"The sink was busy {spent:.0%} of the time.",
    )


def latency(bench: Bench) -> list[Table]:
    """Compare with the posting of ready bodies alone, where each answer takes 30 ms."""
    n = 1_000_000
    file = bench.csv(n)
    with sink(0.03) as (address, _):
        found = bench.in_turn(
            {
                "inventory-sync, 1,000 a body": partial(bench.ours, file, address, size=1000),
                "inventory-sync, as it is set (500 to 5,000 a body)": partial(bench.ours, file, address),
                "floor: post ready bodies of 1,000": partial(bench.ready, n, address, 1000),
            }
        )
    return [Table.of(f"{bench.rows(n):,} rows of CSV, 30 ms an answer, 8 in flight", found, bench.rows(n))]


def workbooks(bench: Bench) -> list[Table]:
    """Compare with what reads workbooks; the larger one for its memory."""
    n, large = 100_000, 500_000
    file, big = bench.workbook(n), bench.workbook(large)
    with sink(0) as (address, _):
        each: dict[str, Taken] = {
            "inventory-sync": partial(bench.ours, file, address, size=1000, family=True),
            **{
                name: partial(bench.peer, name, file, address, 1000)
                for name in installed()
                if name in (USUAL, PETL)
            },
        }
        if PEERS.exists():
            each["floor: calamine reads"] = partial(
                bench.floor, "calamine_only.py", file, address, 1000, python=PEERS
            )
        found = bench.in_turn(each)
        alone = bench.in_turn({"inventory-sync": partial(bench.ours, big, address, size=1000, family=True)})
    return [
        Table.of(f"{bench.rows(n):,} rows of .xlsx, 1,000 a body", found, bench.rows(n)),
        Table.of(
            f"{bench.rows(large):,} rows of .xlsx, 1,000 a body",
            alone,
            bench.rows(large),
            note="Both processes' memory together.",
        ),
    ]


def own(bench: Bench) -> list[Table]:
    """Compare a run with itself: without what makes it safe, and where nothing changed with a dry run."""
    n = 1_000_000
    file, careless = bench.csv(n), (sys.executable, HERE / "reckless.py")
    changing = bench.folder / "stock_again.csv"
    changing.write_bytes(file.read_bytes())
    state = bench.folder / "kept"

    def again(*options: str) -> Figures:
        with changing.open(
            "ab"
        ) as lines:  # the same stock in a file of other bytes: else it would be known as a repeat
            lines.write(b"\n")
        return bench.ours(changing, address, *options, size=1000, state=state)

    with sink(0) as (address, _):
        safety = bench.in_turn(
            {
                "inventory-sync": partial(bench.ours, file, address, size=1000),
                "without journal and fsync": partial(bench.ours, file, address, size=1000, program=careless),
            }
        )
        again()
        nothing = bench.in_turn(
            {
                "run --changes-only": partial(again, "--changes-only"),
                "run --dry-run": partial(again, "--dry-run"),
            }
        )
    return [
        Table.of(f"The cost of safety: {bench.rows(n):,} rows of CSV", safety, bench.rows(n)),
        Table.of(f"Nothing changed: {bench.rows(n):,} rows of CSV", nothing, bench.rows(n)),
    ]


def sizes(bench: Bench) -> list[Table]:
    """Follow speed and memory from a hundred thousand rows to ten million."""
    tables = []
    for n in (100_000, 1_000_000, 10_000_000):
        file, names = (
            bench.csv(n),
            (CHUNKS, USUAL) if n < 10_000_000 else (CHUNKS,),
        )  # it holds a dictionary a row
        with sink(0) as (address, _):
            found = bench.in_turn(
                {
                    "inventory-sync": partial(bench.ours, file, address, size=1000),
                    **{
                        name: partial(bench.peer, name, file, address, 1000)
                        for name in installed()
                        if name in names
                    },
                }
            )
        tables.append(Table.of(f"{bench.rows(n):,} rows", found, bench.rows(n)))
        file.unlink()
    return tables


def starts(bench: Bench) -> list[Table]:
    """Compare short commands with what they cannot do without."""
    small = bench.folder / "stock_small.csv"
    write_csv(small, 100)
    places = (
        "--tenant",
        "sandbox",
        "--state",
        bench.folder / "idle",
        "--mappings",
        bench.folder / "mappings",
    )
    idle = (*PROGRAM, "watch", "--once", *places)
    bench.rounds = 3 * bench.rounds  # they are short
    with sink(0) as (address, _):
        found = bench.in_turn(
            {
                "python -c 'import click'": partial(
                    measured, (sys.executable, "-c", "import click"), bench.folder
                ),
                "--help": partial(measured, (*PROGRAM, "--help"), bench.folder),
                "watch --once, nothing there": partial(measured, idle, bench.folder),
                f"python -c '{IMPORTS}'": partial(measured, (sys.executable, "-c", IMPORTS), bench.folder),
                "run, 100 rows": partial(bench.ours, small, address),
            }
        )
    bench.rounds //= 3
    names = list(found)
    return [
        Table.of("Start-up without pandas", {name: found[name] for name in names[:3]}, 0),
        Table.of("A file of a hundred rows", {name: found[name] for name in names[3:]}, 0),
    ]


PARTS = {part.__name__: part for part in (starts, rivals, latency, workbooks, own, sizes)}


def installed() -> list[str]:
    """Name the peers, if there are any."""
    return list(PEER_IS) if PEERS.exists() else []


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="some of: %(default)s")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--quick", action="store_true", help="a share of the rows, one round, nothing is kept"
    )
    parser.add_argument("--share", type=float, default=0.1, help="of the rows, for --quick")
    parser.add_argument("--redraw", action="store_true", help="measure nothing: draw the page anew")
    given = parser.parse_args()
    if not installed():
        print(f"{PEERS} is not there: no peers", file=sys.stderr)
    for name in () if given.redraw else given.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(
                Path(folder),
                share=given.share if given.quick else 1,
                rounds=1 if given.quick else given.rounds,
            )
            tables = PARTS[name](bench)
        print("\n".join(shown(table) for table in tables), flush=True)
        if not given.quick:
            save({**load(), name: tables})
    if not given.quick:
        draw()


if __name__ == "__main__":
    main()
