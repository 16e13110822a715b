"""Programs that other people wrote for HubSpot read the demo portal without error and get what it holds.

This proves the imitation and not the export: none of these clients knows of this project. HubSpot's own SDK is held
against every route of the CRM core in `portal/test_hubspot_sdk_reads_the_portal.py`; here it reads whole tables.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world import Record
from hubspot_assets.demo.portal.world.times import iso
from hubspot_assets_tests.demo.portal.sdk import as_ms, sdk_of

SETTINGS = PortalSettings(contacts=230, companies=30, deals=120, tickets=20, other_records=5, lists=12, limits=False)


@pytest.fixture(scope="module")
def portal() -> Iterator[RunningPortal]:
    with serve(SETTINGS) as running:
        yield running


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

# The address of HubSpot is a constant of the tap: there is no setting for it. Of its streams, those are chosen whose
# paths HubSpot still has in v3; what a stream reads and how is the tap's own. It can not write a datetime that is
# none, which portals have: properties that are datetimes are not selected, nor the object that repeats them all.
RUN_THE_TAP = """
import json, sys
import tap_hubspot

url, config, catalog, streams = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split(",")
tap_hubspot.BASE_URL = url
tap_hubspot.CONFIG.update(json.load(open(config)))
found = []
for stream in tap_hubspot.STREAMS:
    if stream.tap_stream_id in streams:
        schema, metadata = tap_hubspot.load_discovered_schema(stream)
        found.append({"stream": stream.tap_stream_id, "tap_stream_id": stream.tap_stream_id,
                      "schema": schema, "metadata": metadata})
for custom in tap_hubspot.generate_custom_streams(mode="DISCOVER"):
    name = custom["stream"].tap_stream_id
    if name in streams:
        found.append({"stream": name, "tap_stream_id": name, "table_name": custom["custom_object_name"],
                      "schema": custom["schema"],
                      "metadata": tap_hubspot.get_metadata(custom["stream"], custom["schema"])})
for stream in found:
    fields = stream["schema"]["properties"]
    for entry in stream["metadata"]:
        field = entry["breadcrumb"][-1] if entry["breadcrumb"] else ""
        moment = field.startswith("property_") and fields[field].get("format") == "date-time"
        entry["metadata"]["selected"] = not moment and field != "properties"
json.dump({"streams": found}, open(catalog, "w"))
sys.argv = ["tap-hubspot", "--config", config, "--properties", catalog]
tap_hubspot.main()
"""
STREAMS = ("contacts", "owners", "contact_lists", "list_memberships", "cars")


@pytest.fixture(scope="module")
def tap_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own that has the tap: its pins and ours do not go together."""
    uv = shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")
    if uv is None:
        pytest.skip("tap-hubspot is installed by uv, which `make test` brings and which is not here")
    directory = tmp_path_factory.mktemp("tap")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, directory], check=True, capture_output=True)
    python = directory / "bin" / "python"
    install = [uv, "pip", "install", "--quiet", "--python", python, "tap-hubspot>=4.5,<5"]
    try:
        answer = subprocess.run(install, capture_output=True, text=True, timeout=240, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("tap-hubspot could not be installed: the package index did not answer in time")
    if answer.returncode:
        reason = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.skip(f"tap-hubspot could not be installed from the package index: {reason}")
    return python


@pytest.fixture(scope="module")
def tapped(tap_python: Path, portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The records that the tap writes, by stream."""
    directory = tmp_path_factory.mktemp("tapped")
    config = directory / "config.json"
    config.write_text(json.dumps({"api_key": portal.token, "start_date": "2000-01-01T00:00:00Z"}))
    arguments = [portal.url, str(config), str(directory / "catalog.json"), ",".join(STREAMS)]
    answer = subprocess.run(
        [tap_python, "-c", RUN_THE_TAP, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
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
