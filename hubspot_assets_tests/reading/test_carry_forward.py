"""A day after an exported day: history is read of what changed only, and the tables are those of a whole read."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column, schema
from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, TableContent, Unavailable
from hubspot_assets.lake.manifest import Carried
from hubspot_assets.reading.carry_forward import Base, base_for, carried_tables
from hubspot_assets.tables.properties import Property
from hubspot_assets_tests.exported import BUCKET, YESTERDAY, client_of
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

BEFORE, DAY = YESTERDAY - timedelta(days=1), YESTERDAY
CONTRACT = PortalTables(Portal.standard())
KNOWN = catalogue("0-1")
TABLES = tuple(
    f"{family}CONTACTS"
    for family in (
        "OBJECTS_",
        "OBJECTS/",
        "OBJECT_WITH_OBJECT_PROPERTIES/",
        "OBJECT_PROPERTIES/",
        "OBJECT_PROPERTIES_HISTORY/",
    )
)
HISTORY = TABLES[-1]
_numbers = itertools.count()
LARGE = {"contacts": 1000, "properties": 30, "changed_share": 0.02}


@pytest.fixture
def lake(s3: DemoS3) -> Lake:
    client = client_of(s3)
    return Lake(client, BUCKET, f"chosen/{next(_numbers)}")


def export(s3: DemoS3, directory: Path, day: date, formats: str = "csv", **settings: object) -> "Exported":
    late = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true", "HUBSPOT_FORMATS": formats}
    with small_export(s3, directory, KNOWN, late, **{**LARGE, "day": day, **settings}) as small:
        result = small.export(*TABLES, day=str(day))
        assert not result.failed
        return Exported(small, str(day))


class Exported:
    """The five tables of a day, and what was asked for them."""

    def __init__(self, small: SmallExport, day: str) -> None:
        self.frames = {table: small.frame(table, day) for table in TABLES}
        self.manifest = small.manifest(HISTORY, day)
        asked = [request.path for request in small.portal.requests if request.path.startswith("/crm/objects/")]
        self.lists = sum(path.endswith("/0-1") for path in asked)
        self.batches = sum(path.endswith("/batch/read") for path in asked)

    def without_times(self) -> dict[str, pl.DataFrame]:
        return {table: frame.drop("INGESTEDAT") for table, frame in self.frames.items()}


@pytest.mark.parametrize("cleared", sampled(["", None], 1))
def test_the_tables_are_those_of_a_whole_read_for_a_fraction_of_the_calls(
    s3: DemoS3, tmp_path: Path, cleared: str | None
) -> None:
    first, whole = tmp_path / f"carried{cleared}", tmp_path / f"whole{cleared}"
    first.mkdir()
    whole.mkdir()
    before = export(s3, first, BEFORE, cleared_value=cleared)
    carried = export(s3, first, DAY, cleared_value=cleared)
    read = export(s3, whole, DAY, cleared_value=cleared)

    for table, frame in read.without_times().items():
        assert carried.without_times()[table].equals(frame), table
    assert (before.batches, read.batches) == (0, 0)
    assert read.lists >= 20
    assert carried.lists <= read.lists / 2 + 2
    assert 1 <= carried.batches <= 2
    told = carried.manifest.carried
    assert told is not None
    assert (told.day, told.read_whole) == (str(BEFORE), str(BEFORE))
    assert 0.9 * 1000 < told.records < 1000
    assert read.manifest.carried is None
    old, new = before.frames[HISTORY]["INGESTEDAT"], carried.frames[HISTORY]["INGESTEDAT"]
    assert new.min() == old.min(), "a carried version was read when it was read"


@pytest.mark.parametrize(
    "formats", sampled([("parquet", "csv"), ("csv", "csv,parquet"), ("parquet", "parquet")], 1), ids="_".join
)
def test_history_is_carried_from_any_format_into_any(s3: DemoS3, tmp_path: Path, formats: tuple[str, str]) -> None:
    then, now = formats
    first, whole = tmp_path / "carried", tmp_path / "whole"
    first.mkdir()
    whole.mkdir()
    few = {"contacts": 200}
    export(s3, first, BEFORE, then, **few)
    carried = export(s3, first, DAY, now, **few)
    read = export(s3, whole, DAY, **few)

    assert carried.manifest.carried is not None
    for table, frame in read.without_times().items():
        assert carried.without_times()[table].equals(frame), table


def test_the_history_of_what_changed_goes_on_where_a_run_died(s3: DemoS3, tmp_path: Path) -> None:
    first, whole = tmp_path / "died", tmp_path / "undisturbed"
    first.mkdir()
    whole.mkdir()
    many: dict[str, Any] = {"changed_share": 0.7}
    export(s3, first, BEFORE, **many)
    export(s3, whole, BEFORE, **many)
    undisturbed = export(s3, whole, DAY, **many)
    late = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}
    rate = dict.fromkeys(("ten_secondly_limit", "associations_limit", "search_limit"), 10**6)
    with small_export(s3, first, KNOWN, late, **{**LARGE, **many, **rate, "limits": True, "day": DAY}) as small:
        small.export("PROPERTY_DEFINITIONS", "PIPELINE_STAGES", day=str(DAY))
        small.portal.requests.clear()
        # Of the batches, three are left. One call asks how many calls are left.
        calls = 1 + undisturbed.lists + undisturbed.batches - 3
        small.portal.limits.daily_limit = small.portal.limits.daily_used + calls
        assert small.export(*TABLES, day=str(DAY)).failed
    assert list((s3.directory / BUCKET / first.name / "_unfinished").rglob("*.zip"))
    went_on = export(s3, first, DAY, **many)

    for table, frame in undisturbed.without_times().items():
        assert went_on.without_times()[table].equals(frame), table
    assert undisturbed.batches >= 12
    assert went_on.batches == 3
    assert went_on.manifest.carried == undisturbed.manifest.carried
    assert not list((s3.directory / BUCKET / first.name / "_unfinished").rglob("*.zip"))


NOW = datetime(2026, 11, 22, 0, 5, tzinfo=timezone.utc)
BASE_DAY, BASE_READ = "2026-11-21", NOW - timedelta(days=1)
PROPERTIES = [Property("email", "string"), Property("score", "number")]


def definitions(properties: Sequence[Property], created: datetime = NOW - timedelta(days=400)) -> pl.DataFrame:
    rows = [
        {"OBJECTTYPEID": "0-1", "NAME": p.name, "TYPE": p.type, "ARCHIVED": False, "EXPORTED": True} for p in properties
    ]
    return pl.DataFrame(rows).with_columns(
        pl.lit(None, pl.String).alias("LABEL"),
        pl.lit(None, pl.String).alias("DESCRIPTION"),
        pl.lit(created.replace(tzinfo=None)).dt.cast_time_unit("ms").alias("CREATEDAT"),
    )


def write_earlier_day(
    lake: Lake,
    *,
    day: str = BASE_DAY,
    records: int = 60,
    read_at: Mapping[str, datetime] = MappingProxyType({}),
    missing: Unavailable | None = None,
    carried: Carried | None = None,
    columns: Sequence[Column] = (),
    defined_at: datetime = BASE_READ - timedelta(minutes=1),
) -> None:
    """What an export leaves behind, as far as it is looked at when a day is chosen."""
    tables = CONTRACT.objects["0-1"]
    defined = TableContent.of_frame(definitions(PROPERTIES))
    defined.captured_from = defined.captured_to = defined_at
    lake.write(PROPERTY_DEFINITIONS.name, day, defined)
    for table in (tables.with_object_properties, tables.history):
        dtypes = schema(list(columns or table.columns))
        ids = pl.DataFrame({"OBJECTID": [str(n) for n in range(records)]})
        content = TableContent(
            columns or table.columns,
            ids.select(pl.lit(None, d).alias(n) if n != "OBJECTID" else n for n, d in dtypes.items()),
        )
        content.captured_from = content.captured_to = read_at.get(table.name, BASE_READ)
        content.unavailable, content.carried = missing, carried
        lake.write(table.name, day, content)


def base(
    lake: Lake, now: Sequence[Property] = PROPERTIES, made: pl.DataFrame | None = None, every: int = 7
) -> Base | None:
    made = definitions(now) if made is None else made
    tables = CONTRACT.objects["0-1"]
    return base_for(lake, tables, "2026-11-22", now, made.lazy(), every=every, carried=[tables.history])


def test_history_is_carried_from_the_last_exported_day(lake: Lake) -> None:
    assert base(lake) is None
    write_earlier_day(lake, day="2026-11-18")
    assert base(lake) == Base("2026-11-18", "2026-11-18")
    write_earlier_day(lake, carried=Carried(day="2026-11-20", records=5, read_whole="2026-11-17"))
    assert base(lake) == Base(BASE_DAY, "2026-11-17")


@pytest.mark.parametrize(
    ("read_whole", "expected"), [("2026-11-15", None), ("2026-11-16", Base(BASE_DAY, "2026-11-16"))]
)
def test_everything_is_read_again_after_some_days(lake: Lake, read_whole: str, expected: Base | None) -> None:
    write_earlier_day(lake, carried=Carried(day="2026-11-20", records=5, read_whole=read_whole))
    assert base(lake) == expected


def test_everything_is_read_every_day_where_that_is_wanted(lake: Lake) -> None:
    write_earlier_day(lake)
    assert base(lake, every=1) is None


UNUSABLE: dict[str, dict[str, object]] = {
    "the type could not be read": {"missing": Unavailable(status=403, message="No.")},
    "one page is as cheap": {"records": 50},
    "another version wrote other columns": {"columns": CONTRACT.objects["0-1"].history.columns[:-1]},
    "the definitions were exported again later": {"defined_at": BASE_READ + timedelta(hours=1)},
    "the tables are of two readings": {"read_at": {"OBJECT_PROPERTIES_HISTORY/CONTACTS": NOW - timedelta(hours=23)}},
}


@pytest.mark.parametrize("earlier", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_days_that_history_is_not_carried_from(lake: Lake, earlier: dict[str, Any]) -> None:
    write_earlier_day(lake, **earlier)
    assert base(lake) is None


def test_a_property_of_another_type_needs_a_whole_read(lake: Lake) -> None:
    write_earlier_day(lake)
    assert base(lake, [Property("email", "string"), Property("score", "string")]) is None


@pytest.mark.parametrize(("hours", "is_carried"), [(-1, False), (1, True)])
def test_a_property_that_was_not_exported_must_be_younger_than_the_earlier_day(
    lake: Lake, hours: int, is_carried: bool
) -> None:
    write_earlier_day(lake)
    now = [*PROPERTIES, Property("new", "string")]
    made = pl.concat([definitions(PROPERTIES), definitions(now[2:], BASE_READ + timedelta(hours=hours))])
    assert (base(lake, now, made) is not None) == is_carried


def test_a_property_that_is_gone_is_no_reason_to_read_everything(lake: Lake) -> None:
    write_earlier_day(lake)
    assert base(lake, PROPERTIES[:1]) == Base(BASE_DAY, BASE_DAY, frozenset({"score"}))


@pytest.mark.parametrize(
    ("written", "carried"),
    [
        (["history", "properties", "wide"], ["history", "properties"]),
        (["properties"], ["properties"]),
        (["sources"], ["history", "sources"]),
    ],
)
def test_what_was_cleared_is_told_by_one_of_the_tables_that_are_carried(written: list[str], carried: list[str]) -> None:
    tables = CONTRACT.objects["0-1"]
    found = carried_tables(tables, [getattr(tables, name) for name in written])
    assert found == [getattr(tables, name) for name in carried]
