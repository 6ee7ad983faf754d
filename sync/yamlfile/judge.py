"""A document and a model -> the model's instance, or all problems at once.

The model is asked again and again: first until all that it wants as text is the text as it was typed; then without
what was found wrong and with an example for what is missing, so that no mistake hides another.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from sync.errors import FixSetup
from sync.yamlfile import words
from sync.yamlfile.section import SEVERAL, WRONG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from sync.yamlfile.document import Document, Spot
    from sync.yamlfile.section import Place

M = TypeVar("M", bound=BaseModel)


class Problem(NamedTuple):
    """One sentence about one place; `shown` is the place that it names."""

    spot: Spot
    place: Place
    shown: Place
    sentence: str

    def __str__(self) -> str:
        dotted = ".".join(str(part + 1) if isinstance(part, int) else part for part in self.shown)
        return ": ".join(part for part in (self.spot.where, dotted, self.sentence) if part)


def judge(document: Document, model: type[M]) -> M:
    """Give the model's instance; raise FixSetup with everything that is wrong."""
    made, problems = problems_of(document, model)
    if made is None or problems:
        raise FixSetup(*map(str, problems))
    return made


def problems_of(document: Document, model: type[M]) -> tuple[M | None, list[Problem]]:
    """Give the model's instance, if one can be made, and all problems in the order of the file."""
    court = _Court(document, model)
    made = None
    while court.moving:
        court.moving = False
        try:
            made = model.model_validate(court.data)
        except ValidationError as error:
            court.hear(error.errors(include_url=False))
    found = [Problem(spot, (), (), sentence) for spot, sentence in document.faults] + court.problems
    return made, sorted(found, key=lambda problem: (problem.spot.line, problem.spot.column))


class _Court:
    """Hears what a model says about a document, round by round."""

    def __init__(self, document: Document, model: type[BaseModel]) -> None:
        self.document = document
        self.model = model
        self.data = copy.deepcopy(document.data)
        self.problems: list[Problem] = []
        self.blamed: set[Place] = set()  # every place that is named by a problem, and all that lies above it
        self.filled: set[Place] = set()  # where an example stands in for what is missing
        self.rounds = 0  # what is missing is told in the first; later it was dropped
        self.moving = True

    def hear(self, errors: list[ErrorDetails]) -> None:
        """Take one round of errors; `moving` says whether another round can tell more."""
        if self._read_as_typed(errors):
            return
        told: list[Problem] = []  # but not what only follows from what was told in an earlier round
        absent = {self._place(error) for error in errors if error["type"] == "missing"}
        for problem in self._translated(errors):
            place = problem.place
            if any(place[:depth] in self.filled for depth in range(1, len(place))):
                continue  # the example that stands in is wrong there
            if place not in self.blamed:
                told.append(problem)
            if place not in absent:
                self._drop(self.document.reach(place))
        for problem in told:
            self.blamed |= {problem.place[:depth] for depth in range(1, len(problem.place) + 1)}
        for place in absent - self.filled:
            self._fill(place)
        self.problems += told
        self.rounds += 1

    def _read_as_typed(self, errors: list[ErrorDetails]) -> bool:
        for place in {
            self.document.reach(error["loc"]) for error in errors if error["type"] == "string_type"
        }:
            written = self.document.entries[place].written
            if place and written is not None and not isinstance(_inside(self.data, place), str):
                _inside(self.data, place[:-1])[place[-1]] = written
                self.moving = True
        return self.moving

    def _drop(self, place: Place) -> None:
        while place and isinstance(place[-1], int):
            place = place[:-1]
        holder = _inside(self.data, place[:-1])
        if place and isinstance(holder, dict) and place[-1] in holder:
            del holder[place[-1]]
            self.moving = True

    def _fill(self, place: Place) -> None:
        examples = words.examples_at(self.model, place[:-1], str(place[-1]))
        holder = _inside(self.data, place[:-1])
        if not examples or not isinstance(holder, dict):
            self._drop(place[:-1])
        else:
            holder[place[-1]] = copy.deepcopy(examples[0])
            self.filled.add(place)
            self.moving = True

    def _translated(self, errors: list[ErrorDetails]) -> Iterator[Problem]:
        misspelt = {place for error in errors if (place := self._meant(error))}
        by_place: dict[Place, list[ErrorDetails]] = {}
        for error in errors:
            place = self._place(error)
            if error["type"] != "missing" or not (self.rounds or place in misspelt):
                by_place.setdefault(place, []).append(error)
        for place, group in by_place.items():
            yield from self._spoken(place, group)

    def _place(self, error: ErrorDetails) -> Place:
        if error["type"] == "missing":
            return (*self.document.reach(error["loc"][:-1]), error["loc"][-1])
        return self.document.reach(error["loc"])

    def _meant(self, error: ErrorDetails) -> Place | None:
        if error["type"] != "extra_forbidden":
            return None
        *section, key = self._place(error)
        near = words.nearest(str(key), words.keys_at(self.model, tuple(section)))
        return (*section, near) if near else None

    def _spoken(self, place: Place, group: list[ErrorDetails]) -> Iterator[Problem]:
        first = group[0]
        if first["type"] == SEVERAL:
            for below, sentence in first["ctx"]["found"]:
                yield self._problem((*place, *below), sentence)
        elif first["type"] == "extra_forbidden":
            *section, key = place
            sentence = words.unknown(str(key), words.keys_at(self.model, tuple(section)))
            yield Problem(self.document.entries[place].key, place, tuple(section), sentence)
        elif first["type"] == "missing":
            yield self._problem(place, "is missing")
        elif first["type"] == WRONG:
            yield self._problem(place, first["msg"])
        else:
            choices = " or ".join(dict.fromkeys(words.wanted(error) for error in group))
            shown = words.instead(first["input"], self.document.entries[place].written)
            yield self._problem(place, f"must be {choices}{shown}")

    def _problem(self, place: Place, sentence: str) -> Problem:
        reached = self.document.reach(place)
        entry = self.document.entries[reached]
        spot = entry.value if reached == place else entry.key
        return Problem(spot, place, place, sentence)


def _inside(data: Any, place: Place) -> Any:  # noqa: ANN401  (YAML holds anything)
    for part in place:
        try:
            data = data[part]
        except (LookupError, TypeError):
            return None
    return data
