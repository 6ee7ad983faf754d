"""The sentences that staff read: the same ones in every language, and a language of one's own said to be wrong in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup
from sync.reasons import REASONS
from sync.staff.language import ENGLISH, OURS, placeholders, table
from sync.staff.words import load

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = [language for language in OURS if language != ENGLISH]
ALIKE = {"held.guard", "held.guard_at", "page.mark_ok"}  # names and marks, the same in any language
PLAIN_ENGLISH = re.compile(
    r"\b(?:the|is|are|of|and|or|to|this|row|rows|file|column|cell|please|not|with|by|in)\b", re.IGNORECASE
)
COMMANDS = re.compile(r"“[^”]*”|\{\w+\}|_reject_\w*|inventory-sync|CSV UTF-8|\(rows\.totals: keep\)|\.\w+")


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_everything(language: str) -> None:
    """The same sentences, each with the same names in braces."""
    ours, english = table(language), table(ENGLISH)
    assert ours.keys() == english.keys()
    assert {name: placeholders(text) for name, text in ours.items()} == {
        name: placeholders(text) for name, text in english.items()
    }


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language: str) -> None:
    """No sentence is the English one, and none holds the little words of English."""
    ours, english = table(language), table(ENGLISH)
    same = {name for name, text in ours.items() if text == english[name] and re.search(r"[a-z]{3}", text)}
    assert {name for name in same if COMMANDS.sub("", english[name]).strip(" :,.")} - ALIKE == set()
    assert [text for text in ours.values() if PLAIN_ENGLISH.search(COMMANDS.sub("", text))] == []


def test_no_suffix_hangs_on_a_name() -> None:
    """In Turkish a suffix follows the sound of its word, which nobody knows of a value."""
    assert [text for text in table("tr").values() if re.search(r"\}[’'”]?\w", text)] == []


@pytest.mark.parametrize("language", OURS)
def test_every_reason_has_its_words(language: str) -> None:
    """Each code of the table of reasons, and no other."""
    said = {
        match[1] for name in table(language) if (match := re.match(r'reasons\."?([\w.]+?)"?\.\w+$', name))
    }
    assert said == REASONS.keys()


@pytest.mark.parametrize("language", OURS)
@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_one_line_that_ends(language: str, code: str) -> None:
    """Whatever stands in the cell, braces and line breaks too."""
    said = load(language).reason(code, "Qty", "x{y}\n\x1b[1m")
    assert said.isprintable()
    assert said.endswith((".", ")"))


@pytest.mark.parametrize(
    ("code", "value", "part"),
    [
        ("row.short", "2 cells instead of 3", "3 hücre yerine 2 hücre"),
        ("row.long", "4 cells instead of 3, beyond it: a | b", "3 hücre yerine 4 hücre; fazladan: a | b"),
        ("code.damaged", "123, it was 00123", "şimdi 123, önce 00123"),
        ("cell.merged", "B9: merged with B8", "B9, B8 hücresiyle birleşik"),
        (
            "code.zeros",
            "17, where the others have 5 digits, as 00012",
            "diğer kodlar 5 haneli, örneğin 00012",
        ),
        ("pair.duplicate", "3, 5, 7 and 2 more", "3, 5, 7 ve 2 satır daha"),
    ],
)
def test_what_a_stage_says_in_english_is_said_in_the_staffs_language(
    code: str, value: str, part: str
) -> None:
    """Values that are not the cell itself."""
    assert part in load("tr").reason(code, "Kod", value)


def test_a_cell_is_shown_as_it_is() -> None:
    """What a person typed is not translated, even where it looks like words of ours."""
    assert "“2 cells instead of 3”" in load("en").reason("quantity.text", "Qty", "2 cells instead of 3")
    assert "2 cells instead of 3" in load("tr").reason("quantity.text", "Qty", "2 cells instead of 3")


def test_numbers_are_written_as_people_write_them() -> None:
    """A comma for thousands here, a point there."""
    assert (load("en").rows(1234), load("tr").rows(1234)) == ("1,234 rows", "1.234 satır")


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    """A ledger of a later version may hold codes that this one has no words for."""
    assert load("tr").reason("new.code", None, "x") == "new.code: x."


def own(folder: Path, text: str) -> str:
    """Write a language of one's own and give its path."""
    (folder / "de.toml").write_text(text, encoding="utf-8")
    return str(folder / "de.toml")


def test_what_an_own_language_leaves_out_is_english(tmp_path: Path) -> None:
    """One sentence is translated, the others are ours."""
    words = load(own(tmp_path, '[count]\nrows = "{n} Zeilen"\n'))
    assert (words.rows(3), words.rows(1)) == ("3 Zeilen", "1 row")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[count]\nday_s = "{n}"', "count.day_s is no sentence of ours; is count.days meant?"),
        ('[count]\nrows = "x {m}"', "count.rows must hold exactly these names in braces: {n}"),
        ('[count]\nrows = "x"', "count.rows must hold exactly these names in braces: {n}"),
        ('[count]\nrows = "{n.__class__}"', "count.rows has braces that do not pair up"),
        ('[count]\nrows = "{n"', "count.rows has braces that do not pair up"),
        ("[count]\nrows = 7", "count.rows must be text in quotes"),
        ('[reasons."row.short"]\nremedy = "{x}"', 'reasons."row.short".remedy must hold exactly'),
        ('[about]\nday = "heute"', "about.day is no form of a moment"),
        ("[count", "is no TOML"),
    ],
)
def test_what_is_wrong_in_an_own_language_is_said_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    """Before anything is read or sent."""
    with pytest.raises(FixSetup, match=re.escape(said)):
        load(own(tmp_path, text))


def test_everything_that_is_wrong_comes_at_once(tmp_path: Path) -> None:
    """One round of mending is enough."""
    with pytest.raises(FixSetup) as caught:
        load(own(tmp_path, '[count]\nrows = "x"\nrow = 1\nnew = ""\n'))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be opened"), (b"\xff\xfe", "not UTF-8")])
def test_a_language_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    """A name that leads nowhere, and bytes that are no text."""
    if content is not None:
        (tmp_path / "x.toml").write_bytes(content)
    with pytest.raises(FixSetup, match=said):
        load(str(tmp_path / "x.toml"))
