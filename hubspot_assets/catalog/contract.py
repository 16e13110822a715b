"""The contract: every table of an export, its key, its columns and the API it comes from, for one portal.

This is the one declarative list of tables. Here: which tables exist and what their fixed columns are. Not here: how
rows are made (`tables`), where files lie (`lake`), which object types there are (`object_types.py`, `portal.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.names import distinct_names, event_name, key_name, type_name
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal

INGESTEDAT = Column("INGESTEDAT", "datetime", "When this export read the row, UTC.")

_COLUMNS = {
    column.name: column
    for column in (
        Column("OBJECTTYPEID", "string", "HubSpot's object type id, for example 0-1 for contacts."),
        Column("OBJECTID", "number", "The record's id."),
        Column(
            "FULLYQUALIFIEDNAME",
            "string",
            "The type's name, for a custom object with the portal's id in front.",
        ),
        Column("NAME", "string", "Internal name."),
        Column("DESCRIPTION", "string", "The description people wrote in HubSpot."),
        Column("SINGULARLABEL", "string", "Label of one record of the type."),
        Column("PLURALLABEL", "string", "Label of several records of the type."),
        Column("METATYPE", "string", "`object` or `event`."),
        Column("PRIMARYDISPLAYPROPERTY", "string", "The property that names a record in HubSpot."),
        Column("ARCHIVED", "boolean", "Whether it is archived in HubSpot."),
        Column("CREATEDAT", "datetime", "When it was created, UTC."),
        Column("UPDATEDAT", "datetime", "When it last changed, UTC."),
        Column("LABEL", "string", "Label as shown in HubSpot."),
        Column("TYPE", "string", "HubSpot's type of it."),
        Column("FIELDTYPE", "string", "How HubSpot shows the property in a form."),
        Column("GROUPNAME", "string", "The property group it is in."),
        Column("DISPLAYORDER", "number", "Its place among its like; -1 is after all others."),
        Column("OPTIONS", "json", "The options of an enumeration, as HubSpot gives them."),
        Column("CREATEDUSERID", "number", "The user who created it."),
        Column("REFERENCEDOBJECTTYPE", "string", "The object type whose ids the property holds."),
        Column("CALCULATED", "boolean", "Whether HubSpot computes the value."),
        Column("EXTERNALOPTIONS", "boolean", "Whether the options come from another system."),
        Column("HASUNIQUEVALUE", "boolean", "Whether a value can occur only once."),
        Column("HIDDEN", "boolean", "Whether HubSpot hides the property."),
        Column("SHOWCURRENCYSYMBOL", "boolean", "Whether HubSpot shows a number as an amount of money."),
        Column("FORMFIELD", "boolean", "Whether the property can be used in a form."),
        Column("READONLYDEFINITION", "boolean", "Whether the definition can not be changed."),
        Column("READONLYVALUE", "boolean", "Whether values can not be changed."),
        Column("HUBSPOTDEFINED", "boolean", "Whether HubSpot, not the portal, defined it."),
        Column("DATASENSITIVITY", "string", "non_sensitive, sensitive or highly_sensitive."),
        Column("EXPORTED", "boolean", "Whether values of it are exported; false for sensitive properties."),
        Column("COMBINEDASSOCIATIONTYPEID", "string", "Category number, dash, association type id."),
        Column("ASSOCIATIONCATEGORY", "string", "HUBSPOT_DEFINED, USER_DEFINED, INTEGRATOR_DEFINED or WORK."),
        Column("ASSOCIATIONTYPEID", "number", "Type id; unique only together with its category."),
        Column("FROMOBJECTTYPEID", "string", "Object type the association starts from."),
        Column("FROMOBJECTID", "number", "Id of the record the association starts from."),
        Column("TOOBJECTTYPEID", "string", "Object type the association leads to."),
        Column("TOOBJECTID", "number", "Id of the record the association leads to."),
        Column(
            "ISMAINASSOCIATIONDEFINITION", "boolean", "Whether it is the unlabelled association of its pair."
        ),
        Column("OWNERID", "number", "The owner's id, as hubspot_owner_id holds it."),
        Column("EMAIL", "string", "E-mail address."),
        Column("FIRSTNAME", "string", "First name."),
        Column("LASTNAME", "string", "Last name."),
        Column("USERID", "number", "The owner's user id; the last one known where the owner is archived."),
        Column("TEAMID", "number", "The team's id."),
        Column("TEAMNAME", "string", "The team's name."),
        Column("PARENTTEAMID", "number", "The team above; NULL where the account's API does not tell it."),
        Column("ISTEAMPRIMARY", "boolean", "Whether it is the owner's main team."),
        Column("PIPELINEID", "string", "The pipeline's id."),
        Column("STAGEID", "string", "The stage's id."),
        Column("METADATA", "json", "The stage's metadata, for example its probability."),
        Column("PROPERTIES", "json", "Every property that is set, name to raw value, in alphabetical order."),
        Column(
            "VALUE",
            "string",
            "Raw value: epoch milliseconds for dates and datetimes; cleared is empty, not NULL.",
        ),
        Column("LISTID", "number", "The list's id."),
        Column("CLASSICLISTID", "number", "The list's id in the classic lists API."),
        Column("LISTTYPE", "string", "How the list is filled: MANUAL, DYNAMIC or SNAPSHOT."),
        Column("SIZE", "number", "How many records HubSpot says are in the list."),
        Column("CREATEDBYUSERID", "number", "The user who created the list."),
        Column("UPDATEDBYUSERID", "number", "The user who changed the list last."),
        Column("FILTERSUPDATEDAT", "datetime", "When the list's filters last changed, UTC."),
        Column("EVENTTYPEID", "string", "The event type's id, or its name where HubSpot gives no id."),
        Column("ID", "string", "The event's id."),
        Column("OCCURREDAT", "datetime", "When the event occurred, UTC."),
        INGESTEDAT,
    )
}


def _columns(names: str) -> tuple[Column, ...]:
    return (*(_COLUMNS[name] for name in names.split()), INGESTEDAT)


@dataclass(frozen=True)
class Table:
    """One exported table. `key` is the asset key; `columns` are the fixed ones, in order, `INGESTEDAT` last.

    A table `with_properties` has PROPERTY_<name> columns of that day's definitions before UPDATEDAT or INGESTEDAT.
    """

    key: tuple[str, ...]
    family: str
    columns: tuple[Column, ...]
    source: str
    description: str
    scopes: tuple[str, ...] = ()
    object_type: ObjectType | None = None
    to_type: ObjectType | None = None
    event_type: EventType | None = None
    with_properties: bool = False

    @property
    def name(self) -> str:
        """The path of the table below a day's folder."""
        return "/".join(self.key).upper()


