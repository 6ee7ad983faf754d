"""A folder of YAML files -> its mappings, lookup files read in; every problem of every file at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.mapping.lookup import read_lookup
from sync.mapping.model import Mapping
from sync.yamlfile.document import parse, text_of
from sync.yamlfile.judge import judge

if TYPE_CHECKING:
    from pathlib import Path

    from sync.yamlfile.document import Document

SUFFIXES = (".yaml", ".yml")


def load_all(folder: Path) -> list[Mapping]:
    """Load every mapping of a folder, in the order of the files' names; an empty folder has none.

    Raises:
        FixSetup: with all problems of all files; or there is no such folder.
    """
    problems: list[str] = []
    mappings: dict[str, Mapping] = {}
    for path in _files(folder):
        try:
            document, mapping = _load(path)
        except FixSetup as error:
            problems += error.problems
            continue
        if mapping.name in mappings:
            spot = document.entries[("name",)].value
            other = mappings[mapping.name].path.name
            problems.append(f"{spot.where}: name: `{mapping.name}` is the name of {other} already")
        mappings.setdefault(mapping.name, mapping)
    if problems:
        raise FixSetup(*problems)
    return list(mappings.values())


def load_one(path: Path) -> Mapping:
    """Load one mapping.

    Raises:
        FixSetup: with all its problems.
    """
    return _load(path)[1]


def _files(folder: Path) -> list[Path]:
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
    except OSError as error:
        raise FixSetup(
            f"{folder}: the folder of mappings cannot be read: {error.strerror}; "
            "name it in the configuration under mappings, or with --mappings"
        ) from None
    files = sorted(path for path in found if not path.name.startswith("."))
    for path in files:
        if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
            raise FixSetup(f"{path}: is no file; take it away, or give it another name")
    return files


def _load(path: Path) -> tuple[Document, Mapping]:
    text = text_of(path)
    document = parse(text, str(path))
    mapping, texts = _with_lookups(judge(document, Mapping), path, document)
    digest = hashlib.sha256("\0".join((text, *texts)).encode()).hexdigest()
    return document, mapping.at(path, digest)


def _with_lookups(mapping: Mapping, path: Path, document: Document) -> tuple[Mapping, list[str]]:
    """Read the lookup files into the lookups; give their texts too."""
    problems: list[str] = []
    texts: list[str] = []
    columns = mapping.columns
    for key in ("location_code", "sku_code"):
        code = getattr(columns, key)
        if code.lookup_file is None:
            continue
        try:
            text, lookup = read_lookup(path.parent / code.lookup_file)
        except FixSetup as error:
            spot = document.entries[("columns", key, "lookup_file")].value
            problems += [f"{spot.where}: columns.{key}.lookup_file: {problem}" for problem in error.problems]
        else:
            texts.append(text)
            columns = columns.model_copy(update={key: code.model_copy(update={"lookup": lookup})})
    if problems:
        raise FixSetup(*problems)
    return mapping.model_copy(update={"columns": columns}), texts
