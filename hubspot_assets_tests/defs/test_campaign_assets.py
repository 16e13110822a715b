"""OBJECTS_AD_CAMPAIGNS and OBJECTS_SALES_DOCUMENTS: what belongs to campaigns, and the word that there may be more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.canned_export import NOT_THERE, CannedExport, canned_export, missing_scope
from hubspot_assets_tests.small_export import catalogue

CAMPAIGNS = "/marketing/campaigns/2026-09"
TYPES = ("0-31", "0-35", "0-83")


def campaign(campaign_id: str) -> dict[str, Any]:
    return {"id": campaign_id, "properties": {"hs_name": campaign_id}, "createdAt": "2024-01-01T00:00:00Z"}


def assets(campaign_id: str, kind: str) -> str:
    return f"{CAMPAIGNS}/{campaign_id}/assets/{kind}"


def rows(*ids: str) -> dict[str, Any]:
    return {"results": [{"id": one, "name": f"Name {one}", "metrics": {}} for one in ids]}


def fill(export: CannedExport) -> None:
    export.answers |= {
        CAMPAIGNS: {"results": [campaign("a"), campaign("b")]},
        assets("a", "AD_CAMPAIGN"): rows("9", "10"),
        assets("b", "AD_CAMPAIGN"): rows("10", "11"),
        assets("a", "SALES_DOCUMENT"): rows(),
        assets("b", "SALES_DOCUMENT"): rows("5"),
    }


@pytest.fixture
def export(s3: DemoS3, tmp_path: Path) -> Iterator[CannedExport]:
    with canned_export(s3, tmp_path, catalogue(*TYPES)) as made:
        fill(made)
        yield made


def test_each_asset_is_one_record_with_all_campaigns_that_it_belongs_to(export: CannedExport) -> None:
    assert export.export("OBJECTS_AD_CAMPAIGNS", "OBJECTS_SALES_DOCUMENTS").is_complete

    found = export.frame("OBJECTS_AD_CAMPAIGNS").select("OBJECTID", "PROPERTY_NAME", "PROPERTY_CAMPAIGNIDS")
    assert found.rows() == [
        ("10", "Name 10", '["a","b"]'),
        ("11", "Name 11", '["b"]'),
        ("9", "Name 9", '["a"]'),
    ]
    assert export.frame("OBJECTS_SALES_DOCUMENTS")["OBJECTID"].to_list() == ["5"]


def test_the_manifest_says_that_those_of_no_campaign_are_not_there(export: CannedExport) -> None:
    export.export("OBJECTS_AD_CAMPAIGNS", "OBJECT_PROPERTIES/SALES_DOCUMENTS")

    for table, label in (
        ("OBJECTS_AD_CAMPAIGNS", "ad campaigns"),
        ("OBJECT_PROPERTIES/SALES_DOCUMENTS", "sales documents"),
    ):
        told = (
            f"{label.capitalize()} that belong to no campaign are not in this table: HubSpot lists {label} by campaign."
        )
        assert export.manifest(table).notes == (told,)
        assert export.manifest(table).left_out == {}


def test_a_campaign_whose_assets_are_refused_costs_its_own_and_is_told(export: CannedExport) -> None:
    export.answers[assets("b", "AD_CAMPAIGN")] = NOT_THERE

    export.export("OBJECTS_AD_CAMPAIGNS")

    assert export.frame("OBJECTS_AD_CAMPAIGNS")["OBJECTID"].to_list() == ["10", "9"]
    (part,) = export.manifest("OBJECTS_AD_CAMPAIGNS").parts_unavailable
    assert (part.part, part.status) == ("ad campaigns of the campaign b", 404)


def test_without_the_scope_the_table_is_empty_and_names_it(export: CannedExport) -> None:
    export.answers |= dict.fromkeys(export.answers, missing_scope("marketing.campaigns.read"))

    assert not export.export("OBJECTS_AD_CAMPAIGNS").is_complete
    reason = export.manifest("OBJECTS_AD_CAMPAIGNS").unavailable
    assert reason is not None
    assert reason.scopes == ("marketing.campaigns.read",)


def test_a_catalogue_without_campaigns_has_their_assets_all_the_same(s3: DemoS3, tmp_path: Path) -> None:
    with canned_export(s3, tmp_path, catalogue("0-31")) as export:
        fill(export)
        export.export("OBJECTS_AD_CAMPAIGNS")
        assert export.frame("OBJECTS_AD_CAMPAIGNS").height == 3


def test_a_catalogue_of_an_earlier_version_reads_types_by_the_api_that_is_known_now(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    catalogue(*TYPES).save(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"CAMPAIGN_ASSETS"', '"NONE_KNOWN"').replace("marketing.campaigns.read", "x"))

    types = {t.object_type_id: t for t in PortalTables(Portal.load(path)).portal.object_types}

    assert types["0-31"].source is Source.CAMPAIGN_ASSETS
    assert types["0-83"].scopes == ("marketing.campaigns.read",)
