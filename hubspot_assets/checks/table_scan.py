"""What one reading of a table tells, for all rules at once: a day's files are read no more than once.

Read are the columns of its key, and those whose type the text of a cell may not fit: the lake holds to all others.

Not here: what is right and what is wrong about it (`rules.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as short

import msgspec
import polars as pl

from hubspot_assets.catalog.columns import ColumnType
from hubspot_assets.catalog.keys import Key
from hubspot_assets.checks.repeated_keys import RepeatedKeys
from hubspot_assets.lake import Lake, LakeError, Manifest
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables.engagements import ENGAGEMENT_TYPE
from hubspot_assets.tables.values import is_number

_CANDIDATES = 1000
_EXAMPLES = 3
# A sum of 40 bits of each hash stays within 64 bits for 16 million rows, far more than a batch has.
_CUT = 2**24


@dataclass(frozen=True)
class TableScan:
    """What a table's files hold.

    `fingerprint` is the same for two tables with the same keys in any order, and adds up over parts; `rows` is of how
    many. Those of hs_engagement_type do not count, which engagements have and their kinds have not. `repeated` counts
    the keys that occur too often, `examples` has some of them with their number; `vocabulary` are the distinct values
    of the key's vocabulary column; `misfits` has a few words on each column with a value that is none of its type.
    `damage` is a sentence where the files cannot be read or are not the manifest's.
    """

    manifest: Manifest
    fingerprint: int = 0
    rows: int = 0
    nulls: int = 0
    repeated: int = 0
    examples: tuple[str, ...] = ()
    vocabulary: frozenset[str | None] = frozenset()
    misfits: tuple[str, ...] = ()
    damage: str | None = None


def scan_table(lake: Lake, manifest: Manifest, key: Key) -> TableScan:
    """Read what the rules need of a table. The lake checks every file's SHA-256 and number of rows while it is read."""
    try:
        with ExitStack() as stack:
            return _read(lake, manifest, key, lambda: stack.enter_context(scratch_directory()))
    except LakeError as error:
        return TableScan(manifest, damage=str(error))


def _read(lake: Lake, manifest: Manifest, key: Key, directory: Callable[[], Path]) -> TableScan:
    occurrences = RepeatedKeys(directory, manifest.rows, key.most)
    fingerprint = rows_counted = nulls = 0
    vocabulary: set[str | None] = set()
    misfits: dict[str, str] = {}
    texts = {column.name: column.type for column in manifest.columns if column.type in _MISFIT}
    for rows in _rows(lake, manifest, (*key.columns, *(name for name in texts if name not in key.columns))):
        keys = rows.select(key.columns)
        hashes = keys.hash_rows()
        counted = hashes.filter(keys["NAME"] != ENGAGEMENT_TYPE) if "NAME" in key.columns else hashes
        fingerprint += int((counted // _CUT).sum())
        rows_counted += len(counted)
        nulls += keys.height - keys.drop_nulls().height
        if key.vocabulary:
            vocabulary.update(keys.get_column(key.vocabulary).unique())
        occurrences.add(hashes)
        for name, kind in texts.items():
            if name not in misfits and (misfit := _MISFIT[kind](rows[name])) is not None:
                misfits[name] = f"{name} is a {kind} but holds {short(misfit)}"
    examples = _examples(lake, manifest, key, suspects) if len(suspects := occurrences.too_often()) else []
    # Different keys can have one hash: only a second look at the keys themselves tells.
    repeated = len(suspects) if examples else 0
    return TableScan(
        manifest,
        fingerprint,
        rows_counted,
        nulls,
        repeated,
        tuple(examples),
        frozenset(vocabulary),
        tuple(misfits.values()),
    )


def _rows(lake: Lake, manifest: Manifest, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    return lake.frames(manifest.table, manifest.day, columns)


def _no_number(cells: pl.Series) -> str | None:
    """Return a cell that is no number, if there is any."""
    wrong = cells.to_frame("cell").filter(~is_number(pl.col("cell")))
    return wrong.item(0, 0) if wrong.height else None


def _no_json(cells: pl.Series) -> str | None:
    """Return a cell that is no JSON, if there is any."""
    for cell in cells.drop_nulls():
        try:
            _JSON.decode(cell)
        except msgspec.DecodeError:
            return str(cell)
    return None


_JSON = msgspec.json.Decoder(msgspec.Raw)
_MISFIT: dict[ColumnType, Callable[[pl.Series], str | None]] = {"number": _no_number, "json": _no_json}


def _examples(lake: Lake, manifest: Manifest, key: Key, suspects: pl.Series) -> list[str]:
    suspects = suspects.head(_CANDIDATES)
    found = [keys.filter(keys.hash_rows().is_in(suspects)) for keys in _rows(lake, manifest, key.columns)]
    counted = pl.concat(found).group_by(key.columns).len("times").filter(pl.col("times") > key.most)
    return [
        f"{', '.join(f'{name} {row[name]}' for name in key.columns)}: {row['times']} times"
        for row in counted.sort(key.columns).head(_EXAMPLES).iter_rows(named=True)
    ]
