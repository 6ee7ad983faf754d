"""The notify section: whom changes are told to. Addresses and passwords are secrets, shown nowhere, not even in what is wrong with them."""

import importlib.util
import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from sync.config.paths import FilePath
from sync.yamlfile.section import Place, Range, Section, wrong

FILES: tuple[Place, ...] = (
    ("notify", "webhook", "url_file"),
    ("notify", "mail", "password_file"),
    ("notify", "apprise_file"),
    ("notify", "ca_file"),
)
NAMED_FILES = ("notify", "webhooks")  # whatever name stands below it, and url_file below that
LONGEST = 4000  # characters of an address
MOST = 8  # of a kind
EXTRA = "needs the extra: pip install 'inventory-sync[notify]'"
PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,40}://.+")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def fault_of_address(text: str) -> str:
    """Say what is wrong with the address of a page of ours elsewhere, without repeating it; "": nothing."""
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text or len(text) > LONGEST:
        return "must be an address of plain letters without spaces"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no address; copy it again"
    if parts.scheme not in {"https", "http"} or port == 0 or not (_HOST.fullmatch(host) or ":" in host):
        return "must be an https:// address"
    if parts.scheme == "http" and not is_loopback(host):
        return "must begin with https://; http:// is only for this machine itself"
    return "must end without # and what follows it" if parts.fragment else ""


def _address(secret: SecretStr) -> SecretStr:
    if fault := fault_of_address(secret.get_secret_value()):
        raise wrong(fault)
    return secret


def _mailbox(text: str) -> str:
    if not _MAILBOX.fullmatch(text):
        raise wrong("must be one mail address, as ops@acme.example")
    return text


def _service(secret: SecretStr) -> SecretStr:
    if not _SCHEME.fullmatch(secret.get_secret_value()) or not secret.get_secret_value().isprintable():
        raise wrong("must be an address of apprise, as mailto://... or tgram://...")
    return secret


def _several(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def _section(value: Any) -> Any:  # noqa: ANN401  (whatever stands in the file)
    if isinstance(value, (str, int, float)):  # a secret that was put in its place is not repeated
        raise wrong("must be a section of keys and values")
    return value


Address = Annotated[SecretStr, AfterValidator(_address)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Mailboxes = Annotated[tuple[Mailbox, ...], BeforeValidator(_several), Field(max_length=MOST * MOST)]
Services = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_service)], ...],
    BeforeValidator(_several),
    Field(max_length=MOST),
]


class Webhook(Section):
    """An address that takes messages; `kind` is their shape, told by the address where it is left out."""

    url: Address | None = None
    url_file: FilePath | None = None
    kind: Literal["slack", "teams", "json"] | None = None

    @property
    def in_use(self) -> bool:
        """Whether there is an address."""
        return bool(self.url or self.url_file)

    def problems(self) -> Iterator[tuple[Place, str]]:
        """The address stands in one place."""
        if self.url and self.url_file:
            yield ("url_file",), "stands beside url: give one of them"


class Mail(Section):
    """A server that takes mail; `tls: none` only on this machine itself."""

    host: str | None = None
    port: Annotated[int, Range(1, 65_535)] | None = None
    tls: Literal["starttls", "ssl", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    password_file: FilePath | None = None
    sender: Mailbox | None = Field(default=None, alias="from")
    to: Mailboxes = ()

    @property
    def in_use(self) -> bool:
        """Whether there is a server."""
        return bool(self.host)

    @property
    def port_used(self) -> int:
        """The port, the usual one where none is given."""
        return self.port or PORTS[self.tls]

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Whoever names a server says from whom and to whom; a password goes only where it is safe."""
        if self.host is None:
            if self.to or self.sender:
                yield ("host",), "is missing: say which server takes the mail"
            return
        if not (_HOST.fullmatch(self.host) or is_loopback(self.host)):
            yield ("host",), "must be the name of a server, as smtp.acme.example"
        if self.sender is None:
            yield ("from",), "is missing: say whom the mail comes from"
        if not self.to:
            yield ("to",), "is missing: say whom the mail goes to"
        if self.tls == "none" and not is_loopback(self.host):
            yield ("tls",), "must be starttls or ssl: none is only for this machine itself"
        yield from self._key_problems()

    def _key_problems(self) -> Iterator[tuple[Place, str]]:
        if self.password and self.password_file:
            yield ("password_file",), "stands beside password: give one of them"
        if bool(self.user) != bool(self.password or self.password_file):
            yield ("user",), "and a password (password_file) are needed together"
        if self.user and not (self.user.isprintable() and self.user.isascii()):
            yield ("user",), "must be plain letters"


class Notify(Section):
    """Whom changes are told to, one message a change; each of them in turn."""

    webhook: Annotated[Webhook, BeforeValidator(_section)] = Webhook()
    webhooks: Annotated[
        dict[str, Annotated[Webhook, BeforeValidator(_section)]],
        BeforeValidator(_section),
        Field(max_length=MOST),
    ] = Field(default={})
    mail: Annotated[Mail, BeforeValidator(_section)] = Mail()
    apprise: Services = ()
    apprise_file: FilePath | None = None
    ca_file: FilePath | None = None

    @property
    def hooks(self) -> dict[str, Webhook]:
        """Every webhook that has an address, by its name."""
        named = {"webhook": self.webhook} | {f"webhooks.{name}": hook for name, hook in self.webhooks.items()}
        return {name: hook for name, hook in named.items() if hook.in_use}

    @property
    def in_use(self) -> bool:
        """Whether anybody is told anything."""
        return bool(self.hooks or self.mail.in_use or self.apprise or self.apprise_file)

    def problems(self) -> Iterator[tuple[Place, str]]:
        """What is asked of apprise can be done."""
        asked = next((key for key in ("apprise", "apprise_file") if getattr(self, key)), None)
        if asked and importlib.util.find_spec("apprise") is None:
            yield (asked,), EXTRA


NotifySection = Annotated[Notify, BeforeValidator(_section)]
