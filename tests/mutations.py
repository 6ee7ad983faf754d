"""Small stock files of every kind, bytes of them changed at random, and what must hold however they came out.

Read, judged, or set aside in words: nothing else. Every line of a text file is accounted for, by a count of our own.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook

from sync import loader
from sync.config import load
from sync.errors import FixSetup, SetAside
from sync.mapping.folder import load_all
from sync.rows import ReadHints
from sync.run import reading
from sync.run.check import check_files
from sync.run.intake import Options
from sync.run.unpacking import contents
from tests import biff
from tests.bookmakers import MAKERS
from tests.bookmakers.model import Value, line, tab
from tests.desks import MAPPING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.run.unpacking import Content
    from tests.bookmakers.model import Tab

HEADER = ("Depot", "Item", "Pieces", "Ürün")
ROWS = tuple((f"D{at % 3}", f"00{at:03}", str(at * 7), f"Ürün {at}, büyük") for at in range(25))
LINE = re.compile(r"\r\n|\r|\n")
ENDINGS = {"xml2003": "xls", "html": "xls"}


@dataclass(frozen=True)
class Mutant:
    """A changed file: the kind that it was, and its bytes."""

    kind: str
    content: bytes

    @property
    def name(self) -> str:
        """How it would be called."""
        kind = self.kind.partition("-")[0]
        return f"stock.{ENDINGS.get(kind, kind)}"


def seeds() -> dict[str, bytes]:
    """Write the same stock as every kind that is read."""
    return {
        "csv": _text(","),
        "csv-semicolon": _text(";", encoding="cp1254", ends="\n"),
        "csv-utf16": _text("\t", encoding="utf-16"),
        "csv-plain": "\n".join(",".join(row[:3]) for row in (HEADER, *ROWS)).encode(),
        "xlsx": _xlsx(),
        "xls": _xls(),
        "gz": gzip.compress(_text(","), mtime=0),
        "zip": _zip(_text(";")),
        **{kind: make((_tab(),)) for kind, (make, _) in MAKERS.items()},
    }


def mutants(seed: int, count: int) -> Iterator[Mutant]:
    """Change files at random; the same `seed` gives the same files."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets: the same seed gives the same files
    whole = seeds()
    for _ in range(count):
        kind = dice.choice(list(whole))
        content = whole[kind]
        inside = content.startswith(b"PK") and dice.random() < 0.7
        yield Mutant(kind, _repacked(content, dice) if inside else _changed(content, whole, dice))


def examine(path: Path, folder: Path) -> str:
    """Read and judge a file as `read` and `check` do; give `read` or `set aside`.

    Raises:
        AssertionError: a line is not accounted for.
    """
    outcome = "read"
    try:
        with contents(path) as content:
            _read(path, content)
    except SetAside:
        outcome = "set aside"
    _judge(path, folder)
    return outcome


def _read(path: Path, content: Content) -> None:
    choice = reading.choose(content, ReadHints(), (), None)
    reading.describe(path, content, choice)
    table = loader.read(content.path, choice.hints)
    found = sum(len(block.rows) for block in table.blocks)
    if table.read_as.format == "csv":
        lines = _lines(content.path.read_bytes(), table.read_as.encoding, table.read_as.delimiter)
        after = table.read_as.header_row or 0
        assert lines is None or found == sum(lines[after:]), f"{found} rows of {sum(lines[after:])} lines"


def _judge(path: Path, folder: Path) -> None:
    """Check it: the law of rows is the program's own to keep."""
    config = folder / "inventory-sync.yaml"
    if not config.exists():
        config.write_text('{"tenant": {"url": "sandbox"}}')
        (folder / "mappings").mkdir()
        (folder / "mappings" / "stock.yaml").write_text(MAPPING)
    settings = load({}, {"HOME": str(folder)}, folder)
    try:
        (report,) = check_files(
            settings,
            [path],
            load_all(settings.mappings),
            Options(),
            tenant=("sandbox", "sandbox"),
            show=lambda _: None,
        )
    except FixSetup:
        return
    rows = dict(report["rows"])
    assert rows.pop("read") == sum(rows.values())


def _lines(content: bytes, encoding: str | None, delimiter: str | None) -> list[bool] | None:
    """Tell of each line whether it is a row; None: cells are quoted, and a row may be several lines."""
    text = content.decode(encoding or "utf-8", "replace")
    if re.search("[\"'\\\\]", text) or delimiter is None:
        return None
    return [delimiter in line or bool(line.strip()) for line in LINE.split(text)]


def _changed(content: bytes, whole: dict[str, bytes], dice: random.Random) -> bytes:
    at = dice.randrange(len(content))
    other = dice.choice(list(whole.values()))
    from_ = dice.randrange(len(other))
    return dice.choice(
        [
            _flipped(content, dice),
            content[:at],
            content[:at] + content[dice.randrange(at, len(content)) :],
            content[:at] + other[from_ : from_ + dice.randrange(200)] + content[at:],
            content[:at] + content[max(0, at - dice.randrange(300)) :],
            content[:at] + dice.randbytes(dice.randrange(1, 40)) + content[at:],
            content[:at]
            + dice.choice([b'"', b"\0", b"\r", b";;;;", b"\xff", b"'", b"\n\n", b"\t"])
            + content[at:],
        ]
    )


def _flipped(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.choice([1, 2, 5, 20])):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _repacked(content: bytes, dice: random.Random) -> bytes:
    """Change one part of a package, which then fits its checksum again, so that the parsers see it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = dice.choice([name for name, part in parts.items() if part])
    parts[name] = _changed(parts[name], parts, dice) if any(parts.values()) else parts[name]
    if dice.random() < 0.05:
        del parts[name]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for part, inner in parts.items():
            package.writestr(part, inner)
    return packed.getvalue()


def _text(delimiter: str, encoding: str = "utf-8", ends: str = "\r\n") -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=ends).writerows((HEADER, *ROWS))
    return written.getvalue().encode(encoding)


def _zip(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stock.csv", content)
    return out.getvalue()


def _xlsx() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEADER, *ROWS):
        sheet.append(row)
    sheet["C3"] = 15
    sheet["B4"].number_format = "00000"
    sheet["C5"] = "=1+1"
    sheet.merge_cells("A6:A7")
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _xls() -> bytes:
    cells = b"".join(
        biff.number(at, 2, float(text)) if at and column == 2 else biff.text(at, column, text)
        for at, row in enumerate((HEADER, *ROWS))
        for column, text in enumerate(row)
    )
    return biff.ole(biff.Xls([biff.Sheet("Stock", cells)]).stream())


def _tab() -> Tab:
    rows = [line(*row[:2], Value("number", row[2], "0", row[2]), row[3]) for row in ROWS]
    return tab(line(*HEADER), *rows)