DEFINITIONS = "definitions"
OBJECTS = "objects"
HISTORY = "history"
ASSOCIATIONS = "associations"
LISTS = "lists"
EVENTS = "events"

OBJECT_AND_EVENT_TYPE_DEFINITIONS = Table(
    ("object_and_event_type_definitions",),
    DEFINITIONS,
    _columns(
        "OBJECTTYPEID FULLYQUALIFIEDNAME NAME DESCRIPTION SINGULARLABEL PLURALLABEL METATYPE PRIMARYDISPLAYPROPERTY "
        "ARCHIVED CREATEDAT UPDATEDAT"
    ),
    "CRM object schemas API, limits API, event definitions API",
    "Every object type and event type of the portal.",
    ("crm.schemas.custom.read", "crm.objects.custom.read"),
)
PROPERTY_DEFINITIONS = Table(
    ("property_definitions",),
    DEFINITIONS,
    _columns(
        "OBJECTTYPEID NAME LABEL DESCRIPTION TYPE FIELDTYPE GROUPNAME DISPLAYORDER OPTIONS CREATEDUSERID "
        "REFERENCEDOBJECTTYPE CALCULATED EXTERNALOPTIONS HASUNIQUEVALUE HIDDEN SHOWCURRENCYSYMBOL FORMFIELD "
        "READONLYDEFINITION READONLYVALUE HUBSPOTDEFINED ARCHIVED CREATEDAT UPDATEDAT DATASENSITIVITY EXPORTED"
    ),
    "Properties API",
    "Every property of every object type and event type. Its day's rows decide which properties are read.",
)
ASSOCIATION_DEFINITIONS = Table(
    ("association_definitions",),
    DEFINITIONS,
    _columns(
        "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID FROMOBJECTTYPEID TOOBJECTTYPEID NAME LABEL "
        "ISMAINASSOCIATIONDEFINITION"
    ),
    "Associations API (labels)",
    "Every association type between two object types, in both directions.",
)
OWNERS = Table(
    ("owners",),
    DEFINITIONS,
    _columns("OWNERID EMAIL FIRSTNAME LASTNAME USERID TYPE ARCHIVED CREATEDAT UPDATEDAT"),
    "Owners API",
    "Every owner, archived ones included.",
    ("crm.objects.owners.read",),
)
OWNER_TEAM = Table(
    ("owner_team",),
    DEFINITIONS,
    _columns("OWNERID TEAMID ISTEAMPRIMARY"),
    "Owners API",
    "Which owner is in which team.",
    ("crm.objects.owners.read",),
)
TEAMS = Table(
    ("teams",),
    DEFINITIONS,
    _columns("TEAMID TEAMNAME PARENTTEAMID"),
    "User provisioning API (teams)",
    "Every team.",
    ("settings.users.teams.read",),
)
PIPELINES = Table(
    ("pipelines",),
    DEFINITIONS,
    _columns("OBJECTTYPEID PIPELINEID LABEL DISPLAYORDER ARCHIVED CREATEDAT UPDATEDAT"),
    "Pipelines API",
    "The pipelines of every object type that has them.",
)
PIPELINE_STAGES = Table(
    ("pipeline_stages",),
    DEFINITIONS,
    _columns("OBJECTTYPEID PIPELINEID STAGEID LABEL DISPLAYORDER METADATA ARCHIVED CREATEDAT UPDATEDAT"),
    "Pipelines API",
    "The stages of every pipeline.",
)
LISTS_TABLE = Table(
    ("lists",),
    LISTS,
    _columns(
        "LISTID CLASSICLISTID NAME LISTTYPE OBJECTTYPEID SIZE CREATEDAT CREATEDBYUSERID UPDATEDBYUSERID UPDATEDAT "
        "FILTERSUPDATEDAT"
    ),
    "Lists API",
    "Every list (segment) of every object type.",
    ("crm.lists.read",),
)
LIST_MEMBERSHIPS = Table(
    ("list_memberships",),
    LISTS,
    _columns("LISTID OBJECTTYPEID OBJECTID UPDATEDAT"),
    "Lists API (memberships)",
    "Which record is in which list; UPDATEDAT is when it joined.",
    ("crm.lists.read",),
)

