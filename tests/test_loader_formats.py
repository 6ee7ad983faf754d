"""What a file is, is told by its content, whatever it is called; what is not read is named, with what to do."""

from __future__ import annotations

import gzip
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.loader import formats
from sync.rows import ReadHints
from tests.workbooks import holding, repacked, words, workbook

if TYPE_CHECKING:
    from pathlib import Path


def ole(*streams: str) -> bytes:
    """Make the head of an OLE container whose directory names these streams."""
    header = bytearray(512)
    header[:8] = formats.OLE
    struct.pack_into("<H", header, 30, 9)
    entries = (stream.encode("utf-16-le").ljust(128, b"\0") for stream in streams)
    return bytes(header) + b"".join(entries)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "The file is empty (0 bytes). Export it again."),
        (ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), "The workbook is locked with a password. Open it,"),
        (ole("Root Entry", "WordDocument"), "This is a Word document (.doc), which is not read here. Open it and save"),
        (ole("Root Entry", "__properties_version1.0"), "This is an Outlook message (.msg)"),
        (gzip.compress(b"a,b\n", mtime=0), "This is a gzip archive, which is not read here. Take the file out of it."),
        (b"%PDF-1.7", "This is a PDF document"),
        (b"ID;PWXL;N;E\r\n", "This is a SYLK spreadsheet (.slk)"),
        (b"\0\0\x1a\0\x05\x10", "This is a Lotus 1-2-3 workbook"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x", "This is a web archive (MHTML)"),
        (b'<?xml version="1.0"?><stock/>', "This is an XML document"),
        (b'[{"sku": 1}]', "This is a JSON document"),
    ],
)  # fmt: skip
def test_other_formats_are_named_whatever_the_file_is_called(
    tmp_path: Path, content: bytes, what: str
) -> None:
    """IN22: an extension that lies does not matter; what it really is, and what to do, is told."""
    for name in ("stock.csv", "stock.xlsx", "stock.xls"):
        assert words(holding(tmp_path, content, name)).startswith(what)


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"[Content_Types].xml": "wordprocessingml.document.main+xml"}, "This is a Word document"),
        ({"Index/Document.iwa": "x"}, "This is an Apple Numbers, Pages or Keynote document"),
        ({"META-INF/manifest.xml": "<manifest:encryption-data>"}, "The workbook is locked with a password."),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "This is an OpenDocument file"),
        ({"stock.csv": "a,b"}, "This is a zip archive, which is not read here. Take the file out of it."),
    ],
)
def test_other_packages_are_named(tmp_path: Path, parts: dict[str, str], what: str) -> None:
    """IN22: what is packed as a workbook is, but is none, is told."""
    with zipfile.ZipFile(tmp_path / "stock.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert words(tmp_path / "stock.xlsx").startswith(what)


@pytest.mark.parametrize("name", ["stock.xlsx", "stock.xls", "stock.csv", "stock.xlsm"])
def test_format_is_told_by_content(tmp_path: Path, name: str) -> None:
    """IN22: a workbook that is called .csv is a workbook, a text that is called .xlsx is a text."""
    assert loader.container(workbook(tmp_path).rename(tmp_path / name)) == "xlsx"
    assert loader.container(holding(tmp_path, b"a,b\n", name)) == "csv"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ole("Root Entry", "Workbook"), "xls"),
        (ole("Root Entry", "Book"), "xls"),
        (b"\x09\x08\x10\x00\x00\x05", "xls"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "xls"),
        (b"\xef\xbb\xbf\r\n<HTML><table>", "html"),
        ("<table border=1>".encode("utf-16"), "html"),
        ("<table border=1>".encode("utf-16-le"), "html"),
        (b"<!-- made by an ERP --><table>", "html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html><table>', "html"),
        (b'<html xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><table>', "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "xml"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'.encode("utf-16"), "xml"),
        (b'<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">', "ods"),
        ("Malzeme\tDepo\r\n1\t2\r\n".encode("utf-16"), "csv"),
        (b"\tsku\tqty\n\tA\t1\n", "csv"),
        (b"name;text\nA;<table>\n", "csv"),
    ],
)  # fmt: skip
def test_every_kind_is_told_by_content(tmp_path: Path, content: bytes, kind: str) -> None:
    """IN22: pages, XML and tab-separated text under the name of a workbook, and the other way round."""
    for name in ("stock.csv", "stock.xls"):
        assert loader.container(holding(tmp_path, content, name)) == kind


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"[Content_Types].xml": "application/vnd.ms-excel.sheet.binary.macroEnabled.main"}, "xlsb"),
        ({"XL\\Workbook.bin": ""}, "xlsb"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "ods"),
        ({"META-INF/manifest.xml": "application/vnd.oasis.opendocument.spreadsheet-template"}, "ods"),
        ({"[Content_Types].xml": "x" * 70_000 + "spreadsheetml.sheet.main+xml"}, "xlsx"),
    ],
)
def test_every_package_is_told_by_content(tmp_path: Path, parts: dict[str, str], kind: str) -> None:
    """IN22: what the package says of itself tells its kind."""
    with zipfile.ZipFile(tmp_path / "stock.csv", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert loader.container(tmp_path / "stock.csv") == kind


def test_a_message_under_the_name_of_a_workbook_is_none(tmp_path: Path) -> None:
    """IN22: `not found` saved as stock.xls is no table of one column; a text file may well be one."""
    message = b"The report could not be made.\nAsk the office.\n"
    assert words(holding(tmp_path, message, "stock.xls")).startswith(
        "This is text without any columns, though"
    )
    assert loader.container(holding(tmp_path, message, "stock.csv")) == "csv"


def test_macros_make_no_other_workbook(tmp_path: Path) -> None:
    """IN22: .xlsm is read like .xlsx, also where its parts have other names."""
    path = workbook(tmp_path)
    types = zipfile.ZipFile(path).read("[Content_Types].xml").decode()
    repacked(path, {"[Content_Types].xml": types.replace("openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")})  # fmt: skip
    assert len(list(loader.read(path, ReadHints()).blocks)) == 1
