"""What a note is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What a note is about: the report, when its file came, the file beside which the note lies."""

    report: Mapping[str, Any]
    received: datetime
    beside: str
    approve_folder: bool = False
