"""Counting more hashes than fit into memory."""

from pathlib import Path

import polars as pl
import pytest

from hubspot_assets.checks.repeated_keys import RepeatedKeys


def hashes(*values: int) -> pl.Series:
    return pl.Series(values, dtype=pl.UInt64)


@pytest.mark.parametrize("in_memory", [10, 100_000])
def test_hashes_that_occur_too_often_are_found_however_far_apart_they_are(tmp_path: Path, in_memory: int) -> None:
    occurrences = RepeatedKeys(lambda: tmp_path, expected=1000, most=1, in_memory=in_memory)
    for start in range(0, 1000, 7):
        occurrences.add(hashes(*range(start, min(start + 7, 1000))))
    occurrences.add(hashes(0, 999))
    assert sorted(occurrences.too_often()) == [0, 999]
    assert bool(list(tmp_path.iterdir())) is (in_memory == 10)


def test_a_hash_may_occur_as_often_as_allowed(tmp_path: Path) -> None:
    occurrences = RepeatedKeys(lambda: tmp_path, expected=5, most=2)
    occurrences.add(hashes(1, 1, 2, 2, 2))
    assert occurrences.too_often().to_list() == [2]


def test_nothing_occurs_too_often_in_nothing(tmp_path: Path) -> None:
    assert RepeatedKeys(lambda: tmp_path, expected=0, most=1).too_often().to_list() == []
