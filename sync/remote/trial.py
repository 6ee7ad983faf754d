"""A server -> how many files could be fetched from it, for who sets it up: nothing is fetched, moved or remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.remote.connection import connected
from sync.remote.listing import look
from sync.remote.shapes import RefusedError, ServerError

if TYPE_CHECKING:
    from sync.remote.shapes import Server, Wanted

SECONDS = 30.0


def try_out(server: Server, wanted: Wanted) -> tuple[int, list[str]]:
    """Log in and list the folder: how many files there are, and words on what cannot be fetched.

    Raises:
        ServerError: there is no getting in, or no listing.
        FixSetup: the key file or the file of known hosts is none.
    """
    with connected(server, SECONDS) as session:
        try:
            found = look(session, wanted.folder, wanted.moved_to)
        except RefusedError as error:
            raise ServerError(f"the folder {wanted.folder!a} cannot be listed: {error}") from error
    return len(found.files), found.words
