"""Rows -> one row for each pair: identical rows are merged, others by the mapping's policy; half a sum goes nowhere.

Works on columns of the whole file: 64-bit hashes find the few rows that share a pair, their texts prove it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sync.lookalikes import difference, folded
from sync.rows import GO, MERGED, REJECTED

if TYPE_CHECKING:
    import numpy.typing as npt

    Identity = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]

LARGEST_SUM = 2_147_483_647
SHOWN = 5  # row numbers in a message
EXAMPLES = 3
SEPARATOR = "\x1f"  # stands in no valid code
HASH_KEYS = ("0123456789123456", "inventory--pairs")  # of 16 characters; the first is pandas' own
MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no two locations fall together; (A, B) is not (B, A)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of the rows that share a pair; all others stay as they are.

    `fate` is indexed by position, with the columns state (GO, MERGED or REJECTED), stands_for (the position of the
    row that goes in its place; its own where it goes itself), quantity, and rank (0 for the first spelling of a pair,
    1.. for spellings that look like it). `problems` has the columns at, code, value. `twins` tells of such spellings.
    """

    fate: pd.DataFrame
    problems: pd.DataFrame
    twins: tuple[str, ...] = ()


def keys(locations: pa.StringArray, skus: pa.StringArray) -> npt.NDArray[np.uint64]:
    """Hash each pair, what nobody sees ignored, to 64 bits; shape uint64[n]."""
    return _hashes(locations) * MIX + _hashes(skus)


def _hashes(codes: pa.StringArray) -> npt.NDArray[np.uint64]:
    distinct = pc.dictionary_encode(codes)
    return _of_each(distinct, folded(distinct.dictionary), HASH_KEYS[0])


def identity(locations: pa.StringArray, skus: pa.StringArray) -> Identity:
    """Hash each pair as it is spelt to 128 bits, in two halves of shape uint64[n]: no two pairs share them by chance."""
    encoded = [pc.dictionary_encode(codes) for codes in (locations, skus)]
    high, low = (
        _of_each(encoded[0], encoded[0].dictionary, key) * MIX
        + _of_each(encoded[1], encoded[1].dictionary, key)
        for key in HASH_KEYS
    )
    return high, low


def _of_each(encoded: pa.DictionaryArray, looks: pa.StringArray, key: str) -> npt.NDArray[np.uint64]:
    """Hash the few distinct codes, and give each row the hash of its own."""
    hashes = pd.util.hash_array(looks.to_numpy(zero_copy_only=False), hash_key=key, categorize=False)
    return np.asarray(hashes[encoded.indices.to_numpy(zero_copy_only=False)], dtype=np.uint64)


