"""Deal splits keep what their API says, also where HubSpot refuses the definitions of their properties."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.rules import properties_defined
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.canned_export import CannedExport, canned_export, definition, missing_scope
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.hubspot.canned import Table
from hubspot_assets_tests.small_export import catalogue

KNOWN = catalogue("0-3", "0-72")
DEFINITIONS = "/crm/properties/2026-09/0-72"


def split(number: int, **values: str) -> dict[str, Any]:
    properties = {"hs_deal_split_percentage": "0.33333333", "hubspot_owner_id": "88345679", **values}
    return {"id": str(number), "properties": properties, "updatedAt": "2026-01-02T00:00:00Z"}


@pytest.fixture
def export(s3: DemoS3, tmp_path: Path) -> Iterator[CannedExport]:
    with canned_export(s3, tmp_path, KNOWN) as made:
        made.define("0-3", definition("dealname"))
        made.answers["/crm/objects/2026-09/0-3"] = Table([{"id": 1, "properties": {"dealname": "D"}}])
        splits = [split(50), split(51, brand_new="x")]
        made.answers["/deal-splits/2026-09/batch/read"] = {"results": [{"id": "1", "splits": splits}]}
        yield made


def test_splits_without_definitions_keep_percentage_and_owner(export: CannedExport) -> None:
    export.answers[DEFINITIONS] = missing_scope("crm.schemas.deals.read")

    export.export("OBJECTS_DEAL_SPLITS", "OBJECT_PROPERTIES/DEAL_SPLITS")

    found = export.frame("OBJECTS_DEAL_SPLITS")
    names = ("OBJECTID", "PROPERTY_HS_DEAL_SPLIT_PERCENTAGE", "PROPERTY_HUBSPOT_OWNER_ID")
    assert found.select(names).rows() == [("50", "0.33333333", "88345679"), ("51", "0.33333333", "88345679")]
    assert export.frame("OBJECT_PROPERTIES/DEAL_SPLITS").height == 4
    # What nobody declared is told.
    told = "The field brand_new of deal splits has values but no column."
    assert export.manifest("OBJECTS_DEAL_SPLITS").notes == (told,)
    day = Day(PortalTables(KNOWN), export.lake, str(YESTERDAY), lambda: pytest.fail("HubSpot was asked"))
    assert list(properties_defined(day)) == []


def test_splits_with_definitions_have_those(export: CannedExport) -> None:
    export.define("0-72", definition("hs_deal_split_percentage", "number"), definition("brand_new"))

    export.export("OBJECTS_DEAL_SPLITS")

    columns = {name for name in export.frame("OBJECTS_DEAL_SPLITS").columns if name.startswith("PROPERTY_")}
    assert columns == {
        "PROPERTY_HS_DEAL_SPLIT_PERCENTAGE",
        "PROPERTY_UNPARSED_HS_DEAL_SPLIT_PERCENTAGE",
        "PROPERTY_BRAND_NEW",
    }
