"""The notify settings -> who can be told: each a name that is no secret, and a function from a message to what went wrong.

What takes long to import is imported when there is something to send.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.config.notify import fault_of_address
from sync.config.secretfile import secrets_in
from sync.errors import FixSetup
from sync.run.finding import doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sync.config import Settings
    from sync.config.notify import Mail, Webhook
    from sync.notify.message import Message
    from sync.run.finding import Finding

DEADLINE = 10.0  # seconds for one notifier
SPARE = 0.5  # seconds more, in which it says itself that it was too slow
UNTRIED = "configured, not tried"


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody who can be told; `send` gives "" or what went wrong, and never raises."""

    name: str
    send: Callable[[Message, float], str]


def posts(settings: Settings) -> list[Post]:
    """List whom the settings name, in order."""
    notify = settings.notify
    found = [
        Post(f"notify.{name}", _webhook(name, hook, notify.ca_file)) for name, hook in notify.hooks.items()
    ]
    if notify.mail.in_use:
        found.append(Post("notify.mail", _mail(notify.mail, notify.ca_file)))
    return found + [Post(f"notify.apprise ({scheme})", send) for scheme, send in _services(settings)]


def _webhook(name: str, hook: Webhook, ca_file: Path | None) -> Callable[[Message, float], str]:
    def send(message: Message, seconds: float) -> str:
        from sync.notify import bounded, web  # noqa: PLC0415 - heavy
        from sync.notify.message import body_of, kind_of  # noqa: PLC0415 - with it

        try:
            page = web.Page(_address(name, hook), ca_file)
        except FixSetup as error:
            return str(error)
        body = body_of(message, hook.kind or kind_of(page.url))
        return bounded.within(seconds + SPARE, lambda: web.post(page, body, seconds=seconds))

    return send


def _address(name: str, hook: Webhook) -> str:
    if hook.url:
        return hook.url.get_secret_value()
    assert hook.url_file  # noqa: S101 - hooks without either are not in use
    (url, *_) = secrets_in(hook.url_file, f"notify.{name}.url_file")
    if fault := fault_of_address(url):
        raise FixSetup(f"notify.{name}.url_file: what {hook.url_file} holds {fault}")
    return url


def _mail(section: Mail, ca_file: Path | None) -> Callable[[Message, float], str]:
    def send(message: Message, seconds: float) -> str:
        from sync.notify import bounded, mail  # noqa: PLC0415 - heavy

        try:
            password = _password(section)
        except FixSetup as error:
            return str(error)
        server = mail.Server(
            host=section.host or "",
            port=section.port_used,
            tls=section.tls,
            sender=section.sender or "",
            to=section.to,
            user=section.user,
            password=password,
            ca_file=ca_file,
        )
        now = datetime.now(UTC)
        return bounded.within(seconds + SPARE, lambda: mail.send(message, server, seconds=seconds, now=now))

    return send


def _password(mail: Mail) -> str | None:
    if mail.password_file:
        return secrets_in(mail.password_file, "notify.mail.password_file")[0]
    return mail.password.get_secret_value() if mail.password else None


def _services(settings: Settings) -> Iterator[tuple[str, Callable[[Message, float], str]]]:
    try:
        urls = _service_urls(settings)
    except FixSetup as error:
        words = str(error)
        yield "none", lambda _message, _seconds: words
        return
    for url in urls:
        yield url.partition("://")[0], _service(url)


def _service_urls(settings: Settings) -> list[str]:
    path = settings.notify.apprise_file
    in_file = secrets_in(path, "notify.apprise_file") if path else []
    return [*(secret.get_secret_value() for secret in settings.notify.apprise), *in_file]


def _service(url: str) -> Callable[[Message, float], str]:
    def send(message: Message, seconds: float) -> str:
        from sync.notify import bounded, services  # noqa: PLC0415 - heavy

        service = services.Service(url)
        return bounded.within(seconds + SPARE, lambda: services.send(message, service, seconds=seconds))

    return send


def check_notifiers(settings: Settings) -> list[Finding]:
    """Look at who is to be told, without telling them anything."""
    found = [_looked_at(name, look) for name, look in _looks(settings)]
    if settings.heartbeat_url:
        found.append(fine("heartbeat", UNTRIED))
    if found and settings.notify.in_use is False:
        remedy = "set notify.webhook or notify.mail, or look at STATUS.html"
        found.append(doubtful("notify", "nobody is told when something is held, fails or is late", remedy))
    return found


def _looks(settings: Settings) -> Iterator[tuple[str, Callable[[], object]]]:
    notify = settings.notify
    for name, hook in notify.hooks.items():
        yield f"notify.{name}", lambda name=name, hook=hook: _address(name, hook)  # type: ignore[misc] # of this round
    if notify.mail.in_use:
        yield "notify.mail", lambda: _password(notify.mail)
    if notify.apprise or notify.apprise_file:
        yield "notify.apprise", lambda: _service_urls(settings)


def _looked_at(name: str, look: Callable[[], object]) -> Finding:
    try:
        look()
    except FixSetup as error:
        return wrong(
            name, str(error), "nobody is told anything there until then; files are taken all the same"
        )
    return fine(name, UNTRIED)
