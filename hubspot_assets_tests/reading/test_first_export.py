"""About how many calls a first export takes is known before it begins."""

from pathlib import Path

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.reading.first_export import calls_by_counts, with_parents
from hubspot_assets_tests.small_export import catalogue, small_export

ASKED_BY = {"0-15": "0-28", "0-31": "0-35", "0-45": "0-45", "0-54": "0-54", "0-58": "0-115"}
"""Submissions by forms, ad campaigns by campaigns, members by lists, participations by events, sequences by users."""


@pytest.mark.parametrize(("asked", "by"), ASKED_BY.items())
def test_each_parent_is_a_call_and_is_counted_where_hubspot_has_no_count(
    s3: DemoS3, tmp_path: Path, asked: str, by: str
) -> None:
    with small_export(s3, tmp_path, catalogue(asked)) as small:
        client = HubSpotClient(small.portal.token, small.portal.url)
        counts = with_parents(client, {}, small.portal_tables)
        assert counts.keys() == {by}
        assert counts[by] > 1
        needed = calls_by_counts(counts, small.portal_tables) - calls_by_counts({}, small.portal_tables)
        assert needed == counts[by]


def test_what_hubspot_counts_is_not_listed(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue(*ASKED_BY)) as small:
        told = dict.fromkeys(ASKED_BY.values(), 7)
        assert with_parents(HubSpotClient(small.portal.token, small.portal.url), told, small.portal_tables) == told
        assert small.portal.requests.count == 0


def test_parents_that_hubspot_refuses_add_nothing(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-15", "0-54")) as small:
        nobody = HubSpotClient("unknown-token", small.portal.url)
        assert with_parents(nobody, {}, small.portal_tables) == {"0-28": 0, "0-54": 0}
