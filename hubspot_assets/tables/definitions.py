"""Rows of the tables that say what a portal is made of: types, properties, association types, pipelines and stages.

HubSpot's answers in, rows keyed by column name out; `frames.py` makes frames of them. Not here: owners and teams
(`people.py`), lists and events.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType, custom_object
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.tables.frames import Row, text_of

Answer = Mapping[str, Any]

#: HubSpot numbers the categories in COMBINEDASSOCIATIONTYPEID.
CATEGORY_NUMBERS = {"HUBSPOT_DEFINED": 0, "USER_DEFINED": 1, "INTEGRATOR_DEFINED": 2, "WORK": 3}

# HubSpot's own types are called so everywhere. The name of any other type is that of the API's answer, or unknown.
_FULLY_QUALIFIED_NAMES = {t.object_type_id: t.name for t in STANDARD_OBJECT_TYPES}


def object_type_row(object_type: ObjectType, schema: Answer | None = None) -> Row:
    """Return a row of OBJECT_AND_EVENT_TYPE_DEFINITIONS; `schema` is HubSpot's answer for a custom object.

    What HubSpot does not tell is as it was known, or NULL.
    """
    told = custom_object({"objectTypeId": object_type.object_type_id, **schema}) if schema else object_type
    schema = schema or {}
    type_id = object_type.object_type_id
    return {
        "OBJECTTYPEID": type_id,
        "FULLYQUALIFIEDNAME": told.fully_qualified_name
        or object_type.fully_qualified_name
        or _FULLY_QUALIFIED_NAMES.get(type_id),
        "NAME": told.name or object_type.name or None,
        "DESCRIPTION": told.description or object_type.description or None,
        "SINGULARLABEL": told.singular_label or object_type.singular_label or None,
        "PLURALLABEL": told.plural_label or object_type.plural_label or None,
        "METATYPE": "object",
        "PRIMARYDISPLAYPROPERTY": schema.get("primaryDisplayProperty") or None,
        "ARCHIVED": schema.get("archived") or False,
        "CREATEDAT": schema.get("createdAt"),
        "UPDATEDAT": schema.get("updatedAt"),
    }


def event_type_row(event_type: EventType, definition: Answer | None = None) -> Row:
    """Return a row of OBJECT_AND_EVENT_TYPE_DEFINITIONS; `definition` is HubSpot's answer for a custom event."""
    definition = definition or {}
    labels = definition.get("labels") or {}
    return {
        "OBJECTTYPEID": event_type.event_type_id,
        "FULLYQUALIFIEDNAME": event_type.name,
        "NAME": definition.get("name") or event_type.name,
        "DESCRIPTION": definition.get("description") or event_type.description or None,
        "SINGULARLABEL": labels.get("singular") or event_type.label or None,
        "PLURALLABEL": labels.get("plural") or None,
        "METATYPE": "event",
        "ARCHIVED": definition.get("archived") or False,
        "CREATEDAT": definition.get("createdAt"),
        "UPDATEDAT": definition.get("updatedAt"),
    }


def property_rows(type_id: str, definitions: Iterable[Answer], groups: Iterable[Answer] = ()) -> Iterator[Row]:
    """Rows of PROPERTY_DEFINITIONS of one type. EXPORTED is false for every property that is not plainly harmless.

    `groups`: its property groups, as far as HubSpot tells them.
    """
    orders: dict[str | None, Any] = {group["name"]: group.get("displayOrder") for group in groups}
    for definition in definitions:
        modification = definition.get("modificationMetadata") or {}
        sensitivity = definition.get("dataSensitivity") or "non_sensitive"
        yield {
            "OBJECTTYPEID": type_id,
            "NAME": definition.get("name"),
            "LABEL": definition.get("label"),
            "DESCRIPTION": definition.get("description"),
            "TYPE": definition.get("type"),
            "FIELDTYPE": definition.get("fieldType"),
            "GROUPNAME": definition.get("groupName"),
            "DISPLAYORDER": definition.get("displayOrder"),
            "OPTIONS": definition.get("options") or [],
            "CREATEDUSERID": definition.get("createdUserId"),
            "REFERENCEDOBJECTTYPE": definition.get("referencedObjectType"),
            "CALCULATED": definition.get("calculated"),
            "EXTERNALOPTIONS": definition.get("externalOptions"),
            "HASUNIQUEVALUE": definition.get("hasUniqueValue"),
            "HIDDEN": definition.get("hidden"),
            "SHOWCURRENCYSYMBOL": definition.get("showCurrencySymbol"),
            "FORMFIELD": definition.get("formField"),
            "READONLYDEFINITION": modification.get("readOnlyDefinition"),
            "READONLYVALUE": modification.get("readOnlyValue"),
            "HUBSPOTDEFINED": definition.get("hubspotDefined"),
            "ARCHIVED": definition.get("archived") or False,
            "CREATEDAT": definition.get("createdAt"),
            "UPDATEDAT": definition.get("updatedAt"),
            "GROUPDISPLAYORDER": orders.get(text_of(definition.get("groupName"))),
            "DATASENSITIVITY": sensitivity,
            "EXPORTED": sensitivity == "non_sensitive",
        }


def combined_association_type_id(category: str, type_id: int | str) -> str:
    """Category number, dash, type id: type ids repeat across categories."""
    return f"{CATEGORY_NUMBERS.get(category, category)}-{type_id}"


def association_rows(
    from_type_id: str, to_type_id: str, labels: Iterable[Answer], names: Mapping[str, str]
) -> Iterator[Row]:
    """Rows of ASSOCIATION_DEFINITIONS of one ordered pair. `names`: type id -> internal name, as far as known."""
    for label in labels:
        category, type_id = label["category"], label["typeId"]
        yield {
            "COMBINEDASSOCIATIONTYPEID": combined_association_type_id(category, type_id),
            "ASSOCIATIONCATEGORY": category,
            "ASSOCIATIONTYPEID": type_id,
            "FROMOBJECTTYPEID": from_type_id,
            "TOOBJECTTYPEID": to_type_id,
            "NAME": names.get(str(type_id)),
            "LABEL": label.get("label"),
            "ISMAINASSOCIATIONDEFINITION": label.get("label") is None,
        }


def pipeline_rows(object_type_id: str, pipelines: Iterable[Answer]) -> Iterator[Row]:
    """Rows of PIPELINES of one object type."""
    for pipeline in pipelines:
        yield {"OBJECTTYPEID": object_type_id, "PIPELINEID": pipeline["id"], **_labelled(pipeline)}


def stage_rows(object_type_id: str, pipelines: Sequence[Answer]) -> Iterator[Row]:
    """Rows of PIPELINE_STAGES of one object type: HubSpot answers stages inside their pipeline."""
    for pipeline in pipelines:
        for stage in pipeline.get("stages") or []:
            yield {
                "OBJECTTYPEID": object_type_id,
                "PIPELINEID": pipeline["id"],
                "STAGEID": stage["id"],
                "METADATA": stage.get("metadata") or {},
                **_labelled(stage),
            }


def _labelled(answer: Answer) -> Row:
    return {
        "LABEL": answer.get("label"),
        "DISPLAYORDER": answer.get("displayOrder"),
        "ARCHIVED": answer.get("archived") or False,
        "CREATEDAT": answer.get("createdAt"),
        "UPDATEDAT": answer.get("updatedAt"),
    }
