"""The tenant's inventory API: a body of bytes out, a `rows.Reply` back. The only room that knows httpx.

body        rows -> JSON text, a batch -> the bytes of a request; imported by name, as it needs pyarrow
origin      who may be talked to: https, or a loopback address
wire        sockets with one deadline round the whole request, certificates, no environment
answer      headers, text and JSON of an answer, bounded in size
troubles    every exception of httpx -> a word of TROUBLES; none leaves this room
redaction   the key taken out of whatever is kept
local       a plain function in place of the network, for the sandbox
session     Client, which puts them together
"""

from sync.client.local import local_transport
from sync.client.redaction import redact
from sync.client.session import Client, Secret
from sync.client.troubles import TROUBLES, retryable

__all__ = ["TROUBLES", "Client", "Secret", "local_transport", "redact", "retryable"]
