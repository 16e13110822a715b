"""What identifies a row of each table, for readers: the keys that the asset checks hold every day to.

Not here: the keys themselves (`catalog.keys`), nor how a day is checked.
"""

from collections.abc import Collection

from hubspot_assets.catalog.keys import key_of
from hubspot_assets.catalog.portal_tables import PortalTables

Keys = dict[str, tuple[str, ...]]
"""Name of a table in the lake -> its key columns, for those tables of which a row has an identity."""


def keys_of(portal_tables: PortalTables) -> Keys:
    """The key of every table whose rows have one. A version of a property has none: it may occur twice."""
    keys = {table.name: key_of(table) for table in portal_tables}
    return {name: key.columns for name, key in keys.items() if key.most == 1}


def key_in(keys: Keys, table: str, columns: Collection[str]) -> tuple[str, ...]:
    """The key of a table that has these columns; empty where it is unknown, or lacks one of them."""
    key = keys.get(table, ())
    return key if set(key) <= set(columns) else ()
