"""The folder of the demo: made anew each time, with samples, mappings and a config; nobody else's folder is touched."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from sync import config
from sync.errors import FixSetup
from sync.ledger import lock
from sync.run.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from sync.config import Settings

MARKER = ".inventory-sync-demo"
MARK = (
    "`inventory-sync demo` made this folder and empties it when it runs again: keep nothing of yours here.\n"
)
CONFIG = """\
# The demo's configuration: everything goes to the sandbox, the practice tenant in state/sandbox.db.
tenant:
  url: sandbox
sandbox:
  catalogue: samples/catalogue.csv  # the locations and SKUs that exist there
"""
GOLDENS = ("*.expected.csv", "*.rejects.csv", "*.summary.json")  # what the tests compare with


def make_folder(folder: Path) -> Settings:
    """Make the demo's folder anew and give its settings.

    Raises:
        FixSetup: something else lies there.
        TryLater: a run is at work in it.
    """
    sources = {name: shipped(name) for name in ("samples", "mappings")}
    try:
        _clear(folder)
        for name, source in sources.items():
            # Contents only: the samples are as new as this demo, whenever the product was installed.
            ignored = shutil.ignore_patterns(*GOLDENS)
            shutil.copytree(source, folder / name, ignore=ignored, copy_function=shutil.copyfile)
        (folder / "inventory-sync.yaml").write_text(CONFIG, encoding="utf-8")
    except OSError as error:
        raise FixSetup(
            f"the demo's folder {folder} cannot be made: {error.strerror or error}; name another one"
        ) from None
    home = {name: os.environ[name] for name in ("HOME",) if name in os.environ}
    return config.load({}, home, folder.resolve())


def _clear(folder: Path) -> None:
    """Empty a folder that is ours or empty; leave any other alone."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise FixSetup(f"{folder} is no folder; name another one for the demo")
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    ours = marker.is_file() and not marker.is_symlink() and marker.read_text("utf-8", "replace") == MARK
    if not ours and any(folder.iterdir()):
        raise FixSetup(
            f"the folder {folder} was not made by the demo and is not empty; name another one: inventory-sync demo DIR"
        )
    marker.write_text(MARK, encoding="utf-8")
    if (folder / "state" / "lock").is_file():
        with lock.hold(folder / "state"):
            pass  # nobody is at work here
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != marker:
            entry.unlink()
