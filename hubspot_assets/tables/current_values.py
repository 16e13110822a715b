"""The current values of a chunk: in each form, and as rows, one for each record and property.

Not here: which table is made of them (`objects.py`, `history.py`), the chunk itself (`chunks.py`).
"""

from collections.abc import Sequence

import polars as pl

from hubspot_assets.tables.chunks import POSITION, Chunk, value_column
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.values import Forms, forms_of

PLACE = "PLACE"


def forms(chunk: Chunk, properties: Sequence[Property]) -> Forms:
    """Return `Chunk.values` of these properties in each form, under the names that they have there."""
    types = {value_column(p): p.type for p in properties}
    return chunk.once(("forms", *sorted(properties)), lambda: forms_of(chunk.values, types))


def current_values(chunk: Chunk, properties: Sequence[Property]) -> pl.DataFrame:
    """POSITION (the record's row in `values`), PLACE (the property's in `properties`), VALUE (raw): record by record.

    Values that were never set are left out, cleared ones are empty texts. Two tables are made of the same.
    """
    return chunk.once(("current", *properties), lambda: _current_values(chunk, properties))


def _current_values(chunk: Chunk, properties: Sequence[Property]) -> pl.DataFrame:
    values = forms(chunk, properties).raw
    records, width = chunk.values.height, len(properties)
    cell = pl.int_range(records * width, dtype=pl.UInt32, eager=True)
    position, place = cell // max(1, width), cell % max(1, width)
    # Property by property is how columns lie one behind the other.
    texts = pl.concat(
        [pl.Series("VALUE", [], pl.String), *(values[value_column(p)].alias("VALUE") for p in properties)]
    )
    return pl.DataFrame(
        [position.alias(POSITION), place.alias(PLACE), texts.gather(place * records + position)]
    ).drop_nulls("VALUE")
