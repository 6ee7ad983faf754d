"""Makes the sandbox misbehave on purpose, so that a client can be rehearsed against it.

Works on whole answers; broken connections are not its business. Each rule wraps what comes after it in the plan: the
first rule sees a request first, and a request that it answers by itself is never seen, or counted, by the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any

from sync.sandbox.distort import distort
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


def misbehave(answer_fn: AnswerFn, plan: object, *, seed: int = 0) -> AnswerFn:
    """Wrap `answer_fn` so that it follows `plan`; ValueError says what is wrong with the plan."""
    for rule in reversed(read_plan(plan)):
        answer_fn = _Ruled(answer_fn, rule, seed)
    return answer_fn


@dataclass(slots=True)
class _Ruled:
    """An answer function under one rule; counts the requests that the rule concerns."""

    answer_fn: AnswerFn
    rule: Rule
    seed: int
    _seen: int = 0
    _done: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, request: Request) -> Answer:
        turn = self._turn() if _concerns(self.rule, request) else 0
        if not turn:
            return self.answer_fn(request)
        random = Random(f"{self.seed} {turn}")  # noqa: S311 - the same disorder each time, no secret
        return distort(self._answer(request), self.rule, random)

    def _turn(self) -> int:
        """Count a request; 0 where it is to be left alone."""
        with self._lock:
            self._seen += 1
            since = self._seen - self.rule.after
            due = since > 0 and since % self.rule.every == 0
            self._done += due
            return self._done if due and self._done <= (self.rule.times or self._done) else 0

    def _answer(self, request: Request) -> Answer:
        rule = self.rule
        if rule.max_body is not None:
            return _canned(413)
        if rule.poison_skus:
            return _canned(rule.poison_status, rule.poison_body)
        if rule.lie:
            return _lie(request)
        if rule.apply_rows is not None:
            self._apply(request, rule.apply_rows)
        elif rule.status is None:
            return self.answer_fn(request)
        return _with_headers(_canned(rule.status or 500, rule.body), rule)

    def _apply(self, request: Request, count: int) -> None:
        rows = _rows(request)[:count]
        if rows:
            body = {**json.loads(request.body), "inventory": rows}
            self.answer_fn(replace(request, body=in_json(body).body))


def _concerns(rule: Rule, request: Request) -> bool:
    if rule.method not in (None, request.method):
        return False
    if rule.max_body is not None and len(request.body) <= rule.max_body:
        return False
    if rule.poison_skus:
        sent = {str(row.get("sku_code")).strip() for row in _rows(request)}
        return not sent.isdisjoint(rule.poison_skus)
    return request.method == "POST" or not (rule.lie or rule.apply_rows is not None)


def _rows(request: Request) -> list[dict[str, Any]]:
    """Give the rows of a posted body; none where it is not one."""
    try:
        rows = json.loads(request.body)["inventory"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _lie(request: Request) -> Answer:
    count = len(_rows(request))
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
