"""What a table of the export is, and what each column that tables share means.

Here: the `Table` record, its families, one description for each column name. Not here: the tables themselves
(`fixed_tables.py` for those every portal has, `portal_tables.py` for those that follow from a portal's types).
"""

from dataclasses import dataclass

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.scopes import NO_SCOPES, Scopes

DEFINITIONS = "definitions"
OBJECTS = "objects"
HISTORY = "history"
ASSOCIATIONS = "associations"
LISTS = "lists"
EVENTS = "events"

INGESTEDAT = Column("INGESTEDAT", "datetime", "When this export read the row, UTC.")

_MEANINGS = {
    column.name: column
    for column in (
        Column("OBJECTTYPEID", "string", "HubSpot's object type id, for example 0-1 for contacts."),
        Column("OBJECTID", "string", "The record's id."),
        Column(
            "FULLYQUALIFIEDNAME",
            "string",
            "The type's name, with the portal's id in front for a custom object.",
        ),
        Column("NAME", "string", "Internal name."),
        Column("DESCRIPTION", "string", "The description people wrote in HubSpot."),
        Column("SINGULARLABEL", "string", "Label of one record of the type."),
        Column("PLURALLABEL", "string", "Label of several records of the type."),
        Column("METATYPE", "string", "`object` or `event`."),
        Column("PRIMARYDISPLAYPROPERTY", "string", "The property that names a record in HubSpot."),
        Column("ARCHIVED", "boolean", "Whether it is archived in HubSpot."),
        Column("ARCHIVEDAT", "datetime", "When it was archived, UTC; NULL if HubSpot does not say."),
        Column("CREATEDAT", "datetime", "When it was created, UTC."),
        Column("UPDATEDAT", "datetime", "When it last changed, UTC."),
        Column("LABEL", "string", "Label as shown in HubSpot."),
        Column("TYPE", "string", "HubSpot's type for it."),
        Column("FIELDTYPE", "string", "How HubSpot shows the property in a form."),
        Column("GROUPNAME", "string", "The property group it is in."),
        Column("DISPLAYORDER", "number", "Its position among its siblings; -1 comes after all others."),
        Column("OPTIONS", "json", "The options of an enumeration, as HubSpot gives them."),
        Column("CREATEDUSERID", "string", "The user who created it."),
        Column("REFERENCEDOBJECTTYPE", "string", "The object type whose ids the property holds."),
        Column("CALCULATED", "boolean", "Whether HubSpot computes the value."),
        Column("EXTERNALOPTIONS", "boolean", "Whether the options come from another system."),
        Column("HASUNIQUEVALUE", "boolean", "Whether a value can occur only once."),
        Column("HIDDEN", "boolean", "Whether HubSpot hides the property."),
        Column("SHOWCURRENCYSYMBOL", "boolean", "Whether HubSpot shows a number as an amount of money."),
        Column("FORMFIELD", "boolean", "Whether the property can be used in a form."),
        Column("READONLYDEFINITION", "boolean", "Whether the definition cannot be changed."),
        Column("READONLYVALUE", "boolean", "Whether values cannot be changed."),
        Column("HUBSPOTDEFINED", "boolean", "Whether HubSpot, not the portal, defined it."),
        Column("GROUPDISPLAYORDER", "number", "The position of its property group among those of the type."),
        Column("DATASENSITIVITY", "string", "non_sensitive, sensitive or highly_sensitive."),
        Column("EXPORTED", "boolean", "Whether its values are exported; false for sensitive properties."),
        Column("COMBINEDASSOCIATIONTYPEID", "string", "Category number, dash, association type id."),
        Column("ASSOCIATIONCATEGORY", "string", "HUBSPOT_DEFINED, USER_DEFINED, INTEGRATOR_DEFINED or WORK."),
        Column("ASSOCIATIONTYPEID", "string", "Type id; unique only together with its category."),
        Column("FROMOBJECTTYPEID", "string", "Object type the association starts from."),
        Column("FROMOBJECTID", "string", "Id of the record the association starts from."),
        Column("TOOBJECTTYPEID", "string", "Object type the association leads to."),
        Column("TOOBJECTID", "string", "Id of the record the association leads to."),
        Column("ISMAINASSOCIATIONDEFINITION", "boolean", "Whether it is the unlabelled association of its pair."),
        Column("OWNERID", "string", "The owner's id, as in hubspot_owner_id."),
        Column("EMAIL", "string", "Email address."),
        Column("FIRSTNAME", "string", "First name."),
        Column("LASTNAME", "string", "Last name."),
        Column("USERID", "string", "The owner's user id; for an archived owner, the last one known."),
        Column("TEAMID", "string", "The team's id."),
        Column("TEAMNAME", "string", "The team's name."),
        Column("PARENTTEAMID", "string", "The parent team; NULL if the account's API does not say."),
        Column("ISTEAMPRIMARY", "boolean", "Whether it is the owner's main team."),
        Column("PIPELINEID", "string", "The pipeline's id."),
        Column("STAGEID", "string", "The stage's id."),
        Column("METADATA", "json", "The stage's metadata, for example its probability."),
        Column("PROPERTIES", "json", "Every property that is set, by name, with its raw value, in alphabetical order."),
        Column(
            "VALUE",
            "string",
            "Raw value: epoch milliseconds for dates and datetimes; empty, not NULL, if cleared.",
        ),
        Column("SOURCE", "string", "What kind of thing set the value: CRM_UI, IMPORT, INTEGRATION, WORKFLOWS, ..."),
        Column("SOURCEID", "string", "Which one of that kind it was, as HubSpot writes it."),
        Column("SOURCELABEL", "string", "Its name, if HubSpot gives one."),
        Column("LISTID", "string", "The list's id."),
        Column("CLASSICLISTID", "string", "The list's id in the classic lists API."),
        Column("LISTTYPE", "string", "How the list is filled: MANUAL, DYNAMIC or SNAPSHOT."),
        Column("SIZE", "number", "How many records HubSpot says are in the list."),
        Column("CREATEDBYUSERID", "string", "The user who created the list."),
        Column("UPDATEDBYUSERID", "string", "The user who last changed it, or who set the version."),
        Column("FILTERSUPDATEDAT", "datetime", "When the list's filters last changed, UTC."),
        Column("EVENTTYPEID", "string", "The event type's id, or its name if HubSpot gives no id."),
        Column("ID", "string", "The event's id."),
        Column("MARKETINGEVENTID", "string", "The marketing event's id."),
        Column("CONTACTID", "string", "The contact's id."),
        Column("STATE", "string", "What the contact did: REGISTERED, ATTENDED, CANCELLED, NO_SHOW, EMPTY."),
        Column("ATTENDANCEDURATIONSECONDS", "number", "How many seconds the contact attended."),
        Column("ATTENDANCEPERCENTAGE", "string", "What share of the event that was, as HubSpot writes it."),
        Column("OCCURREDAT", "datetime", "When the event occurred, UTC."),
        INGESTEDAT,
    )
}


def columns(names: str, *own: Column) -> tuple[Column, ...]:
    """Return the columns of these names (blank-separated), in order, a table's `own`, and `INGESTEDAT` at the end."""
    return (*(_MEANINGS[name] for name in names.split()), *own, INGESTEDAT)


@dataclass(frozen=True)
class Table:
    """One exported table. `key` is its path below a day, in lower case.

    `columns` are the fixed ones, in order, `INGESTEDAT` last.

    A table `with_properties` has PROPERTY_<name> columns of that day's definitions before UPDATEDAT or INGESTEDAT.
    `row_key`: the columns that identify a row, where those of its family do not (`keys.py`).
    """

    key: tuple[str, ...]
    family: str
    columns: tuple[Column, ...]
    source: str
    description: str
    scopes: Scopes = NO_SCOPES
    object_type: ObjectType | None = None
    to_type: ObjectType | None = None
    event_type: EventType | None = None
    row_key: tuple[str, ...] = ()
    with_properties: bool = False
    is_everywhere: bool = False
    """Whether every portal has it, on every plan, so that a refusal cannot mean that this one does not."""

    @property
    def name(self) -> str:
        """The path of the table below a day's folder."""
        return "/".join(self.key).upper()
