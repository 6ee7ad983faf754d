"""A tenant that takes everything at once: for measuring a client, not its tenant.

    python bench/sink.py [--latency SECONDS]

Prints its address on the first line; on SIGTERM one JSON line: the rows and requests that came, and its own seconds of
processor, by which one sees that it is not what is measured. One loop, raw HTTP/1.1: a body is counted by its field
names, and answered in the vendor's words. It checks nothing else: use the sandbox for that.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"
ROW = b'"sku_code"'
ANSWER = b'{"success":true,"data":{"total":%d,"created":0,"updated":%d,"failed":0,"errors":[]}}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Counts:
    """What came so far."""

    def __init__(self) -> None:
        self.rows = self.requests = 0


class Connection(asyncio.Protocol):
    """One client's connection: request after request."""

    def __init__(self, counts: Counts, latency: float) -> None:
        self._counts, self._latency = counts, latency
        self._came = bytearray()
        self._length: int | None = None  # of the body that is awaited
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to answer."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - what a stream server gives
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._came += data
        while self._began() and self._length is not None and len(self._came) >= self._length:
            rows = self._came.count(ROW, 0, self._length)
            del self._came[: self._length]
            self._length = None
            self._counts.rows += rows
            self._counts.requests += 1
            self._answer(rows)

    def _began(self) -> bool:
        """Take the head of the next request off, once it is there; tell whether a body is awaited."""
        end = self._came.find(HEAD_ENDS)
        if self._length is None and end >= 0:
            head = bytes(self._came[:end]).lower()
            del self._came[: end + len(HEAD_ENDS)]
            _, _, rest = head.partition(LENGTH)
            self._length = int(rest.split(b"\r\n", 1)[0] or b"0")
        return self._length is not None

    def _answer(self, rows: int) -> None:
        body = ANSWER % (rows, rows)
        whole = HEAD % len(body) + body
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._transport.write, whole)
        else:
            self._transport.write(whole)


async def serve(latency: float) -> None:
    """Serve until told to end."""
    counts, told = Counts(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    server = await loop.create_server(lambda: Connection(counts, latency), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await told.wait()
    spent = round(time.process_time(), 3)
    print(json.dumps({"rows": counts.rows, "requests": counts.requests, "seconds": spent}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    asyncio.run(serve(parser.parse_args().latency))
