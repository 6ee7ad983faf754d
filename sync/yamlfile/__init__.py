"""A YAML file and a model -> the model's instance, or every problem at once with file:line:column.

The only room that knows YAML. What a person typed stays what it is: where the model wants text, `01`, `NO` and `1e3`
are the text as written; tags, anchors and aliases are refused, doubled keys too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sync.yamlfile.document import read
from sync.yamlfile.judge import judge

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")


def load(path: Path, model: type[M]) -> M:
    """Read a YAML file into a model; raise FixSetup with every problem in it."""
    return judge(read(path), model)
