"""What stands in the file as the path of a file or folder."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticKnownError

from sync.yamlfile.section import wrong


def _path(value: Any) -> Path:  # noqa: ANN401  (whatever stands in the file)
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    if not value or "\0" in value:
        raise wrong("must be the path of a file or folder")
    return Path(value)


FilePath = Annotated[Path, BeforeValidator(_path, json_schema_input_type=str)]
