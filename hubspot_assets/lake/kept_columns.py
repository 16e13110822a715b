"""Columns that never shift: those of the last exported day first, in its order, and new ones behind them all.

Readers that go by the place of a column, as Spark and many a warehouse do, would else take every value for that of its
neighbour on the day on which somebody makes a property. A column that today's table has no more stays, NULL, so that
days can be read together. Not here: which tables have columns that come and go, and whether old ones are to stay.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake.content import TableContent
from hubspot_assets.lake.manifest import Manifest, ManifestColumn

LOOKED_BACK = 7
"""In so many exported days a table is looked for: one that none of them has is a new one."""


def last_manifest(days: Sequence[str], manifest: Callable[[str], Manifest | None]) -> Manifest | None:
    """Return the manifest of the last of the days, oldest first, that has the table; None for a new table."""
    return next((found for one in reversed(days[-LOOKED_BACK:]) if (found := manifest(one)) is not None), None)


def with_kept_columns(content: TableContent, before: Sequence[ManifestColumn]) -> TableContent:
    """Return the content with the columns of the day before first. A column that both have is of today's type."""
    today = {column.name: column for column in content.columns}
    kept = [today.get(column.name) or _gone(column) for column in before]
    names = {column.name for column in kept}
    columns = [*kept, *(column for column in content.columns if column.name not in names)]
    if columns == list(content.columns):
        return content
    cells = [pl.col(c.name) if c.name in today else pl.lit(None, c.dtype).alias(c.name) for c in columns]

    def frames() -> Iterator[pl.DataFrame]:
        return (frame.select(cells) for frame in content.batches())

    return replace(content, columns=columns, frames=frames())


def _gone(column: ManifestColumn) -> Column:
    return Column(column.name, column.type, "A property of an earlier day.", column.label)
