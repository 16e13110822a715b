"""The tables whose columns are the same in every portal. The others follow from the portal: `portal_tables.py`.

All but the participations in marketing events are there whatever a portal's object types (`FIXED_TABLES`).
"""

from hubspot_assets.catalog.scopes import one_of
from hubspot_assets.catalog.table import DEFINITIONS, LISTS, OBJECTS, Table, columns

# There is no scope that only reads them.
_CUSTOM_EVENTS = one_of("behavioral_events.event_definitions.read_write", part="custom events")

OBJECT_AND_EVENT_TYPE_DEFINITIONS = Table(
    ("object_and_event_type_definitions",),
    DEFINITIONS,
    columns(
        "OBJECTTYPEID FULLYQUALIFIEDNAME NAME DESCRIPTION SINGULARLABEL PLURALLABEL METATYPE PRIMARYDISPLAYPROPERTY "
        "ARCHIVED CREATEDAT UPDATEDAT"
    ),
    "CRM object schemas API, limits API, event definitions API",
    "Every object type and event type of the portal.",
    one_of("crm.schemas.custom.read", "crm.objects.custom.read", part="custom objects").and_also(_CUSTOM_EVENTS),
    row_key=("OBJECTTYPEID",),
)
PROPERTY_DEFINITIONS = Table(
    ("property_definitions",),
    DEFINITIONS,
    columns(
        "OBJECTTYPEID NAME LABEL DESCRIPTION TYPE FIELDTYPE GROUPNAME DISPLAYORDER OPTIONS CREATEDUSERID "
        "REFERENCEDOBJECTTYPE CALCULATED EXTERNALOPTIONS HASUNIQUEVALUE HIDDEN SHOWCURRENCYSYMBOL FORMFIELD "
        "READONLYDEFINITION READONLYVALUE HUBSPOTDEFINED ARCHIVED CREATEDAT UPDATEDAT "
        "GROUPDISPLAYORDER DATASENSITIVITY EXPORTED"
    ),
    "Properties API, property groups API",
    "Every property of every object type and event type. The day's rows decide which properties are read.",
    _CUSTOM_EVENTS,
    row_key=("OBJECTTYPEID", "NAME"),
)
ASSOCIATION_DEFINITIONS = Table(
    ("association_definitions",),
    DEFINITIONS,
    columns(
        "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID FROMOBJECTTYPEID TOOBJECTTYPEID NAME LABEL "
        "ISMAINASSOCIATIONDEFINITION"
    ),
    "Associations API (labels)",
    "Every association type between two object types, in both directions.",
    row_key=("FROMOBJECTTYPEID", "TOOBJECTTYPEID", "COMBINEDASSOCIATIONTYPEID"),
)
OWNERS = Table(
    ("owners",),
    DEFINITIONS,
    columns("OWNERID EMAIL FIRSTNAME LASTNAME USERID TYPE ARCHIVED CREATEDAT UPDATEDAT ARCHIVEDAT"),
    "Owners API",
    "Every owner, including archived ones.",
    one_of("crm.objects.owners.read"),
    is_everywhere=True,
    row_key=("OWNERID",),
)
OWNER_TEAM = Table(
    ("owner_team",),
    DEFINITIONS,
    columns("OWNERID TEAMID ISTEAMPRIMARY"),
    "Owners API",
    "Which owners are in which teams.",
    one_of("crm.objects.owners.read"),
    is_everywhere=True,
    row_key=("OWNERID", "TEAMID"),
)
TEAMS = Table(
    ("teams",),
    DEFINITIONS,
    columns("TEAMID TEAMNAME PARENTTEAMID"),
    "User provisioning API (teams)",
    "Every team.",
    one_of("settings.users.teams.read"),
    row_key=("TEAMID",),
)
PIPELINES = Table(
    ("pipelines",),
    DEFINITIONS,
    columns("OBJECTTYPEID PIPELINEID LABEL DISPLAYORDER ARCHIVED CREATEDAT UPDATEDAT"),
    "Pipelines API",
    "The pipelines of every object type that has them.",
    row_key=("OBJECTTYPEID", "PIPELINEID"),
)
PIPELINE_STAGES = Table(
    ("pipeline_stages",),
    DEFINITIONS,
    columns("OBJECTTYPEID PIPELINEID STAGEID LABEL DISPLAYORDER METADATA ARCHIVED CREATEDAT UPDATEDAT"),
    "Pipelines API",
    "The stages of every pipeline.",
    row_key=("OBJECTTYPEID", "PIPELINEID", "STAGEID"),
)
LISTS_TABLE = Table(
    ("lists",),
    LISTS,
    columns(
        "LISTID CLASSICLISTID NAME LISTTYPE OBJECTTYPEID SIZE CREATEDAT CREATEDBYUSERID UPDATEDBYUSERID UPDATEDAT "
        "FILTERSUPDATEDAT"
    ),
    "Lists API",
    "Every list (segment) of every object type.",
    one_of("crm.lists.read"),
    is_everywhere=True,
    row_key=("LISTID",),
)
LIST_MEMBERSHIPS = Table(
    ("list_memberships",),
    LISTS,
    columns("LISTID OBJECTTYPEID OBJECTID UPDATEDAT"),
    "Lists API (memberships)",
    "Which records are in which lists; UPDATEDAT is when the record joined.",
    one_of("crm.lists.read"),
    is_everywhere=True,
    row_key=("LISTID", "OBJECTID"),
)

#: In a portal that has marketing events.
MARKETING_EVENT_PARTICIPATIONS = Table(
    ("marketing_event_participations",),
    OBJECTS,
    columns(
        "MARKETINGEVENTID CONTACTID EMAIL FIRSTNAME LASTNAME STATE OCCURREDAT ATTENDANCEDURATIONSECONDS "
        "ATTENDANCEPERCENTAGE"
    ),
    "Marketing events API (participations)",
    "Which contact registered for, attended, cancelled or missed which marketing event.",
    one_of("crm.objects.marketing_events.read"),
    row_key=("MARKETINGEVENTID", "CONTACTID", "STATE", "OCCURREDAT"),
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

ALWAYS_EXPORTED = (
    OBJECT_AND_EVENT_TYPE_DEFINITIONS,
    PROPERTY_DEFINITIONS,
    ASSOCIATION_DEFINITIONS,
    PIPELINES,
    PIPELINE_STAGES,
)
"""What all others are made of: whatever a deployment leaves out, these stay."""

READ_TOGETHER = ((OWNERS, OWNER_TEAM), (LISTS_TABLE, LIST_MEMBERSHIPS))
"""Tables that one step reads, or of which one is made of the other."""
