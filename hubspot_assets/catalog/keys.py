"""What identifies a row of each table. Not here: finding rows that have the same key (`checks`)."""

from dataclasses import dataclass

from hubspot_assets.catalog.table import ASSOCIATIONS, EVENTS, OBJECTS, Table


@dataclass(frozen=True)
class Key:
    """The columns that identify a row, none of them NULL, and how many rows may share one key at most.

    `vocabulary` is the one of the columns whose values are defined in another table, if there is one.
    """

    columns: tuple[str, ...]
    most: int = 1
    vocabulary: str | None = None


def key_of(table: Table) -> Key:
    """Return the key of a table of the contract: its own, or that of its family."""
    if table.row_key:
        return Key(table.row_key)
    if table.family == OBJECTS:
        return Key(("OBJECTID",))
    if table.family == EVENTS:
        return Key(("ID",))
    if table.family == ASSOCIATIONS:
        ends = tuple(column.name for column in table.columns if column.name.endswith("OBJECTID"))
        return Key((*ends, "COMBINEDASSOCIATIONTYPEID"), vocabulary="COMBINEDASSOCIATIONTYPEID")
    # HubSpot tells two versions apart by nothing but what they hold, which may be the same: their number is bounded.
    is_history = table.key[0] in ("object_properties_history", "object_properties_history_sources")
    most = table.object_type.version_cap if is_history and table.object_type else 1
    return Key(("OBJECTID", "NAME"), most, vocabulary="NAME")
