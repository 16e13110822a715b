"""Whether a table keeps the columns of the last exported day. Not here: how it does (`lake/kept_columns.py`)."""

from hubspot_assets.catalog.table import Table
from hubspot_assets.settings import Settings


def keeps_columns(table: Table, settings: Settings) -> bool:
    """Return whether old columns stay: those of properties do, unless the settings say otherwise."""
    return table.with_properties and not settings.drop_old_columns
