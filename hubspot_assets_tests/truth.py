"""What every table of an exported day must hold, from what the demo portal's world says, without HTTP.

What a record, an association, a list or an event is, the world says itself; how that looks as a row is put together by
the pure parts of `hubspot_assets.verify`, which share no code with the export.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hubspot_assets.catalog import fixed_tables as fixed
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS
from hubspot_assets.catalog.portal_tables import AssociationTables, ObjectTables, PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.demo.portal.api.forms import _row as form_as_json
from hubspot_assets.demo.portal.world import Record, World, campaigns, content, forms, marketing_emails, media
from hubspot_assets.demo.portal.world.event_types import EMAIL_EVENTS
from hubspot_assets.demo.portal.world.lists import FOLDERS
from hubspot_assets.demo.portal.world.records import SOURCES, Version
from hubspot_assets.demo.portal.world.times import iso
from hubspot_assets.verify import definitions
from hubspot_assets.verify.cells import moment, text_of, typed, unparsed
from hubspot_assets.verify.comparing import Row
from hubspot_assets.verify.events import event_row, type_ids_of
from hubspot_assets.verify.owned_answers import plain_records
from hubspot_assets.verify.records import (
    ENGAGEMENT_TYPE,
    PlainRecord,
    Property,
    PropertyVersion,
    as_engagement,
    as_text_column,
    history_rows,
    id_row,
    json_row,
    property_cells,
    property_rows,
    source_rows,
    wide_row,
)

SENSITIVITIES = ("non_sensitive", "sensitive", "highly_sensitive")
UNLISTED_EMAIL_EVENTS = {
    "e_hs_scheduled_email_v2": "SENT",
    "email_processed": "PROCESSED",
    "email_dropped": "DROPPED",
    "email_suppressed": "SUPPRESSED",
    "email_deferred": "DEFERRED",
    "email_printed": "PRINT",
    "email_forwarded": "FORWARD",
    "email_unbounced": "UNBOUNCE",
}
"""Event types that HubSpot does not list and the export has: its names, and those of the email events API."""
EMAIL_EVENT_TYPES = {**EMAIL_EVENTS, **UNLISTED_EMAIL_EVENTS}
EMAIL_EVENT_OBJECTS = frozenset({"sentBy", "causedBy", "obsoletedBy", "location", "browser"})
CAMPAIGN_ASSETS = {"0-31": "AD_CAMPAIGN", "0-83": "SALES_DOCUMENT"}


class Truth:
    """The rows of every table that the portal can give; `rows_of(table)` is None for one that it does not."""

    def __init__(
        self, world: World, portal_tables: PortalTables, day: date, fields_of: Callable[[str], Sequence[Property]]
    ) -> None:
        """`fields_of`: the fields of types whose fields HubSpot does not define, by type id: the export's own word."""
        self.world, self.portal_tables, self.day, self._fields_of = world, portal_tables, day, fields_of
        self._fixed: dict[Table, Callable[[], Iterator[Row]]] = {
            fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS: self._types,
            fixed.PROPERTY_DEFINITIONS: self._property_definitions,
            fixed.ASSOCIATION_DEFINITIONS: self._association_definitions,
            fixed.OWNERS: lambda: definitions.owner_rows(o.as_json() for o in world.owners.all),
            fixed.OWNER_TEAM: lambda: definitions.owner_team_rows(o.as_json() for o in world.owners.all),
            fixed.TEAMS: self._teams,
            fixed.PIPELINES: lambda: self._of_pipelines(definitions.pipeline_rows),
            fixed.PIPELINE_STAGES: lambda: self._of_pipelines(definitions.stage_rows),
            fixed.LISTS_TABLE: lambda: definitions.list_rows(self._lists()),
            fixed.LIST_MEMBERSHIPS: self._memberships,
        }
        self._there: dict[str, set[str]] = {}

    def rows_of(self, table: Table, exported_types: Mapping[str, str]) -> list[Row] | None:
        """The rows. `exported_types`: column -> type of the exported table, where only the export decides on it."""
        if table in self._fixed:
            return list(self._fixed[table]())
        if table.name == "MARKETING_EVENT_PARTICIPATIONS":
            return list(self._participations())
        if table.event_type is not None:
            of_emails = table.event_type.name in EMAIL_EVENT_TYPES
            return list(self._email_events(table) if of_emails else self._events(table))
        for pair, both in self.portal_tables.associations.items():
            if table in {both.named, both.combined}:
                return list(self._associations(pair, both, table))
        tables = next(tables for tables in self.portal_tables.objects.values() if table in set(tables))
        return self._objects(tables, table, exported_types)

    # --- definitions ------------------------------------------------------------------------------------------------

    def _types(self) -> Iterator[Row]:
        custom = {t.object_type_id: t for t in self.world.object_types.custom}
        for object_type in self.portal_tables.portal.object_types:
            row: dict[str, Any] = {"OBJECTTYPEID": object_type.object_type_id, "METATYPE": "object"}
            if known := custom.pop(object_type.object_type_id, None):
                row |= {"NAME": known.name, "SINGULARLABEL": known.singular, "PLURALLABEL": known.plural}
                row |= {"FULLYQUALIFIEDNAME": known.fully_qualified_name, "ARCHIVED": False}
            yield row
        assert not custom
        for name in self._event_type_names():
            yield {"OBJECTTYPEID": self._event_type_id(name), "FULLYQUALIFIEDNAME": name, "METATYPE": "event"}

    def _event_type_names(self) -> list[str]:
        """Those that HubSpot lists, and what the export has of marketing emails besides."""
        listed = [event_type.name for event_type in self.world.event_types.listed()]
        return [*listed, *(e.name for e in self.portal_tables.portal.event_types if e.name in UNLISTED_EMAIL_EVENTS)]

    def _event_type_id(self, name: str) -> str:
        types = self.world.event_types
        if name in EMAIL_EVENT_TYPES:
            return name
        event_type = types.find(name)
        assert event_type is not None
        if not event_type.custom:
            return name
        return str(types.definition(event_type, with_properties=False)["objectTypeId"])

    def definitions_of(self, type_id: str) -> list[dict[str, Any]]:
        """Every definition of a type: HubSpot's and the account's, archived and sensitive ones too."""
        of = self.world.property_definitions.listed
        object_type = self.world.object_types[type_id]
        return [d for a in (False, True) for s in SENSITIVITIES for d in of(object_type, archived=a, sensitivity=s)]

    def _property_definitions(self) -> Iterator[Row]:
        for object_type in self.portal_tables.portal.object_types:
            type_id = object_type.object_type_id
            if not object_type.source.value.fields:
                told = self.definitions_of(type_id)
                groups = self.world.property_definitions.groups(self.world.object_types[type_id])
                told = definitions.with_engagement_type(told) if type_id == "0-4" else told
                yield from definitions.property_definition_rows(type_id, told, groups)
                continue
            for name, type_, _ in self._fields_of(type_id):
                yield {"OBJECTTYPEID": type_id, "NAME": name, "TYPE": type_, "EXPORTED": True}
        for event_name in filter(EMAIL_EVENT_TYPES.__contains__, self._event_type_names()):
            for name, type_, _ in self._fields_of(event_name):
                yield {"OBJECTTYPEID": event_name, "NAME": name, "TYPE": type_, "EXPORTED": True}
        types = self.world.event_types
        for event_type in types.custom:
            definition = types.definition(event_type, with_properties=True)
            yield from definitions.property_definition_rows(definition["objectTypeId"], definition["properties"])

    def _association_definitions(self) -> Iterator[Row]:
        for pair in self.portal_tables.associations:
            types = self.world.associations.types(*pair)
            names: dict[str, set[str]] = {}
            for t in types:
                names.setdefault(str(t.type_id), set()).add(t.name)
            certain = {type_id: named.pop() for type_id, named in names.items() if len(named) == 1}
            labels = [{"category": t.category, "typeId": t.type_id, "label": t.label} for t in types]
            yield from definitions.association_definition_rows(pair, labels, certain)

    def _teams(self) -> Iterator[Row]:
        teams = self.world.owners.teams
        return definitions.team_rows({"id": t.team_id, "name": t.name, "parentTeamId": t.parent_team_id} for t in teams)

    def _of_pipelines(self, rows: Callable[[str, list[dict[str, Any]]], Iterator[Row]]) -> Iterator[Row]:
        for object_type in self.world.object_types.served():
            # HubSpot lists no archived pipelines; archived stages are inside the others.
            pipelines = [p.as_json for p in self.world.pipelines.of(object_type) if not p.as_json["archived"]]
            yield from rows(object_type.object_type_id, pipelines)

    # --- lists ------------------------------------------------------------------------------------------------------

    def _lists(self) -> Iterator[dict[str, Any]]:
        """As the search of the lists API gives them."""
        lists = self.world.lists
        for one in lists.all:
            told = {
                "hs_list_size": lists.told_size(one),
                "hs_last_record_added_at": lists.last_joined_ms(one),
                "hs_last_record_removed_at": lists.last_left_ms(one),
                "hs_folder_name": FOLDERS[one.folder_id][0] if one.folder_id else None,
                "hs_list_reference_count": one.piece.chance % 4,
                **one.told_when_asked,
            }
            yield {
                "listId": one.list_id,
                "listVersion": one.version,
                "name": one.piece.name,
                "objectTypeId": one.object_type_id,
                "processingType": one.processing_type,
                "processingStatus": one.processing_status,
                "createdAt": iso(one.piece.created_ms),
                "createdById": one.piece.created_by,
                "updatedAt": iso(one.piece.updated_ms),
                "updatedById": one.piece.updated_by,
                "filtersUpdatedAt": None if one.filters_updated_ms is None else iso(one.filters_updated_ms),
                "additionalProperties": {name: str(value) for name, value in told.items() if value is not None},
            }

    def _memberships(self) -> Iterator[Row]:
        for one in self.world.lists.all:
            for member in self.world.lists.members(one):
                yield {
                    "LISTID": one.list_id,
                    "OBJECTTYPEID": one.object_type_id,
                    "OBJECTID": member.record_id,
                    "UPDATEDAT": moment(iso(member.joined_ms)),
                }

    # --- objects ----------------------------------------------------------------------------------------------------

    def _objects(self, tables: ObjectTables, table: Table, exported_types: Mapping[str, str]) -> list[Row] | None:
        object_type = tables.object_type
        if object_type.source is Source.NONE_KNOWN:
            return None
        if object_type.source is Source.ENGAGEMENT_KINDS:
            return self._engagements(tables, table, exported_types)
        type_id = object_type.object_type_id
        if object_type.in_crm_objects_api:
            properties = self.properties_of(type_id)
            records = [plain(record) for record in self.world.records(type_id)]
        else:
            owned = object_type.source is not Source.DEAL_SPLITS
            properties = list(self._fields_of(type_id)) if owned else self.properties_of(type_id)
            assets = object_type.source.name == "CAMPAIGN_ASSETS"
            owned_rows = self._campaign_assets(type_id) if assets else self._owned(object_type.source)
            records = plain_records(object_type.source, owned_rows)
            filled = {name for record in records for name, value in record.values.items() if value is not None}
            assert filled - {p.name for p in properties} <= {"password"}, f"fields of {type_id} without a column"
        return [row for record in records for row in _rows(tables, table, type_id, record, properties)]

    def properties_of(self, type_id: str) -> list[Property]:
        """The properties whose values are exported: neither archived nor sensitive, by name."""
        listed = self.world.property_definitions.listed(self.world.object_types[type_id])
        return sorted(Property(d["name"], d["type"]) for d in listed)

    def _owned(self, source: Source) -> Iterator[dict[str, Any]]:
        """The rows of a type as the API that owns it gives them."""
        world = self.world
        if source is Source.DEAL_SPLITS:
            yield from (split.as_json() for split in world.deal_splits)
        elif source is Source.FORMS:
            yield from map(form_as_json, world.forms.listed(False, set(forms.FORM_TYPES)))
        elif source is Source.FORM_SUBMISSIONS:
            yield from self._submissions()
        elif source is Source.MARKETING_EMAILS:
            emails = world.marketing_emails.listed()
            yield from (marketing_emails.as_json(email, with_statistics=False) for email in emails)
        elif source is Source.CAMPAIGNS:
            for campaign in world.campaigns.listed():
                times = {"createdAt": iso(campaign.created_ms), "updatedAt": iso(campaign.updated_ms)}
                yield {"id": campaign.guid, "properties": campaigns.properties(campaign), **times}
        elif source in _CONTENT:
            kind = _CONTENT[source]
            yield from (content.as_json(kind, piece) for piece in world.content[kind].listed())
        elif source is Source.LISTS:
            yield from self._lists()
        else:
            as_json, listed = {
                "CONVERSATIONS": (world.conversations.as_json, world.conversations.listed),
                "MARKETING_EVENTS": (world.marketing_events.as_json, world.marketing_events.listed),
                "MEDIA_BRIDGE": (media.as_json, world.pieces_of("0-57").listed),
                "SEQUENCES": (world.sequences.as_json, world.sequences.listed),
            }[source.name]
            yield from map(as_json, listed())

    def _campaign_assets(self, type_id: str) -> Iterator[dict[str, Any]]:
        """Each once, with the campaigns that it belongs to."""
        found: dict[str, dict[str, Any]] = {}
        for campaign in self.world.campaigns.listed():
            for asset in campaigns.assets(campaign, CAMPAIGN_ASSETS[type_id]):
                told = found.setdefault(
                    asset.id, {"id": asset.id, "name": asset.name, "metrics": {}, "campaignIds": []}
                )
                told["campaignIds"] = sorted([*told["campaignIds"], campaign.guid])
        return iter(found.values())

    def _participations(self) -> Iterator[Row]:
        events = self.world.marketing_events
        for part in (part for event in events.listed() for part in events.participations(event)):
            told = events.participation_as_json(part)
            contact, properties = told["associations"]["contact"], told["properties"]
            texts = {
                "CONTACTID": contact["contactId"],
                "EMAIL": contact["email"],
                "FIRSTNAME": contact.get("firstname"),
                "LASTNAME": contact.get("lastname"),
                "STATE": properties["attendanceState"],
                "ATTENDANCEDURATIONSECONDS": properties.get("attendanceDurationSeconds"),
                "ATTENDANCEPERCENTAGE": properties.get("attendancePercentage"),
            }
            row = {name: None if value is None else str(value) for name, value in texts.items()}
            yield {
                "MARKETINGEVENTID": events.object_id(part.event),
                **row,
                "OCCURREDAT": moment(str(properties["occurredAt"])),
            }

    def _submissions(self) -> Iterator[dict[str, Any]]:
        for form in self.world.forms.listed(False, set(forms.FORM_TYPES)):
            for one in self.world.forms.submissions(form):
                row: dict[str, Any] = {"formId": form.guid, "submittedAt": one.submitted_ms, "pageUrl": one.page_url}
                row["values"] = [{"name": n, "value": v, "objectTypeId": "0-1"} for n, v in one.values]
                yield row if one.conversion_id is None else {**row, "conversionId": one.conversion_id}

    def _engagements(self, tables: ObjectTables, table: Table, exported_types: Mapping[str, str]) -> list[Row]:
        rows: list[Row] = []
        for kind in ENGAGEMENT_KINDS:
            properties = self.properties_of(kind)
            for record in self.world.records(kind):
                engagement = as_engagement(kind, plain(record))
                own = [*properties, ENGAGEMENT_TYPE]
                rows += _rows(tables, table, tables.object_type.object_type_id, engagement, own)
        if table is not tables.wide:
            return rows
        columns = {name for row in rows for name in row}
        united = ({**dict.fromkeys(columns), **row} for row in rows)
        return [
            {n: as_text_column(value) if exported_types.get(n) == "string" else value for n, value in row.items()}
            for row in united
        ]

    # --- associations and events --------------------------------------------------------------------------------------

    def _associations(self, pair: tuple[str, str], both: AssociationTables, table: Table) -> Iterator[Row]:
        kinds = {
            (row["ASSOCIATIONCATEGORY"], row["ASSOCIATIONTYPEID"]): row
            for row in self._association_definitions()
            if (row["FROMOBJECTTYPEID"], row["TOOBJECTTYPEID"]) == pair
        }
        keys = tuple(column.name for column in table.columns[:2])
        far = self._ids(pair[1])
        for from_id in self._ids(pair[0]):
            for to_id, types in self.world.associations_of(pair[0], from_id, pair[1]):
                for t in types if to_id in far else ():
                    ends, kind = (from_id, to_id), (t.category, str(t.type_id))
                    if table is both.combined:
                        yield definitions.combined_association_row(pair, ends, kind)
                    else:
                        yield definitions.named_association_row(keys, ends, kind, kinds[kind])

    def _ids(self, type_id: str) -> set[str]:
        if type_id not in self._there:
            self._there[type_id] = {record.id for record in self.world.records(type_id)}
        return self._there[type_id]

    def _events(self, table: Table) -> Iterator[Row]:
        assert table.event_type is not None
        event_type = self.world.event_types.find(table.event_type.name)
        assert event_type is not None
        found = list(self.world.events.of_day(self.day, event_type.name))
        properties = {name: "string" for event in found for name in event.properties}
        if event_type.custom:
            defined = self.world.event_types.definition(event_type, with_properties=True)["properties"]
            properties |= {d["name"]: d["type"] for d in defined}
        type_ids = type_ids_of(self.portal_tables.portal.object_types)
        cells = property_cells([Property(name, type_) for name, type_ in sorted(properties.items())])
        for event in found:
            answer = {
                "id": event.id,
                "objectType": self.world.object_types[event.event_type.object_type_id].upper_name,
                "objectId": event.object_id,
                "occurredAt": iso(event.occurred_ms),
                "properties": event.properties,
            }
            yield {**event_row(answer, self._event_type_id(event_type.name), cells, type_ids)}

    def _email_events(self, table: Table) -> Iterator[Row]:
        """The events of marketing emails, an object in one as a column for each of its parts."""
        assert table.event_type is not None
        name = table.event_type.name
        found = [event.as_json for event in self.world.email_events.of_day(self.day, EMAIL_EVENT_TYPES[name])]
        told = [_flat({k: v for k, v in event.items() if k not in {"id", "created", "type"}}) for event in found]
        types = {field: "string" for values in told for field in values} | {
            p.name: p.type for p in self._fields_of(name)
        }
        cells = property_cells([Property(*field) for field in sorted(types.items())])
        for event, values in zip(found, told, strict=True):
            row: Row = {"EVENTTYPEID": name, "ID": event["id"], "OBJECTTYPEID": None, "OBJECTID": None}
            row["OCCURREDAT"] = moment(str(event["created"]))
            for column, field, is_unparsed in cells:
                row[column] = (unparsed if is_unparsed else typed)(text_of(values.get(field.name)), field.type)
            yield row


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        inner = value if name in EMAIL_EVENT_OBJECTS else None
        flat |= {name: value} if inner is None else {f"{name}_{part}": told for part, told in inner.items()}
    return flat


