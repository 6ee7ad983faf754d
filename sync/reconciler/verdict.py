"""One reply -> a ruling for its batch: the HTTP status decides first, the body second (api.md A5, A6, A7).

A 2xx is a success only where its numbers add up and every row that it counts as failed was told by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sync.reconciler.matching import match
from sync.reconciler.words import refusal, said
from sync.replies import Refusal, Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.replies import Batch, Reply

REFUSED_KEY = {
    401: "The key is wrong or has expired: put a new one from the dashboard in its place.",
    403: (
        "The key may not write stock. Its scopes must hold integrations.inventory.write (keys older than 2026-04-17 hold"
        " integrations.inventorys.write: make a new one); its partner must be linked and active (deployments older than"
        " 2026-04-17 need a partner); the integration must be enabled in the workspace."
    ),
}
WRONG_ADDRESS = {404, 405, 410}
TOO_LARGE = 413
BUSY = {408, 425, 429}


class Counts(NamedTuple):
    """The numbers of a 2xx answer."""

    total: int
    created: int
    updated: int
    failed: int


def judge(batch: Batch, reply: Reply, *, names: Mapping[str, str]) -> Ruling:
    """Say what `reply` means for each row of `batch`; `names` is tenant.field_names."""
    if reply.status is None:
        return _no_answer(reply)
    family = reply.status // 100
    if family == 2:  # noqa: PLR2004 - 2xx
        return _answered(batch, reply, names)
    if family == 4:  # noqa: PLR2004 - 4xx
        return _refused(batch, reply, reply.status)
    if family == 3:  # noqa: PLR2004 - 3xx
        return _redirected(reply)
    return _busy(reply, reply.status)


def _no_answer(reply: Reply) -> Ruling:
    cause = reply.trouble or "odd-answer"
    return Ruling("stop" if cause == "tls" else "again", why=reply.detail, cause=cause)


def _answered(batch: Batch, reply: Reply, names: Mapping[str, str]) -> Ruling:
    data = _data(reply.body)
    if data is None:
        why = f"The answer ({reply.status}) is not the API's: {reply.text[:200] or 'it is empty'}"
        return Ruling("again", why=why, wait=reply.retry_after, cause="odd-answer")
    counts = _counts(data)
    if counts is None or counts.total != len(batch) or sum(counts[1:]) != counts.total:
        return _uncounted(batch, data)
    return _settled(batch, counts, _entries(data), names)


def _settled(batch: Batch, counts: Counts, entries: list[Any], names: Mapping[str, str]) -> Ruling:
    matched = match(entries, batch, names)
    if counts.total == counts.failed == 1:  # whatever its entries name: there is no other row
        meant = matched.entries.get(0, []) + matched.unmatched
        failed = {0: meant or matched.ghosts}
    elif matched.unmatched or len(matched.entries) != counts.failed:
        why = (
            f"The tenant counts {counts.failed} of {len(batch)} rows as failed; of its {len(entries)} error entries"
            f" {len(matched.entries)} rows could be told."
        )
        too_few = len(matched.entries) < counts.failed or matched.unmatched
        return Ruling("halve", why=why, cause="unmatched" if too_few and len(batch) > 1 else "counts")
    else:
        failed = matched.entries
    ghosts = (
        f"The tenant named {len(matched.ghosts)} rows that were not sent; its numbers add up without them."
    )
    return Ruling(
        "settled",
        refusals=tuple(
            refusal(index, said, names, pair=(batch.locations[index], batch.skus[index]))
            for index, said in sorted(failed.items())
        ),
        created=counts.created,
        updated=counts.updated,
        cause="ok",
        warnings=(ghosts,) if matched.ghosts else (),
    )


def _uncounted(batch: Batch, data: dict[str, Any]) -> Ruling:
    told = ", ".join(f"{name} {str(data.get(name, 'missing'))[:20]}" for name in Counts._fields)
    return Ruling(
        "halve", why=f"The tenant's numbers do not add up for {len(batch)} rows sent: {told}.", cause="counts"
    )


def _refused(batch: Batch, reply: Reply, status: int) -> Ruling:
    """Judge a 4xx."""
    words = said(reply)
    if status in REFUSED_KEY:
        why = f"The tenant refuses the key ({status}: {words or 'without a word'}). {REFUSED_KEY[status]}"
        return Ruling("stop", why=why, cause="key")
    if status in WRONG_ADDRESS:
        why = f"There is no inventory API at the tenant's address ({status}: {words or 'without a word'}). Check tenant.url."
        return Ruling("stop", why=why, cause="address")
    if status in BUSY:
        return _busy(reply, status)
    words = f"{status}: {words}" if words else str(status)
    cause, code = (
        ("too-large", "tenant.too_large") if status == TOO_LARGE else ("refused-request", "tenant.refused")
    )
    row = Refusal(0, code, None, words, reply.text)
    return Ruling(
        "halve",
        why=f"The tenant refused the request ({words}).",
        refusals=(row,) if len(batch) == 1 else (),
        cause=cause,
    )


def _redirected(reply: Reply) -> Ruling:
    why = (
        f"The tenant's address answers with a redirect ({reply.status}) to {reply.location or 'nowhere'}."
        " Redirects are never followed, they would carry the key along: check tenant.url."
    )
    return Ruling("stop", why=why, cause="redirect")


def _busy(reply: Reply, status: int) -> Ruling:
    words = said(reply)
    why = f"The tenant answered {status}: {words}" if words else f"The tenant answered {status}."
    return Ruling("again", why=why, wait=reply.retry_after, cause=f"status-{status}")


def _data(body: Any) -> dict[str, Any] | None:  # noqa: ANN401 - JSON is what it is
    """Give the summary of a success, None where the body is none."""
    if not isinstance(body, dict) or body.get("success", True) is not True:
        return None
    data = body.get("data")
    return data if isinstance(data, dict) else None


def _counts(data: Mapping[str, Any]) -> Counts | None:
    """Read the counters; all must be there, as whole numbers: text is no proof."""
    found = [_whole(data.get(name)) for name in Counts._fields]
    whole = [number for number in found if number is not None]
    return Counts(*whole) if len(whole) == len(found) else None


def _whole(value: Any) -> int | None:  # noqa: ANN401 - JSON is what it is
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _entries(data: Mapping[str, Any]) -> list[Any]:
    """Give the error entries, however they are wrapped."""
    errors = data.get("errors")
    if isinstance(errors, list):
        return errors
    return [errors] if errors else []
