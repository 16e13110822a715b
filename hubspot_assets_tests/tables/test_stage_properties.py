"""Properties of pipeline stages that HubSpot does not define: which names are asked for."""

from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.fixed_tables import PIPELINE_STAGES, PROPERTY_DEFINITIONS
from hubspot_assets.tables.definitions import property_rows, stage_rows
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.stage_properties import stage_properties

from .making import READ_AT

OF_A_STAGE = {
    "hs_v2_date_entered_12": "datetime",
    "hs_v2_date_exited_12": "datetime",
    "hs_v2_latest_time_in_12": "number",
    "hs_v2_cumulative_time_in_12": "number",
    "hs_date_entered_12": "datetime",
    "hs_date_exited_12": "datetime",
    "hs_time_in_12": "number",
}


def found(stage_ids: list[str], *defined: dict[str, Any], of: str = "0-3") -> list[Property]:
    pipelines = [{"id": "default", "stages": [{"id": one, "label": f"Stage {one}"} for one in stage_ids]}]
    stages = frame(stage_rows("0-3", pipelines), PIPELINE_STAGES.columns, READ_AT)
    definitions = frame(property_rows("0-3", defined), PROPERTY_DEFINITIONS.columns, READ_AT)
    return stage_properties(stages.lazy(), definitions.lazy(), of)


def name(text: str) -> dict[str, Any]:
    return {"name": text, "type": "string"}


def test_every_family_of_every_stage_is_a_property_of_its_type():
    properties = found(["12"], name("dealname"))

    assert {p.name: p.type for p in properties} == OF_A_STAGE
    assert [p.name for p in properties] == sorted(OF_A_STAGE)
    assert {p.label for p in properties} >= {'Date entered "Stage 12"', 'Cumulative time in "Stage 12"'}


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "hs_v2_date_entered_12", "type": "datetime"},
        {"name": "HS_V2_date_entered_12", "type": "datetime"},
        {"name": "hs_v2_date_entered_12", "type": "datetime", "archived": True},
        {"name": "hs_v2_date_entered_12", "type": "datetime", "dataSensitivity": "sensitive"},
    ],
    ids=["defined", "in other letters", "archived", "sensitive"],
)
def test_a_property_that_is_defined_is_not_asked_for_a_second_time(definition: dict[str, Any]):
    names = {p.name for p in found(["12"], definition)}

    assert names == OF_A_STAGE.keys() - {"hs_v2_date_entered_12"}


@pytest.mark.parametrize(
    ("stage_id", "parts"),
    [
        ("closedwon", {"closedwon"}),
        ("8f5b1c3a-9e67", {"8f5b1c3a-9e67", "8f5b1c3a_9e67"}),
        ("ClosedWon", {"ClosedWon", "closedwon"}),
        ("too late, they said", {"too_late__they_said"}),
        ("größe", {"gr__e"}),
    ],
)
def test_an_id_stands_in_the_name_as_it_is_or_as_a_name_has_it(stage_id: str, parts: set[str]):
    names = {p.name for p in found([stage_id], name("dealname"))}

    assert {one.removeprefix("hs_v2_date_exited_") for one in names if one.startswith("hs_v2_date_exited_")} == parts


def test_a_stage_of_two_pipelines_gives_its_properties_once():
    assert len(found(["12", "12"], name("dealname"))) == len(OF_A_STAGE)


def test_types_without_stages_or_without_definitions_have_none():
    assert found([], name("dealname")) == []
    assert found(["12"]) == []
    assert found(["12"], name("dealname"), of="0-5") == []


def test_stages_that_are_not_there_are_no_stages():
    empty = pl.DataFrame(schema=dict.fromkeys(("OBJECTTYPEID", "STAGEID", "LABEL"), pl.String)).lazy()
    definitions = frame(property_rows("0-3", [name("a")]), PROPERTY_DEFINITIONS.columns, READ_AT).lazy()

    assert stage_properties(empty, definitions, "0-3") == []
