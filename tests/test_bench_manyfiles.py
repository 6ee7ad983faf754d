"""bench/manyfiles.py: it runs, and what it holds the program to holds for a few files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[1] / "bench" / "manyfiles.py"


def test_of_many_files_in_one_pass_each_pair_is_posted_once() -> None:
    """The newest value goes, and no request is made for what a newer file already says."""
    command = [sys.executable, str(BENCH), "--files", "30"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Each pair was posted once." in done.stdout
