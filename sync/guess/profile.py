"""The blocks of a table -> what stands in each of its columns: how full, how different, numbers of what kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sync.gtin import is_gtin
from sync.guess.forms import counts
from sync.lexicon import says_blank, says_zero
from sync.totals import is_total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from sync.guess.forms import Weighed
    from sync.rows import Block

EXAMPLES = 3
CHECKED_CODES = 200
LONGEST_WORD = 40  # characters of a cell that may be a word for a total or for nothing
MOST_DISTINCT = 2_000_000
FRACTION, DATE = "cell.fraction", "cell.date"


@dataclass(slots=True)
class Profile:
    """What stands in one column; counts are of cells."""

    rows: int = 0  # that are not wholly blank
    filled: int = 0
    distinct: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    blanks: Counter[str] = field(default_factory=Counter)  # words for "nothing stands here"
    zeros: Counter[str] = field(default_factory=Counter)  # words for none at all
    totals: Counter[str] = field(default_factory=Counter)  # words for a total
    sequence: int = 0  # cells that are the one above plus 1
    gtins: int = 0  # of `checked`
    checked: int = 0
    examples: tuple[str, ...] = ()

    @property
    def meant(self) -> int:
        """Cells that hold something that is meant: no words for nothing, no totals."""
        return self.filled - self.blanks.total() - self.totals.total()

    @property
    def numbers(self) -> int:
        """Cells that are numbers, whatever their notation."""
        return self.forms["number"] + self.faults[FRACTION]

    def share(self, form: str) -> float:
        """Tell how large a part of what is filled has a form."""
        cells = self.numbers if form == "number" else self.forms[form]
        return cells / max(self.filled, 1)

    @property
    def full(self) -> float:
        """How large a part of the rows is filled."""
        return self.filled / max(self.rows, 1)

    @property
    def countable(self) -> float:
        """How large a part of what is meant is a number, with a unit behind it or not, or a word for none."""
        return (self.numbers + self.forms["united"] + self.zeros.total()) / max(self.meant, 1)


def profiles(blocks: Iterator[Block], width: int) -> list[Profile]:
    """Walk a table once and profile each of its columns."""
    eyes = [_Eye() for _ in range(width)]
    for block in blocks:
        texts = [pc.utf8_trim_whitespace(cells) for cells in block.cells]
        kept = _kept(texts, len(block.rows))
        pointed = _pointed(block)
        seen = [eye.look(texts[at], kept, pointed.get(at, {})) for at, eye in enumerate(eyes)]
        for eye, forms in zip(eyes, counts(seen), strict=True):
            eye.profile.forms.update(forms)
    return [eye.told() for eye in eyes]


def _kept(texts: Sequence[pa.StringArray], n: int) -> npt.NDArray[np.bool_]:
    kept = np.zeros(n, dtype=bool)
    for cells in texts:
        kept |= pc.not_equal(cells, "").to_numpy(zero_copy_only=False)
    return kept


def _pointed(block: Block) -> dict[int, dict[str, list[int]]]:
    """Gather the positions of faults by column and code."""
    found: dict[int, dict[str, list[int]]] = {}
    positions = np.searchsorted(block.rows, [fault.row for fault in block.faults]).tolist()
    for at, fault in zip(positions, block.faults, strict=True):
        if fault.column is not None:
            found.setdefault(fault.column, {}).setdefault(fault.code, []).append(at)
    return found


class _Eye:
    """Looks at one column, block after block."""

    def __init__(self) -> None:
        self.profile = Profile()
        self._hashes = [np.empty(0, dtype=np.uint64)]
        self._last: int | None = None

    def look(
        self, cells: pa.StringArray, kept: npt.NDArray[np.bool_], faults: dict[str, list[int]]
    ) -> Weighed:
        """Note what a block holds; give its distinct texts, for their forms to be counted."""
        profile = self.profile
        profile.rows += int(kept.sum())
        filled = pc.not_equal(cells, "").to_numpy(zero_copy_only=False)
        profile.filled += int(filled.sum())
        profile.faults.update({code: len(positions) for code, positions in faults.items()})
        plain = filled.copy()
        plain[faults.get(FRACTION, [])] = False  # numbers whatever their text is
        self._follow(cells.filter(pa.array(filled)))
        found = pc.value_counts(cells.filter(pa.array(plain)))
        texts, weights = found.field("values"), found.field("counts").to_numpy(zero_copy_only=False)
        self._count(texts, weights)
        return texts, weights

    def _count(self, texts: pa.StringArray, weights: npt.NDArray[np.int64]) -> None:
        if sum(map(len, self._hashes)) < MOST_DISTINCT:
            self._hashes.append(pd.util.hash_array(texts.to_numpy(zero_copy_only=False), categorize=False))
        self._words(texts, weights)
        missing = EXAMPLES - len(self.profile.examples)
        fresh = [text for text in texts[:EXAMPLES].to_pylist() if text not in self.profile.examples]
        self.profile.examples += tuple(fresh[:missing])
        self._check(texts)

    def _words(self, texts: pa.StringArray, weights: npt.NDArray[np.int64]) -> None:
        short = pc.and_(
            pc.less_equal(pc.utf8_length(texts), LONGEST_WORD),
            pc.invert(pc.match_substring_regex(texts, "[0-9]")),
        )
        at = np.flatnonzero(short.to_numpy(zero_copy_only=False))
        profile = self.profile
        for text, weight in zip(texts.take(pa.array(at)).to_pylist(), weights[at].tolist(), strict=True):
            for says, table in (
                (says_blank, profile.blanks),
                (says_zero, profile.zeros),
                (is_total, profile.totals),
            ):
                if says(text):
                    table[text] += weight

    def _check(self, texts: pa.StringArray) -> None:
        """Tell by their last digit whether some codes are bar codes."""
        if self.profile.checked < CHECKED_CODES:
            some = texts[:CHECKED_CODES].to_pylist()
            self.profile.checked += len(some)
            self.profile.gtins += sum(map(is_gtin, some))

    def _follow(self, cells: pa.StringArray) -> None:
        """Count the cells that are the one above plus 1."""
        digits = pc.match_substring_regex(cells, r"^[0-9]{1,9}$")
        numbers = pc.cast(pc.if_else(digits, cells, "-5"), pa.int64()).to_numpy(zero_copy_only=False)
        if len(numbers):
            before = np.concatenate([[-9 if self._last is None else self._last], numbers[:-1]])
            self.profile.sequence += int((numbers == before + 1).sum())
            self._last = int(numbers[-1])

    def told(self) -> Profile:
        self.profile.distinct = len(np.unique(np.concatenate(self._hashes)))
        return self.profile
