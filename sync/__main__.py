"""`inventory-sync`, and `python -m sync`: takes the signals in hand, and only then imports the program."""

from sync import interrupts


def main() -> None:
    """Run the command line and end the process."""
    interrupts.end_at_once()
    from sync.cli import main as program  # noqa: PLC0415 - takes a while, in which a signal may come

    program.main()


if __name__ == "__main__":
    main()
