"""One harmless question to the tenant -> what its answer says about address, key and scopes. Nothing is sent there.

401 is the key. 403 tells nothing: posting needs no scope for reading, and a read is all that may be tried for nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sync.reconciler.words import said
from sync.run.finding import Finding, doubtful, fine, wrong
from sync.run.tenant import find_tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.config import Settings
    from sync.replies import Reply

LONGEST = 15.0  # seconds that somebody who is looking on waits for an answer
APART = 300  # seconds that clocks may differ by
NAME, SCOPES, CLOCK = "tenant", "scopes", "clock"
ADDRESS = "look at tenant.url: it must be your tenant's own host, as in https://acme.datamingle.ai"
LINE = "look at tenant.url, and at what lies between: network, firewall, VPN"
REMEDIES = {
    "dns": "look for a slip in tenant.url, or at this machine's name service",
    "tls": "if the certificate is your own, name its authority's file in tenant.ca_file; else look at this machine's clock",
    "too_big": ADDRESS,
    "protocol": ADDRESS,
}
SUCCESS, REDIRECTS, REFUSED, FORBIDDEN, NOT_THERE, BUSY, TROUBLE = 200, 300, 401, 403, 404, 429, 500


def ask(settings: Settings, environ: Mapping[str, str]) -> list[Finding]:
    """Ask the tenant for one record.

    Raises:
        FixSetup: there is no tenant or no key, or they cannot be used.
    """
    patience = {"timeout": min(settings.tenant.timeout, LONGEST)}
    hasty = settings.model_copy(update={"tenant": settings.tenant.model_copy(update=patience)})
    tenant = find_tenant(hasty, environ)
    with tenant.connect() as client:
        reply = client.list_page(1, None)
        return [*judged(reply, tenant.shown), *clock(reply, time.time())]


def clock(reply: Reply, now: float) -> list[Finding]:
    """Hold this machine's clock, at the moment of an answer, against the tenant's."""
    if reply.date is None:
        return []
    ahead = round(now - reply.date)
    if abs(ahead) <= APART:
        return [fine(CLOCK, "this machine's clock agrees with the tenant's")]
    words = f"this machine's clock is {abs(ahead) / 60:,.0f} minutes {'ahead of' if ahead > 0 else 'behind'} the tenant's: files would count as newer or older than they are"
    return [doubtful(CLOCK, words, "set it, and have it kept (NTP): timedatectl set-ntp true")]


def judged(reply: Reply, tenant: str) -> list[Finding]:
    """Tell what an answer to a read says."""
    if reply.status is None:
        return [wrong(NAME, reply.detail, REMEDIES.get(reply.trouble or "", LINE))]
    answer = f"{tenant} answers {reply.status}: {said(reply) or 'without a word'}"
    if reply.status == REFUSED:
        return [
            wrong(
                NAME,
                f"the key is refused. {answer}",
                "copy the key from the tenant's dashboard again, to where it is read from",
            )
        ]
    if reply.status == BUSY or reply.status >= TROUBLE:
        return [
            doubtful(
                NAME,
                f"it cannot answer now. {answer}",
                "ask again later; runs wait and try again by themselves",
            )
        ]
    if SUCCESS < reply.status - reply.status % 100 == REDIRECTS:
        return [
            wrong(
                NAME,
                f"{tenant} answers {reply.status} and points to {reply.location or 'nowhere'}; a redirect is never followed",
                ADDRESS,
            )
        ]
    if reply.status == NOT_THERE or not isinstance(reply.body, dict):
        return [wrong(NAME, f"this is not the inventory API. {answer}", ADDRESS)]
    return _of_the_api(reply, tenant, answer)


def _of_the_api(reply: Reply, tenant: str, answer: str) -> list[Finding]:
    if reply.status == FORBIDDEN:
        remedy = "if runs are refused too: give the key integrations.inventory.write (and .read, for stock and verify) in the dashboard"
        return [
            fine(NAME, f"{tenant} is there and speaks the inventory API"),
            doubtful(
                SCOPES, f"cannot tell: the key may be for writing only, or for nothing. {answer}", remedy
            ),
        ]
    if reply.status != SUCCESS:
        return [doubtful(NAME, f"cannot tell. {answer}", ADDRESS)]
    return [
        fine(NAME, f"{tenant} is there, speaks the inventory API and lets us read"),
        fine(
            SCOPES,
            "the key may read; whether it may write shows with the first batch, as nothing is sent here",
        ),
    ]
