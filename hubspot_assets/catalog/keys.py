"""What identifies a row of each table. Not here: finding rows that have the same key (`checks`)."""

from dataclasses import dataclass

from hubspot_assets.catalog import fixed_tables as fixed
from hubspot_assets.catalog.table import ASSOCIATIONS, EVENTS, OBJECTS, Table

_FIXED: dict[str, tuple[str, ...]] = {
    fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS.name: ("OBJECTTYPEID",),
    fixed.PROPERTY_DEFINITIONS.name: ("OBJECTTYPEID", "NAME"),
    fixed.ASSOCIATION_DEFINITIONS.name: ("FROMOBJECTTYPEID", "TOOBJECTTYPEID", "COMBINEDASSOCIATIONTYPEID"),
    fixed.OWNERS.name: ("OWNERID",),
    fixed.OWNER_TEAM.name: ("OWNERID", "TEAMID"),
    fixed.TEAMS.name: ("TEAMID",),
    fixed.PIPELINES.name: ("OBJECTTYPEID", "PIPELINEID"),
    fixed.PIPELINE_STAGES.name: ("OBJECTTYPEID", "PIPELINEID", "STAGEID"),
    fixed.LISTS_TABLE.name: ("LISTID",),
    fixed.LIST_MEMBERSHIPS.name: ("LISTID", "OBJECTID"),
    fixed.MARKETING_EVENT_PARTICIPATIONS.name: ("MARKETINGEVENTID", "CONTACTID", "STATE", "OCCURREDAT"),
}


@dataclass(frozen=True)
class Key:
    """The columns that identify a row, none of them NULL, and how many rows may share one key at most.

    `vocabulary` is the one of the columns whose values are defined in another table, if there is one.
    """

    columns: tuple[str, ...]
    most: int = 1
    vocabulary: str | None = None


def key_of(table: Table) -> Key:
    """The key of a table of the contract."""
    if table.name in _FIXED:
        return Key(_FIXED[table.name])
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
