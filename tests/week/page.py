"""The page that the week writes of itself: prose, and beside it only what was really there."""

from __future__ import annotations

import html
import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.week.play import Ended, Week

PLACE, ADDRESS, HOOK = "/srv/stock", "http://127.0.0.1:8707", "http://127.0.0.1:8065"
RUN = re.compile(r"(\d{8}T\d{4})\d\dZ-[0-9a-f]{4}")
OURS = re.compile(r"\.work/[0-9a-f]{16}")
TIMES = re.compile(r"\d+ times since")
END = "## How this page was made"


class Page:
    """Markdown, as it grows."""

    def __init__(self, week: Week) -> None:
        self._week, self._parts, self._told = week, ["# A week of a small company"], 0

    @property
    def text(self) -> str:
        """The page as it stands, with addresses that mean something to everybody."""
        text = "\n\n".join(self._parts) + "\n"
        for ours, theirs in ((str(self._week.folder), PLACE), (self._week.tenant.url, ADDRESS)):
            text = text.replace(ours, theirs)
        return text.replace(self._week.hook.origin, HOOK)

    def say(self, *paragraphs: str) -> None:
        """Tell."""
        self._parts += (" ".join(paragraph.split()) for paragraph in paragraphs)

    def head(self, title: str) -> None:
        """Begin a part."""
        self._parts.append(f"## {title}")

    def block(self, text: str, language: str = "text") -> None:
        """Show something as it is."""
        kept = text.strip("\n\ufeff")
        self._parts.append(f"```{language}\n{kept}\n```")

    def typed(self, *argv: str, last: int = 0) -> Ended:
        """Type a command, and show it with what it prints: all of it, or its last lines."""
        ended = self._week.type(*argv)
        lines = (ended.out + ended.err).rstrip("\n").split("\n")
        cut = f" | tail -n {last}" if last else ""
        lines = lines[-last:]
        end = f"\n(exit code {ended.code})" if ended.code else ""
        self.block("\n".join([f"$ inventory-sync {shlex.join(argv)}{cut}", *lines]) + end)
        return ended

    def passed(self, ended: Ended) -> None:
        """Show what a pass printed; it stands in the journal, or in cron's mail."""
        said = [*(ended.out + ended.err).strip().splitlines(), f"(exit code {ended.code})"]
        self.block("\n".join(["$ inventory-sync watch --once", *said]))

    def folders(self, *places: str) -> None:
        """Show what lies in folders, notes too."""
        listings = []
        for place in places:
            folder = self._week.folder / "drop" / place
            names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if _shown(path))
            listings.append("\n".join([f"$ ls drop/{place}", *names]))
        self.block("\n".join(listings))

    def note(self, path: Path, *parts: str) -> None:
        """Show a note, or some parts of it."""
        text = path.with_name(f"{path.name}.txt").read_text("utf-8-sig")
        found = re.split(r"\n\n(?=\S)", text.strip())
        kept = [piece for piece in found if not parts or piece.startswith(parts)]
        self.block("\n\n".join(kept))

    def messages(self, *about: str) -> None:
        """Show what came to the webhook since the last time: all of it, or what has one of these in its title."""
        new = self._week.messages[self._told :]
        self._told += len(new)
        for message in new:
            if not about or any(part in message["title"] for part in about):
                lines = "".join(f"\n> - {line}" for line in message["lines"])
                self._parts.append(
                    f"> **{message['title']}**\n>{lines}" if lines else f"> **{message['title']}**"
                )

    def staff_page(self, files: int) -> None:
        """Show STATUS.html as staff read it in English, with so many of the last files."""
        text = (self._week.folder / "drop" / "STATUS.html").read_text("utf-8")
        part = text.partition("<section")[2].partition(">")[2].partition("</section>")[0]
        part = re.sub(r"<[^>]+>", "", re.sub(r"</(h1|h2|h3|li|tr|p)>", "\n", part.replace("</td><td>", "  ")))
        lines = [line.strip() for line in html.unescape(part).splitlines()]
        lines = [line for line in lines if line and not line.startswith("Received")]
        self.block("\n".join(lines[: lines.index("The last files") + 1 + files]))

    def metrics(self, *names: str) -> None:
        """Show some lines of the metrics file."""
        text = (self._week.folder / "inventory-sync.prom").read_text()
        pattern = "|".join(f"^inventory_sync_{name}" for name in names)
        shown = [line for line in text.splitlines() if re.search(pattern, line)]
        self.block("\n".join([f"$ grep -E '{pattern}' inventory-sync.prom", *shown]))


def _shown(path: Path) -> bool:
    return path.is_file() and not any(part.startswith(".") for part in path.parts[-3:])


def normal(text: str) -> str:
    """Take out of a page what is another number each time, and how it was made."""
    story = text.partition(END)[0].rstrip()
    return TIMES.sub("N times since", OURS.sub(".work/0", RUN.sub(r"\1..", story)))
