"""A real SFTP server on loopback, over a folder, that can be told to forbid, to drip, to break off and to change its key."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import paramiko
from paramiko import common
from paramiko import sftp as protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

USER, PASSWORD = "acme", "geheim-und-lang-genug"
LOOPBACK = "127.0.0.1"


@dataclass
class Conduct:
    """How the server behaves; tests change it as they go."""

    forbidden: set[str] = field(default_factory=set)  # rename | remove | mkdir | open | opendir
    user_key: paramiko.PKey | None = None
    on_read: Callable[[str, int], bytes | None] | None = None  # given name and offset; bytes take the place
    on_ask: Callable[[str], None] | None = None  # told what is asked, before it is done
    reads: list[str] = field(default_factory=list)  # names, once an opening
    logins: int = 0
    silent: bool = False  # says no word after the connection is made
    modeless: bool = False  # lists names without saying what they are


@dataclass
class Sftp:
    """A server that is up."""

    folder: Path
    port: int
    conduct: Conduct
    host_key: paramiko.PKey
    transports: list[paramiko.Transport] = field(default_factory=list)

    @property
    def known_line(self) -> str:
        """What ssh-keyscan would print."""
        return f"[{LOOPBACK}]:{self.port} {self.host_key.get_name()} {self.host_key.get_base64()}\n"

    def break_off(self) -> None:
        """Cut every connection."""
        for transport in self.transports:
            transport.sock.close()


class _Login(paramiko.ServerInterface):
    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - the library's signature
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        self._conduct.logins += 1
        good = (username, password) == (USER, PASSWORD)
        return common.AUTH_SUCCESSFUL if good else common.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        good = username == USER and key == self._conduct.user_key
        return common.AUTH_SUCCESSFUL if good else common.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002 - likewise
        return common.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    def __init__(self, path: Path, conduct: Conduct) -> None:
        super().__init__(os.O_RDONLY)
        self._path, self._conduct = path, conduct
        self._file = path.open("rb")

    def read(self, offset: int, length: int) -> bytes | int:
        told = self._conduct.on_read(self._path.name, offset) if self._conduct.on_read else None
        if told is not None:
            return told
        self._file.seek(offset)
        return self._file.read(length)

    def close(self) -> None:
        self._file.close()


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, _server: paramiko.ServerInterface, folder: Path, conduct: Conduct) -> None:
        self._folder, self._conduct = folder, conduct

    def _real(self, path: str) -> Path:
        return self._folder / path.lstrip("/")

    def _try(self, what: str, act: Callable[[], object]) -> int:
        if what in self._conduct.forbidden:
            return protocol.SFTP_PERMISSION_DENIED
        self._asked(what)
        try:
            act()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return protocol.SFTP_OK

    def _asked(self, what: str) -> None:
        if self._conduct.on_ask:
            self._conduct.on_ask(what)

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        if "opendir" in self._conduct.forbidden:
            return protocol.SFTP_PERMISSION_DENIED
        self._asked("opendir")
        found = []
        for entry in os.scandir(self._real(path)):
            about = paramiko.SFTPAttributes.from_stat(entry.stat(follow_symlinks=False), entry.name)
            about.filename = os.fsencode(entry.name)  # type: ignore[assignment] # of whatever bytes
            if self._conduct.modeless:
                about._flags &= ~about.FLAG_PERMISSIONS  # type: ignore[attr-defined] # as some servers do
            found.append(about)
        return found

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        self._asked("stat")
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        return self.stat(path)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:  # noqa: ARG002 - likewise
        if "open" in self._conduct.forbidden:
            return protocol.SFTP_PERMISSION_DENIED
        self._asked("open")
        self._conduct.reads.append(path.lstrip("/"))
        try:
            return _Handle(self._real(path), self._conduct)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def remove(self, path: str) -> int:
        return self._try("remove", self._real(path).unlink)

    def rename(self, oldpath: str, newpath: str) -> int:
        return self._try("rename", lambda: self._real(oldpath).replace(self._real(newpath)))

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:  # noqa: ARG002 - likewise
        return self._try("mkdir", self._real(path).mkdir)


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[Sftp]:
    """Have a server over a folder for a while."""
    listening = socket.create_server((LOOPBACK, port))
    up = Sftp(folder, listening.getsockname()[1], Conduct(), paramiko.ECDSAKey.generate())
    accepting = threading.Thread(target=_accept, args=(listening, up), daemon=True)
    accepting.start()
    try:
        yield up
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()
        listening.close()
        for transport in up.transports:
            transport.close()
            transport.sock.close()


def _accept(listening: socket.socket, up: Sftp) -> None:
    silent: list[socket.socket] = []
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            break
        if up.conduct.silent:
            silent.append(connection)
            continue
        transport = paramiko.Transport(connection)
        transport.add_server_key(up.host_key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, up.folder, up.conduct)
        up.transports.append(transport)
        transport.start_server(event=threading.Event(), server=_Login(up.conduct))
    for connection in silent:
        connection.close()
