"""What one reading of a table's key columns tells, for all rules at once: a day's files are read no more than once.

Not here: what is right and what is wrong about it (`rules.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hubspot_assets.catalog.keys import Key
from hubspot_assets.checks.repeated_keys import RepeatedKeys
from hubspot_assets.lake import Lake, LakeError, Manifest
from hubspot_assets.scratch import scratch_directory

_CANDIDATES = 1000
_EXAMPLES = 3
# A sum of 40 bits of each hash stays within 64 bits for 16 million rows, far more than a batch has.
_CUT = 2**24


@dataclass(frozen=True)
class TableScan:
    """What a table's files hold.

    `fingerprint` is the same for two tables with the same keys in any order, and adds up over parts. `repeated` counts
    the keys that occur too often, `examples` has some of them with their number; `vocabulary` are the distinct values
    of the key's vocabulary column. `damage` is a sentence where the files can not be read or are not the manifest's.
    """

    manifest: Manifest
    fingerprint: int = 0
    nulls: int = 0
    repeated: int = 0
    examples: tuple[str, ...] = ()
    vocabulary: frozenset[str | None] = frozenset()
    damage: str | None = None


def scan_table(lake: Lake, manifest: Manifest, key: Key) -> TableScan:
    """Read the key columns of a table. The lake checks every file's SHA-256 and number of rows while it is read."""
    try:
        with scratch_directory() as directory:
            return _read(lake, manifest, key, directory)
    except LakeError as error:
        return TableScan(manifest, damage=str(error))


def _read(lake: Lake, manifest: Manifest, key: Key, directory: Path) -> TableScan:
    occurrences = RepeatedKeys(directory, manifest.rows, key.most)
    fingerprint = nulls = 0
    vocabulary: set[str | None] = set()
    for keys in _keys(lake, manifest, key):
        hashes = keys.hash_rows()
        fingerprint += int((hashes // _CUT).sum())
        nulls += keys.height - keys.drop_nulls().height
        if key.vocabulary:
            vocabulary.update(keys.get_column(key.vocabulary).unique())
        occurrences.add(hashes)
    examples = _examples(lake, manifest, key, suspects) if len(suspects := occurrences.too_often()) else []
    # Different keys can have one hash: only a second look at the keys themselves tells.
    repeated = len(suspects) if examples else 0
    return TableScan(manifest, fingerprint, nulls, repeated, tuple(examples), frozenset(vocabulary))


def _keys(lake: Lake, manifest: Manifest, key: Key) -> Iterator[pl.DataFrame]:
    frame = lake.read(manifest.table, manifest.day).select(key.columns)
    yield from frame.collect_batches(maintain_order=True)


def _examples(lake: Lake, manifest: Manifest, key: Key, suspects: pl.Series) -> list[str]:
    suspects = suspects.head(_CANDIDATES)
    found = [keys.filter(keys.hash_rows().is_in(suspects)) for keys in _keys(lake, manifest, key)]
    counted = pl.concat(found).group_by(key.columns).len("times").filter(pl.col("times") > key.most)
    return [
        f"{', '.join(f'{name} {row[name]}' for name in key.columns)}: {row['times']} times"
        for row in counted.sort(key.columns).head(_EXAMPLES).iter_rows(named=True)
    ]
