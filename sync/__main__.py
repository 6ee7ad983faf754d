"""`python -m sync` is `inventory-sync`."""

from sync.cli import main

if __name__ == "__main__":
    main()
