"""Values of sensitive properties are neither asked for nor written, on the wire and in the files; they are defined."""

import gzip
from collections.abc import Iterator

import polars as pl
import pytest

from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import TableContent
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

CAR = ObjectType("2-111", "cars", "Car", "Cars", ("crm.objects.custom.read",))
CLICKED = EventType("pe62515_clicked_pricing", "6-4000100")
VISITED = EventType("e_visited_page", "e_visited_page")
SENSITIVE = {"sensitive": "sensitive_note", "highly_sensitive": "highly_sensitive_note"}
DAY = str(YESTERDAY)


@pytest.fixture(scope="module")
def day(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    directory = tmp_path_factory.mktemp("privacy")
    known = catalogue("0-1", "0-2", "0-46", "0-4", custom=[CAR], events=[CLICKED, VISITED], pairs=[("0-1", "0-2")])
    with small_export(s3, directory, known, other_records=30) as small:
        result = small.export()
        assert result.is_complete
        yield small


def data(day: SmallExport) -> dict[str, str]:
    """Every data file of the day but the property definitions, as text."""
    files = (day.folder / DAY).rglob("*.csv.gz")
    return {str(p): gzip.decompress(p.read_bytes()).decode() for p in files if p.parent.name != "PROPERTY_DEFINITIONS"}


def test_the_portal_has_values_of_sensitive_properties(day: SmallExport) -> None:
    for type_id in ("0-1", "0-46", "2-111"):
        records = list(day.portal.world.records(type_id))
        for name in SENSITIVE.values():
            assert any(record.properties[name] for record in records), f"{name} of {type_id} holds something to leak"


def test_no_request_names_a_sensitive_property(day: SmallExport) -> None:
    asked = list(day.portal.requests)
    assert len(asked) == day.portal.requests.count
    of_records = [r for r in asked if "/objects/" in r.path]
    assert any("propertiesWithHistory" in r.query_string for r in of_records), "records are asked for by property"
    for request in asked:
        assert "sensitive_note" not in request.query_string, request
        assert b"sensitive_note" not in request.body, request


def test_no_file_has_a_column_a_row_or_a_key_of_a_sensitive_property(day: SmallExport) -> None:
    files = data(day)
    assert any("OBJECT_PROPERTIES_HISTORY/CONTACTS" in path for path in files)
    assert [path for path, text in files.items() if "sensitive_note" in text.lower()] == []


def test_a_manifest_names_no_sensitive_property(day: SmallExport) -> None:
    manifests = [path.read_text() for path in (day.folder / DAY).rglob("_manifest.json")]
    assert manifests
    assert not any("sensitive_note" in text.lower() for text in manifests)


def test_the_definitions_of_sensitive_properties_stay_and_say_that_they_are_not_exported(day: SmallExport) -> None:
    rows = day.frame(PROPERTY_DEFINITIONS.name)
    for type_id in ("0-1", "0-2", "0-46", "2-111"):
        of_type = rows.filter(pl.col("OBJECTTYPEID") == type_id)
        told = dict(
            of_type.select("DATASENSITIVITY", "NAME").filter(pl.col("DATASENSITIVITY") != "non_sensitive").rows()
        )
        assert told == SENSITIVE
        held_back = of_type.filter(~pl.col("EXPORTED"))
        assert set(SENSITIVE.values()) <= set(held_back["NAME"])
        assert of_type.filter(pl.col("NAME").is_in(list(SENSITIVE.values())))["LABEL"].null_count() == 0


@pytest.mark.parametrize("sensitivity", sorted(SENSITIVE))
def test_a_sensitive_property_of_an_event_is_not_written(day: SmallExport, sensitivity: str) -> None:
    day.export("EVENTS_CLICKED_PRICING")
    before = day.frame("EVENTS_CLICKED_PRICING")
    secrets = set(before["PROPERTY_REMARK"].drop_nulls())
    assert secrets
    definitions = day.frame(PROPERTY_DEFINITIONS.name)
    marked = (pl.col("OBJECTTYPEID") == CLICKED.event_type_id) & (pl.col("NAME") == "remark")
    changed = definitions.with_columns(
        DATASENSITIVITY=pl.when(marked).then(pl.lit(sensitivity)).otherwise("DATASENSITIVITY"),
        EXPORTED=pl.col("EXPORTED") & ~marked,
    )
    day.lake.write(PROPERTY_DEFINITIONS.name, DAY, TableContent(PROPERTY_DEFINITIONS.columns, changed))
    try:
        assert day.export("EVENTS_CLICKED_PRICING").is_complete
        after = day.frame("EVENTS_CLICKED_PRICING")
    finally:
        day.lake.write(PROPERTY_DEFINITIONS.name, DAY, TableContent(PROPERTY_DEFINITIONS.columns, definitions))
    assert after.columns == [name for name in before.columns if name != "PROPERTY_REMARK"]
    assert after["ID"].sort().to_list() == before["ID"].sort().to_list()
    written = {value for name in after.columns for value in after[name].cast(pl.String)}
    assert not written & secrets
