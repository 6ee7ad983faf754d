"""A run that needs a person -> the note beside its file, in the language of the settings; and its end."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.durable import replacing
from sync.logs import Log
from sync.staff.note import note
from sync.staff.subject import Subject
from sync.staff.words import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.config import Settings
    from sync.run.desk import Desk

ENDING = ".txt"
LONGEST_NAME = 255  # bytes
NOTEPAD = "utf-8-sig"  # the mark by which Windows knows UTF-8
log = Log()


def write_notes(desk: Desk, report: Mapping[str, Any], lies_at: Path) -> Path | None:
    """Write the note beside a held or failed file or a reject file; None: there is nothing to say there."""
    return write_note(desk.settings, report, lies_at)


def write_note(settings: Settings, report: Mapping[str, Any], lies_at: Path) -> Path | None:
    """Write the note beside `lies_at`; it is whole or absent."""
    about = what_about(report, lies_at)
    if about is None:
        return None
    received = datetime.fromisoformat(report["started"]).astimezone(settings.zone)
    subject = Subject(report, received, lies_at.name, settings.watch.approve_folder)
    path = note_path(lies_at)
    text = note(load(settings.language), subject, about)
    with replacing(path) as temporary:
        temporary.write_bytes(text.replace("\n", "\r\n").encode(NOTEPAD, "replace"))
    return path


def renew_note(settings: Settings, report: Mapping[str, Any], lies_at: Path) -> None:
    """Write the note of a reject file as its run is now; that it cannot be written ends nothing."""
    try:
        write_note(settings, report, lies_at)
    except OSError as error:
        log.warning("no note was written", run=report["run"], file=str(lies_at), words=error.strerror)


def what_about(report: Mapping[str, Any], lies_at: Path) -> str | None:
    """Tell which note belongs beside a file: that of its rejects, of what is held, or of why it failed."""
    if report["status"] == "failed":
        return "failed"
    if report["rejects"] and Path(report["rejects"]).name == lies_at.name:
        return "rejected"
    return "held" if report["rows"]["held"] else None


def remove_notes(lies_at: Path) -> None:
    """Take away the note beside a file."""
    note_path(lies_at).unlink(missing_ok=True)


def note_path(lies_at: Path) -> Path:
    """Name the note beside a file: <name>.txt."""
    name = lies_at.name
    while len(f"{name}{ENDING}".encode(errors="surrogateescape")) > LONGEST_NAME:
        name = name[:-1]
    return lies_at.with_name(f"{name}{ENDING}")
