"""Files that wait -> the order in which they are taken: the newest as-of first, so that what is superseded is never posted.

The as-of is told by the name or the time of change alone; no content is read for it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.droppednames import without_gz
from sync.errors import SetAside
from sync.mapping.heads import fits_name
from sync.run.moment import as_of, exact
from sync.run.snapshot import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.mapping.model import Mapping
    from sync.watcher.claiming import Claim
    from sync.watcher.sights import Sight

AT_ONCE = 100  # files that are claimed before anything is sent
MOST = 1_000  # and at most, where more have the same as-of


def chunks(waiting: Iterable[Sight | Claim], mappings: Sequence[Mapping]) -> Iterator[list[Sight | Claim]]:
    """Put files in order, the newest first, and cut it into pieces; inside of one the older stand first.

    Of equal moments the later taken wins: so none stand in two pieces, and inside of one the last changed comes last.
    """
    moments = [(_moment(each, mappings), each.mark[3], each.key, each) for each in waiting]
    moments.sort(key=lambda told: told[:3])
    while moments:
        start = max(len(moments) - AT_ONCE, 0)
        least = max(len(moments) - MOST, 0)
        while start > least and moments[start - 1][0] == moments[start][0]:
            start -= 1
        yield [told[3] for told in moments[start:]]
        del moments[start:]


def _moment(waiting: Sight | Claim, mappings: Sequence[Mapping]) -> str:
    """Tell the as-of of a file as its name has it for the first mapping that may claim it, else when it was changed."""
    name = without_gz(readable(waiting.name))
    for mapping in mappings:
        if mapping.as_of and fits_name(name, mapping) and re.search(mapping.as_of.filename, name):
            try:
                return as_of(mapping, name, waiting.mtime, None)[0]
            except SetAside:
                continue
    try:
        return exact(datetime.fromtimestamp(waiting.mtime, UTC))
    except (ValueError, OverflowError, OSError):  # no year of any calendar
        return ""
