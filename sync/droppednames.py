"""The name of a dropped file -> whether it is a temporary one, and what mappings see of it.

One rule for every inbox: the folder of this machine and the one on a server.
"""

from __future__ import annotations

import re

TEMPORARY = re.compile(
    r"""\..*                # hidden
    |~\$.*                  # a program has that file open
    |.*~                    # a copy that an editor keeps
    |.*\.(part|partial|filepart|tmp|temp|crdownload)
    |thumbs\.db|desktop\.ini""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
PACKED = re.compile(r"(?<=.)\.gz\Z", re.IGNORECASE)
ENDING = re.compile(r"(?<=.)(\.[^.\s/]{1,20})?(\.gz)?\Z", re.IGNORECASE)


def is_temporary(name: str) -> bool:
    """Tell names of files that are being written, or are no one's: they are left alone."""
    return TEMPORARY.fullmatch(name) is not None


def without_gz(name: str) -> str:
    """Give what a file is called once it is unpacked: `stock.csv.gz` is `stock.csv`."""
    return PACKED.sub("", name)


def endings(name: str) -> tuple[str, str]:
    """Split a name before what tells its kind: `stock.csv.gz` is `stock` and `.csv.gz`."""
    found = ENDING.search(name)
    at = found.start() if found else len(name)
    return name[:at], name[at:]
