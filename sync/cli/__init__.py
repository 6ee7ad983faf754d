"""The command line: the only room that prints, ends with an exit code, catches everything, and sets up logging.

`program` is the group and the catch-all, `console` what all commands share, `words` what people read; the other files
hold the commands, one file a group of them. Heavy libraries are imported inside the commands that need them.
"""

from sync.cli.program import main

__all__ = ["main"]
