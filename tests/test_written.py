"""What is written ahead of a send list is what its rows are, in whatever order it is asked for."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from sync.deliver.written import Written
from sync.staging import Reader, Writer
from tests.sendlists import columns

ROWS = [(f"W{at % 3}", f'S"{at}', at) for at in range(40)]
PARTS = st.lists(st.tuples(st.integers(0, 39), st.integers(1, 12)), min_size=1, max_size=12)


@given(PARTS, st.integers(1, 20))
def test_any_part_is_written_as_its_own_rows(parts: list[tuple[int, int]], ahead: int) -> None:
    """New batches, halves of old ones and jumps over what is held give the rows of their positions, over blocks too."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "send"
        with Writer(path) as writer:
            for first in (0, 13, 26):
                block = columns(ROWS[first : first + 13 if first < 26 else None])
                writer.add({name: block.column(name) for name in block.schema.names})
        written = Written(Reader(path), {}, ahead=ahead)
        for start, length in parts:
            stop = min(start + length, len(ROWS))
            rows, texts = written.part(start, stop)
            assert rows.column("quantity").to_pylist() == list(range(start, stop))
            body = json.loads(f"[{''.join(texts.to_pylist()).rstrip(',')}]")
            assert [tuple(row.values()) for row in body] == ROWS[start:stop]
