"""watch.sftp: the settings, the secrets' files, and what `fetch` makes of them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import paramiko
import pytest

from sync.config import load
from sync.config.sftp import secret
from sync.errors import FixSetup
from sync.run.watched.fetching import fetch
from tests.sftpservers import LOOPBACK, PASSWORD, USER, Sftp, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.config import Settings
    from tests.conftest import Cli

WITH_PASSWORD = {"password_file": "password"}


def settings(folder: Path, **sftp: Any) -> Settings:
    """Load a configuration with a section watch.sftp."""
    path = folder / "inventory-sync.yaml"
    told = "".join(f"    {key}: {value}\n" for key, value in sftp.items())
    path.write_text(f"tenant: {{url: sandbox}}\nwatch:\n  settle: 0\n  sftp:\n{told}")
    return load({"config": str(path)}, {"HOME": str(folder)}, folder)


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Sftp]:
    """Give a server with one file, an inbox, the password in a file, and the line of known hosts."""
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "stock.csv").write_text("a,b\n")
    (tmp_path / "drop" / "inbox").mkdir(parents=True)
    private(tmp_path / "password", PASSWORD + "\n")
    with serving(tmp_path / "server") as up:
        (tmp_path / "known_hosts").write_text(up.known_line)
        yield up


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def usual(sftp: Sftp) -> dict[str, Any]:
    return {"host": LOOPBACK, "port": sftp.port, "user": USER, "known_hosts": "known_hosts"}


WRONG = {
    "no user": ({"host": "sftp.acme.example", "password_file": "p"}, "watch.sftp.user: is missing"),
    "no secret": ({"host": "h", "user": "u"}, "watch.sftp.password_file: or key_file is needed"),
    "two secrets": ({"host": "h", "user": "u", "password_file": "p", "key_file": "k"}, "one of the two"),
    "a passphrase for nothing": ({"host": "h", "user": "u", "password_file": "p", "passphrase_file": "q"}, "there is none"),
    "an address": ({"host": "sftp://h", "user": "u", "password_file": "p"}, "must be the name or address of a server"),
    "no host": ({"user": "u"}, "watch.sftp.host: is missing"),
    "an outcome that is none": ({"host": "h", "user": "u", "key_file": "k", "afterwards": "burn"}, "'move', 'delete' or 'leave'"),
    "moved nowhere": ({"host": "h", "user": "u", "key_file": "k", "moved_to": "../x"}, "must be the name of a folder"),
    "a password in the file": ({"host": "h", "user": "u", "password": PASSWORD}, "unknown key `password`"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_the_section_is_told(tmp_path: Path, what: str) -> None:
    """CF01: exit code 2 with file and line; a secret that stands where none belongs is not repeated."""
    section, told = WRONG[what]
    with pytest.raises(FixSetup) as caught:
        settings(tmp_path, **section)
    assert told in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_without_the_section_nothing_is_fetched(tmp_path: Path) -> None:
    """Who has no server pays for none: the library is not even imported."""
    (tmp_path / "inventory-sync.yaml").write_text("tenant: {url: sandbox}\n")
    script = (
        "import sys; from pathlib import Path; from sync.config import load; from sync.run.watched.fetching import fetch\n"
        f"print(fetch(load({{}}, {{'HOME': '/'}}, Path({str(tmp_path)!r}))).brought, 'paramiko' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "() False\n"


def test_files_are_named_from_the_configuration_s_folder(tmp_path: Path, sftp: Sftp) -> None:
    """A fetch by the settings: paths are relative to the file, the inbox is the watched one."""
    fetched = fetch(settings(tmp_path, **usual(sftp), **WITH_PASSWORD))
    assert (fetched.brought, fetched.troubles) == ((tmp_path / "drop" / "inbox" / "stock.csv",), ())


def test_variables_set_it_too(tmp_path: Path) -> None:
    """Each key has its variable."""
    environ = {
        f"INVENTORY_SYNC_WATCH__SFTP__{key}": value
        for key, value in {"HOST": "h", "USER": "u", "KEY_FILE": "k", "PORT": "2222"}.items()
    }
    found = load({}, {**environ, "HOME": str(tmp_path)}, tmp_path).watch.sftp
    assert (found.host, found.port, found.key_file) == ("h", 2222, tmp_path / "k")


@pytest.mark.parametrize("passphrase", [None, "mit einem Leerzeichen"])
def test_a_key_opens_the_door(tmp_path: Path, sftp: Sftp, passphrase: str | None) -> None:
    """A private key logs in, with the passphrase of its file where it has one."""
    sftp.conduct.user_key = key = paramiko.ECDSAKey.generate()
    key.write_private_key_file(str(tmp_path / "key"), passphrase)
    more = {"passphrase_file": private(tmp_path / "phrase", passphrase).name} if passphrase else {}
    assert len(fetch(settings(tmp_path, **usual(sftp), key_file="key", **more)).brought) == 1


def test_a_key_file_that_cannot_be_used_is_a_mistake_in_the_settings(tmp_path: Path, sftp: Sftp) -> None:
    """No key, the wrong passphrase, or none where one is needed: exit code 2 with what to look at."""
    paramiko.ECDSAKey.generate().write_private_key_file(str(tmp_path / "locked"), "right")
    private(tmp_path / "wrong", "wrong")
    private(tmp_path / "text", "no key at all")
    for more in (
        {"key_file": "locked", "passphrase_file": "wrong"},
        {"key_file": "locked"},
        {"key_file": "text"},
    ):
        with pytest.raises(FixSetup, match=r"watch\.sftp\.key_file: .* cannot be used"):
            fetch(settings(tmp_path, **usual(sftp), **more))


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "must hold one line"), (b"two\nlines", "must hold one line"), (b"\xff\xfe", "is not plain text")],
)
def test_a_file_that_holds_no_secret_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    """What is no single line of text is no password; and what it is, is not shown."""
    path = tmp_path / "password"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(FixSetup, match=told):
        secret(path, "watch.sftp.password_file")


def test_a_secret_that_all_may_read_is_refused(tmp_path: Path, sftp: Sftp) -> None:
    """The file of a password or key is private, or nothing is asked of the server."""
    for name, key in (("password", "password_file"), ("key", "key_file")):
        private(tmp_path / name, PASSWORD).chmod(0o644)
        with pytest.raises(FixSetup, match="is open to every user; type: chmod 600"):
            fetch(settings(tmp_path, **usual(sftp), **{key: name}))
    assert sftp.conduct.logins == 0


def test_doctor_tries_the_door_and_fetches_nothing(tmp_path: Path, sftp: Sftp, cli: Cli) -> None:
    """Before the first night: doctor says whether somebody gets in, and what to do where the server is not known."""
    settings(tmp_path, **usual(sftp), **WITH_PASSWORD)
    asked = ("doctor", "--config", tmp_path / "inventory-sync.yaml", "--json")
    (found,) = [each for each in cli(*asked).json["checks"] if each["name"] == "sftp"]
    assert (found["state"], sftp.conduct.reads) == ("ok", [])
    (tmp_path / "known_hosts").write_text("")
    ended = cli(*asked)
    (found,) = [each for each in ended.json["checks"] if each["name"] == "sftp"]
    assert (ended.code, found["state"]) == (2, "fail")
    assert "ssh-keyscan" in found["words"]


def test_without_the_library_the_words_say_how_to_get_it(tmp_path: Path, sftp: Sftp) -> None:
    """The library is an extra: who asks for it without having it is told what to type."""
    found = settings(tmp_path, **usual(sftp), **WITH_PASSWORD)
    script = (
        "import sys; sys.modules['paramiko'] = None\n"
        "from pathlib import Path; from sync.config import load; from sync.run.watched.fetching import fetch\n"
        "from sync.errors import FixSetup\n"
        f"try: fetch(load({{}}, {{'HOME': '/'}}, Path({str(tmp_path)!r})))\n"
        "except FixSetup as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.watch.sftp.in_use
    assert "pip install 'inventory-sync[sftp]'" in done.stdout
