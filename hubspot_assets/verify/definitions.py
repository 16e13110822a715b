"""What the tables without properties must hold, from HubSpot's answers and the table contract. Pure.

Definitions, owners, teams, pipelines and lists. Not here: records (`records.py`), asking HubSpot (`small_tables.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.verify.cells import boolean, is_true, moment, text_of
from hubspot_assets.verify.comparing import Row

Answer = Mapping[str, Any]

#: What HubSpot calls its own types; for any other type, a name that it does not tell is unknown.
_OWN_NAMES = {t.object_type_id: t.name for t in STANDARD_OBJECT_TYPES}
_CATEGORIES = ("HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED", "WORK")


def combined_type_id(category: str, type_id: Any) -> str:
    """COMBINEDASSOCIATIONTYPEID: number of the category, dash, type id."""
    number = _CATEGORIES.index(category) if category in _CATEGORIES else category
    return f"{number}-{type_id}"


def _times(answer: Answer) -> Row:
    return {name: moment(answer.get(field)) for name, field in (("CREATEDAT", "createdAt"), ("UPDATEDAT", "updatedAt"))}


def type_rows(
    object_types: Sequence[ObjectType],
    event_types: Sequence[EventType],
    schemas: Sequence[Answer],
    event_definitions: Sequence[Answer],
) -> Iterator[Row]:
    """OBJECT_AND_EVENT_TYPE_DEFINITIONS: the types of the portal's catalogue, and custom objects made since."""
    by_id = {schema["objectTypeId"]: schema for schema in schemas}
    for object_type in object_types:
        yield _type_row(by_id.pop(object_type.object_type_id, {}), object_type)
    for schema in by_id.values():
        yield _type_row(schema, ObjectType(schema["objectTypeId"], "", "", ""))
    by_name = {definition["fullyQualifiedName"]: definition for definition in event_definitions}
    for event_type in event_types:
        definition = by_name.get(event_type.name, {})
        labels = definition.get("labels") or {}
        yield {
            "OBJECTTYPEID": event_type.event_type_id,
            "FULLYQUALIFIEDNAME": event_type.name,
            "NAME": definition.get("name") or event_type.name,
            "DESCRIPTION": definition.get("description") or event_type.description or None,
            "SINGULARLABEL": labels.get("singular") or event_type.label or None,
            "PLURALLABEL": labels.get("plural") or None,
            "METATYPE": "event",
            "PRIMARYDISPLAYPROPERTY": None,
            "ARCHIVED": is_true(definition.get("archived")),
            **_times(definition),
        }


def _type_row(schema: Answer, known: ObjectType) -> Row:
    """What HubSpot tells of a type, else what the catalogue does. Nobody's word is NULL."""
    labels = schema.get("labels") or {}
    told = {
        "FULLYQUALIFIEDNAME": (
            schema.get("fullyQualifiedName"),
            known.fully_qualified_name,
            _OWN_NAMES.get(known.object_type_id),
        ),
        "NAME": (schema.get("name"), known.name),
        "DESCRIPTION": (schema.get("description"), known.description),
        "SINGULARLABEL": (labels.get("singular"), known.singular_label),
        "PLURALLABEL": (labels.get("plural"), known.plural_label),
        "PRIMARYDISPLAYPROPERTY": (schema.get("primaryDisplayProperty"),),
    }
    return {
        "OBJECTTYPEID": known.object_type_id,
        **{column: next(filter(None, values), None) for column, values in told.items()},
        "METATYPE": "object",
        "ARCHIVED": is_true(schema.get("archived")),
        **_times(schema),
    }


