"""HubSpot cannot answer for one record of a type: the others have what is theirs, and the day stays open."""

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.hurried import hurried
from hubspot_assets_tests.refusing import Refusal, refusing
from hubspot_assets_tests.small_export import catalogue, small_export

CONTACTS, COMPANIES, DEALS = "0-1", "0-2", "0-3"


def ill(pair: tuple[str, str], record_id: str) -> AbstractContextManager[None]:
    """While the block runs, whatever asks for the associations of this record is answered by a 500."""
    return refusing(
        {"/crm/associations/2026-09/{}/{}/batch/read".format(*pair): Refusal(500, {"message": "internal error"})},
        where=lambda request: {"id": record_id} in json.loads(request.body or b"")["inputs"],
    )


@pytest.mark.parametrize("pair", [(COMPANIES, DEALS), (COMPANIES, CONTACTS)], ids=["one way read", "both ways read"])
def test_a_record_whose_associations_are_not_answered_costs_its_own(
    pair: tuple[str, str], s3: DemoS3, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"contacts": 60, "companies": 25, "deals": 200}
    with small_export(s3, tmp_path, catalogue(*pair, pairs=[pair]), **settings) as small:
        both = [table.name for tables in small.portal_tables.associations.values() for table in tables]
        whole = small.export(*both)
        assert whole.is_complete
        near, far = (small.portal_tables.associations[ends].combined.name for ends in (pair, pair[::-1]))
        every, every_back = small.frame(near), small.frame(far)
        record_id = every["FROMOBJECTID"].mode()[0]

        with hurried(), ill(pair, record_id):
            result = small.export(*both)
        assert not result.failed
        assert not result.is_complete
        rows = small.frame(near)
        assert set(rows["FROMOBJECTID"]) == set(every["FROMOBJECTID"]) - {record_id}
        assert rows.height == every.height - (every["FROMOBJECTID"] == record_id).sum()
        [part] = [one for one in small.manifest(near).parts_unavailable if one.unanswered]
        assert part.part == f"associations of record {record_id} of {pair[0]} to {pair[1]}"
        assert f"at record {record_id}" in part.message
        if CONTACTS in pair:
            assert small.frame(far).height == every_back.height, "the other direction is read by itself"
        else:
            assert small.frame(far).height == rows.height
            assert small.manifest(far).parts_unavailable == (part,)

        assert small.export(*both).is_complete
        assert small.frame(near).height == every.height
