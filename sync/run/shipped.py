"""What comes with the product besides its code: samples, mappings, service files.

They lie beside the package where it runs from its source folder, and inside it where it was installed.
"""

from __future__ import annotations

from pathlib import Path

import sync
from sync.errors import FixSetup

PACKAGE = Path(sync.__file__).parent
INSTALLED = PACKAGE / "_shipped"
SOURCE = PACKAGE.parent


def shipped(name: str) -> Path:
    """Find a folder that comes with the product.

    Raises:
        FixSetup: this installation does not have it.
    """
    # Beside an installed package lie other packages, one of which may well have a folder of that name.
    places = [INSTALLED, *([SOURCE] if (SOURCE / "pyproject.toml").is_file() else [])]
    for place in places:
        if (place / name).is_dir():
            return place / name
    raise FixSetup(
        f"this installation has no {name}: install inventory-sync anew, or run it from its source folder"
    )
