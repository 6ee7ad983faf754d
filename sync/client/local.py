"""A plain function in place of the network: how the sandbox is handed to the client, with no port and no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # method, target, headers (names in lower case), body -> status, headers, body
    Answer = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]


class LocalTransport(httpx.BaseTransport):
    """Asks a function instead of a server; its threads are the client's."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hand the request over as plain values."""
        target = request.url.raw_path.decode("ascii")
        status, headers, body = self._answer(request.method, target, dict(request.headers), request.read())
        return httpx.Response(status, headers=dict(headers), content=body)


def local_transport(answer: Answer) -> httpx.BaseTransport:
    """Make `Client("http://localhost", None, transport=local_transport(answer), ...)` talk to `answer`."""
    return LocalTransport(answer)
