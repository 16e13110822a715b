"""Small answers of HubSpot in which a field is of another JSON type than documented, each field in turn.

Either the rows are made all the same, or it is told in one sentence what HubSpot answered: a TypeError out of the
middle of a table would tell nobody anything. Not here: records of the CRM objects API, which are decoded to a type.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.catalog import fixed_tables as fixed
from hubspot_assets.catalog.object_types import custom_object
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import (
    HubSpotClient,
    HubSpotError,
    account,
    associations,
    campaign_assets,
    campaigns,
    deal_splits,
    events,
    forms,
    limits,
    lists,
    marketing_events,
    owners,
    pipelines,
    properties,
    schemas,
    sequences,
    teams,
    users,
)
from hubspot_assets.hubspot.children import logged
from hubspot_assets.reading.discovery import Asking, event_types, further_types, pairs_of_schemas
from hubspot_assets.reading.event_readers import read_events
from hubspot_assets.reading.known_types import with_what_is_known
from hubspot_assets.reading.readers import rows_of
from hubspot_assets.tables import definitions, people
from hubspot_assets.tables.event_spool import EventSpool
from hubspot_assets.tables.events import event_columns, event_frame
from hubspot_assets.tables.frames import Row, frame
from hubspot_assets.tables.lists import list_rows, membership_frame
from hubspot_assets.tables.participations import participation_rows
from hubspot_assets.tables.properties import exported_properties, held_back_properties
from hubspot_assets.tables.source_fields import record, undeclared

from .hubspot.canned import CannedHubSpot
from .hubspot.hostile import NoWaiting

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
DAY = NOW.replace(hour=0)
AT = "2026-11-20T10:00:00Z"
MILLISECONDS = int(datetime(2026, 11, 20, 10, tzinfo=timezone.utc).timestamp() * 1000)
WRONG: list[Any] = [None, True, 7, 1.5, "text", "", [], [7], ["text"], [None], [{}], [[]], {}, {"a": 1}, {"a": [{}]}]
_ABSENT = object()

Make = Callable[[HubSpotClient, Path], object]
CASES: dict[str, tuple[Make, dict[str, Any]]] = {}
"""Name -> what makes rows, and an answer by the rules, to whatever is asked."""


def made_of(answer: dict[str, Any]) -> Callable[[Make], Make]:
    def case(make: Make) -> Make:
        CASES[make.__name__.strip("_")] = make, answer
        return make

    return case


def listed(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"results": list(rows)}


def rows(table: Table, made: Iterable[Row]) -> None:
    frame(made, table.columns, NOW)


OWNER = {"id": "1", "email": "a@example.com", "userId": 7, "archived": False, "createdAt": AT}
STAGE = {"id": "s", "label": "S", "displayOrder": 1, "metadata": {"probability": "0.1"}, "archived": False}
LABELS = {"singular": "Car", "plural": "Cars"}
PROPERTY = {
    "name": "colour",
    "label": "Colour",
    "type": "string",
    "fieldType": "text",
    "groupName": "g",
    "options": [{"label": "Red", "value": "red"}],
    "modificationMetadata": {"readOnlyValue": False},
    "dataSensitivity": "non_sensitive",
    "archived": False,
    "displayOrder": 2,
    "createdAt": AT,
}
SCHEMA = {
    "objectTypeId": "2-1",
    "name": "car",
    "fullyQualifiedName": "p1_car",
    "labels": LABELS,
    "description": "Cars",
    "archived": False,
    "createdAt": AT,
    "primaryDisplayProperty": "colour",
    "associations": [{"id": "1", "fromObjectTypeId": "0-1", "toObjectTypeId": "2-1", "name": "x"}],
}
EVENT = {
    "id": "7",
    "name": "bought",
    "fullyQualifiedName": "pe1_bought",
    "objectTypeId": "6-1",
    "labels": LABELS,
    "description": "Bought",
    "archived": False,
    "properties": [PROPERTY],
}


@made_of(listed({**OWNER, "teams": [{"id": "5", "name": "Sales", "primary": True}]}))
def _owners(client: HubSpotClient, _: Path) -> None:
    found = list(owners.read(client, logged))
    rows(fixed.OWNERS, people.owner_rows(found))
    rows(fixed.OWNER_TEAM, people.owner_team_rows(found))


@made_of(listed({"id": "5", "name": "Sales", "userIds": ["1"], "parentTeamId": "4"}))
def _teams(client: HubSpotClient, _: Path) -> None:
    rows(fixed.TEAMS, people.team_rows(teams.read(client)))


@made_of(listed({"id": "p", "label": "P", "displayOrder": 1, "archived": False, "stages": [STAGE], "createdAt": AT}))
def _pipelines(client: HubSpotClient, _: Path) -> None:
    found = pipelines.read(client, "0-3")
    rows(fixed.PIPELINES, definitions.pipeline_rows("0-3", found))
    rows(fixed.PIPELINE_STAGES, definitions.stage_rows("0-3", found))


@made_of(listed({**PROPERTY, "displayOrder": 3}))
def _properties(client: HubSpotClient, _: Path) -> None:
    found = properties.definitions(client, "0-1")
    _exported(definitions.property_rows("0-1", found, properties.groups(client, "0-1")))


def _exported(made: Iterable[Row]) -> None:
    table = frame(made, fixed.PROPERTY_DEFINITIONS.columns, NOW).lazy()
    exported_properties(table, "0-1")
    held_back_properties(table, "0-1")


@made_of(listed(PROPERTY))
def _properties_of_a_discovery(client: HubSpotClient, directory: Path) -> None:
    contacts = [one for one in Portal.standard().object_types if one.object_type_id == "0-1"]
    saved(directory, with_what_is_known(client, contacts, None, Portal.standard()))


@made_of(listed(SCHEMA))
def _custom_objects(client: HubSpotClient, directory: Path) -> None:
    found = schemas.custom_objects(client)
    types = [custom_object(one) for one in found]
    made = [definitions.object_type_row(t, one) for t, one in zip(types, found, strict=True)]
    rows(fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS, made)
    saved(directory, types)
    pairs_of_schemas(found)


@made_of({**listed(EVENT), "eventTypes": ["pe1_bought"]})
def _event_definitions(client: HubSpotClient, directory: Path) -> None:
    found = events.definitions(client)
    named = {one["fullyQualifiedName"]: one for one in found}
    bought = EventType("pe1_bought", "6-1")
    rows(fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS, [definitions.event_type_row(bought, named.get("pe1_bought"))])
    for one in found:
        type_id = one.get("objectTypeId") or one["fullyQualifiedName"]
        _exported(definitions.property_rows({type_id: type_id}[type_id], one.get("properties") or []))
    saved(directory, [], event_types(Asking(client), Portal.standard()))


@made_of(
    {
        "hubspotDefinedObjectTypes": [
            {"objectTypeId": "0-999", "singularLabel": "Forecast", "pluralLabel": "Forecasts", "usage": 3, "limit": 9}
        ],
        "customObjectTypes": {"byObjectType": [{"objectTypeId": "2-1", "usage": 3, "limit": 9}]},
    }
)
def _record_counts(client: HubSpotClient, directory: Path) -> None:
    saved(directory, further_types(limits.records(client), {"0-1"}))


@made_of({"portalId": 1, "timeZone": "UTC", "accountType": "STANDARD"})
def _account(client: HubSpotClient, _: Path) -> None:
    account.details(client)


@made_of(
    listed(
        {
            "name": "private-apps-api-calls-daily",
            "usageLimit": 9,
            "currentUsage": 1,
            "collectedAt": AT,
            "fetchStatus": "SUCCESS",
            "resetsAt": AT,
        }
    )
)
def _daily_calls(client: HubSpotClient, _: Path) -> None:
    account.calls_left(client)


@made_of(listed({"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary", "id": "1", "name": "primary"}))
def _association_types(client: HubSpotClient, _: Path) -> None:
    names = associations.types(client, "0-1", "0-2")
    labels = associations.labels(client, "0-1", "0-2")
    rows(fixed.ASSOCIATION_DEFINITIONS, definitions.association_rows("0-1", "0-2", labels, names))


@made_of(
    {
        "lists": [
            {
                "listId": "1",
                "name": "L",
                "objectTypeId": "0-1",
                "additionalProperties": {"hs_list_size": "3"},
                "size": 3,
            }
        ],
        "hasMore": False,
        "total": 1,
        "offset": 1,
    }
)
def _lists(client: HubSpotClient, _: Path) -> None:
    rows(fixed.LISTS_TABLE, list_rows(lists.read(client)))
    sources(Source.LISTS, rows_of(Source.LISTS, client))


@made_of({**listed({"recordId": "1", "membershipTimestamp": AT}), "total": 1})
def _memberships(client: HubSpotClient, _: Path) -> None:
    membership_frame(lists.memberships_of(client, ["1"], logged), {"1": "0-1"}, NOW)


@made_of(listed({"submittedAt": MILLISECONDS, "values": [{"name": "email", "value": "a"}], "conversionId": "c"}))
def _submissions(client: HubSpotClient, _: Path) -> None:
    found = [one for _, page in forms.submissions_of(client, ["f"], logged) for one in page]
    sources(Source.FORM_SUBMISSIONS, ({"formId": "f", **one} for one in found))


@made_of(listed({"id": "1", "properties": {"hs_name": "Spring"}, "createdAt": AT, "updatedAt": AT}))
def _campaigns(client: HubSpotClient, _: Path) -> None:
    sources(Source.CAMPAIGNS, campaigns.read(client, ["hs_name"]))


@made_of(listed({"id": "1", "name": "Asset", "metrics": {"a": 1}}))
def _campaign_assets(client: HubSpotClient, _: Path) -> None:
    found = [one for _, page in campaign_assets.of_campaigns(client, ["9"], "AD_CAMPAIGN", logged) for one in page]
    sources(Source.CAMPAIGN_ASSETS, ({**one, "campaignIds": ["9"]} for one in found))


@made_of(listed({"id": "1", "name": "Sequence", "userId": "7", "createdAt": AT}))
def _sequences(client: HubSpotClient, _: Path) -> None:
    user_ids = [str(user["id"]) for user in users.read(client)]
    sources(Source.SEQUENCES, sequences.read(client, user_ids, logged))


@made_of(listed({"id": "7", "splits": [{"id": "1", "properties": {"a": "b"}, "updatedAt": AT}]}))
def _deal_splits(client: HubSpotClient, _: Path) -> None:
    for _deal, splits in deal_splits.read(client, ["7"], logged):
        for split in splits:
            dict(split.get("properties") or {}).items()


CONTENT = {"id": "1", "name": "Page", "updated": AT, "created": AT, "campaignIds": ["9"], "content": {"a": 1}}


def sources(source: Source, found: Iterable[Any]) -> None:
    for one in found:
        undeclared(source, one)
        record(source, one)


def _of(source: Source) -> Make:
    return lambda client, _: sources(source, rows_of(source, client))


for _source in Source:
    if _source.value.reader and _source is not Source.LISTS:
        extra = {"objectId": "1", "customProperties": [{"name": "a", "dataSensitivity": "none"}]}
        CASES[_source.name.lower()] = _of(_source), listed({**CONTENT, **extra})


@made_of(
    listed(
        {
            "associations": {"contact": {"contactId": "1", "email": "a@example.com"}},
            "properties": {"attendanceState": "ATTENDED", "occurredAt": MILLISECONDS},
        }
    )
)
def _participations(client: HubSpotClient, _: Path) -> None:
    for event, page in marketing_events.participations_of(client, ["e"], logged):
        rows(fixed.MARKETING_EVENT_PARTICIPATIONS, participation_rows(event, page))


OCCURRENCE = {"id": "1", "occurredAt": AT, "objectType": "CONTACT", "objectId": "1", "properties": {"colour": "red"}}


@made_of(listed(OCCURRENCE))
def _occurrences(client: HubSpotClient, directory: Path) -> None:
    _events("e_visited_page", client, directory)


@made_of(
    {
        "events": [{"id": "1", "created": MILLISECONDS, "type": "OPEN", "recipient": "a", "browser": {"name": "b"}}],
        "hasMore": False,
        "offset": "o",
    }
)
def _email_events(client: HubSpotClient, directory: Path) -> None:
    _events("e_opened_email", client, directory)


def _events(name: str, client: HubSpotClient, directory: Path) -> None:
    event_type = EventType(name, name)
    [table] = PortalTables(replace(Portal.standard(), event_types=(event_type,))).events.values()
    spool = EventSpool(directory, [])
    for page in read_events(client, name, DAY, DAY + timedelta(days=1)):
        spool.add(page, NOW)
    event_columns(table, spool.properties)
    for page, read_at in spool.pages():
        event_frame(page, table, name, spool.properties, read_at, {})


def saved(directory: Path, types: Any, events_: Any = ()) -> None:
    """What discovery found goes into the catalogue, and is read from there."""
    portal = Portal.of(types, events_, ())
    portal.save(directory / "catalogue.json")
    Portal.load(directory / "catalogue.json")
    [one.told for one in portal.object_types]


def places(answer: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every field of an answer, by the way to it."""
    inside = answer.items() if isinstance(answer, dict) else enumerate(answer) if isinstance(answer, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def put(answer: Any, path: tuple[Any, ...], value: Any) -> Any:
    bent = json.loads(json.dumps(answer))
    inner = bent
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    if value is _ABSENT:
        del inner[path[-1]]
    return bent


@pytest.mark.parametrize("name", CASES)
def test_a_field_of_another_type_is_a_row_or_a_sentence(name: str, tmp_path: Path) -> None:
    make, answer = CASES[name]
    make(CannedHubSpot(lambda _: answer).client(limiter=NoWaiting()), _empty(tmp_path, 0))
    wrong: list[str] = []
    for number, place in enumerate(places(answer)):
        for value in (*WRONG, _ABSENT):
            bent = put(answer, place, value)
            client = CannedHubSpot(lambda _, bent=bent: bent).client(limiter=NoWaiting())  # type: ignore[misc]
            try:
                make(client, _empty(tmp_path, number + 1))
            except HubSpotError as error:
                if "\n" in str(error):
                    wrong.append(f"{place}: {error}")
            except Exception as error:
                wrong.append(f"{'.'.join(map(str, place))} = {value!r}: {error!r}")
    assert not wrong, "\n".join(wrong)


def _empty(directory: Path, number: int) -> Path:
    found = directory / str(number)
    found.mkdir(exist_ok=True)
    return found
