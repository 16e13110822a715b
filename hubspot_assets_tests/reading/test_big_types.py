"""A type of many chunks, whose tables are made while it is read, is exported as one of a single chunk is."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import csv_gzip, lake
from hubspot_assets.lake.store import Store
from hubspot_assets.lake.writer import Attempt
from hubspot_assets.reading import since_earlier_day
from hubspot_assets.tables import chunks
from hubspot_assets_tests.canned_export import canned_export, definition
from hubspot_assets_tests.exported import BUCKET
from hubspot_assets_tests.hubspot.canned import Table
from hubspot_assets_tests.reading.test_carry_forward import BEFORE, DAY, HISTORY, KNOWN, LARGE, TABLES, export
from hubspot_assets_tests.sampled import SWEEP, sampled
from hubspot_assets_tests.small_export import catalogue, small_export

CELLS = 1500
LATE = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}
PIPELINES = "/crm/pipelines/2026-09/0-3"
RECORDS = "/crm/objects/2026-09/0-3"


@pytest.fixture
def many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CELLS_A_CHUNK", CELLS)


@pytest.mark.parametrize("most_waiting", sampled([1, 10**9], 1), ids=["little may wait", "much may wait"])
def test_history_that_is_carried_is_that_of_a_whole_read(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_waiting: int
) -> None:
    first, whole = tmp_path / f"carried{most_waiting}", tmp_path / f"whole{most_waiting}"
    first.mkdir()
    whole.mkdir()
    read = export(s3, whole, DAY)
    monkeypatch.setattr(since_earlier_day, "MOST_WAITING", most_waiting)
    monkeypatch.setattr(chunks, "CELLS_A_CHUNK", CELLS)
    before = export(s3, first, BEFORE)
    carried = export(s3, first, DAY)

    for table, frame in read.without_times().items():
        assert carried.without_times()[table].equals(frame), table
    assert carried.manifest.carried is not None
    assert carried.manifest.carried.records > 900
    assert 1 <= carried.batches <= (2 if most_waiting > 1 else 20)
    assert carried.frames[HISTORY]["INGESTEDAT"].min() == before.frames[HISTORY]["INGESTEDAT"].min()


@SWEEP
@pytest.mark.usefixtures("many_chunks")
@pytest.mark.parametrize("damaged", [HISTORY, "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS"])
def test_an_earlier_day_whose_damage_shows_in_the_middle_is_not_carried(
    s3: DemoS3, tmp_path: Path, damaged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = 0
    get = Store.get

    def cut_later(store: Store, key: str, *rest: Any) -> Any:
        # The first file is as it was written, so that tables were begun when the damage shows.
        nonlocal number
        found = get(store, key, *rest)
        if f"{BEFORE}/{damaged}/data" not in key:
            return found
        number += 1
        return found if number == 1 else (found[0][:-100], found[1])

    first, whole = tmp_path / f"damaged{damaged[:20]}", tmp_path / f"read{damaged[:20]}"
    first.mkdir()
    whole.mkdir()
    read = export(s3, whole, DAY)
    monkeypatch.setattr(csv_gzip, "slices", partial(csv_gzip.slices, slice_bytes=100_000))
    monkeypatch.setattr(lake, "Attempt", lambda store, folder, first, _: Attempt(store, folder, first, 10_000))
    export(s3, first, BEFORE)
    monkeypatch.setattr(Store, "get", cut_later)
    found = export(s3, first, DAY)

    assert number > 1
    assert found.manifest.carried is None
    for table, frame in read.without_times().items():
        assert found.without_times()[table].equals(frame), table


@pytest.mark.usefixtures("many_chunks")
def test_an_export_that_dies_leaves_no_file_of_a_table_and_goes_on_where_it_was(s3: DemoS3, tmp_path: Path) -> None:
    first, whole = tmp_path / "died", tmp_path / "undisturbed"
    first.mkdir()
    whole.mkdir()
    read = export(s3, whole, DAY)
    rate = dict.fromkeys(("ten_secondly_limit", "associations_limit", "search_limit"), 10**6)
    with small_export(s3, first, KNOWN, LATE, **{**LARGE, **rate, "limits": True, "day": DAY}) as small:
        small.export("PROPERTY_DEFINITIONS", "PIPELINE_STAGES", day=str(DAY))
        small.portal.requests.clear()
        limits = small.portal.limits
        limits.daily_limit = limits.daily_used + read.lists // 2
        assert small.export(*TABLES, day=str(DAY)).failed
        died = sum(request.path.endswith("/0-1") for request in small.portal.requests)
    assert list((s3.directory / BUCKET / first.name / "_unfinished").rglob("*.zip"))
    assert not list((s3.directory / BUCKET / first.name / str(DAY)).glob("OBJECT*CONTACTS/**/data_*"))
    went_on = export(s3, first, DAY)

    for table, frame in read.without_times().items():
        assert went_on.without_times()[table].equals(frame), table
    assert died >= read.lists // 2 - 1
    assert died + went_on.lists <= 1.1 * read.lists + 2


@pytest.mark.usefixtures("many_chunks")
def test_a_property_of_a_stage_that_only_the_last_record_has_is_a_column(s3: DemoS3, tmp_path: Path) -> None:
    moment = "2026-01-02T03:04:05.678Z"
    with canned_export(s3, tmp_path, catalogue("0-3"), LATE) as made:
        made.define("0-3", definition("dealname"))
        stages = [{"id": one, "label": one, "createdAt": "2020-01-01T00:00:00Z"} for one in ("new", "won")]
        made.answers[PIPELINES] = {"results": [{"id": "default", "label": "Sales", "stages": stages}]}
        deals = [{"id": n, "properties": {"dealname": f"D{n}"}, "history": {}} for n in range(1, 1001)]
        deals[-1]["properties"]["hs_v2_date_entered_won"] = moment
        table = Table(deals)
        made.answers |= {RECORDS: table, f"{RECORDS}/batch/read": table}

        assert made.export("OBJECTS_DEALS", "OBJECT_WITH_OBJECT_PROPERTIES/DEALS").is_complete

        wide = made.frame("OBJECTS_DEALS")
        json = made.frame("OBJECT_WITH_OBJECT_PROPERTIES/DEALS")["PROPERTIES"]
    assert wide["PROPERTY_DEALNAME"].to_list() == [f"D{n}" for n in range(1, 1001)]
    entered = wide["PROPERTY_HS_V2_DATE_ENTERED_WON"]
    assert (entered.null_count(), str(entered[-1])) == (999, "2026-01-02 03:04:05.678000")
    assert [c for c in wide.columns if "_NEW" in c] == []
    assert "hs_v2_date_entered_won" in json[-1]
