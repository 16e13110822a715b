"""The property definitions of each object type: HubSpot's own, the account's, sensitive and archived ones."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed
from .object_types import ObjectType, ObjectTypes
from .pipelines import Pipelines
from .standard_properties import STANDARD_PROPERTIES
from .times import DAY_MS, iso, ms_of

Definition = dict[str, Any]

COMMON = "hs_object_id:number hs_createdate:datetime hs_lastmodifieddate:datetime hubspot_owner_id:owner hs_merged_object_ids:checkbox hs_all_owner_ids:text hs_object_source:text hs_read_only:bool"  # noqa: E501
OWN: dict[str, str] = {
    "0-1": "createdate:datetime lastmodifieddate:datetime email:text firstname:text lastname:text phone:phone company:text jobtitle:text lifecyclestage:select birthday:date num_notes:number notes:textarea",  # noqa: E501
    "0-2": "createdate:datetime name:text domain:text industry:select city:text annualrevenue:number numberofemployees:number description:textarea is_public:bool founded:date hs_parent_company_id:number",  # noqa: E501
    "0-3": "createdate:datetime dealname:text amount:number closedate:datetime pipeline:text dealstage:text dealtype:select description:textarea",  # noqa: E501
    "0-5": "createdate:datetime subject:text content:textarea hs_pipeline:text hs_pipeline_stage:text hs_ticket_priority:select",  # noqa: E501
    "0-7": "name:text price:number description:textarea hs_sku:text",
    "0-8": "name:text hs_product_id:number quantity:number price:number",
    "0-49": "hs_timestamp:datetime hs_body_preview:textarea hs_email_subject:text hs_email_text:textarea hs_email_html:textarea hs_email_direction:direction hs_email_status:select hs_activity_type:select",  # noqa: E501
    "0-72": "hs_deal_split_percentage:number",
    "0-115": "hs_internal_user_id:number hs_email:text hs_given_name:text hs_family_name:text",
}
_NAME = "name:text description:textarea"
_ACTIVITY = "hs_timestamp:datetime hs_body_preview:textarea hs_activity_type:select"
_ACTIVITIES = frozenset({"0-46", "0-47", "0-48", "0-49", "0-27", "0-18", "0-116"})
# What a property of the account's own may be: type, field type.
KINDS: dict[str, tuple[str, str]] = {
    "text": ("string", "text"),
    "number": ("number", "number"),
    "date": ("date", "date"),
    "datetime": ("datetime", "date"),
    "select": ("enumeration", "select"),
    "checkbox": ("enumeration", "checkbox"),
    "bool": ("bool", "booleancheckbox"),
    "textarea": ("string", "textarea"),
    "phone": ("phone_number", "phonenumber"),
    "owner": ("enumeration", "select"),
    "direction": ("enumeration", "select"),
    "calculated": ("number", "calculation_equation"),
    "coordinates": ("object_coordinates", "text"),
    "json": ("json", "text"),
}
CUSTOM_KINDS = (
    "text",
    "number",
    "date",
    "select",
    "text",
    "datetime",
    "bool",
    "textarea",
    "checkbox",
    "number",
    "phone",
    "calculated",
    "text",
    "json",
    "coordinates",
)
SENSITIVITIES = ("sensitive", "highly_sensitive")
WORDS = ("region", "score", "renewal", "segment", "note", "visit", "consent", "remark", "interest", "budget")
STAGE_PROPERTIES = {
    "date_entered": "datetime",
    "date_exited": "datetime",
    "cumulative_time_in": "number",
    "latest_time_in": "number",
}
LONG_NAME = "_what_the_customer_said_when_asked_on_the_phone_how_satisfied_they_are_with_our_service"
_DAY_OF_NEW, _DAY_OF_OLD = 7, 9


def is_untold(definition: Definition) -> bool:
    """Whether records have the property and the properties API does not tell of it."""
    return definition.get("untold", False) is True


class PropertyDefinitions:
    """The definitions of every type. The order of ``universe`` never changes, whatever the day."""

    def __init__(self, settings: PortalSettings, object_types: ObjectTypes, pipelines: Pipelines) -> None:
        self._settings = settings
        self._pipelines = pipelines
        self._start = ms_of(settings.first_day)
        self._days = (settings.day - settings.first_day).days
        self._object_types = object_types
        self._universe: dict[str, list[Definition]] = {}

    def universe(self, object_type: ObjectType) -> list[Definition]:
        """Every definition the type has on any day, each as HubSpot's properties API gives it on this day.

        Those of properties that the API does not tell of are among them.
        """
        known = self._universe.get(object_type.object_type_id)
        if known is None:
            known = self._universe[object_type.object_type_id] = list(self._made(object_type))
        return known

    def listed(
        self, object_type: ObjectType, *, archived: bool = False, sensitivity: str = "non_sensitive"
    ) -> list[Definition]:
        """The definitions that one call of the properties API gives."""
        return [
            d
            for d in self.universe(object_type)
            if not is_untold(d)
            and d.get("archived", False) is archived
            and d.get("dataSensitivity", "non_sensitive") == sensitivity
            and self.exists(d)
        ]

    def groups(self, object_type: ObjectType) -> list[dict[str, Any]]:
        """The property groups, as the API gives them; of the last one it says that it is after all others."""
        names = list(dict.fromkeys(definition["groupName"] for definition in self.listed(object_type)))
        orders = [*range(len(names) - 1), -1]
        return [
            {"name": name, "label": name.replace("_", " ").capitalize(), "displayOrder": order, "archived": False}
            for name, order in zip(names, orders, strict=True)
        ]

    def exists(self, definition: Definition) -> bool:
        """Whether the definition was made by the portal's day."""
        return not definition["name"].endswith("_made_later") or self._days >= _DAY_OF_NEW

    @cached_property
    def _given_for_contacts(self) -> list[Definition] | None:
        path = self._settings.contact_properties_file
        return None if path is None else msgspec.json.decode(path.read_bytes())["results"]

    def _made(self, object_type: ObjectType) -> Iterator[Definition]:
        if object_type.object_type_id == "0-1" and self._given_for_contacts is not None:
            yield from self._given_for_contacts
            return
        own = OWN.get(object_type.object_type_id)
        if own is None:
            own = _ACTIVITY if object_type.object_type_id in _ACTIVITIES else _NAME
            if object_type.pipelines:
                own += " hs_pipeline:text hs_pipeline_stage:text"
        more = STANDARD_PROPERTIES.get(object_type.object_type_id, "") if self._settings.standard_properties else ""
        names = [entry.split(":") for entry in f"{COMMON} {own} {more}".split()]
        if object_type.object_type_id in {"0-1", "0-2", "0-3", "0-5"}:
            names = [[n, k] for n, k in names if n != "hs_createdate"]
        for index, (name, kind) in enumerate(names):
            yield self._definition(object_type, index, name, kind, True)
        # Six of them are not in the ordinary answer: sensitive, archived, made or archived on a later day.
        for index in range(len(names), max(self._settings.properties, len(names) + 16)):
            word = WORDS[index % len(WORDS)]
            yield self._definition(
                object_type, index, f"{word}_{index}", CUSTOM_KINDS[index % len(CUSTOM_KINDS)], False
            )
        index = 100_000
        for sensitivity in SENSITIVITIES:
            definition = self._definition(object_type, index, f"{sensitivity}_note", "text", False)
            yield {**definition, "dataSensitivity": sensitivity, "sensitiveDataCategories": ["custom"]}
        for name, since in (("old_fax", -300), ("old_rating", _DAY_OF_OLD)):
            definition = self._definition(object_type, index, name, "text", False)
            gone = self._days >= since
            archived_at = iso(self._start + since * DAY_MS)
            yield {**definition, "archived": gone, **({"archivedAt": archived_at} if gone else {})}
        yield self._definition(object_type, index, "score_made_later", "number", False)
        if object_type.object_type_id == "0-1":
            for number in range(self._settings.long_names):
                yield self._definition(object_type, 300_000 + number, f"{number:03d}{LONG_NAME}", "text", False)
        if self._settings.names_differing_in_case:
            for name in ("stage_closedWon", "stage_closedwon"):
                yield self._definition(object_type, index, name, "text", False)
        yield from self._stage_properties(object_type)

    def _stage_properties(self, object_type: ObjectType) -> Iterator[Definition]:
        """What HubSpot counts for each stage, without a word of it among the definitions."""
        pipelines = self._pipelines.of(object_type) if self._settings.stage_properties else []
        stages = [stage for pipeline in pipelines for stage in pipeline.stage_ids]
        for index, stage in enumerate(stages, 200_000):
            for name, kind in STAGE_PROPERTIES.items():
                yield {**self._definition(object_type, index, f"hs_v2_{name}_{stage}", kind, True), "untold": True}

    def _definition(self, object_type: ObjectType, index: int, name: str, kind: str, hubspots: bool) -> Definition:
        type_, field_type = KINDS[kind]
        made = self._start - (400 + index % 300) * DAY_MS + mixed(index, object_type.number) % DAY_MS
        if name.endswith("_made_later"):
            made = self._start + _DAY_OF_NEW * DAY_MS + 3_600_000
        label = name.replace("_", " ").capitalize()
        definition: Definition = {
            "updatedAt": iso(made + 1000 * DAY_MS // (index % 7 + 10)),
            "createdAt": iso(made),
            "name": name,
            "label": label,
            "type": type_,
            "fieldType": field_type,
            "description": f'{label}, "{kind}"\nof a {object_type.singular.lower()}',
            "groupName": f"{object_type.name}_{'information' if hubspots else 'of_our_own'}",
            "options": _options(kind, index),
            "displayOrder": index % 100 - 1,
            "calculated": kind == "calculated",
            "externalOptions": kind == "owner",
            "hasUniqueValue": name in {"email", "hs_object_id"},
            "hidden": index % 29 == 28,
            "hubspotDefined": hubspots,
            "modificationMetadata": {
                "archivable": not hubspots,
                "readOnlyDefinition": hubspots,
                "readOnlyOptions": hubspots,
                "readOnlyValue": name.startswith("hs_") or kind == "calculated",
            },
            "formField": not hubspots or name in {"email", "firstname", "lastname"},
            "dataSensitivity": "non_sensitive",
            "archived": False,
            "createdUserId": None if hubspots else "9000000",
            "updatedUserId": None if hubspots else "9000037",
        }
        if kind == "owner":
            definition["referencedObjectType"] = "OWNER"
        if kind == "calculated":
            definition["calculationFormula"] = "hs_object_id * 2"
        if kind == "number":
            definition["showCurrencySymbol"] = "amount" in name or "price" in name
        if kind == "date":
            definition["dateDisplayHint"] = "absolute"
        return {key: value for key, value in definition.items() if value is not None}


def _options(kind: str, index: int) -> list[dict[str, Any]]:
    values = {"direction": ("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"), "select": ("low", "medium", "high", "very, very high"), "checkbox": ("a", "b", "c c", "d"), "bool": ("true", "false")}  # fmt: skip  # noqa: E501
    labels = {"true": "Yes", "false": "No"}
    return [
        {
            "label": labels.get(value, value.capitalize()),
            "value": value,
            "description": "",
            "displayOrder": order if index % 2 else -1,
            "hidden": value == "d",
        }
        for order, value in enumerate(values.get(kind, ()))
    ]
