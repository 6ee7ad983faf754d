"""A week of a small company: files on a disk, a tenant on a socket, commands as processes, and a clock that tells the story's time."""