_BOOLEANS = {
    "CALCULATED": "calculated",
    "EXTERNALOPTIONS": "externalOptions",
    "HASUNIQUEVALUE": "hasUniqueValue",
    "HIDDEN": "hidden",
    "SHOWCURRENCYSYMBOL": "showCurrencySymbol",
    "FORMFIELD": "formField",
    "HUBSPOTDEFINED": "hubspotDefined",
}
_TEXTS = {
    "NAME": "name",
    "LABEL": "label",
    "DESCRIPTION": "description",
    "TYPE": "type",
    "FIELDTYPE": "fieldType",
    "GROUPNAME": "groupName",
    "DISPLAYORDER": "displayOrder",
    "CREATEDUSERID": "createdUserId",
    "REFERENCEDOBJECTTYPE": "referencedObjectType",
}


def property_definition_rows(
    type_id: str, definitions: Iterable[Answer], groups: Sequence[Answer] = ()
) -> Iterator[Row]:
    """PROPERTY_DEFINITIONS of one type; `groups`: its property groups."""
    for definition in definitions:
        modification = definition.get("modificationMetadata") or {}
        sensitivity = definition.get("dataSensitivity") or "non_sensitive"
        yield {
            "OBJECTTYPEID": type_id,
            **{column: text_of(definition.get(name)) for column, name in _TEXTS.items()},
            **{column: boolean(definition.get(name)) for column, name in _BOOLEANS.items()},
            "OPTIONS": text_of(definition.get("options") or []),
            "READONLYDEFINITION": boolean(modification.get("readOnlyDefinition")),
            "READONLYVALUE": boolean(modification.get("readOnlyValue")),
            "ARCHIVED": is_true(definition.get("archived")),
            "GROUPDISPLAYORDER": next(
                (text_of(one.get("displayOrder")) for one in groups if one.get("name") == definition.get("groupName")),
                None,
            ),
            "DATASENSITIVITY": sensitivity,
            "EXPORTED": sensitivity == "non_sensitive",
            **_times(definition),
        }


def with_engagement_type(definitions: Sequence[Answer]) -> list[Answer]:
    """The definitions of engagements: hs_engagement_type is one of them, whether HubSpot defines it or not."""
    if any(definition["name"] == "hs_engagement_type" for definition in definitions):
        return list(definitions)
    own = {"name": "hs_engagement_type", "label": "Engagement type", "type": "enumeration", "hubspotDefined": True}
    return [*definitions, {**own, "modificationMetadata": {"readOnlyDefinition": True}}]


def association_definition_rows(
    pair: tuple[str, str], labels: Iterable[Answer], names: Mapping[str, str]
) -> Iterator[Row]:
    """ASSOCIATION_DEFINITIONS of one ordered pair. `names`: type id -> internal name, where it is certain."""
    for label in labels:
        yield {
            "COMBINEDASSOCIATIONTYPEID": combined_type_id(label["category"], label["typeId"]),
            "ASSOCIATIONCATEGORY": label["category"],
            "ASSOCIATIONTYPEID": str(label["typeId"]),
            "FROMOBJECTTYPEID": pair[0],
            "TOOBJECTTYPEID": pair[1],
            "NAME": names.get(str(label["typeId"])),
            "LABEL": label.get("label"),
            "ISMAINASSOCIATIONDEFINITION": label.get("label") is None,
        }


def owner_rows(owners: Iterable[Answer]) -> Iterator[Row]:
    """OWNERS, archived ones too: their user id is the last one known."""
    for owner in owners:
        user_id = owner["userId"] if owner.get("userId") is not None else owner.get("userIdIncludingInactive")
        yield {
            "OWNERID": str(owner["id"]),
            "EMAIL": owner.get("email"),
            "FIRSTNAME": owner.get("firstName"),
            "LASTNAME": owner.get("lastName"),
            "USERID": text_of(user_id),
            "TYPE": owner.get("type"),
            "ARCHIVED": is_true(owner.get("archived")),
            "ARCHIVEDAT": moment(owner.get("archivedAt")),
            **_times(owner),
        }


def owner_team_rows(owners: Iterable[Answer]) -> Iterator[Row]:
    """OWNER_TEAM: a team that is told twice of an owner is one row, and primary if it is so in any."""
    for owner in owners:
        teams = [team for team in owner.get("teams") or () if team.get("id") is not None]
        primary = {str(team["id"]) for team in teams if is_true(team.get("primary"))}
        for team_id in dict.fromkeys(str(team["id"]) for team in teams):
            yield {"OWNERID": str(owner["id"]), "TEAMID": team_id, "ISTEAMPRIMARY": team_id in primary}


