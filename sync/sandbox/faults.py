"""Makes the sandbox misbehave on purpose, so that a client can be rehearsed against it.

Each rule wraps what comes after it in the plan: the first rule sees a request first, and a request that it answers by
itself, or hangs up on before the API's work, is never seen, or counted, by the others. Which rules a request meets is its
course; what they do to the answer is done here, what they do to the connection in `conduct`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any

from sync.sandbox.distort import distort, pad
from sync.sandbox.messages import Answer, Request, detail, error, in_html, in_json
from sync.sandbox.plan import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.sandbox.plan import Rule

    AnswerFn = Callable[[Request], Answer]

PHRASES = {status.value: status.phrase for status in HTTPStatus}
USUAL = {
    400: error(400, "VALIDATION_ERROR", "Validation failed."),
    401: detail(401, "Invalid API key"),
    403: detail(403, "You do not have permission to perform this action."),
    422: error(422, "MAPPING_ERROR", "Mapping failed."),
    429: detail(429, "Request was throttled."),
}
TOO_LARGE = in_html(413, "413 Request Entity Too Large")


def misbehave(answer_fn: AnswerFn, plan: object, *, seed: int = 0) -> AnswerFn:
    """Wrap `answer_fn` so that it follows `plan`; ValueError says what is wrong with the plan, or needs a connection."""
    faults = Faults(read_plan(plan, wire=False), seed=seed)
    return lambda request: faults.course(request).answer(request, answer_fn)


class Faults:
    """A plan at work: it counts the requests that each of its rules concerns."""

    def __init__(self, rules: tuple[Rule, ...], *, seed: int = 0) -> None:
        turns = [_Turns(rule, number, seed) for number, rule in enumerate(rules, 1)]
        self._lock = Lock()
        self._gates = [each for each in turns if _is_gate(each.rule)]
        self._others = [each for each in turns if not _is_gate(each.rule)]

    def turned_away(self, request: Request) -> Rule | None:
        """Find the rule that hangs up on this request before its body is read, all but which is here."""
        with self._lock:
            return next((gate.rule for gate in self._gates if gate.take(request)), None)

    def course(self, request: Request) -> Course:
        """Find the rules that this request meets."""
        due = []
        with self._lock:
            for turns in self._others:
                turn = turns.take(request)
                if turn:
                    due.append((turns.rule, turn))
                    if _ends_here(turns.rule):
                        break
        return Course(tuple(rule for rule, _ in due), tuple(turn for _, turn in due))


@dataclass(slots=True)
class _Turns:
    """One rule and how often it was met."""

    rule: Rule
    number: int
    seed: int
    seen: int = 0
    done: int = 0

    def take(self, request: Request) -> Random | None:
        """Count a request; None where it is to be left alone, else what decides this turn's disorder."""
        rule = self.rule
        if not _concerns(rule, request):
            return None
        self.seen += 1
        since = self.seen - rule.after
        if since <= 0 or since % rule.every or not self._by_chance() or self.done == rule.times:
            return None
        self.done += 1
        return Random(f"{self.seed} {self.done}")  # noqa: S311 - the same disorder each time, no secret

    def _by_chance(self) -> bool:
        if self.rule.p is None:
            return True
        dice = Random(f"{self.seed} {self.number} {self.seen}")  # noqa: S311 - the same luck each time, no secret
        return dice.random() < self.rule.p


@dataclass(frozen=True, slots=True)
class Course:
    """The rules that one request meets, the first of the plan outermost."""

    rules: tuple[Rule, ...] = ()
    turns: tuple[Random, ...] = field(default=(), repr=False)

    def answer(self, request: Request, answer_fn: AnswerFn) -> Answer:
        """Do the API's work, or what is done instead of it, and spoil the answer from the innermost rule outwards."""
        innermost = self.rules[-1] if self.rules else None
        given = _instead(innermost, request, answer_fn) if innermost else answer_fn(request)
        for rule, turn in zip(reversed(self.rules), reversed(self.turns), strict=True):
            given = pad(distort(given, rule, turn), rule)
        return given


def _is_gate(rule: Rule) -> bool:
    return rule.drop == "before_read" or rule.abrupt_413


def _ends_here(rule: Rule) -> bool:
    return bool(
        rule.drop == "before_apply"
        or rule.max_body is not None
        or rule.poison_skus
        or rule.lie
        or rule.apply_rows is not None
        or rule.late_apply is not None
        or rule.status is not None
    )


def _concerns(rule: Rule, request: Request) -> bool:
    if rule.method not in (None, request.method):
        return False
    if rule.max_body is not None and _size(request) <= rule.max_body:
        return False
    if rule.poison_skus:
        sent = {str(row.get("sku_code")).strip() for row in rows_of(request)}
        return not sent.isdisjoint(rule.poison_skus)
    for_rows = rule.lie or rule.apply_rows is not None or rule.late_apply is not None
    return request.method == "POST" or not for_rows


def _size(request: Request) -> int:
    """Tell how large a body is, or is going to be."""
    told = request.header("content-length") or ""
    return len(request.body) or (int(told) if told.isdecimal() else 0)


def _instead(rule: Rule, request: Request, answer_fn: AnswerFn) -> Answer:
    """Give the answer of the last rule that a request met; if it has none of its own, the API's."""
    if rule.max_body is not None:
        return TOO_LARGE
    if rule.poison_skus:
        return _canned(rule.poison_status, rule.poison_body)
    if rule.lie:
        return _lie(request)
    if rule.apply_rows is not None:
        _apply(request, rule.apply_rows, answer_fn)
    elif not _ends_here(rule):
        return answer_fn(request)
    usual = 500 if rule.late_apply is None else 504
    return _with_headers(_canned(rule.status or usual, rule.body), rule)


def _apply(request: Request, count: int, answer_fn: AnswerFn) -> None:
    rows = rows_of(request)[:count]
    if rows:
        body = {**json.loads(request.body), "inventory": rows}
        answer_fn(replace(request, body=in_json(body).body))


def rows_of(request: Request) -> list[dict[str, Any]]:
    """Give the rows of a posted body; none where it is not one."""
    try:
        rows = json.loads(request.body)["inventory"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _lie(request: Request) -> Answer:
    count = len(rows_of(request))
    told = {"total": count, "created": 0, "updated": count, "failed": 0, "errors": []}
    return in_json({"success": True, "data": told})


def _canned(status: int, body: object = None) -> Answer:
    """Answer with a status and, where the plan names none, the body that usually comes with it."""
    if isinstance(body, str):
        kind = "text/html; charset=utf-8" if body.lstrip().startswith("<") else "text/plain; charset=utf-8"
        return Answer(status, {"content-type": kind}, body.encode())
    if body is not None:
        return in_json(body, status)
    if status < HTTPStatus.BAD_REQUEST:
        return Answer(status, {})
    return USUAL.get(status) or in_html(status, f"{status} {PHRASES.get(status, 'Unknown')}")


def _with_headers(answer: Answer, rule: Rule) -> Answer:
    told = {"retry-after": rule.retry_after, "location": rule.location}
    return replace(
        answer, headers={**answer.headers, **{k: str(v) for k, v in told.items() if v is not None}}
    )
