"""gzip and zip: taken as the one file that they hold, or refused in words; never part of a file, never a path from inside."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sync.errors import SetAside
from sync.loader import archive
from sync.run.unpacking import contents
from tests.desks import GOOD
from tests.test_hostile_workbooks import MEMORY, SECONDS, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.desks import Desk

TEXT = "".join(f"{','.join(row)}\n" for row in GOOD).encode()
SENT = {("A", "S1"): 5, ("B", "S2"): 6}
MEGA = 1_000_000


def zipped(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack members, a name that ends in / as a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        packed.addfile(tarfile.TarInfo("stock.csv"))
    return out.getvalue()


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in GOOD:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def locked(content: bytes) -> bytes:
    """Say in both places that the member needs a password."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.rfind(b"PK\1\2") + 8] |= 1
    return bytes(changed)


def packed_as(number: int) -> bytes:
    """Say in both places that the member is packed in another way."""
    changed = bytearray(zipped({"stock.csv": TEXT}))
    changed[8] = changed[changed.rfind(b"PK\1\2") + 10] = number
    return bytes(changed)


def dropped(desk: Desk, name: str, content: bytes) -> Path:
    path = desk.folder / name
    path.write_bytes(content)
    return path


TAKEN = {
    "gzip": ("stock.csv.gz", gzipped(TEXT)),
    "gzip in capitals": ("STOCK.CSV.GZ", gzipped(TEXT)),
    "gzip that is not called so": ("stock.csv", gzipped(TEXT)),
    "gzip with zeros behind it": ("stock.csv.gz", gzipped(TEXT) + bytes(512)),
    "zip": ("export.zip", zipped({"stock.csv": TEXT})),
    "zip that is not packed": ("export.zip", zipped({"stock.csv": TEXT}, zipfile.ZIP_STORED)),
    "zip with folders": ("export.zip", zipped({"out/": b"", "out/stock.csv": TEXT})),
    "zip made by macOS": ("stock.zip", zipped({"stock.csv": TEXT, "__MACOSX/._stock.csv": b"x", ".DS_Store": b"x"})),
    "zip that is not called so": ("stock.csv", zipped({"stock.csv": TEXT})),
    "workbook in gzip": ("stock.xlsx.gz", gzipped(workbook())),
    "workbook in zip": ("a.zip", zipped({"stock.xlsx": workbook()})),
    "workbook, itself a zip": ("stock.xlsx", workbook()),
}  # fmt: skip


@pytest.mark.parametrize("what", TAKEN)
def test_an_archive_is_taken_as_what_it_holds(desk: Desk, what: str) -> None:
    """Archives of one stock file are posted like the file itself; the hash is that of what was dropped."""
    name, content = TAKEN[what]
    report = desk.report("run", dropped(desk, name, content))
    assert (report["status"], desk.stock()) == ("ok", SENT)
    assert report["sha256"] == hashlib.sha256(content).hexdigest()
    assert ("archive" in report["read_as"]["evidence"]) is (what != "workbook, itself a zip")


@pytest.mark.parametrize("command", ["check", "read", "mapping guess", "mapping list"])
@pytest.mark.parametrize("what", ["gzip", "zip", "workbook in zip"])
def test_every_command_that_reads_files_takes_archives(desk: Desk, command: str, what: str) -> None:
    """Whoever asks what a file is gets the answer for what the archive holds."""
    path = dropped(desk, *TAKEN[what])
    group, *more = command.split()
    ended = desk.cli(group, *more, "--config", desk.folder / "inventory-sync.yaml", path, "--json")
    assert ended.code == 0, ended.err
    assert str(path) in ended.out
    assert "unpacked" not in ended.out


def test_the_mapping_sees_the_name_of_the_file_not_of_the_archive(desk: Desk) -> None:
    """Globs and patterns are written for the file as it is called inside; the archive's own name does not count."""
    ended = desk("run", dropped(desk, "stock.zip", zipped({"other.csv": TEXT})))
    assert ended.code == 6
    assert "other.csv" in ended.err