_CONTENT: dict[Source, content.Kind] = {
    Source.LANDING_PAGES: "landing_page",
    Source.SITE_PAGES: "site_page",
    Source.BLOG_POSTS: "blog_post",
}


def _source(version: Version) -> tuple[Any, Any, Any, Any]:
    told = SOURCES[version.source]
    return told.get("sourceType"), told.get("sourceId"), told.get("sourceLabel"), told.get("updatedByUserId")


def plain(record: Record) -> PlainRecord:
    """A record of the world as plain values."""
    versions = {
        n: [PropertyVersion(v.value, iso(v.ms), _source(v)) for v in kept] for n, kept in record.history.items()
    }
    return PlainRecord(record.id, record.properties, iso(record.updated_ms), versions)


def _rows(
    tables: ObjectTables, table: Table, type_id: str, record: PlainRecord, properties: Sequence[Property]
) -> Sequence[Row]:
    if table is tables.wide:
        return [wide_row(type_id, record, property_cells(properties))]
    if table is tables.ids:
        return [id_row(type_id, record)]
    if table is tables.with_object_properties:
        return [json_row(type_id, record, properties)]
    if table is tables.properties:
        return property_rows(type_id, record, properties)
    cap = 45 if type_id == "0-1" else 20
    if table is tables.sources:
        return source_rows(type_id, record, properties, cap)
    return history_rows(type_id, record, properties, cap)
