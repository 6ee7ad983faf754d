"""Certificates of every kind, made with openssl for one test session."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OPENSSL = shutil.which("openssl")
SETTINGS = """
[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
LONG_PAST, PAST, FUTURE = "20200101000000Z", "20200201000000Z", "20990101000000Z"


class Authority:
    """Signs certificates; `ca_file` is what a client trusts."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ca_file = folder, folder / "ca.pem"
        (folder / "ca.cnf").write_text(SETTINGS.format(folder=folder))
        (folder / "index.txt").touch()
        self._openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -out ca.pem -keyout ca.key")

    def signed(self, name: str, *, host: str = "IP:127.0.0.1", until: str = FUTURE) -> ssl.SSLContext:
        """Make a server's side of TLS whose certificate names `host`."""
        ask = f"req -newkey rsa:2048 -nodes -subj /CN={name} -addext subjectAltName={host}"
        self._openssl(f"{ask} -out {name}.csr -keyout {name}.key")
        sign = (
            f"ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -startdate {LONG_PAST} -enddate {until}"
        )
        self._openssl(f"{sign} -in {name}.csr -out {name}.pem -notext")
        return self._side(name)

    def self_signed(self) -> ssl.SSLContext:
        """Make a server's side of TLS that nobody vouches for."""
        ask = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=self -addext subjectAltName=IP:127.0.0.1"
        self._openssl(f"{ask} -out self.pem -keyout self.key")
        return self._side("self")

    def outdated(self) -> ssl.SSLContext:
        """Make a server's side that speaks nothing newer than TLS 1.1."""
        side = self.signed("outdated")
        with warnings.catch_warnings(action="ignore"):  # it is deprecated: that is the point
            side.minimum_version = ssl.TLSVersion.TLSv1
            side.maximum_version = ssl.TLSVersion.TLSv1_1
        side.set_ciphers("ALL:@SECLEVEL=0")
        return side

    def _side(self, name: str) -> ssl.SSLContext:
        side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        side.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return side

    def _openssl(self, command: str) -> None:
        assert OPENSSL
        subprocess.run([OPENSSL, *command.split()], cwd=self.folder, check=True, capture_output=True)