def team_rows(teams: Iterable[Answer]) -> Iterator[Row]:
    """TEAMS."""
    for team in teams:
        parent = text_of(team.get("parentTeamId"))
        yield {"TEAMID": str(team["id"]), "TEAMNAME": team.get("name"), "PARENTTEAMID": parent}


def _labelled(answer: Answer) -> Row:
    return {
        "LABEL": answer.get("label"),
        "DISPLAYORDER": text_of(answer.get("displayOrder")),
        "ARCHIVED": is_true(answer.get("archived")),
        **_times(answer),
    }


def pipeline_rows(type_id: str, pipelines: Iterable[Answer]) -> Iterator[Row]:
    """PIPELINES of one type."""
    for pipeline in pipelines:
        yield {"OBJECTTYPEID": type_id, "PIPELINEID": str(pipeline["id"]), **_labelled(pipeline)}


def stage_rows(type_id: str, pipelines: Iterable[Answer]) -> Iterator[Row]:
    """PIPELINE_STAGES of one type."""
    for pipeline in pipelines:
        for stage in pipeline.get("stages") or ():
            yield {
                "OBJECTTYPEID": type_id,
                "PIPELINEID": str(pipeline["id"]),
                "STAGEID": str(stage["id"]),
                "METADATA": text_of(stage.get("metadata") or {}),
                **_labelled(stage),
            }


def list_rows(lists: Iterable[Answer]) -> Iterator[Row]:
    """LISTS."""
    for one in lists:
        more = one.get("additionalProperties") or {}
        size = one.get("size") if one.get("size") is not None else more.get("hs_list_size")
        classic = one.get("classicListId") or more.get("hs_classic_list_id")
        yield {
            "LISTID": str(one["listId"]),
            "CLASSICLISTID": text_of(classic),
            "NAME": one.get("name"),
            "LISTTYPE": one.get("processingType"),
            "OBJECTTYPEID": one.get("objectTypeId"),
            "SIZE": text_of(size),
            "CREATEDAT": moment(one.get("createdAt")),
            "CREATEDBYUSERID": text_of(one.get("createdById")),
            "UPDATEDBYUSERID": text_of(one.get("updatedById")),
            "UPDATEDAT": moment(one.get("updatedAt")),
            "FILTERSUPDATEDAT": moment(one.get("filtersUpdatedAt")),
        }


def named_association_row(
    columns: Sequence[str], ends: tuple[str, str], kind: tuple[str, str], definition: Answer
) -> Row:
    """A row of ASSOCIATIONS_<X>_TO_<Y>; `columns` are its two key columns, `kind` category and type id."""
    return {
        columns[0]: ends[0],
        columns[1]: ends[1],
        "COMBINEDASSOCIATIONTYPEID": combined_type_id(*kind),
        "ASSOCIATIONCATEGORY": kind[0],
        "ASSOCIATIONTYPEID": kind[1],
        "NAME": definition.get("NAME"),
        "LABEL": definition.get("LABEL"),
        "ISMAINASSOCIATIONDEFINITION": definition.get("ISMAINASSOCIATIONDEFINITION"),
    }


def combined_association_row(pair: tuple[str, str], ends: tuple[str, str], kind: tuple[str, str]) -> Row:
    """A row of ASSOCIATIONS/<X>_TO_<Y>."""
    return {
        "COMBINEDASSOCIATIONTYPEID": combined_type_id(*kind),
        "ASSOCIATIONCATEGORY": kind[0],
        "ASSOCIATIONTYPEID": kind[1],
        "FROMOBJECTTYPEID": pair[0],
        "FROMOBJECTID": ends[0],
        "TOOBJECTTYPEID": pair[1],
        "TOOBJECTID": ends[1],
    }
