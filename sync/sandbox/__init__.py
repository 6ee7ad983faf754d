"""A local stand-in for a tenant: the vendor's inventory API over SQLite.

The same endpoints, words, statuses and limits as the vendor's page, read a second time: this room shares no code with
the client and imports nothing else of ours, so that a misreading on one side cannot hide behind the same misreading on
the other. `vendor.answer` is a plain function from request to answer; `serve` puts it on a loopback port, `faults` makes
answers misbehave, `conduct` and `wire` connections, and `journal` writes down what was asked and applied.
"""
