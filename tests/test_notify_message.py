"""The shapes of a message: what programs want, and nothing in it that steers a chat."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.notify.message import LONGEST, LONGEST_LINE, MOST_LINES, Message, body_of, kind_of

TEXTS = st.text(max_size=300)
MESSAGES = st.builds(Message, TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=40).map(tuple))


def shape(message: Message, kind: Any) -> Any:
    return json.loads(body_of(message, kind))


def test_slack_gets_text_without_mentions_or_links() -> None:
    """A file that is called so calls nobody."""
    text = shape(Message("t", "s", "<!channel> & <http://x|y>.csv", ("a",)), "slack")["text"]
    assert text == "&lt;!channel&gt; &amp; &lt;http://x|y&gt;.csv\na"


def test_teams_gets_a_card_of_plain_runs() -> None:
    """As its workflows want it: no Markdown in which a name could become a link."""
    (attached,) = shape(Message("t", "s", "[x](http://y)", ("a", "b")), "teams")["attachments"]
    card = attached["content"]
    assert (card["type"], attached["contentType"]) == (
        "AdaptiveCard",
        "application/vnd.microsoft.card.adaptive",
    )
    assert [block["inlines"][0]["text"] for block in card["body"]] == ["[x](http://y)", "a", "b"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://hooks.slack.com/services/a/b", "slack"),
        ("https://prod-1.westeurope.logic.azure.com:443/workflows/x", "teams"),
        ("https://acme.webhook.office.com/x", "teams"),
        ("https://hooks.slack.com.evil.example/", "json"),
        ("https://chat.acme.example/hook", "json"),
    ],
)
def test_the_shape_is_told_by_the_address(url: str, kind: str) -> None:
    """Where nobody said it."""
    assert kind_of(url) == kind


@given(MESSAGES, st.sampled_from(["slack", "teams", "json"]))
def test_every_message_is_small_json_of_single_lines(message: Message, kind: Any) -> None:
    """Whatever a server or a file says: bounded, and no sign that steers a terminal."""
    body = body_of(message, kind)
    assert len(body) < 28_000
    assert all(line.isprintable() or not line for line in (message.subject, *message.text))
    assert len(message.text) <= MOST_LINES + 1
    assert max(map(len, message.text), default=0) <= LONGEST_LINE
    json.loads(body)


def test_what_is_too_much_is_left_out_and_that_is_said() -> None:
    """Too many lines, or too long ones."""
    assert Message("t", "s", "title", ("a",) * 99).text == ("a",) * MOST_LINES + ("...",)
    assert Message("t", "s", "title", ("b" * 999,) * 99).text[-2:] == (f"{'b' * 497}...", "...")
    assert len("".join(Message("t", "s", "title", ("b" * 999,) * 99).text)) <= LONGEST + 3


def test_programs_get_topic_and_state() -> None:
    """The plain shape has everything apart, and as text."""
    plain = shape(Message("held|x", "held", "title", ("a", "b")), "json")
    assert plain == {
        "topic": "held|x",
        "state": "held",
        "title": "title",
        "lines": ["a", "b"],
        "text": "title\na\nb",
    }
