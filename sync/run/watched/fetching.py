"""The settings of watch.sftp -> its files in the inbox, before a pass looks there; trouble with the server never stops a pass."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.config.sftp import require_private, secret
from sync.errors import FixSetup
from sync.remote.shapes import Fetched, Server, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.config import Settings

EXTRA = "watch.sftp: the library for it is not installed; type: pip install 'inventory-sync[sftp]'"


def fetch(settings: Settings, clock: Callable[[], float] | None = None) -> Fetched:
    """Bring what has settled on the server into the inbox; to be called with the lock held.

    Raises:
        FixSetup: the library, or the file of a secret or of known hosts, is not there.
    """
    if not settings.watch.sftp.in_use:
        return Fetched()
    with _library():
        from sync.remote import taking  # noqa: PLC0415 - heavy, and an extra
    return taking.fetch(_server(settings), _wanted(settings), settings.state, clock or taking.steady)


def try_out(settings: Settings) -> tuple[int, list[str]]:
    """Log in and look: how many files could be fetched, and words on those that cannot.

    Raises:
        ServerError: there is no getting in.
        FixSetup: the library, or the file of a secret or of known hosts, is not there.
    """
    with _library():
        from sync.remote import trial  # noqa: PLC0415 - heavy, and an extra
    return trial.try_out(_server(settings), _wanted(settings))


@contextmanager
def _library() -> Iterator[None]:
    """Say how to get the library where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "paramiko":
            raise
        raise FixSetup(EXTRA) from None


def _server(settings: Settings) -> Server:
    """Put together where to log in, and with what."""
    sftp = settings.watch.sftp
    if sftp.host is None or sftp.user is None:
        raise FixSetup("watch.sftp.host: is missing")
    if sftp.key_file:
        require_private(sftp.key_file, "watch.sftp.key_file")
    password, passphrase = (
        secret(path, f"watch.sftp.{key}").get_secret_value() if path else None
        for key, path in (("password_file", sftp.password_file), ("passphrase_file", sftp.passphrase_file))
    )
    return Server(sftp.host, sftp.port, sftp.user, password, sftp.key_file, passphrase, sftp.known_hosts)


def _wanted(settings: Settings) -> Wanted:
    """Put together which files are fetched, and what becomes of them."""
    watch, sftp = settings.watch, settings.watch.sftp
    return Wanted(
        folder=sftp.folder,
        inbox=watch.root / "inbox",
        afterwards=sftp.afterwards,
        moved_to=sftp.moved_to,
        settle=watch.settle if sftp.settle is None else sftp.settle,
        done=watch.done_file,
        poll=sftp.poll,
        deadline=sftp.deadline,
    )
