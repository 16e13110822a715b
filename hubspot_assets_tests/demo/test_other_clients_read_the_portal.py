"""Programs that other people wrote for HubSpot read the demo portal without error and get what it holds.

This proves the imitation and not the export: none of these clients knows of this project. HubSpot's own SDK is held
against every route of the CRM core in `portal/test_hubspot_sdk_reads_the_portal.py`; here it reads whole tables.
"""

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal
from hubspot_assets.demo.portal.world import Record
from hubspot_assets.demo.portal.world.times import iso
from hubspot_assets_tests.demo import tap_hubspot
from hubspot_assets_tests.demo.portal.sdk import as_ms, sdk_of

PORTAL = PortalSettings(contacts=230, companies=30, deals=120, tickets=20, other_records=5, lists=12, limits=False)


def names_of(portal: RunningPortal, object_type: str) -> list[str]:
    world = portal.world
    return [d["name"] for d in world.property_definitions.listed(world.object_types[object_type])]


def values(record: Record, names: list[str]) -> dict[str, str | None]:
    return {name: record.properties[name] for name in names}


# --- HubSpot's SDK ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("object_type", ["contacts", "companies", "deals", "tickets", "line_items"])
def test_hubspots_sdk_reads_whole_tables(portal: RunningPortal, object_type: str) -> None:
    api, names = getattr(sdk_of(portal).crm, object_type), names_of(portal, object_type)
    for archived in (False, True):
        truth = list(portal.world.records(object_type, archived=archived))
        read = api.get_all(properties=names, archived=archived)
        assert [row.id for row in read] == [record.id for record in truth]
        for row, record in zip(read, truth, strict=True):
            assert {name: row.properties[name] for name in names} == values(record, names)
            assert (as_ms(row.created_at), as_ms(row.updated_at)) == (record.created_ms, record.updated_ms)
            assert row.archived is archived


# --- dlt -------------------------------------------------------------------------------------------------------------


def dlt_client(portal: RunningPortal, paginator: Any) -> Any:
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

    return RESTClient(base_url=portal.url, auth=BearerTokenAuth(portal.token), paginator=paginator)


def by_cursor() -> Any:
    from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

    return JSONResponseCursorPaginator(cursor_path="paging.next.after", cursor_param="after")


def by_link() -> Any:
    from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

    return JSONLinkPaginator(next_url_path="paging.next.link")


@pytest.mark.parametrize("paginator", [by_cursor, by_link])
@pytest.mark.parametrize("path", ["/crm/v3/objects/contacts", "/crm/objects/2026-09/0-1"])
def test_dlt_reads_records_with_their_versions_page_by_page(portal: RunningPortal, path: str, paginator: Any) -> None:
    names = names_of(portal, "contacts")
    query = {"limit": 50, "propertiesWithHistory": ",".join(names)}
    pages = list(dlt_client(portal, paginator()).paginate(path, params=query, data_selector="results"))
    truth = list(portal.world.records("contacts"))
    read = [row for page in pages for row in page]
    assert len(pages) == -(-len(truth) // 50)
    assert [row["id"] for row in read] == [record.id for record in truth]
    for row, record in zip(read, truth, strict=True):
        assert {name: row["properties"][name] for name in names} == values(record, names)
        versions = {n: [(v["value"], v["timestamp"]) for v in kept] for n, kept in row["propertiesWithHistory"].items()}
        known = {n: [(v.value, iso(v.ms)) for v in record.history.get(n, ())] for n in names}
        assert {n: kept for n, kept in versions.items() if kept} == {n: kept for n, kept in known.items() if kept}


def test_dlt_reads_owners_lists_and_events(portal: RunningPortal) -> None:
    world = portal.world
    client = dlt_client(portal, by_cursor())
    owners = client.paginate("/crm/v3/owners", params={"limit": 50}, data_selector="results")
    assert [row["id"] for page in owners for row in page] == [o.owner_id for o in world.owners.listed(archived=False)]

    for one in world.lists.all:
        path = f"/crm/v3/lists/{one.list_id}/memberships"
        pages = client.paginate(path, params={"limit": 40}, data_selector="results")
        read = [(row["recordId"], row["membershipTimestamp"]) for page in pages for row in page]
        assert read == [(m.record_id, iso(m.joined_ms)) for m in world.lists.members(one)]

    query = {"eventType": "e_visited_page", "limit": 20, "sort": "ASCENDING"}
    day = portal.settings.day.isoformat()
    query |= {"occurredAfter": f"{day}T00:00:00Z", "occurredBefore": f"{day}T23:59:59.999Z"}
    pages = client.paginate("/events/v3/events", params=query, data_selector="results")
    read_ids = [row["id"] for page in pages for row in page]
    last = f"{day}T23:59:59.999Z"
    known = [e.id for e in world.events.of_day(portal.settings.day, "e_visited_page") if iso(e.occurred_ms) != last]
    assert read_ids == known


# --- tap-hubspot -----------------------------------------------------------------------------------------------------

STREAMS = ("contacts", "owners", "contact_lists", "list_memberships", "cars")


@pytest.fixture(scope="module")
def tap_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own that has the tap."""
    try:
        return tap_hubspot.install(tmp_path_factory.mktemp("tap"))
    except tap_hubspot.NotInstalled as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def tapped(tap_python: Path, portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The records that the tap writes, by stream."""
    directory = tmp_path_factory.mktemp("tapped")
    (directory / "config.json").write_text(json.dumps(tap_hubspot.settings(portal.token)))
    command = tap_hubspot.command(tap_python, portal.url, directory, STREAMS)
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert "ERROR" not in answer.stderr
    records: dict[str, list[Any]] = {stream: [] for stream in STREAMS}
    for line in answer.stdout.splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            records[message["stream"]].append(message["record"])
    return records


def same_moment(told: str, ms: int) -> bool:
    return round(datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp() * 1000) == ms


@pytest.mark.parametrize(("stream", "object_type"), [("contacts", "contacts"), ("cars", "2-111")])
def test_tap_hubspot_reads_records(
    tapped: dict[str, list[Any]], portal: RunningPortal, stream: str, object_type: str
) -> None:
    truth = list(portal.world.records(object_type))
    texts = [
        d["name"]
        for d in portal.world.property_definitions.listed(portal.world.object_types[object_type])
        if d["type"] in {"string", "enumeration", "phone_number"}
    ]
    assert len(texts) > 10
    assert [row["id"] for row in tapped[stream]] == [record.id for record in truth]
    for row, record in zip(tapped[stream], truth, strict=True):
        assert {n: row[f"property_{n}"] for n in texts} == values(record, texts)
        assert same_moment(row["updatedAt"], record.updated_ms)


def test_tap_hubspot_reads_owners_lists_and_memberships(tapped: dict[str, list[Any]], portal: RunningPortal) -> None:
    world = portal.world
    assert [(row["id"], row["email"]) for row in tapped["owners"]] == [
        (owner.owner_id, owner.email) for owner in world.owners.listed(archived=False)
    ]
    assert {str(row["listId"]): row["name"] for row in tapped["contact_lists"]} == {
        one.list_id: one.piece.name for one in world.lists.all
    }
    members = {(str(row["listId"]), str(row["recordId"])) for row in tapped["list_memberships"]}
    assert members == {(one.list_id, m.record_id) for one in world.lists.all for m in world.lists.members(one)}