def meeting(hashes: npt.NDArray[np.uint64], positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give those of `positions` whose hash another one of them has too."""
    own = hashes[positions]
    ordered = np.sort(own)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return positions[np.isin(own, twice)] if len(twice) else positions[:0]


def resolve(rows: pd.DataFrame, policy: str) -> Resolution:
    """Decide for all rows that may share a pair.

    `rows` is indexed by position, in order, with the columns location_code, sku_code, state (GO or REJECTED),
    quantity (int64) and row (the number that messages show). `policy` is the mapping's rows.duplicates.
    """
    locations, skus = (pa.array(rows[name], pa.string()) for name in ("location_code", "sku_code"))
    shared = pd.DataFrame(
        {
            "at": rows.index,
            "state": rows["state"].to_numpy(),
            "quantity": rows["quantity"].to_numpy(),
            "row": rows["row"].to_numpy(),
        }
    )
    shared["group"] = _numbers(_texts(locations, skus))
    shared["fold"] = _numbers(_texts(folded(locations), folded(skus)))
    spoilt = _incomplete(shared)
    whole = shared[(shared["state"] == GO) & ~shared["at"].isin(spoilt["at"])]
    whole, clash = _folded(whole, policy)
    problems = pd.concat([spoilt, clash], ignore_index=True) if len(clash) else spoilt
    fate = shared.set_index("at").assign(stands_for=rows.index.to_numpy(), rank=0)
    fate.loc[problems["at"], "state"] = REJECTED
    fate.loc[whole["at"], ["quantity", "stands_for"]] = whole[["quantity", "keeper"]].to_numpy()
    fate.loc[whole.loc[whole["at"] != whole["keeper"], "at"], "state"] = MERGED
    going = fate[fate["state"] == GO]
    fate.loc[going.index, "rank"] = going.groupby("fold").cumcount()
    return Resolution(fate[["state", "stands_for", "quantity", "rank"]], problems, _twins(rows, shared))


def _folded(whole: pd.DataFrame, policy: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fold the rows of each pair into one, its `keeper`; give the rows that cannot be folded apart, as problems."""
    by_pair = whole.groupby("group")["quantity"]
    clash = pd.DataFrame(columns=["at", "code", "value"])
    if policy == "reject":
        bad = by_pair.transform("nunique") > 1
        clash = _rejected(whole[bad], "pair.duplicate")
    elif policy == "sum":
        whole = whole.assign(quantity=by_pair.transform("sum"))
        bad = whole["quantity"] > LARGEST_SUM
        clash = _rejected(whole[bad], "pair.overflow", value=whole["quantity"].astype(str))
    else:
        whole = whole.assign(quantity=by_pair.transform("last"))
        bad = pd.Series(data=False, index=whole.index)
    whole = whole[~bad]
    return whole.assign(
        keeper=whole.groupby("group")["at"].transform("last" if policy == "last" else "first")
    ), clash


def _texts(locations: pa.StringArray, skus: pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(locations, skus, SEPARATOR)


def _numbers(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    return np.asarray(pc.dictionary_encode(texts).indices, dtype=np.int64)


def _incomplete(shared: pd.DataFrame) -> pd.DataFrame:
    """Reject the good rows of a pair of which another row was rejected, naming that row."""
    bad = shared[shared["state"] == REJECTED].drop_duplicates("group").set_index("group")["row"]
    good = shared[(shared["state"] == GO) & shared["group"].isin(bad.index)]
    return pd.DataFrame(
        {"at": good["at"], "code": "pair.incomplete", "value": good["group"].map(bad).astype(str)}
    )


def _twins(rows: pd.DataFrame, shared: pd.DataFrame) -> tuple[str, ...]:
    """Tell of the pairs that differ from an earlier one only in what hardly anybody sees."""
    spellings = shared.drop_duplicates("group")
    later = spellings[spellings.duplicated("fold")]
    if not len(later):
        return ()
    first = spellings.drop_duplicates("fold").set_index("fold")["at"]
    both = zip(later["fold"].map(first).head(EXAMPLES), later["at"].head(EXAMPLES), strict=True)
    codes = rows[["location_code", "sku_code", "row"]]
    examples = [_example(*codes.loc[list(pair)].to_numpy().tolist()) for pair in both]
    return (
        f"{'1 pair looks' if len(later) == 1 else f'{len(later)} pairs look'} like another one, different only by case, spaces, look-alike letters or the form of their letters; is each of them meant? {', '.join(examples)}",
    )


def _example(first: list[Any], second: list[Any]) -> str:
    at = 1 if first[1] != second[1] else 0
    return f"{first[at]!r} (row {first[2]}) and {second[at]!r} (row {second[2]}, {difference(first[at], second[at])})"


def _rejected(rows: pd.DataFrame, code: str, value: pd.Series[str] | None = None) -> pd.DataFrame:
    if value is None:
        listed = rows.groupby("group")["row"].agg(_listed)
        value = rows["group"].map(listed)
    return pd.DataFrame({"at": rows["at"], "code": code, "value": value.loc[rows.index]})


def _listed(numbers: pd.Series[int]) -> str:
    return ", ".join(map(str, numbers[:SHOWN])) + (", ..." if len(numbers) > SHOWN else "")
