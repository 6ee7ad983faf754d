"""The SFTP server that files are fetched from: somebody gets in, and the folder is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.remote.shapes import ServerError
from sync.run.finding import doubtful, fine, wrong
from sync.run.watched.fetching import try_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings
    from sync.run.finding import Finding

NAME = "sftp"


def server(settings: Settings) -> Iterator[Finding]:
    """Examine the server, where there is one; nothing is fetched."""
    sftp = settings.watch.sftp
    if not sftp.in_use:
        return
    try:
        count, words = try_out(settings)
    except (FixSetup, ServerError) as error:
        remedy = "mend that; until then nothing comes from there, and the inbox here is watched as ever"
        yield wrong(NAME, str(error), remedy)
        return
    told = f"{sftp.user}@{sftp.host}:{sftp.port} lets us in; files in {sftp.folder!a}: {count:,}"
    yield fine(NAME, f"{told}; {sftp.afterwards} once they are fetched (not tried here)")
    for sentence in words[:3]:
        yield doubtful(NAME, sentence, "it is left where it is until then")
