"""What every section of our YAML files has in common.

A section is a strict, frozen pydantic model: unknown keys are errors, nothing is coerced, a key whose value is empty
counts as left out. `problems` is where a section says what is wrong between its keys, all of it at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError, core_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

Place = tuple[str | int, ...]
SEVERAL = "several_problems"
WRONG = "wrong"


def wrong(sentence: str) -> PydanticCustomError:
    """Give the error for a value that is wrong in a way of its own."""
    return PydanticCustomError(WRONG, "{sentence}", {"sentence": sentence})


class Range(NamedTuple):
    """Marks a number with both its bounds, so that whoever misses one is told both."""

    low: float
    high: float

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the bounds after the type."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Show the bounds to editors."""
        return {**handler(schema), "minimum": self.low, "maximum": self.high}

    def _checked(self, number: float) -> float:
        if not self.low <= number <= self.high:
            raise wrong(f"must be from {_shown(self.low)} to {_shown(self.high)}, not {_shown(number)}")
        return number


def _shown(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


class Section(BaseModel):
    """A mapping of known keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_left_out(cls, data: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
        if not isinstance(data, dict):
            return data
        known = {info.alias or name for name, info in cls.model_fields.items()}
        return {key: value for key, value in data.items() if value is not None or key not in known}

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        found = tuple(self.problems())
        if found:
            sentences = "; ".join(sentence for _, sentence in found)
            raise PydanticCustomError(SEVERAL, "{sentences}", {"sentences": sentences, "found": found})
        return self

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Yield (place below this section, sentence) for everything that does not go together."""
        yield from ()
