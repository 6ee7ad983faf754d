"""One answer of the tenant on its way: what it says, how much of it leaves, and whether a client may believe it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.chaos import acts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.tenant import Handler, Tenant

OK = 200


class Answer:
    """One answer on its way; `adds_up` and `whole` say whether a client may believe it."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.status, self.body, self.headers = OK, b"", dict[str, str]()
        self.wait, self.share = 0.0, 1.0
        self.adds_up, self.gone, self.rst, self.close = True, False, False, False

    @property
    def whole(self) -> bool:
        """Whether all of it leaves."""
        return not self.gone and self.share >= 1.0 and self.status == OK

    def spoil(self, act: dict[str, Any], told: dict[str, Any], tenant: Tenant) -> None:
        """Turn a true answer into what an act makes of it."""
        do = act["do"]
        if do == "status":
            self.status, self.body = act["status"], b'{"detail":"busy"}'
            self.headers, self.wait = acts.waiting(act["wait"]), acts.seconds(act["wait"])
        elif do == "late":
            self.status, self.body = 504, b"<h1>504 Gateway Time-out</h1>"
        elif do == "echo":
            self.status, self.body = 500, json.dumps({"headers": dict(self._handler.headers)}).encode()
        elif do == "redirect":
            self.status, self.headers = 307, {"Location": f"http://127.0.0.1:{tenant.sink.getsockname()[1]}/"}
        elif do == "malformed":
            self.body, self.adds_up = acts.MALFORMED[act["body"]], False
        elif do == "counts":
            self.body, self.adds_up = acts.miscounted(told, act), False
        elif do == "omit":
            self.adds_up = not told["data"]["errors"]
            self.body = json.dumps({"success": True, "data": told["data"] | {"errors": []}}).encode()
        self.share = act.get("share", 1.0)
        self.gone, self.rst, self.close = do == "drop", bool(act.get("rst")), do == "close"

    def send(self, in_the_middle: Callable[[], None]) -> None:
        """Send it, or as much of it as is to be sent."""
        handler = self._handler
        handler.close_connection = self.close or self.gone or self.share < 1.0
        if self.gone:
            handler.hang_up(rst=self.rst)
            return
        head = [
            f"HTTP/1.1 {self.status} Said",
            "Content-Type: application/json",
            f"Content-Length: {len(self.body)}",
        ]
        head += [f"{name}: {value}" for name, value in self.headers.items()]
        text = "\r\n".join([*head, "", ""]).encode() + self.body
        half = len(text) // 2
        until = len(text) if self.share >= 1.0 else max(20, int(len(text) * self.share))
        handler.wfile.write(text[: min(half, until)])
        in_the_middle()
        handler.wfile.write(text[half:until])
