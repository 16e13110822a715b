"""Whether a table keeps the columns of the last exported day. Not here: how it does (`lake/kept_columns.py`)."""

from hubspot_assets import settings
from hubspot_assets.catalog.table import Table


def keeps_columns(table: Table) -> bool:
    """Return whether old columns stay: those of properties do, unless the setting says otherwise.

    Raises SettingError for a bad HUBSPOT_DROP_OLD_COLUMNS.
    """
    return table.with_properties and not settings.flag(settings.DROP_OLD_COLUMNS)
