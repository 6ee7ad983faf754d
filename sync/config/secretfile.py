"""A file that holds one secret, or one on each line -> the secrets, or FixSetup in words that do not repeat them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import FixSetup

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 65_536
OTHERS = 0o007


def secrets_in(path: Path, key: str) -> list[str]:
    """Read the lines of a file that only its owner may read; `key` is the setting that names it. Lines with # are left out.

    Raises:
        FixSetup: it cannot be read, is open to others, or empty.
    """
    where = f"{key}: {path}"
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            text = file.read(LONGEST).decode("utf-8-sig")
    except OSError as error:
        raise FixSetup(f"{where} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FixSetup(f"{where} is not plain text") from None
    if mode & OTHERS:
        raise FixSetup(f"{where} is open to every user; type: chmod 600 '{path}'")
    found = [line.strip() for line in text.splitlines()]
    found = [line for line in found if line and not line.startswith("#")]
    if not found:
        raise FixSetup(f"{where} is empty")
    return found
