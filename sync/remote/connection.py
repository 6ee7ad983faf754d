"""A server -> an open SFTP session, or plain words: whose key is not known is never talked to, whoever is silent is left.

The only module that speaks to paramiko, with `session`. Nothing of password or passphrase is in any sentence.
"""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import paramiko

from sync.errors import FixSetup
from sync.remote.session import FOREIGN, Session, words
from sync.remote.shapes import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.remote.shapes import Server

CONNECTING = 10.0  # seconds, for each step of getting in
SILENCE = 20.0  # seconds without a byte of an answer
LOOK = "look at watch.sftp.host and port, at the server, and at what lies between: network, firewall, VPN"

# Its own words, with tracebacks, are of no use to who runs this.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False


@contextmanager
def connected(server: Server, deadline: float) -> Iterator[Session]:
    """Log in for as long as files are fetched, `deadline` seconds at most.

    Raises:
        ServerError: there is no getting in, or it went on for too long.
        FixSetup: the key file or the file of known hosts is none.
    """
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(_RejectInWords())
    _learn_hosts(client, server.known_hosts)
    key = _key(server)
    over = threading.Event()
    clock = threading.Timer(deadline, _end, (client, over))
    clock.daemon = True
    clock.start()
    try:
        yield Session(_logged_in(client, server, key))
    except ServerError as error:
        told = (
            f"the fetch took more than {deadline:g} seconds and was ended; the next pass goes on from there"
        )
        raise ServerError(f"{server}: {told if over.is_set() else error}") from error
    finally:
        clock.cancel()
        client.close()


def _end(client: paramiko.SSHClient, over: threading.Event) -> None:
    """End whatever is being waited for."""
    over.set()
    client.close()


def _logged_in(client: paramiko.SSHClient, server: Server, key: paramiko.PKey | None) -> paramiko.SFTPClient:
    patience = dict.fromkeys(("timeout", "banner_timeout", "auth_timeout", "channel_timeout"), CONNECTING)
    try:
        client.connect(
            server.host,
            server.port,
            server.user,
            server.password,
            pkey=key,
            allow_agent=False,
            look_for_keys=False,
            **patience,  # type: ignore[arg-type] # all of them are numbers
        )
        sftp = client.open_sftp()
    except FOREIGN as error:
        _tell(error, server)
    channel = sftp.get_channel()
    if channel:
        channel.settimeout(SILENCE)
    return sftp


def _tell(error: Exception, server: Server) -> NoReturn:
    """Say why there is no getting in, and what to do."""
    if isinstance(error, paramiko.BadHostKeyException):
        told = (
            f"the key of the server is not the one that is known: it shows {error.key.fingerprint}. Somebody may stand between, or the server was set up anew: "
            f"ask whoever runs it for the fingerprint, and only if it is this one, put the new line (ssh-keyscan -p {server.port} {server.host}) in the place of the old one in known_hosts"
        )
    elif isinstance(error, _UnknownHostError):
        told = (
            f"the server is not known: its key is {error.fingerprint}. Ask whoever runs it for the fingerprint, and only if it is this one, "
            f"type: ssh-keyscan -p {server.port} {server.host} >> KNOWN_HOSTS, the file that watch.sftp.known_hosts names (or ~/.ssh/known_hosts)"
        )
    elif isinstance(error, paramiko.AuthenticationException):
        told = f"the server refuses the login ({words(error)}): look at watch.sftp.user, and at the file of the password or key"
    elif isinstance(error, socket.gaierror):
        told = f"there is no such server ({words(error)}): {LOOK}"
    else:
        told = f"the server cannot be reached ({words(error)}): {LOOK}"
    raise ServerError(told) from error


class _UnknownHostError(paramiko.SSHException):
    def __init__(self, fingerprint: str) -> None:
        super().__init__(fingerprint)
        self.fingerprint = fingerprint


class _RejectInWords(paramiko.MissingHostKeyPolicy):
    """Goes no further with a server that nobody vouches for."""

    def missing_host_key(self, _client: paramiko.SSHClient, _hostname: str, key: paramiko.PKey) -> NoReturn:
        raise _UnknownHostError(key.fingerprint)


def _learn_hosts(client: paramiko.SSHClient, path: Path | None) -> None:
    try:
        client.load_system_host_keys(str(path) if path else None)
    except (OSError, paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError) as error:
        raise FixSetup(f"watch.sftp.known_hosts: the file {path} cannot be used: {words(error)}") from None


def _key(server: Server) -> paramiko.PKey | None:
    """Load the key that the user logs in with."""
    if server.key_file is None:
        return None
    phrase = server.passphrase.encode() if server.passphrase else None
    try:
        return paramiko.PKey.from_path(server.key_file, phrase)  # type: ignore[arg-type] # it says text, and fails for any
    except OSError as error:
        raise FixSetup(f"watch.sftp.key_file: {server.key_file} cannot be read: {words(error)}") from None
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, TypeError, ValueError) as error:
        raise FixSetup(
            f"watch.sftp.key_file: {server.key_file} cannot be used: {words(error)}; is it a private key of OpenSSH's form "
            "(`ssh-keygen -p -f FILE` makes it one), and is its passphrase right (watch.sftp.passphrase_file)?"
        ) from None