REFUSED = {
    "several files": ("a.zip", zipped({"a.csv": TEXT, "b.csv": TEXT}), "holds 2 files (`a.csv`, `b.csv`)"),
    "no file": ("a.zip", zipped({"out/": b""}), "There is no file in the archive"),
    "no entry": ("a.zip", zipped({}), "There is no file in the archive"),
    "several in gzip": ("a.gz", gzipped(TEXT) + gzipped(TEXT), "several files one after the other"),
    "zip in zip": ("a.zip", zipped({"b.zip": zipped({"a.csv": TEXT})}), "an archive inside an archive"),
    "gzip in zip": ("a.zip", zipped({"b.gz": gzipped(TEXT)}), "an archive inside an archive"),
    "gzip in gzip": ("a.gz.gz", gzipped(gzipped(TEXT)), "an archive inside an archive"),
    "tar in gzip": ("a.tar.gz", tarred(), "This is a tar archive"),
    "an empty file in gzip": ("a.csv.gz", gzipped(b""), "The file is empty"),
    "a document in gzip": ("a.csv.gz", gzipped(b"%PDF-1.7"), "This is a PDF document"),
    "locked": ("a.zip", locked(zipped({"a.csv": TEXT})), "The archive is locked with a password. Pack"),
    "cut gzip": ("a.csv.gz", gzipped(TEXT)[:-9], "The archive is damaged or cut off (its end is missing)"),
    "cut in the checksum": ("a.csv.gz", gzipped(TEXT)[:-5], "its end is missing"),
    "cut zip": ("a.zip", zipped({"a.csv": TEXT})[:-9], "The archive is damaged or cut off (its directory"),
    "zip after zip": ("a.zip", zipped({"a.csv": TEXT}) * 2, "other bytes stand before or behind it"),
    "zip and more": ("a.zip", zipped({"a.csv": TEXT}) + b"A,S3,7\n", "other bytes stand before or behind it"),
    "gzip and more": ("a.csv.gz", gzipped(TEXT) + b"A,S3,7\n", "something follows its end"),
    "another way of packing": ("a.zip", packed_as(9), "not read here (number 9)"),
    "LZMA, which may ask for any memory": ("a.zip", zipped({"a.csv": TEXT}, zipfile.ZIP_LZMA), "(number 14)"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_one_whole_file_is_refused_in_words(desk: Desk, what: str) -> None:
    """IN22, HI02: exit code 6, what it is and what to do; nothing is sent."""
    name, content, words = REFUSED[what]
    ended = desk("run", dropped(desk, name, content))
    assert (ended.code, desk.stock()) == (6, {})
    assert words in ended.err
    assert "orkbook" not in ended.err


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zeros in gzip": ("a.csv.gz", lambda: gzipped(bytes(500 * MEGA)), "too much to be read safely"),
    "zeros in zip": ("a.zip", lambda: zipped({"a.csv": bytes(500 * MEGA)}), "too much to be read safely"),
    "100,000 entries": ("a.zip", lambda: zipped({f"{n}.csv": b"" for n in range(100_000)}), "no honest archive"),
}  # fmt: skip


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_quickly_and_in_little_memory(tmp_path: Path, what: str) -> None:
    """HI02: 5 seconds and 400 MB are enough to refuse it."""
    name, build, words = BOMBS[what]
    path = tmp_path / name
    path.write_bytes(build())
    end = read(path, "--csv")
    assert (end.status, end.printed) == (6, b"")
    assert words in end.said
    assert (end.seconds < SECONDS, end.memory < MEMORY) == (True, True), end


def test_a_file_too_large_for_any_archive_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """HI02: however honestly it is packed, there is a largest size."""
    monkeypatch.setattr(archive, "LARGEST", 20)
    with pytest.raises(SetAside, match="more than 20 bytes"), contents(dropped(desk, *TAKEN["zip"])):
        pass


def test_unpacking_has_an_end_by_the_clock(tmp_path: Path) -> None:
    """HI02: what takes minutes to unpack is given up."""
    moments = iter([0.0, 1.0, archive.SECONDS + 1.0])
    with (tmp_path / "out").open("wb") as out:
        bounded = archive._Bounded(out, clock=lambda: next(moments))
        bounded.write(b"x", 1)
        with pytest.raises(SetAside, match="takes more than 120 seconds"):
            bounded.write(b"x", 1)


@pytest.mark.parametrize("name", ["../../stock.csv", "/stock.csv", "..\\..\\stock.csv", "C:\\stock.csv"])
def test_a_name_inside_is_never_a_path(desk: Desk, name: str) -> None:
    """HI05: whatever a member is called, its bytes are written where the run keeps its own."""
    before = {path for path in desk.folder.parent.rglob("*") if "state" not in path.parts}
    path = dropped(desk, "a.zip", zipped({name: TEXT}))
    assert desk.report("run", path)["status"] == "ok"
    after = {path for path in desk.folder.parent.rglob("*") if "state" not in path.parts}
    assert after - before == {path}
    assert not Path("/stock.csv").exists()


def test_corrected_rejects_may_come_back_packed(desk: Desk) -> None:
    """A reject file in an archive is a reject file: only its rows go."""
    first = desk.report("run", desk.file([*GOOD, ("A", "S3", "x")]))
    corrected = Path(first["rejects"]).read_text(encoding="utf-8-sig").replace(",x,", ",8,")
    again = desk.report("run", dropped(desk, "mended.zip", zipped({"any.csv": corrected.encode()})))
    assert (again["rows"]["accepted"], desk.stock()) == (1, {**SENT, ("A", "S3"): 8})


@cache
def whole(name: str) -> bytes:
    content = b"Depot,Item,Pieces\n" + b"".join(b"A,S%d,%d\n" % (at, at * 7919 % 1000) for at in range(300))
    return gzipped(content) if name == "gzip" else zipped({"stock.csv": content})


PLACES = st.floats(0, 1)


@given(
    name=st.sampled_from(["gzip", "zip"]),
    flips=st.lists(st.tuples(PLACES, st.binary(min_size=1, max_size=3)), max_size=4),
    cut=PLACES,
    spliced=st.tuples(PLACES, PLACES),
    how=st.sampled_from(["flip", "cut", "splice"]),
)
def test_damage_gives_the_whole_file_or_words(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    name: str,
    flips: list[tuple[float, bytes]],
    cut: float,
    spliced: tuple[float, float],
    how: str,
) -> None:
    """HI17: of a changed archive comes the whole file or SetAside; never a traceback, never part of the file."""
    content = bytearray(whole(name))
    if how == "flip":
        for place, other in flips:
            at = int(place * len(content))
            content[at : at + len(other)] = other
    elif how == "cut":
        del content[int(cut * len(content)) :]
    else:
        ends, goes_on = (int(place * len(content)) for place in spliced)
        content = content[:ends] + content[goes_on:]
    path = tmp_path_factory.mktemp("damage") / f"stock.csv.{name}"
    path.write_bytes(content)
    try:
        with contents(path) as found:
            taken = found.path.read_bytes() if found.why else None
    except SetAside:
        return
    assert taken in {None, gzip.decompress(whole("gzip"))}  # None: it is no archive any more
