"""Credential folder, key file or variable -> the API key, never shown, and the name of where it came from."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from sync.errors import FixSetup

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDENTIAL = "api_key"
FOLDER = "CREDENTIALS_DIRECTORY"
FILE = "INVENTORY_SYNC_API_KEY_FILE"
VARIABLE = "INVENTORY_SYNC_API_KEY"
LONGEST = 4096
OTHERS = 0o007
SUFFIXES = {".key", ".txt"}


def api_key(environ: Mapping[str, str]) -> tuple[SecretStr, str]:
    """Find the key and say where it came from.

    Raises:
        FixSetup: there is none, or it is none; the key itself is in no sentence.
    """
    if environ.get(FOLDER):
        path = Path(environ[FOLDER]) / CREDENTIAL
        where = f"{path} (from {FOLDER})"
        if _exists(path, where):
            return _checked(_content(path, where), where), where
    if environ.get(FILE):
        path = Path(environ[FILE])
        where = f"{_shown(environ[FILE])} (from {FILE})"
        _refuse_readable_by_others(path, where)
        return _checked(_content(path, where), where), where
    if VARIABLE in environ:
        return _checked(environ[VARIABLE], VARIABLE), VARIABLE
    raise FixSetup(
        "there is no API key: put it into a file that only you can read and name the file in "
        f"{FILE}; or have systemd load it as the credential {CREDENTIAL} ({FOLDER}); or set {VARIABLE}"
    )


def suspects(environ: Mapping[str, str]) -> list[str]:
    """List what may be the key, for taking it out of whatever is shown; also where its set-up is wrong."""
    found = [environ[VARIABLE].strip()] if VARIABLE in environ else []
    with suppress(FixSetup):
        found.append(api_key(environ)[0].get_secret_value())
    return list(dict.fromkeys(filter(None, found)))


def _shown(name: str) -> str:
    """Show the name of a key's file, but not what may be the key itself, put there by mistake."""
    is_place = name.startswith(("/", "./", "../")) or Path(name).exists() or Path(name).suffix in SUFFIXES
    return name if is_place else "the file"


def _exists(path: Path, where: str) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False  # a folder of other credentials
    except OSError as error:
        raise FixSetup(f"the API key's file {where} cannot be read: {error.strerror}") from None
    return True


def _refuse_readable_by_others(path: Path, where: str) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise FixSetup(f"the API key's file {where} cannot be read: {error.strerror}") from None
    if mode & OTHERS:
        raise FixSetup(f"the API key's file {where} is open to every user; type: chmod 600 '{path}'")


def _content(path: Path, where: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST + 1).decode("utf-8-sig")
    except OSError as error:
        raise FixSetup(f"the API key's file {where} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FixSetup(f"the API key's file {where} is not plain text") from None


def _checked(text: str, where: str) -> SecretStr:
    key = text.strip().strip("\ufeff").strip()
    if not key:
        raise FixSetup(f"the API key from {where} is empty")
    if any(character.isspace() for character in key):
        raise FixSetup(
            f"the API key from {where} has white space or a line break inside; it must be one word"
        )
    if not key.isascii() or not key.isprintable():
        raise FixSetup(f"the API key from {where} has characters that no key has; copy it again")
    if key[0] in "'\"" or key[-1] in "'\"":
        raise FixSetup(f"the API key from {where} is in quotes; take them off")
    if len(key) >= LONGEST:
        raise FixSetup(f"the API key from {where} is longer than any key; is it the right file?")
    return SecretStr(key)
