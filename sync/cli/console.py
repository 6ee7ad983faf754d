"""What all commands share: the common options, the settings that they lead to, logging, and JSON on stdout."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

import click

from sync import interrupts, logs
from sync.cli import statusline

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from sync.config import Settings

KEY = "inventory-sync.console"
OWN_LANGUAGE = ".toml"
_known: dict[str, Path] = {}  # outlives the click context, for the catch-all
F = TypeVar("F", bound="Callable[..., Any]")
FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
JSON = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else there."
)


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value not in (None, 0):
        context.meta.setdefault(KEY, {})[parameter.name] = value


def shared(command: F) -> F:
    """Give a command or group the options that stand before or after any command."""
    given = (
        click.option(
            "--config", metavar="PATH", expose_value=False, callback=_keep, help="Configuration file."
        ),
        click.option(
            "--tenant", metavar="URL|sandbox", expose_value=False, callback=_keep, help="Where rows go."
        ),
        click.option(
            "--mappings", metavar="DIR", expose_value=False, callback=_keep, help="Folder of mappings."
        ),
        click.option(
            "--state", metavar="DIR", expose_value=False, callback=_keep, help="Folder of the ledger."
        ),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            expose_value=False,
            callback=_keep,
            help="Form of the log on stderr.",
        ),
        click.option("-v", "--verbose", count=True, expose_value=False, callback=_keep, help="Say more."),
        click.option(
            "-q", "--quiet", is_flag=True, expose_value=False, callback=_keep, help="Say only what failed."
        ),
    )
    for option in reversed(given):
        command = option(command)
    return command


def asked() -> dict[str, Any]:
    """Give the common options that the user gave."""
    found: dict[str, Any] = click.get_current_context().meta.get(KEY, {})
    return found


def options() -> dict[str, Any]:
    """Give those of the common options that override settings."""
    return {
        name: value for name, value in asked().items() if name in {"config", "tenant", "mappings", "state"}
    }


def settings() -> Settings:
    """Put the settings together from options, environment and file."""
    from sync import config

    found = config.load(options(), os.environ, Path.cwd())
    _known["state"] = found.state
    if found.language.endswith(OWN_LANGUAGE):
        from sync.staff.language import table

        table(found.language)  # a language that cannot be used is told before anything is done
    return found


def state() -> Path | None:
    """Give the state folder, once it is known and there."""
    found = _known.get("state")
    return found if found and found.is_dir() else None


def log_folder() -> Path:
    """Give the folder of the log file: the state folder, else where temporary files lie."""
    return state() or Path(tempfile.gettempdir())


def set_up_logging() -> None:
    """Send the log to stderr, as lines for people or as JSON."""
    as_json = asked().get("log_format") == "json"
    level = (
        logging.ERROR
        if asked().get("quiet")
        else {0: logging.WARNING, 1: logging.INFO}.get(asked().get("verbose", 0), logging.DEBUG)
    )
    logs.from_level(level, partial(_configure, level, as_json=as_json))


def _configure(level: int, *, as_json: bool) -> None:
    import structlog

    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _AboveTheLine())),
        cache_logger_on_first_use=False,
    )


class _AboveTheLine:
    """Stderr for a log: a line of progress makes room, and is drawn again below."""

    def write(self, text: str) -> None:
        statusline.clear()
        sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def log_at(level: int) -> FilteringBoundLogger:
    """Give a log of its own level, whatever the user wants to see of the others."""
    import structlog

    logs.set_up()
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), wrapper_class=structlog.make_filtering_bound_logger(level)
    )
    return log


def print_json(value: object) -> None:
    """Print one JSON document on stdout; it is the answer, so a signal comes too late from here on."""
    interrupts.ignore()
    statusline.clear()
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def say(text: str) -> None:
    """Tell a person something, unless told to be quiet."""
    statusline.clear()
    if not asked().get("quiet"):
        click.echo(printable(text))


def complain(text: str) -> None:
    """Tell a person on stderr what failed."""
    statusline.clear()
    click.echo(printable(text), err=True)


def without_key(text: str) -> str:
    """Take the key out of what is said, however it came in; say nothing where there is no memory left to look for it."""
    try:
        from sync.config import suspects

        keys = suspects(os.environ)
        if keys:
            from sync.client import redact
    except (MemoryError, ImportError):
        return ""
    for key in keys:
        text = redact(text, key)
    return text


def printable(text: str) -> str:
    """Keep what files and servers say from steering the terminal: one event stays one line."""
    return "\n".join(
        "".join(
            letter if letter.isprintable() else letter.encode("unicode_escape", "replace").decode()
            for letter in line
        )
        for line in text.split("\n")
    )
