"""No value of an event property leaves HubSpot of which nobody knows whether it is sensitive."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.catalog.portal import EventType
from hubspot_assets.demo.portal.world import events as world_events
from hubspot_assets.demo.portal.world.event_types import EventTypes
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.scratch import scratch_directory
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

VISITED = EventType("e_visited_page", "e_visited_page")
BOOKED = EventType("ae1234_meeting_booked_elsewhere", "ae1234_meeting_booked_elsewhere")
CLICKED = EventType("pe62515_clicked_pricing", "6-4000100")
KNOWN = catalogue("0-1", events=[VISITED, BOOKED, CLICKED])
TABLE = "EVENTS_CLICKED_PRICING"
DEFINITIONS = "behavioral_events.event_definitions.read_write"
DAY = str(YESTERDAY - timedelta(days=2))
Define = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def values_that_can_be_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world_events, "_value", lambda name, own: f"{name} no {own}")


@pytest.fixture
def define(monkeypatch: pytest.MonkeyPatch) -> Callable[[Define], None]:
    """Changes the property definitions that the portal tells of an event type."""
    told = EventTypes.definition

    def change(how: Define) -> None:
        def definition(self: EventTypes, event_type: Any, *, with_properties: bool) -> dict[str, Any]:
            found = told(self, event_type, with_properties=with_properties)
            return {**found, "properties": how(found["properties"])}

        monkeypatch.setattr(EventTypes, "definition", definition)

    return change


def sensitive(name: str) -> Define:
    return lambda found: [{**p, "dataSensitivity": "sensitive"} if p["name"] == name else p for p in found]


@pytest.fixture
def small(s3: DemoS3, tmp_path: Path) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path, KNOWN, events_per_day=400) as export:
        yield export


def carried(small: SmallExport, name: str, day: str = DAY) -> set[str]:
    """The values of a property in the events of the day."""
    events = small.portal.world.events.of_day(YESTERDAY - timedelta(days=2), CLICKED.name)
    return {event.properties[name] for event in events}


def columns(small: SmallExport, table: str = TABLE, day: str = DAY) -> set[str]:
    return {c.name for c in small.manifest(table, day).columns if c.name.startswith("PROPERTY_")}


def written(small: SmallExport) -> str:
    """All that any file of the export holds."""
    files = small.folder.rglob("*.*")
    return "\n".join((gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes()).decode() for f in files)


def test_a_sensitive_property_stays_out_of_a_fresh_bucket(small: SmallExport, define: Callable[[Define], None]) -> None:
    define(sensitive("plan"))

    assert small.export(TABLE, day=DAY).is_complete

    values = carried(small, "plan")
    assert values
    assert columns(small) >= {"PROPERTY_AMOUNT", "PROPERTY_REMARK"}
    assert "PROPERTY_PLAN" not in columns(small)
    assert not any(value in written(small) for value in values)
    assert small.manifest(TABLE, DAY).notes == (), "its definition says that it is held back"


def test_without_the_definitions_no_property_is_written_and_the_manifest_says_which_scope_is_missing(
    s3: DemoS3, tmp_path: Path
) -> None:
    with small_export(s3, tmp_path, KNOWN, events_per_day=400, without_scopes=frozenset({DEFINITIONS})) as small:
        small.export(TABLE, "EVENTS_VISITED_PAGE", day=DAY)

        assert columns(small) == set()
        assert small.frame(TABLE, DAY)["ID"].len() > 0, "the events themselves are there"
        assert not any(value in written(small) for value in carried(small, "plan") | carried(small, "remark"))
        (part,) = small.manifest(TABLE, DAY).parts_unavailable
        assert (part.part, part.status, part.mendable) == ("definitions of custom events", 403, True)
        assert DEFINITIONS in part.scopes
        assert "PROPERTY_HS_URL" in columns(small, "EVENTS_VISITED_PAGE")
        assert small.manifest("EVENTS_VISITED_PAGE", DAY).parts_unavailable == ()


def test_the_definitions_of_a_day_that_lack_the_event_type_do_not_count_as_definitions(
    s3: DemoS3, tmp_path: Path, define: Callable[[Define], None]
) -> None:
    define(sensitive("remark"))
    with small_export(s3, tmp_path, KNOWN, events_per_day=400, without_scopes=frozenset({DEFINITIONS})) as small:
        small.export(TABLE)  # with the day's PROPERTY_DEFINITIONS, in which custom events are missing
        assert small.frame("PROPERTY_DEFINITIONS").filter(OBJECTTYPEID=CLICKED.event_type_id).is_empty()
        assert columns(small, day=str(YESTERDAY)) == set()
    with small_export(s3, tmp_path, KNOWN, events_per_day=400) as small:
        small.export(TABLE)  # the scope was granted, and the day's definitions are as they were
        assert "PROPERTY_PLAN" in columns(small, day=str(YESTERDAY))
        assert "PROPERTY_REMARK" not in columns(small, day=str(YESTERDAY))


def test_a_property_that_events_carry_and_nobody_defines_is_held_back_and_told(
    small: SmallExport, define: Callable[[Define], None]
) -> None:
    define(lambda found: [p for p in found if p["name"] != "plan"])

    small.export(TABLE, day=DAY)

    assert "PROPERTY_PLAN" not in columns(small)
    assert not any(value in written(small) for value in carried(small, "plan"))
    (note,) = small.manifest(TABLE, DAY).notes
    assert note.startswith(f"The property plan of {CLICKED.name} is left out: HubSpot does not define it")


def test_a_property_that_became_sensitive_stays_out_of_a_past_day_that_is_exported_again(
    small: SmallExport, define: Callable[[Define], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ALLOW_LATE_SNAPSHOT", "true")
    small.export("PROPERTY_DEFINITIONS", TABLE, day=DAY)
    assert "PROPERTY_PLAN" in columns(small)

    define(sensitive("plan"))
    small.export("PROPERTY_DEFINITIONS")
    small.export(TABLE, day=DAY)

    assert "PROPERTY_PLAN" not in columns(small)
    assert "PROPERTY_REMARK" in columns(small)


def test_a_defined_property_that_no_event_carries_has_its_column(
    small: SmallExport, define: Callable[[Define], None]
) -> None:
    define(lambda found: [*found, {"name": "never_used", "type": "number", "archived": False}])

    small.export(TABLE, day=DAY)

    assert {"PROPERTY_NEVER_USED", "PROPERTY_UNPARSED_NEVER_USED"} <= columns(small)


def test_an_archived_property_has_a_column_where_an_event_carries_it(
    small: SmallExport, define: Callable[[Define], None]
) -> None:
    retired = {"name": "retired", "type": "string", "archived": True}
    define(lambda found: [{**p, "archived": p["name"] in {"plan", "retired"}} for p in [*found, retired]])

    small.export(TABLE, day=DAY)

    assert "PROPERTY_PLAN" in columns(small)
    assert "PROPERTY_RETIRED" not in columns(small)
    assert small.manifest(TABLE, DAY).notes == ()


def test_definitions_without_their_properties_are_no_definitions(
    small: SmallExport, define: Callable[[Define], None]
) -> None:
    define(lambda _: [])

    small.export(TABLE, day=DAY)

    assert columns(small) == set()
    assert len(small.manifest(TABLE, DAY).notes) == 4


def test_event_types_of_hubspot_and_of_apps_have_what_their_events_carry(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, KNOWN, events_per_day=400) as small:
        small.export("EVENTS_VISITED_PAGE", "EVENTS_AE1234_MEETING_BOOKED_ELSEWHERE", day=DAY)

        assert {"PROPERTY_HS_URL", "PROPERTY_HS_CITY"} <= columns(small, "EVENTS_VISITED_PAGE")
        assert columns(small, "EVENTS_AE1234_MEETING_BOOKED_ELSEWHERE") == {"PROPERTY_MEETING_TITLE"}
        assert not any("event-definitions" in request.path for request in small.portal.requests)


@pytest.mark.parametrize("discovered", [CLICKED, EventType(CLICKED.name, CLICKED.name)])
def test_an_event_type_that_hubspot_does_not_define(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, discovered: EventType
) -> None:
    """Where it was defined when it was discovered, nobody knows about its properties now; else there was nothing."""
    monkeypatch.setattr(EventTypes, "custom", [])
    with small_export(s3, tmp_path, catalogue("0-1", events=[discovered]), events_per_day=400) as small:
        small.export(TABLE, day=DAY)

        assert ("PROPERTY_PLAN" in columns(small)) == (not discovered.is_defined)
        assert bool(small.manifest(TABLE, DAY).notes) == discovered.is_defined


def test_what_is_held_back_is_not_even_on_the_local_disk(
    small: SmallExport, define: Callable[[Define], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    define(sensitive("plan"))
    seen: list[bytes] = []
    monkeypatch.setattr("hubspot_assets.defs.assets.events.scratch_directory", lambda: looked_at(seen))

    small.export(TABLE, day=DAY)

    assert seen
    assert not any(value.encode() in content for value in carried(small, "plan") for content in seen)
    assert any(value.encode() in content for value in carried(small, "remark") for content in seen)


@contextmanager
def looked_at(seen: list[bytes]) -> Iterator[Path]:
    """A scratch directory whose files are looked at before it goes."""
    with scratch_directory() as directory:
        yield directory
        seen += [file.read_bytes() for file in directory.rglob("*.json")]
