"""EVENTS_<X>: the events of the partition's day, of any past day, one day or a range of them in one run."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.instance import instance_of_commands
from hubspot_assets.defs.specs import asset_key
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, command, small_export

VISITED = EventType("e_visited_page", "e_visited_page")
CLICKED = EventType("pe62515_clicked_pricing", "6-4000100")
KNOWN = catalogue("0-1", events=[VISITED, CLICKED])
EVENTS = [asset_key(table) for table in PortalTables(KNOWN).events.values()]
LONG_AGO = YESTERDAY - timedelta(days=29)


@pytest.fixture
def small(s3: DemoS3, tmp_path: Path) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path, KNOWN) as export:
        yield export


def happened(small: SmallExport, name: str, since: datetime, until: datetime) -> set[str]:
    """The ids of the events that the portal holds of a time."""
    events = small.portal.world.events
    types = [t for t in small.portal.world.event_types.listed() if t.name == name]
    return {e.id for e in events.between(types, *(round(at.timestamp() * 1000) for at in (since, until)))}


def midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_a_day_has_the_events_from_its_first_to_its_last_millisecond_in_the_time_zone_of_the_export(
    small: SmallExport, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_TIMEZONE", zone)
    day = YESTERDAY - timedelta(days=2)
    for event in (VISITED, CLICKED):
        table = small.portal_tables.events[event.name].name
        result = small.export(table, day=str(day))
        assert result.is_complete
        since, until = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        found = small.frame(table, str(day))
        assert set(found["ID"]) == happened(small, event.name, since, until)
        assert found["ID"].n_unique() == found.height > 0
        if zone == "UTC":
            moments = found["OCCURREDAT"].cast(pl.String)
            assert moments.min() == f"{day} 00:00:00.000"
            assert moments.max() == f"{day} 23:59:59.999"


def test_events_of_a_day_long_over_are_exported_where_objects_are_refused(small: SmallExport) -> None:
    day = YESTERDAY - timedelta(days=12)
    refused = small.export("OBJECTS_CONTACTS", day=str(day))
    assert "HUBSPOT_ALLOW_LATE_SNAPSHOT" in refused.failed["OBJECTS_CONTACTS"]
    result = small.export("EVENTS_VISITED_PAGE", "EVENTS_CLICKED_PRICING", day=str(day))
    assert result.failed == {}
    assert result.is_complete
    assert result.tables["EVENTS_VISITED_PAGE"].rows
    assert command("export", "--day", str(day), "--select", "EVENTS_VISITED_PAGE")[0] == 0


def test_a_day_before_the_first_export_has_the_properties_that_are_defined_now(small: SmallExport) -> None:
    assert small.lake.days() == []
    day = YESTERDAY - timedelta(days=12)
    small.export("EVENTS_CLICKED_PRICING", day=str(day))
    types = {column.name: column.type for column in small.manifest("EVENTS_CLICKED_PRICING", str(day)).columns}
    assert {name: type_ for name, type_ in types.items() if name.startswith("PROPERTY_")} == {
        "PROPERTY_AMOUNT": "number",
        "PROPERTY_CLICKED_AT": "datetime",
        "PROPERTY_PLAN": "string",
        "PROPERTY_REMARK": "string",
        "PROPERTY_UNPARSED_AMOUNT": "string",
        "PROPERTY_UNPARSED_CLICKED_AT": "string",
    }
    assert small.frame("EVENTS_CLICKED_PRICING", str(day))["PROPERTY_PLAN"].drop_nulls().len()
    assert small.lake.days() == [str(day)]
    assert list(small.lake.manifests(str(day))) == ["EVENTS_CLICKED_PRICING"]


def test_properties_that_hubspot_defines_nowhere_become_columns_when_an_event_carries_them(small: SmallExport) -> None:
    small.export("EVENTS_VISITED_PAGE")
    defined = small.frame("PROPERTY_DEFINITIONS").filter(pl.col("OBJECTTYPEID") == VISITED.event_type_id)
    assert defined.is_empty()
    found = small.frame("EVENTS_VISITED_PAGE")
    for event in small.portal.world.events.of_day(YESTERDAY, VISITED.name):
        row = found.row(by_predicate=pl.col("ID") == event.id, named=True)
        values = {name: value for name, value in row.items() if name.startswith("PROPERTY_") and value is not None}
        assert values == {f"PROPERTY_{name.upper()}": value for name, value in event.properties.items()}
        assert row["OBJECTID"] == event.object_id


def test_a_backfill_is_the_same_as_one_run_for_the_range_and_as_one_run_for_each_day(
    s3: DemoS3, tmp_path_factory: pytest.TempPathFactory
) -> None:
    days = [str(LONG_AGO + timedelta(days=n)) for n in range(30)]
    job = build_defs(KNOWN).resolve_implicit_global_asset_job_def()
    with small_export(s3, tmp_path_factory.mktemp("each_day"), KNOWN) as each, instance_of_commands() as instance:
        for day in days:
            assert job.execute_in_process(partition_key=day, asset_selection=EVENTS, instance=instance).success
        contents = {(day, table): _content(each.lake, table, day) for day in days for table in _tables()}
        calls = each.portal.requests.count
    with small_export(s3, tmp_path_factory.mktemp("range"), KNOWN) as whole, instance_of_commands() as instance:
        over = {"dagster/asset_partition_range_start": days[0], "dagster/asset_partition_range_end": days[-1]}
        result = job.execute_in_process(tags=over, asset_selection=EVENTS, instance=instance)
        assert result.success
        told = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
        assert sorted({one.partition or "" for one in told}) == days
        assert len(told) == len(days) * len(EVENTS)
        assert whole.lake.days() == days
        for (day, table), content in contents.items():
            assert _content(whole.lake, table, day).equals(content), (day, table)
        definitions = sum("event-definitions" in request.path for request in whole.portal.requests)
        assert definitions == 1, "no day of the range has definitions, and they are asked for once"
        assert whole.portal.requests.count == calls - (len(days) - definitions)
    rows = [content.height for content in contents.values()]
    assert 0 in rows, "a day without events is a table without rows"
    assert sum(rows) > 500


def test_a_run_for_a_range_of_days_goes_on_where_one_died(s3: DemoS3, tmp_path: Path) -> None:
    days = [str(LONG_AGO + timedelta(days=n)) for n in range(8)]
    job = build_defs(KNOWN).resolve_implicit_global_asset_job_def()
    over = {"dagster/asset_partition_range_start": days[0], "dagster/asset_partition_range_end": days[-1]}
    rate = dict.fromkeys(("ten_secondly_limit", "associations_limit", "search_limit"), 10**6)
    with (
        small_export(s3, tmp_path, KNOWN, **rate, limits=True, events_per_day=600) as small,
        instance_of_commands() as instance,
    ):
        visits = [EVENTS[0]]
        assert job.execute_in_process(tags=over, asset_selection=visits, instance=instance).success
        whole = {day: _content(small.lake, "EVENTS_VISITED_PAGE", day) for day in days}
        limits, calls = small.portal.limits, small.portal.limits.daily_used
        limits.daily_limit = calls + calls // 2
        died = job.execute_in_process(tags=over, asset_selection=visits, instance=instance, raise_on_error=False)
        assert not died.success
        assert list((small.folder / "_unfinished").rglob("*.zip"))
        limits.daily_limit = 10**6
        assert job.execute_in_process(tags=over, asset_selection=visits, instance=instance).success
        assert limits.daily_used <= 2 * calls + 8, "each day begins with one page that is looked at again, at most"
        for day, content in whole.items():
            assert _content(small.lake, "EVENTS_VISITED_PAGE", day).equals(content), day
        assert not list((small.folder / "_unfinished").rglob("*.zip"))


def _tables() -> list[str]:
    return [table.name for table in PortalTables(KNOWN).events.values()]


def _content(lake: Lake, table: str, day: str) -> pl.DataFrame:
    return lake.read(table, day).drop("INGESTEDAT").collect()
