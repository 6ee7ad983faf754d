"""How the tenant misbehaves: what a step of a plan says -> what happens to one request.

An act is {"do": name, ...}; `status`, `drop`, `late` and `echo` also say how much of the body is applied: all, part or none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import formatdate
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

LIKELY = {
    "status": 30,
    "drop": 18,
    "cut": 10,
    "malformed": 10,
    "counts": 10,
    "omit": 6,
    "late": 6,
    "close": 4,
    "lie": 3,
    "echo": 2,
    "redirect": 1,
    "slow": 1,
}
APPLIED = ("all", "part", "none")
STATUSES = (429, 500, 502, 503, 504, 408)
WAITS = (None, None, None, "0.2", "0", "-1", "soon", "past", "1", "3")
MALFORMED = {
    "html": b"<html><body>Log in</body></html>",
    "list": b'{"success":true,"data":[]}',
    "empty": b"",
    "failure": b'{"success":false,"data":{"total":1,"created":1,"updated":0,"failed":0,"errors":[]}}',
    "nothing": b'{"success":true}',
    "null": b"null",
    "text": b"OK",
    "nan": b'{"success":true,"data":{"total":NaN,"created":NaN,"updated":0,"failed":0,"errors":[]}}',
}


# what an act has beside its name, and may be
MORE: dict[str, dict[str, Sequence[Any]]] = {
    "status": {"status": STATUSES, "wait": WAITS, "applied": ("none", *APPLIED)},
    "drop": {"applied": APPLIED, "rst": (True, False)},
    "cut": {"share": (0.0, 0.3, 0.9)},
    "malformed": {"body": list(MALFORMED)},
    "counts": {"field": ("total", "created", "failed"), "by": (1, -1, 7, None)},
    "late": {"after": range(1, 6)},
    "echo": {"applied": ("none", "all")},
}


@dataclass(frozen=True)
class Faults:
    """What a `faults` step says; the default is a tenant that does as it should."""

    seed: int = 0
    rate: float = 0.0  # the share of requests that one of `acts` befalls
    acts: tuple[dict[str, Any], ...] = ()
    shape: dict[str, Any] = field(
        default_factory=dict
    )  # of error entries; whatever it is, the same rows are meant
    limit: int | None = None  # rows in a body
    poison: int | None = None  # the status of a body that holds a poison SKU
    blanket: int | None = None  # the status of every answer ...
    since: int = 0  # ... from this request of a command on

    def act(self, number: int) -> dict[str, Any] | None:
        """Tell what befalls the n-th request since the faults began."""
        dice = Random(f"{self.seed} {number}")  # noqa: S311 - the same seed gives the same acts
        return dice.choice(self.acts) if self.acts and dice.random() < self.rate else None


def some_act(dice: Random) -> dict[str, Any]:
    """Make an act up."""
    kind = dice.choices(list(LIKELY), list(LIKELY.values()))[0]
    return {"do": kind} | {name: dice.choice(choices) for name, choices in MORE.get(kind, {}).items()}


def some_faults(dice: Random) -> dict[str, Any]:
    """Make up how the tenant misbehaves for a while."""
    made: dict[str, Any] = {"seed": dice.randrange(10**9)}
    kind = dice.choices(("acts", "always", "blanket", "limit", "poison", "shape"), (50, 8, 12, 8, 14, 8))[0]
    if kind in {"acts", "limit", "poison"} or dice.random() < 0.3:
        made |= {
            "rate": dice.choice((0.1, 0.3, 0.5)),
            "acts": [some_act(dice) for _ in range(dice.randrange(1, 4))],
        }
    if kind == "always":
        made |= {"rate": 1.0, "acts": [some_act(dice)]}
    if kind == "limit":
        made["limit"] = dice.randrange(1, 5)
    if kind == "poison":
        made["poison"] = dice.choice((422, 400, 500))
    if kind == "blanket":
        made |= {
            "blanket": dice.choice((401, 403, 422, 422, 400, 503, 503, 307, 404)),
            "since": dice.choice((0, 0, 1, 3)),
        }
    if kind == "shape" or dice.random() < 0.5:
        made["shape"] = some_shape(dice)
    return made


def some_shape(dice: Random) -> dict[str, Any]:
    """Make up how error entries look."""
    made: dict[str, Any] = {"base": dice.choice((0, 0, 1, 2)), "ghosts": dice.choice((0, 0, 0, 2))}
    for name, share in (
        ("shuffled", 0.4),
        ("doubled", 0.3),
        ("no_row", 0.2),
        ("renamed", 0.2),
        ("no_ids", 0.3),
    ):
        if dice.random() < share:
            made[name] = True
    return made


def entries(
    failed: dict[int, tuple[str, str, str]], shape: dict[str, Any], dice: Random
) -> list[dict[str, Any]]:
    """Write the error entries of (index -> location, SKU, which of them is unknown)."""
    place, sku = ("depot", "artikel") if shape.get("renamed") else ("location_id", "product_id")
    told: list[dict[str, Any]] = []
    for index, (location, code, wrong) in failed.items():
        entry: dict[str, Any] = {
            "errors": {wrong: ["Location not found" if wrong == "location_id" else "Product not found"]}
        }
        if not shape.get("no_row"):
            entry["row"] = index + shape.get("base", 0)
        if not shape.get("no_ids"):
            entry |= {place: location, sku: code}
        told += [entry] * (2 if shape.get("doubled") else 1)
    for number in range(shape.get("ghosts", 0) if failed else 0):
        words = {"location_id": ["Location not found"]}
        told.append({"row": 900 + number, place: f"GHOST-{number}", sku: "GHOST", "errors": words})
    if shape.get("shuffled"):
        dice.shuffle(told)
    return told


def waiting(said: str | None) -> dict[str, str]:
    """Write a Retry-After as a header."""
    if said is None:
        return {}
    return {"Retry-After": formatdate(1_000_000_000, usegmt=True) if said == "past" else said}


def seconds(said: str | None) -> float:
    """Tell how long a Retry-After asks for."""
    try:
        return max(0.0, float(said or 0))
    except ValueError:
        return 0.0


def miscounted(answer: dict[str, Any], act: dict[str, Any]) -> bytes:
    """Write a summary with a wrong number."""
    data = answer["data"]
    if act["by"] is None:
        del data[act["field"]]
    else:
        data[act["field"]] += act["by"]
    return json.dumps(answer).encode()
