"""The vendor's inventory API as a plain function from request to answer.

In the vendor's order: the gateway's limit on bodies (413; 10 MB is read as 10,000,000 bytes), the path (404, or 301 to the
same path with its last slash, as Django does it even for a POST), the key (401, 403; without `keys` anyone may come
in), the method (405), and then the endpoint itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from sync.sandbox.access import Key, refusal
from sync.sandbox.listing import list_all, look_up
from sync.sandbox.messages import HTML_TYPE, Answer, Refused, Request, detail, in_html
from sync.sandbox.posting import post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.sandbox.store import Store

__all__ = ["LARGEST_BODY", "Answer", "Key", "Request", "answer"]

LARGEST_BODY = 10_000_000
# Matched before anything is decoded: a code with %2F in it is one identifier.
PATH = re.compile(r"/api/integrations/v1/inventory/(?:(?P<identifier>[^/]+)/)?")


def answer(store: Store, request: Request, *, keys: Mapping[str, Key] | None = None) -> Answer:
    """Answer one request as the vendor would; only the store changes."""
    try:
        given = _answer(store, request, keys)
    except Refused as refused:
        given = refused.answer
    return replace(given, body=b"") if request.method == "HEAD" else given


def _answer(store: Store, request: Request, keys: Mapping[str, Key] | None) -> Answer:
    if len(request.body) > LARGEST_BODY:
        return in_html(413, "413 Request Entity Too Large")
    path, _, query = request.target.partition("?")
    identifier = _identifier(path, query)
    refused = None if keys is None else refusal(request, keys, store.clock())
    if refused:
        return refused
    if request.method in ("GET", "HEAD"):
        return list_all(store, query) if identifier is None else look_up(store, identifier, query)
    if request.method == "POST" and identifier is None:
        return post(store, request)
    return _not_allowed(request.method, "GET, HEAD" if identifier else "GET, HEAD, POST")


def _identifier(path: str, query: str) -> str | None:
    """Find the identifier in the path; None stands for the whole inventory."""
    match = PATH.fullmatch(path)
    if match:
        coded = match["identifier"]
        return None if coded is None else unquote(coded)
    if PATH.fullmatch(f"{path}/"):
        where = quote(path, safe="/%:") + "/" + (f"?{query}" if query else "")
        raise Refused(Answer(301, {"content-type": HTML_TYPE, "location": where}))
    raise Refused(in_html(404, "Not Found", "<p>The requested resource was not found on this server.</p>\n"))


def _not_allowed(method: str, allowed: str) -> Answer:
    refused = detail(405, f'Method "{method}" not allowed.')
    return replace(refused, headers={**refused.headers, "allow": allowed})
