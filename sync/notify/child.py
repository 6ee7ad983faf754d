"""The process in which apprise runs: an address and a message on stdin -> one word on stdout.

    python -m sync.notify.child <request >word

taken, refused (its result is falsy: it raises nothing for a dead port), or unknown (no such service).
"""

from __future__ import annotations

import json
import logging
import os
import sys
from importlib import import_module


def main() -> None:
    """Send one message; whatever apprise prints goes nowhere, as it may hold the address."""
    asked = json.load(sys.stdin)
    words = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    logging.disable()
    words.write(_send(asked) + "\n")
    words.close()


def _send(asked: dict[str, str]) -> str:
    apprise = import_module("apprise")  # heavy, and an extra
    asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY)
    asset.http_redirects = False
    post = apprise.Apprise(asset=asset)
    if not post.add(asked["url"]):
        return "unknown"
    return "taken" if post.notify(body=asked["body"], title=asked["title"]) else "refused"


if __name__ == "__main__":
    main()
