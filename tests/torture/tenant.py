"""A tenant of the rig's own, in a process of its own: the vendor's answers, a log of all that came, and buttons for the rig.

    python -m tests.torture.tenant        prints its port, and serves until its stdin is closed

Shares no code with the product or its sandbox: what it says of a run is an outside witness's word.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any

UNKNOWN, POISON = (
    "NOPE",
    "POISON",
)  # how SKUs begin that the tenant does not know, or that it refuses whole requests for
DOWN = 503
ONLY_THE_RIG = 1
HALF = 20  # bytes of an answer, more or less


@dataclass
class Books:
    """What the tenant holds: stock by pair, and every request in order of arrival."""

    stock: list[list[Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    trouble: list[int] = field(default_factory=list)  # statuses for the coming requests; 0: none
    always: int = 0  # ... and for all after them


class Tenant(ThreadingHTTPServer):
    """The tenant's state, and what its handlers share."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.books = Books()
        self.lock = threading.Condition()
        self.open: list[Any] = []  # connections, that of the rig's own button too
        self.hold = (
            ""  # before, after or middle: before its work, after it, or in its answer the next request waits
        )
        self.held = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count a connection as soon as it is there, in order of arrival."""
        with self.lock:
            self.open.append(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection."""
        super().shutdown_request(request)
        with self.lock:
            self.open.remove(request)
            self.lock.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection whose other side was killed."""

    def post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Take one request: judge each row, write down what came of it."""
        rows = [
            [row["location_code"], row["sku_code"], row["quantity"]] for row in json.loads(body)["inventory"]
        ]
        entry: dict[str, Any] = {
            "sha256": hashlib.sha256(body).hexdigest(),
            "at": time.monotonic(),
            "rows": rows,
            "applied": [],
        }
        with self.lock:
            self.books.posts.append(entry)
            self.pause("before")
            entry["status"], answer = self._judge(rows, entry["applied"])
            self.pause("after")
        return entry["status"], answer

    def pause(self, side: str) -> None:
        """Wait here until the rig lets go, where it asked for that; the lock is ours."""
        if self.hold == side:
            self.hold = ""
            self.held += 1
            self.lock.notify_all()
            self.lock.wait_for(lambda: self.held == 0, timeout=30)

    def _judge(self, rows: list[list[Any]], applied: list[list[Any]]) -> tuple[int, dict[str, Any]]:
        status = self.books.trouble.pop(0) if self.books.trouble else self.books.always
        if status:
            return status, {"success": False, "error": {"code": "UNAVAILABLE", "message": "try again later"}}
        if any(sku.startswith(POISON) for _, sku, _ in rows):
            return 422, {
                "success": False,
                "error": {"code": "MAPPING_ERROR", "message": "cannot process the payload"},
            }
        stock = {(location, sku): quantity for location, sku, quantity in self.books.stock}
        errors = [
            {
                "row": at,
                "location_id": row[0],
                "product_id": row[1],
                "errors": {"product_id": ["Product not found"]},
            }
            for at, row in enumerate(rows)
            if row[1].startswith(UNKNOWN)
        ]
        applied += [row for row in rows if not row[1].startswith(UNKNOWN)]
        created = sum((location, sku) not in stock for location, sku, _ in applied)
        stock |= {(location, sku): quantity for location, sku, quantity in applied}
        self.books.stock = [[*pair, quantity] for pair, quantity in stock.items()]
        counts = {
            "total": len(rows),
            "created": created,
            "updated": len(applied) - created,
            "failed": len(errors),
        }
        return 200, {"success": True, "data": {**counts, "errors": errors}}

    def button(self, name: str, given: Any) -> dict[str, Any]:
        """Do what the rig asks for."""
        with self.lock:
            if name == "settled":  # what a killed command still had in its pipes has arrived
                self.lock.wait_for(lambda: len(self.open) == ONLY_THE_RIG, timeout=30)
            elif name == "books":
                self.books = Books(**given)
            elif name == "hold":
                self.hold = str(given)
            elif name == "held":
                self.lock.wait_for(lambda: self.held > 0, timeout=30)
                return {"held": self.held}
            elif name == "release":
                self.hold, self.held = "", 0
                self.lock.notify_all()
            elif name == "hang_up":
                for connection in self.open[:-1]:
                    connection.shutdown(SHUT_RDWR)
            return asdict(self.books)


class Handler(BaseHTTPRequestHandler):
    """One connection. Paths with two underscores are the rig's buttons."""

    protocol_version = "HTTP/1.1"
    server: Tenant
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Take rows, or a button."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            self.close_connection = True  # cut: nothing of it is taken
        elif self.path.startswith("/__"):
            self._send(200, self.server.button(self.path[3:], json.loads(body)))
        else:
            self._send(*self.server.post(body))

    def do_GET(self) -> None:
        """List a location, or a SKU, or everything."""
        wanted = self.path.partition("?")[0].strip("/").partition("/")[2]
        by_sku = "by=sku" in self.path
        with self.server.lock:
            found = [
                {"location_code": location, "sku_code": sku, "quantity": quantity}
                for location, sku, quantity in self.server.books.stock
                if wanted in ("", sku if by_sku else location)
            ]
        self._send(200, {"success": True, "data": found, "pagination": {"limit": 200, "next_cursor": None}})

    def _send(self, status: int, answer: Any) -> None:
        text = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text[:HALF])
            if not self.path.startswith("/__"):
                with self.server.lock:
                    self.server.pause("middle")
            self.wfile.write(text[HALF:])
        except OSError:
            self.close_connection = True  # the other side was killed

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


def main() -> None:
    """Serve until stdin is closed."""
    server = Tenant()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    print(server.server_address[1], flush=True)  # noqa: T201 - how the rig learns of it
    sys.stdin.read()


if __name__ == "__main__":
    main()
