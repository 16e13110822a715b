"""HubSpot cannot answer for the definitions of one object type: the others have theirs, and the day stays open."""

from pathlib import Path

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.hurried import hurried
from hubspot_assets_tests.refusing import Refusal, not_found, refusing
from hubspot_assets_tests.small_export import catalogue, small_export

ILL = Refusal(500, {"status": "error", "message": "internal error"})
PROPERTIES = "/crm/properties/2026-09/0-2[?]"


@pytest.mark.parametrize(
    ("path", "tables", "part"),
    [
        (PROPERTIES, ["PROPERTY_DEFINITIONS", "OBJECTS_CONTACTS", "OBJECTS_COMPANIES"], "properties of"),
        (f"{PROPERTIES}archived=true.*=non_sensitive", ["PROPERTY_DEFINITIONS"], "archived properties of"),
        (f"{PROPERTIES}.*=sensitive", ["PROPERTY_DEFINITIONS"], "sensitive properties of"),
        ("/crm/pipelines/2026-09/0-2", ["PIPELINES", "PIPELINE_STAGES"], "pipelines of"),
    ],
)
def test_one_type_costs_its_own_definitions_and_the_day_stays_open(
    path: str, tables: list[str], part: str, s3: DemoS3, tmp_path: Path
) -> None:
    with small_export(s3, tmp_path, catalogue("0-1", "0-2", "0-3")) as small:
        with hurried(), refusing({path: ILL}):
            result = small.export(*tables)
        assert not result.failed
        assert not result.is_complete
        [unanswered] = [one for one in small.manifest(tables[0]).parts_unavailable if one.unanswered]
        assert part in unanswered.part
        assert unanswered.mendable
        others = set(small.frame(tables[0])["OBJECTTYPEID"])
        assert others >= ({"0-3"} if "PIPELINES" in tables else {"0-1", "0-3"})
        if "OBJECTS_COMPANIES" in tables:
            assert small.frame("OBJECTS_CONTACTS").select("PROPERTY_EMAIL").drop_nulls().height
            assert any(one.unanswered for one in small.manifest("OBJECTS_COMPANIES").parts_unavailable)
            assert not small.manifest("OBJECTS_CONTACTS").parts_unavailable

        result = small.export(*tables)
        assert result.is_complete
        assert not any(one.unanswered for one in small.manifest(tables[0]).parts_unavailable)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/crm-object-schemas/", "custom objects"),
        ("/crm/limits/2026-09/records", "record counts, which reveal further object types"),
        ("/events/event-occurrences/2026-09/event-types", "event types"),
        ("/events/custom/2026-09/event-definitions", "definitions of custom events"),
    ],
)
def test_what_hubspot_cannot_tell_of_the_portal_costs_no_type_that_is_known(
    path: str, part: str, s3: DemoS3, tmp_path: Path
) -> None:
    with small_export(s3, tmp_path, catalogue("0-1"), compares=True) as small:
        with hurried(), refusing({path: ILL}):
            result = small.export("OBJECT_AND_EVENT_TYPE_DEFINITIONS", "OBJECTS_CONTACTS")
        assert not result.failed
        assert not result.is_complete
        definitions = small.manifest("OBJECT_AND_EVENT_TYPE_DEFINITIONS")
        assert [one.part for one in definitions.parts_unavailable if one.unanswered] == [part]
        assert "0-1" in set(small.frame("OBJECT_AND_EVENT_TYPE_DEFINITIONS")["OBJECTTYPEID"])
        assert small.frame("OBJECTS_CONTACTS").height


def test_names_of_association_types_that_hubspot_cannot_tell_cost_no_type(s3: DemoS3, tmp_path: Path) -> None:
    pairs = [("0-1", "0-2"), ("0-1", "0-3")]
    with small_export(s3, tmp_path, catalogue("0-1", "0-2", "0-3", pairs=pairs)) as small:
        named = small.export("ASSOCIATION_DEFINITIONS")
        assert named.is_complete
        every = small.frame("ASSOCIATION_DEFINITIONS")
        refusals = {"/crm/v3/associations/0-1/0-2/types": not_found(), "/crm/v3/associations/0-1/0-3/types": ILL}
        with hurried(), refusing(refusals):
            result = small.export("ASSOCIATION_DEFINITIONS")
        assert not result.failed
        assert not result.is_complete
        [part] = small.manifest("ASSOCIATION_DEFINITIONS").parts_unavailable
        assert part.part == "internal names of the association types of 2 pairs"
        assert part.unanswered
        assert small.frame("ASSOCIATION_DEFINITIONS").height == every.height
