"""What is told, in the shapes that its takers want: Slack, Teams, plain JSON, text.

Names of files and words of servers come from outside: nothing of them steers a terminal, a header or a chat (no mention, no link).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Kind = Literal["slack", "teams", "json"]
LONGEST_TITLE, LONGEST_LINE, MOST_LINES = 200, 500, 30
LONGEST = 5000  # signs of all lines; Teams takes 28 kB
MORE = "..."
TEAMS = (".webhook.office.com", ".logic.azure.com", ".powerplatform.com", ".powerautomate.com")
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True, slots=True)
class Message:
    """One change, or several: `topic` and `state` are for programs, title and lines for people."""

    topic: str
    state: str
    title: str
    lines: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The title in one line."""
        return in_one_line(self.title, LONGEST_TITLE)

    @property
    def text(self) -> tuple[str, ...]:
        """The lines, each one line, and not too many."""
        lines, room = list[str](), LONGEST
        for line in self.lines:
            lines.append(in_one_line(line, LONGEST_LINE))
            room -= len(lines[-1])
            if room < 0 or len(lines) > MOST_LINES:
                return (*lines[:-1], MORE)
        return tuple(lines)


def in_one_line(text: str, longest: int) -> str:
    """Put a text in one line, without characters that do not print, and not too long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def kind_of(url: str) -> Kind:
    """Tell the shape that an address takes, where nobody said it."""
    host = urlsplit(url).hostname or ""
    if host == "hooks.slack.com":
        return "slack"
    return "teams" if host.endswith(TEAMS) else "json"


def body_of(message: Message, kind: Kind) -> bytes:
    """Write a message as a webhook takes it."""
    shape = {"slack": _slack, "teams": _teams, "json": _plain}[kind]
    return json.dumps(shape(message), ensure_ascii=False).encode()


def _slack(message: Message) -> dict[str, object]:
    text = "\n".join((message.subject, *message.text))
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):  # a mention or a link needs < and >
        text = text.replace(sign, name)
    return {"text": text, "mrkdwn": False, "link_names": False, "unfurl_links": False, "unfurl_media": False}


def _teams(message: Message) -> dict[str, object]:
    heading = {"type": "TextRun", "text": message.subject, "weight": "Bolder"}
    runs = [
        [heading],
        *([{"type": "TextRun", "text": line}] for line in message.text),
    ]  # no Markdown in these
    blocks = [{"type": "RichTextBlock", "inlines": inlines} for inlines in runs]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "fallbackText": message.subject,
        "body": blocks,
    }
    return {
        "type": "message",
        "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}],
    }


def _plain(message: Message) -> dict[str, object]:
    return {
        "topic": message.topic,
        "state": message.state,
        "title": message.subject,
        "lines": list(message.text),
        "text": "\n".join((message.subject, *message.text)),
    }
