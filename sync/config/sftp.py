"""The section watch.sftp: a folder on another machine, and whose files there are fetched into the inbox. Secrets stand in files of their own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, SecretStr

from sync.config.paths import FilePath
from sync.errors import FixSetup
from sync.yamlfile.section import Place, Range, Section, wrong

HERE: Place = ("watch", "sftp")
FILES: tuple[Place, ...] = tuple(
    (*HERE, name) for name in ("password_file", "key_file", "passphrase_file", "known_hosts")
)
LONGEST = 4096
OTHERS = 0o007
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}(%[\w.-]+)?")


def _host(text: str) -> str:
    if not _HOST.fullmatch(text) or text.startswith("-"):
        raise wrong("must be the name or address of a server, as sftp.acme.example; the port stands apart")
    return text


def _plain(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise wrong("must be plain text on one line")
    return text


def _section(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    if isinstance(value, (str, int, float)):  # an address with a password in it is not repeated
        raise wrong("must be a section of keys and values")
    return value


class Sftp(Section):
    """A folder on an SFTP server. Without a host nothing is fetched from anywhere."""

    host: Annotated[str, AfterValidator(_host)] | None = None
    port: Annotated[int, Range(1, 65_535)] = 22
    user: Annotated[str, AfterValidator(_plain)] | None = None
    password_file: FilePath | None = None
    key_file: FilePath | None = None
    passphrase_file: FilePath | None = None
    folder: Annotated[str, AfterValidator(_plain)] = "."
    known_hosts: FilePath | None = None  # None: the user's own
    afterwards: Literal["move", "delete", "leave"] = "move"
    moved_to: Annotated[str, AfterValidator(_plain)] = "processed"
    settle: Annotated[float, Range(0, 86_400)] | None = None  # None: that of the inbox
    poll: Annotated[float, Range(0, 86_400)] = 60  # seconds from one look at the server to the next, at least
    deadline: Annotated[float, Range(1, 86_400)] = 600  # seconds that a whole fetch may last

    @property
    def in_use(self) -> bool:
        """Whether there is a server."""
        return self.host is not None

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Whoever names a server says who logs in, and with what."""
        if self.host is None:
            given = self.model_fields_set
            if given:
                yield ("host",), "is missing: say which server the files lie on"
            return
        if self.user is None:
            yield ("user",), "is missing: say who logs in"
        if (self.password_file is None) == (self.key_file is None):
            yield ("password_file",), "or key_file is needed, one of the two: what the user logs in with"
        if self.passphrase_file and self.key_file is None:
            yield ("passphrase_file",), "is for a key_file, and there is none"
        if {".", ".."} & set(self.moved_to.split("/")) or self.moved_to.strip("/") == "":
            yield ("moved_to",), "must be the name of a folder"


SftpSection = Annotated[Sftp, BeforeValidator(_section)]


def secret(path: Path, key: str) -> SecretStr:
    """Read the one line of a secret's file; `key` is what names it in the configuration.

    Raises:
        FixSetup: it cannot be read, is open to others, or is no single line; the secret itself is in no sentence.
    """
    require_private(path, key)
    try:
        with path.open("rb") as file:
            text = file.read(LONGEST + 1).decode("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise FixSetup(f"{key}: the file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FixSetup(f"{key}: the file {path} is not plain text") from None
    if not text or not text.isprintable() or len(text) > LONGEST:
        raise FixSetup(f"{key}: the file {path} must hold one line, and nothing else")
    return SecretStr(text)


def require_private(path: Path, key: str) -> None:
    """Refuse the file of a secret that is not there, or open to every user.

    Raises:
        FixSetup: it is.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise FixSetup(f"{key}: the file {path} cannot be read: {error.strerror}") from None
    if mode & OTHERS:
        raise FixSetup(f"{key}: the file {path} is open to every user; type: chmod 600 '{path}'")
