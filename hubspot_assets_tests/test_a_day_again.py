"""A day that is exported again, as a whole or in part, and what `hubspot-assets tables` says of the last day."""

import re
from pathlib import Path

import polars as pl
import pytest
from dagster import DagsterEvent

from hubspot_assets.catalog.portal import EventType
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, command, small_export

DAY = str(YESTERDAY)
KNOWN = catalogue("0-1", "0-30", events=[EventType("e_visited_page", "e_visited_page")])


def test_a_day_exported_again_is_replaced_as_a_whole_or_one_table_alone(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, KNOWN, contacts=20) as small:
        assert not small.export().failed
        first = small.lake.success(DAY)
        assert first is not None
        before = set(small.frame("OBJECTS_CONTACTS")["OBJECTID"])
    with small_export(s3, tmp_path, KNOWN, contacts=35, seed=2) as small:
        assert not small.export().failed
        now = {record.id for record in small.portal.world.records("0-1")}
        assert now != before
        assert set(small.frame("OBJECTS_CONTACTS")["OBJECTID"]) == now
        folder = small.folder / DAY
        for table in small.portal_tables:
            files = sorted(path.name for path in (folder / table.name).glob("*.csv.gz"))
            assert files == sorted(file.name for file in small.manifest(table.name).files), table.name
        second = small.lake.success(DAY)
        assert second is not None
        assert second.tables["OBJECTS_CONTACTS"].rows == len(now)

        states = [small.lake.success(DAY)]
        small.export("EVENTS_VISITED_PAGE", on_event=lambda _: states.append(small.lake.success(DAY)))
        assert None in states, "a day of which a table is being replaced is open"
        assert small.lake.success(DAY) is not None, "a day that was closed is closed again"


def rows(small: SmallExport, table: str) -> pl.DataFrame:
    """What is in a table, whenever it was read and in whatever order its rows came."""
    frame = small.frame(table).drop("INGESTEDAT", strict=False)
    return frame.sort(frame.columns)


def test_an_export_that_died_is_gone_on_with(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, KNOWN) as small:
        small.export()
        undisturbed = len(small.portal.requests)
        whole = {table.name: rows(small, table.name) for table in small.portal_tables}
        written = 0

        def die_after_half(event: DagsterEvent) -> None:
            nonlocal written
            written += event.is_step_materialization
            if written == len(whole) // 2:
                raise KeyboardInterrupt

        small.portal.requests.clear()
        with pytest.raises(KeyboardInterrupt):
            small.export(on_event=die_after_half)
        assert small.lake.success(DAY) is None
        code, output = command("export", "--day", DAY)

        assert code == 0, output
        in_already = re.search(r"(\d+) of them were already there", output)
        assert in_already, output
        # Steps run side by side: some tables were in that had not been told of yet.
        assert written <= int(in_already[1]) < len(whole)
        # What was being read is read again, and each start forecasts the calls of the day.
        assert len(small.portal.requests) < 1.2 * undisturbed
        assert small.lake.success(DAY) is not None
        for name, frame in whole.items():
            assert rows(small, name).equals(frame), name
        small.portal.requests.clear()
        assert not small.export().failed
        assert len(small.portal.requests) == undisturbed, "a day that is whole is read anew"


def test_a_day_is_exported_by_one_command_at_a_time(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, KNOWN) as small, small.lake.exporting(DAY, whole=True):
        code, output = command("export", "--day", DAY)
        assert code == 1
        assert f"{DAY} is already being exported by process" in output
        assert not small.portal.requests


#: What records are read by, and therefore exported with them.
READ_BY = ("OBJECT_AND_EVENT_TYPE_DEFINITIONS", "PROPERTY_DEFINITIONS", "PIPELINES", "PIPELINE_STAGES")


def test_tables_lists_each_table_with_its_api_its_scope_and_its_state_in_the_last_day(
    s3: DemoS3, tmp_path: Path
) -> None:
    with small_export(s3, tmp_path, KNOWN, without_scopes=frozenset({"crm.lists.read"})) as small:
        small.export("OBJECTS_CONTACTS", "LISTS", "OBJECTS_AD_ACCOUNTS")
        code, output = command("tables")
        assert code == 0
        assert f"state on {DAY}" in output
        words = output.split()
        for table in small.portal_tables:
            assert table.name in words
            begins = words.index(table.name)
            after = " ".join(words[begins + 1 :])
            told = f"{table.source} {table.scopes or '-'} "
            assert after.startswith(told), table.name
            state = after.removeprefix(told)
            if table.name in {"LISTS", "OBJECTS_AD_ACCOUNTS"}:
                assert state.startswith("unavailable: "), table.name
            elif table.name in {"OBJECTS_CONTACTS", *READ_BY}:
                assert state.startswith(f"{small.manifest(table.name).rows:,} rows"), table.name
            else:
                assert state.startswith("not exported"), table.name
