"""Examines the points that come in on stdin, one a line, and prints what came of each as JSON.

    echo kill:first:40% | python -m tests.torture

A line that begins with `base:` asks only how many calls the command of a scene makes, and how long it takes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.torture.image import Image
from tests.torture.process import preload
from tests.torture.rig import Rig
from tests.torture.world import Outside


def main() -> None:
    """Work through stdin."""
    preload()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-")))
        tenant = stack.enter_context(Outside())
        rig, on_disk = Rig(folder, tenant), None
        for line in sys.stdin:
            kind, _, rest = line.strip().partition(":")
            if kind == "image" and on_disk is None:
                image = stack.enter_context(Image(folder / "image").mounted())
                on_disk = Rig(image.folder, tenant, image)
            print(json.dumps(_answer(on_disk or rig if kind == "image" else rig, kind, rest)), flush=True)  # noqa: T201 - it is what this program is for


def _answer(rig: Rig, kind: str, rest: str) -> dict[str, Any]:
    if kind == "base":
        base = rig.base(rest)
        return {"calls": base.calls, "seconds": base.seconds}
    return asdict(rig.examine(f"{kind}:{rest}"))


if __name__ == "__main__":
    main()
