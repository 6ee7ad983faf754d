from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.config import api_key
from sync.errors import FixSetup

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "k3y-" + "x" * 20


def key_file(folder: Path, content: bytes, mode: int = 0o600) -> dict[str, str]:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return {"INVENTORY_SYNC_API_KEY_FILE": str(path)}


def test_the_key_comes_from_the_first_place_that_has_one(tmp_path: Path) -> None:
    """The credential of systemd, then the file, then the variable; the place is told."""
    (tmp_path / "api_key").write_text("from-systemd")
    (tmp_path / "api_key").chmod(0o444)  # as systemd may, in a folder of its own
    env = {"INVENTORY_SYNC_API_KEY": "from-variable"}
    assert _told(env) == ("from-variable", "INVENTORY_SYNC_API_KEY")
    env |= key_file(tmp_path, b"from-file")
    assert _told(env) == ("from-file", f"{tmp_path}/key (from INVENTORY_SYNC_API_KEY_FILE)")
    env |= {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert _told(env) == ("from-systemd", f"{tmp_path}/api_key (from CREDENTIALS_DIRECTORY)")


def _told(env: dict[str, str]) -> tuple[str, str]:
    key, where = api_key(env)
    return key.get_secret_value(), where


@pytest.mark.parametrize("content", [SECRET, f"{SECRET}\n", f"\ufeff{SECRET}\r\n", f"  {SECRET}\t"])
def test_what_editors_add_round_a_key_is_taken_off(tmp_path: Path, content: str) -> None:
    """Line ends, spaces and a byte order mark."""
    assert _told(key_file(tmp_path, content.encode()))[0] == SECRET
    assert _told({"INVENTORY_SYNC_API_KEY": content})[0] == SECRET


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"k3y-xx\r\nX-Evil: 1", "has white space or a line break inside"),
        (b"k3y-xx yy", "has white space or a line break inside"),
        (b"k3y-xx\x00", "has characters that no key has"),
        ("k3y-xxé".encode(), "has characters that no key has"),
        (b"'k3y-xx'", "is in quotes"),
        (b'"k3y-xx', "is in quotes"),
        (b"k3y-xx'", "is in quotes"),
        (b"k3y-xx\xff", "is not plain text"),
        (b"k3y-xx" * 1000, "is longer than any key"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(tmp_path: Path, content: bytes, sentence: str) -> None:
    """No header can be smuggled in, and no sentence holds the key."""
    with pytest.raises(FixSetup, match=sentence) as caught:
        api_key(key_file(tmp_path, content))
    assert "k3y" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_key_file_open_to_everybody_is_refused(tmp_path: Path, mode: int) -> None:
    """With the command to type."""
    with pytest.raises(FixSetup, match=rf"type: chmod 600 '{tmp_path}/key'"):
        api_key(key_file(tmp_path, SECRET.encode(), mode))


def test_a_key_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The next place is not tried in silence."""
    env = {"INVENTORY_SYNC_API_KEY_FILE": str(tmp_path / "none"), "INVENTORY_SYNC_API_KEY": SECRET}
    with pytest.raises(
        FixSetup, match=r"none \(from INVENTORY_SYNC_API_KEY_FILE\) cannot be read: No such file"
    ):
        api_key(env)


def test_a_key_file_that_is_a_folder_is_told(tmp_path: Path) -> None:
    """Not a crash."""
    tmp_path.chmod(0o700)
    with pytest.raises(FixSetup, match="cannot be read: Is a directory"):
        api_key({"INVENTORY_SYNC_API_KEY_FILE": str(tmp_path)})


def test_no_key_names_the_three_places(tmp_path: Path) -> None:
    """An empty credentials folder (another service's) is not a key."""
    with pytest.raises(FixSetup) as caught:
        api_key({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    for place in ("INVENTORY_SYNC_API_KEY_FILE", "CREDENTIALS_DIRECTORY", "set INVENTORY_SYNC_API_KEY"):
        assert place in str(caught.value)


def test_the_key_is_in_no_repr() -> None:
    """Whatever prints it prints stars."""
    assert SECRET not in repr(api_key({"INVENTORY_SYNC_API_KEY": SECRET}))


def test_a_credentials_folder_that_is_none_is_told(tmp_path: Path) -> None:
    """What systemd was to give is not replaced in silence."""
    (tmp_path / "file").touch()
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path / "file"), "INVENTORY_SYNC_API_KEY": SECRET}
    with pytest.raises(FixSetup, match=r"\(from CREDENTIALS_DIRECTORY\) cannot be read: Not a directory"):
        api_key(env)
