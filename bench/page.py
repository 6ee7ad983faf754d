"""What was measured, kept in docs/speed.json, and drawn as docs/speed.md and docs/speed.svg."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.taken import Figures

DOCS = Path(__file__).absolute().parent.parent / "docs"
KEPT, PAGE, PICTURE = DOCS / "speed.json", DOCS / "speed.md", DOCS / "speed.svg"
TITLE = """# How fast it is

Made by `make bench` on {machine}. Every line is a process of its own, start-up included; the lines of one table were taken
in turn, and what stands here is their median. Seconds of another machine are others: compare the ratios, within one table.
What the peers do: read, check, post. What inventory-sync does besides: keep a journal and a ledger, find repeated pairs, hold
what looks wrong, reconcile each answer by row, write rejects.

![rows a second and memory, by size](speed.svg)
"""
PARTS = {
    "rivals": "Beside other tools",
    "latency": "A tenant that takes its time",
    "workbooks": "Workbooks",
    "own": "What safety costs, and what unchanged rows spare",
    "sizes": "From a hundred thousand rows to ten million",
    "starts": "Start-up",
}
COLOURS = ("#0b6e4f", "#c8553d", "#6c757d")
WIDTH, HEIGHT, LEFT, TOP = 360, 220, 60, 40  # of a panel, its left and its upper edge


class Line(NamedTuple):
    """What one of a table took, in the median: seconds, seconds of all cores, MB at the peak."""

    name: str
    seconds: float
    processor: float
    memory: float


class Table(NamedTuple):
    """What was taken in turn; the first line is what the others are compared with."""

    title: str
    lines: list[Line]
    rows: int  # 0: it is not about rows
    note: str = ""

    @classmethod
    def of(cls, title: str, found: Mapping[str, Figures], rows: int, *, note: str = "") -> Table:
        """Make a table of what was found."""
        lines = [
            Line(name, round(one.seconds, 3), round(one.processor, 3), round(one.memory))
            for name, one in found.items()
        ]
        return cls(title, lines, rows, note)


def load() -> dict[str, list[Table]]:
    """Give what was measured before, part by part."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return {
        part: [
            Table(title, [Line(*line) for line in lines], rows, note) for title, lines, rows, note in tables
        ]
        for part, tables in kept.get("parts", {}).items()
    }


def save(parts: Mapping[str, Sequence[Table]]) -> None:
    """Keep what was measured, a line of the file for each table."""
    machine = f"{os.cpu_count()} shared cores, {platform.system()}, Python {platform.python_version()}"
    KEPT.write_text(json.dumps({"machine": machine, "parts": parts}, indent=1) + "\n")


def shown(table: Table) -> str:
    """Write a table in Markdown."""
    base = table.lines[0]
    head = [f"### {table.title}", ""]
    head += ["| who | time | processor | rows/s | peak MB |", "|---|---|---|---|---|"]
    body = [
        f"| {line.name} | {line.seconds / base.seconds:.2f} | {line.processor / base.processor:.2f} "
        f"| {f'{table.rows / line.seconds:,.0f}' if table.rows else ''} | {line.memory:,.0f} |"
        for line in table.lines
    ]
    told = f"Time and processor: times {base.name} ({base.seconds:.2f} s, {base.processor:.2f} s of processor). {table.note}"
    return "\n".join([*head, *body, "", told.rstrip(), ""])


def page(machine: str, parts: Mapping[str, Sequence[Table]]) -> str:
    """Write the page."""
    told = [TITLE.format(machine=machine)]
    for part, title in PARTS.items():
        if part in parts:
            told += [f"## {title}\n", *map(shown, parts[part])]
    return "\n".join(told)


def picture(tables: Sequence[Table]) -> str:
    """Draw rows a second and memory by size, side by side."""
    panels: tuple[tuple[str, Callable[[Table, Line], float]], ...] = (
        ("rows a second", lambda table, line: table.rows / line.seconds),
        ("MB at the peak", lambda _, line: line.memory),
    )
    drawn = [_panel(at, title, tables, value) for at, (title, value) in enumerate(panels)]
    names = list(dict.fromkeys(line.name for table in tables for line in table.lines))
    legend = "".join(
        f'<rect x="{20 + 250 * at}" y="{HEIGHT + 90}" width="12" height="12" fill="{COLOURS[at]}"/>'
        f'<text x="{38 + 250 * at}" y="{HEIGHT + 101}">{escape(name)}</text>'
        for at, name in enumerate(names)
    )
    size = f'width="{2 * (WIDTH + LEFT) + 20}" height="{HEIGHT + 120}"'
    style = 'font-family="sans-serif" font-size="12" fill="#222"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n<rect width="100%" height="100%" fill="white"/>\n{"".join(drawn)}{legend}\n</svg>\n'


def _panel(at: int, title: str, tables: Sequence[Table], value: Callable[[Table, Line], float]) -> str:
    """Draw one panel: a group of bars for each size."""
    x, floor = LEFT + at * (WIDTH + LEFT), TOP + HEIGHT
    most = max((value(table, line) for table in tables for line in table.lines), default=1)
    names = list(dict.fromkeys(line.name for table in tables for line in table.lines))
    bar = WIDTH / max(1, len(tables)) / (len(names) + 1)
    parts = [f'<text x="{x}" y="{TOP - 18}" font-weight="bold">{title}</text>\n']
    for group, table in enumerate(tables):
        left = x + group * WIDTH / len(tables)
        parts.append(f'<text x="{left:.0f}" y="{floor + 18}">{escape(table.title)}</text>\n')
        for line in table.lines:
            nth, found = names.index(line.name), value(table, line)
            tall = HEIGHT * found / most
            edge = left + nth * bar
            parts.append(
                f'<rect x="{edge:.0f}" y="{floor - tall:.0f}" width="{bar - 4:.0f}" height="{tall:.0f}" fill="{COLOURS[nth]}"/>'
                f'<text x="{edge:.0f}" y="{floor - tall - 4:.0f}" font-size="9">{_short(found)}</text>\n'
            )
    return "".join(parts)


def _short(number: float) -> str:
    return f"{number / 1000:,.0f}k" if number >= 10_000 else f"{number:,.0f}"


def draw() -> None:
    """Write the page and the picture of what is kept."""
    parts = load()
    PAGE.write_text(page(json.loads(KEPT.read_text())["machine"], parts))
    PICTURE.write_text(picture(parts.get("sizes", [])))
