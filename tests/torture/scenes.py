"""What happened before the command that is tortured, and which command that is."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

from tests.torture.tenant import DOWN
from tests.torture.world import GENERATION, Model, stock_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.torture.world import World

Command = tuple[str, ...]
OLD, NEW = range(24), range(12, 36)  # the SKUs of two generations: half of them are in both
LATEST = 20  # the generation of a file that is newer than all others
PIECES = 8  # of the memory, after which they are folded
MENDED = {"WORDS": 777, "MUCH": 778}  # what somebody makes of two rejected rows


def a_newer_file(world: World) -> Command:
    """The next day's file comes: whatever is pending, its values stand."""
    return "run", world.drop(stock_file(LATEST, range(6, 30))).name


def _first(world: World) -> Command:
    """Nothing was ever run here: the state folder is still to be made."""
    return "run", world.drop(stock_file(1, OLD)).name


def _newer(world: World) -> Command:
    """An older file is settled; half of its pairs stand in the new one too."""
    world.type(*_first(world))
    return "run", world.drop(stock_file(2, NEW)).name


def _workbook(world: World) -> Command:
    """A workbook, which a child process reads, and whose rejects go to a workbook."""
    return "run", world.drop(stock_file(1, OLD, "stock.xlsx")).name


def _half(world: World) -> Command:
    """Make a run whose first batch was taken, and whose others failed."""
    command = _first(world)
    world.tenant.press("books", {"trouble": [0], "always": DOWN})
    assert world.type(*command).code == 4
    world.tenant.press("books", {**world.books(), "always": 0})
    return command


def _pending(world: World) -> Command:
    """A newer file comes while rows of the older one are pending."""
    _half(world)
    return "run", world.drop(stock_file(2, NEW)).name


def _resumed(world: World) -> Command:
    """A run is pending, and `resume` takes it up."""
    _half(world)
    return ("resume",)


def _older(world: World) -> Command:
    """An older file comes after a newer one."""
    world.type("run", world.drop(stock_file(2, NEW)).name)
    return _first(world)


def _corrected(world: World) -> Command:
    """Two rows of a reject file were corrected, and it is run."""
    world.type(*_first(world))
    (path,) = (world.folder / "rejects").iterdir()
    with path.open(newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    model = Model("mended.csv", 1, [",".join(header)])
    stages = world.models[0].stages
    for at, row in enumerate(rows, 2):
        if row[1] in MENDED:
            row[2] = str(GENERATION + MENDED[row[1]])
            model.good[row[0], row[1]] = int(row[2])
        else:
            model.stages[at] = stages[int(row[header.index("_reject_row")])]
        model.lines.append(",".join(f'"{cell}"' for cell in row))
    return "run", world.drop(model).name


def _merging(world: World) -> Command:
    """The memory is in as many pieces as it may be: the next run folds them into one."""
    for generation in range(1, PIECES):
        world.type("run", world.drop(stock_file(generation, range(generation, generation + 4))).name)
    return "run", world.drop(stock_file(PIECES, NEW)).name


def _forgotten(world: World) -> Command:
    """The memory was deleted: it is built again from what was sent."""
    command = _newer(world)
    shutil.rmtree(world.folder / "state" / "memory")
    return command


def _repeated(world: World) -> Command:
    """The same file again: what was rejected of it is judged and sent again, and refused again."""
    command = _first(world)
    world.type(*command)
    return command


def _both(world: World) -> Command:
    """Two files in one command, the older one first."""
    return "run", *(
        world.drop(stock_file(generation, skus)).name for generation, skus in ((1, OLD), (2, NEW))
    )


def _watched(world: World) -> Command:
    """Two files wait in the watched folder, of which one is a workbook; the mapping sent something before, so that none is held."""
    world.type(*_first(world))
    world.watch()
    for model in (stock_file(2, NEW), stock_file(3, range(20, 44), "stock3.xlsx")):
        model.watched = True
        world.drop(model)
    return "watch", "--once"


def _approved(world: World) -> Command:
    """The first file in the watched folder is held, and somebody says yes to it."""
    world.watch()
    model = stock_file(1, OLD)
    model.watched = True
    world.drop(model)
    (held,) = world.report("watch", "--once")["runs"]
    assert held["status"] == "held"
    return "approve", held["run"]


SCENES: dict[str, Callable[[World], Command]] = {
    "first": _first,
    "newer": _newer,
    "pending": _pending,
    "resumed": _resumed,
    "older": _older,
    "corrected": _corrected,
    "workbook": _workbook,
    "merging": _merging,
    "forgotten": _forgotten,
    "both": _both,
    "repeated": _repeated,
    "watched": _watched,
    "approved": _approved,
}
