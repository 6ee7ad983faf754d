"""`inventory-sync`, and `python -m sync`: takes the signals in hand, and only then imports the program."""

import gc

from sync import interrupts

OFTEN = 50_000  # new objects between two looks for cycles: rows make millions of lists, and hardly a cycle


def main() -> None:
    """Run the command line and end the process."""
    interrupts.end_at_once()
    gc.set_threshold(OFTEN)
    from sync.cli import main as program  # noqa: PLC0415 - takes a while, in which a signal may come

    program.main()


if __name__ == "__main__":
    main()
