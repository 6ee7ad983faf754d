"""A sample of `make torture`: killed at any moment, or without power, nothing is lost and nobody is needed.

The laws stand in tests/torture/laws.py, what a power cut leaves on a disk in tests/torture/disk.py.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.torture.image import can_mount
from tests.torture.work import Worker, why_not

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENTS = (
    "ledger.db*3",  # being made
    "staging*40",  # being staged
    "sendto*1",  # on record, not posted
    "ledger.db-wal*45",  # posted, not settled
    "rejects*2",
    "rename*1",
    "memory*4",
    "unlink*4",
    "97%",
)


PLACES = {
    "newer": "83%",
    "older": "55%",
    "pending": "70%",
    "corrected": "65%",
    "resumed": "60%",
    "workbook": "60%",
    "merging": "88%",
    "repeated": "sendto*6",  # one of two rejected rows was refused again, the other is not posted yet
    "forgotten": "70%",
    "watched": "60%",
    "approved": "50%",
}
CUTS = ("fdatasync*3", "fsync*5", "sendto*2", "rename*2", "99%")


@pytest.fixture(scope="module")
def rig() -> Iterator[Worker]:
    """Give the rig, where a process can be halted before its calls."""
    if reason := why_not():
        pytest.skip(reason)
    with Worker() as worker:
        yield worker


def broken(rig: Worker, *points: str) -> list[str]:
    """Examine points; give the laws that they break, each with its point."""
    return [f"{point}: {law}" for point in points for law in rig(point)["broken"]]


def test_the_first_run_of_all_survives_a_kill_at_its_turning_points(rig: Worker) -> None:
    """Killed before its state folder is whole, before a request, after it, before a rename: the next command goes on."""
    assert broken(rig, *(f"kill:first:{moment}" for moment in MOMENTS)) == []


def test_every_kind_of_run_survives_a_kill_anywhere(rig: Worker) -> None:
    """Each at a place of its own: see tests/torture/scenes.py for what went before."""
    assert broken(rig, *(f"kill:{scene}:{place}" for scene, place in PLACES.items())) == []


def test_a_pass_that_is_killed_while_it_looks_leaves_nothing_behind(rig: Worker) -> None:
    """Before a file is claimed only what was seen of the inbox is written."""
    assert broken(rig, "kill:watched:rename*2") == []


def test_a_recovery_survives_being_killed(rig: Worker) -> None:
    """Killed, and so is what recovers it, twice."""
    chains = ("sendto*3:sendto*2:rename*1", "97%:90%:10%", "rename*2:ledger.db*9:sendto*1")
    assert broken(rig, *(f"kill:first:{chain}" for chain in chains)) == []


def test_a_kill_at_a_random_time_loses_nothing(rig: Worker) -> None:
    """Eight times: no halt before it, as a machine would be killed."""
    dice = random.Random(4)  # noqa: S311 - the same moments each time
    assert broken(rig, *(f"time:first:{dice.uniform(0.05, 0.35):.3f}" for _ in range(8))) == []


def test_a_kill_during_a_request_counts_its_rows_once(rig: Worker) -> None:
    """The three moments of a request: before the tenant's work, after it, in the middle of its answer."""
    assert broken(rig, *(f"held:first:{side}" for side in ("before", "after", "middle"))) == []


def test_told_to_end_at_any_moment(rig: Worker) -> None:
    """SIGTERM, SIGINT and SIGHUP: it ends in time, and the next command goes on."""
    assert broken(rig, "term:first:sendto*2", "int:first:85%", "hup:first:70%") == []


def test_asleep_it_keeps_the_lock(rig: Worker) -> None:
    """Suspended with a request under way: another command leaves with 75, and a dead connection is no loss."""
    assert broken(rig, "asleep:first") == []


def test_an_old_process_number_in_the_lock_does_not_matter(rig: Worker) -> None:
    """The kernel's lock counts, not what stands in the file: numbers are given again."""
    assert broken(rig, "stale:resumed") == []


def test_a_program_that_posts_first_is_found(rig: Worker) -> None:
    """The rig sees a request that left before it was on record."""
    assert "not on record" in "".join(broken(rig, "kill+post_first:first:sendto*4"))


def test_a_program_that_writes_in_place_is_found(rig: Worker) -> None:
    """The rig sees half a report under its final name."""
    assert "is not whole" in "".join(broken(rig, "kill+in_place:first:reports*3"))


def test_every_change_is_a_point(rig: Worker) -> None:
    """The sweep stops before what the ledger, the staged files, the reject file and the sockets are changed by."""
    calls = rig("base:first")["calls"]
    made = {call.partition(" ")[0] for call in calls}
    assert made >= set("openat mkdir write pwrite64 fsync fdatasync rename sendto ftruncate".split())  # noqa: SIM905 - a list of words
    assert len(calls) > 300


def test_only_what_was_synced_is_enough(rig: Worker) -> None:
    """With nothing on the disk but what was synced, in folders that were: all that was sent is on record, and it goes on."""
    assert broken(rig, *(f"power:first:{moment}:least" for moment in CUTS)) == []


def test_a_name_without_its_bytes_is_no_loss(rig: Worker) -> None:
    """With every rename on the disk, but no byte that was not synced: no file is empty under its final name."""
    assert broken(rig, *(f"power:first:{moment}:names" for moment in CUTS)) == []


def test_a_disk_that_wrote_some_of_it_is_no_loss(rig: Worker) -> None:
    """With old and new folders, files and pages mixed: the ledger is sound, and it goes on."""
    assert broken(rig, *(f"power:first:{70 + 9 * number}%:mixed.{number}" for number in range(4))) == []


def test_the_disk_of_the_rig_is_no_milder_than_a_real_one(rig: Worker) -> None:
    """What the rig takes to be safe is on a copy of a real disk too, and the next command goes on from that."""
    if not can_mount():
        pytest.skip("a disk of one's own needs root, mkfs.ext4 and a loop device")
    assert broken(rig, "image:first:85%") == []


def test_a_program_that_does_not_sync_is_found(rig: Worker) -> None:
    """The rig sees a reject file without a byte, and a commit that the disk forgot."""
    assert "is not whole" in "".join(broken(rig, "power+no_sync:first:rename*3:names"))
    assert "not on record" in "".join(broken(rig, "power+careless_ledger:first:sendto*4:least"))