FIXED_TABLES: tuple[Table, ...] = (
    OBJECT_AND_EVENT_TYPE_DEFINITIONS,
    PROPERTY_DEFINITIONS,
    ASSOCIATION_DEFINITIONS,
    OWNERS,
    OWNER_TEAM,
    TEAMS,
    PIPELINES,
    PIPELINE_STAGES,
    LISTS_TABLE,
    LIST_MEMBERSHIPS,
)


@dataclass(frozen=True)
class ObjectTables:
    """The five tables that one crawl of an object type feeds."""

    wide: Table
    ids: Table
    with_object_properties: Table
    properties: Table
    history: Table

    def __iter__(self) -> Iterator[Table]:
        return iter((self.wide, self.ids, self.with_object_properties, self.properties, self.history))


@dataclass(frozen=True)
class AssociationTables:
    """The two tables of one direction of an association pair."""

    named: Table
    combined: Table

    def __iter__(self) -> Iterator[Table]:
        return iter((self.named, self.combined))


class Contract:
    """Every table of one portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._type_names = distinct_names(portal.object_types, type_name, lambda t: t.object_type_id)
        names = {t.object_type_id: name for name, t in self._type_names.items()}
        self.objects = {
            t.object_type_id: _object_tables(names[t.object_type_id], t) for t in portal.object_types
        }
        types = {t.object_type_id: t for t in portal.object_types}
        self.associations = {
            (a, b): _association_tables(names[a], types[a], names[b], types[b])
            for pair in portal.association_pairs
            if pair[0] in types and pair[1] in types
            for a, b in dict.fromkeys((pair, pair[::-1]))
        }
        event_names = distinct_names(
            portal.event_types, lambda e: event_name(e.name), lambda e: e.event_type_id
        )
        self.events = {event.name: _event_table(name, event) for name, event in event_names.items()}

    def __iter__(self) -> Iterator[Table]:
        yield from FIXED_TABLES
        for object_tables in self.objects.values():
            yield from object_tables
        for association_tables in self.associations.values():
            yield from association_tables
        yield from self.events.values()

    @property
    def renamed(self) -> dict[str, str]:
        """Object type id -> table name part, for types whose label another type already has."""
        return {t.object_type_id: name for name, t in self._type_names.items() if name != type_name(t)}


def _object_tables(name: str, object_type: ObjectType) -> ObjectTables:
    lower = name.lower()
    label = (object_type.plural_label or object_type.singular_label or object_type.object_type_id).lower()

    def table(
        key: tuple[str, ...], family: str, names: str, description: str, *, with_properties: bool = False
    ) -> Table:
        return Table(
            key,
            family,
            _columns(names),
            object_type.source.value,
            description,
            object_type.scopes,
            object_type,
            with_properties=with_properties,
        )

    return ObjectTables(
        wide=table(
            (f"objects_{lower}",),
            OBJECTS,
            "OBJECTTYPEID OBJECTID UPDATEDAT",
            f"The {label} of the portal, one row each, one column for each property.",
            with_properties=True,
        ),
        ids=table(("objects", lower), OBJECTS, "OBJECTTYPEID OBJECTID UPDATEDAT", f"The ids of the {label}."),
        with_object_properties=table(
            ("object_with_object_properties", lower),
            OBJECTS,
            "OBJECTTYPEID OBJECTID PROPERTIES UPDATEDAT",
            f"The {label}, one row each, the properties that are set as one JSON object.",
        ),
        properties=table(
            ("object_properties", lower),
            HISTORY,
            "OBJECTTYPEID OBJECTID NAME VALUE UPDATEDAT",
            f"The properties of the {label} that are set now, one row each; UPDATEDAT is when the value was set.",
        ),
        history=table(
            ("object_properties_history", lower),
            HISTORY,
            "OBJECTTYPEID OBJECTID NAME VALUE UPDATEDAT",
            f"The last {object_type.version_cap} versions of every property of the {label}.",
        ),
    )


def _association_tables(
    from_name: str, from_type: ObjectType, to_name: str, to_type: ObjectType
) -> AssociationTables:
    lower = f"{from_name}_to_{to_name}".lower()
    from_key, to_key = association_key_columns(from_type, to_type)
    description = f"Which of the {from_type.plural_label.lower()} is associated with which of the {to_type.plural_label.lower()}"
    named_columns = (
        Column(from_key, "number", f"Id of the {from_type.singular_label.lower()}."),
        Column(to_key, "number", f"Id of the {to_type.singular_label.lower()}."),
        *_columns(
            "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID NAME LABEL ISMAINASSOCIATIONDEFINITION"
        ),
    )
    combined_columns = _columns(
        "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID FROMOBJECTTYPEID FROMOBJECTID TOOBJECTTYPEID "
        "TOOBJECTID"
    )

    def table(key: tuple[str, ...], columns: tuple[Column, ...]) -> Table:
        return Table(
            key,
            ASSOCIATIONS,
            columns,
            "Associations API",
            f"{description}, one row for each pair and association type.",
            tuple(dict.fromkeys((*from_type.scopes, *to_type.scopes))),
            from_type,
            to_type,
        )

    return AssociationTables(
        named=table((f"associations_{lower}",), named_columns),
        combined=table(("associations", lower), combined_columns),
    )


def association_key_columns(from_type: ObjectType, to_type: ObjectType) -> tuple[str, str]:
    """`CONTACT_OBJECTID`, `COMPANY_OBJECTID`; for a type associated with itself `FROM_...` and `TO_...`."""
    from_name, to_name = key_name(from_type), key_name(to_type)
    if from_name == to_name:
        return f"FROM_{from_name}_OBJECTID", f"TO_{to_name}_OBJECTID"
    return f"{from_name}_OBJECTID", f"{to_name}_OBJECTID"


def _event_table(name: str, event: EventType) -> Table:
    return Table(
        (f"events_{name.lower()}",),
        EVENTS,
        _columns("EVENTTYPEID ID OBJECTTYPEID OBJECTID OCCURREDAT"),
        "Event occurrences API",
        f"The events of type {event.label or event.name} that occurred on the day.",
        event_type=event,
        with_properties=True,
    )
