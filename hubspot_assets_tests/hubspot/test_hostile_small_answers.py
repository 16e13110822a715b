"""Answers that are one call and no page, bent: definitions, teams, pipelines, deal splits, counts.

Each row that a table is made of has what the table needs; where one has not, the call is made again, and then the error
says which answer lacks what. A `KeyError` out of the middle of a table would say neither.
"""

from collections.abc import Callable
from typing import Any

import pytest

from hubspot_assets.hubspot import (
    HubSpotClient,
    associations,
    deal_splits,
    errors,
    limits,
    pipelines,
    properties,
    schemas,
    teams,
)

from .canned import CannedHubSpot, Request

Read = Callable[[HubSpotClient], Any]

LABEL = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}
STAGE = {"id": "s", "label": "S"}
SPLITS: Read = lambda client: list(deal_splits.read(client, ["7"]))  # noqa: E731

# name: reader, a part of the path, an answer that is bent, what is said of it
BENT: dict[str, tuple[Read, str, Any, str]] = {
    f"{name}, {number}": (read, path, bent, says)
    for name, read, path, cases in (
        (
            "labels",
            lambda client: associations.labels(client, "0-1", "0-2"),
            "/labels",
            [
                ({"results": [{**LABEL, "category": None}]}, "without 'category'"),
                ({"results": [{"category": "X"}]}, "without 'typeId'"),
                ({"results": {}}, "no list"),
            ],
        ),
        (
            "teams",
            teams.read,
            "/teams",
            [({"results": [{"name": "A"}]}, "without 'id'"), ({"results": [None]}, "not an object"), ({}, "no list")],
        ),
        (
            "pipelines",
            lambda client: pipelines.read(client, "0-3"),
            "/pipelines/",
            [
                ({"results": [{"stages": [STAGE]}]}, "without 'id'"),
                ({"results": [{"id": "p", "stages": [{}]}]}, "'stages' without 'id'"),
                ({"results": [{"id": "p", "stages": {}}]}, "no list named 'stages'"),
            ],
        ),
        (
            "deal splits",
            SPLITS,
            "/deal-splits/",
            [
                ({"results": [{"splits": []}]}, "without 'id'"),
                ({"results": [{"id": "7"}]}, "no list named 'splits'"),
                ({"results": [{"id": "7", "splits": [{}]}]}, "'splits' without 'id'"),
                ({"results": [], "errors": [{"category": "INTERNAL_ERROR"}]}, "part of the batch"),
            ],
        ),
        (
            "counts",
            limits.records,
            "/limits/",
            [
                ({"hubspotDefinedObjectTypes": None}, "no list"),
                ({"hubspotDefinedObjectTypes": [], "customObjectTypes": [1]}, "not an object"),
                ({"hubspotDefinedObjectTypes": [], "customObjectTypes": {"byObjectType": 7}}, "no list"),
            ],
        ),
        (
            "properties",
            lambda client: properties.definitions(client, "0-1"),
            "/properties/",
            [({"results": [{"label": "A"}]}, "without a name"), ({"results": [{"name": 7}]}, "without a name")],
        ),
        ("schemas", schemas.custom_objects, "/schemas", [({"results": "none"}, "no list"), ({}, "no list")]),
    )
    for number, (bent, says) in enumerate(cases)
}


@pytest.mark.parametrize(("read", "path", "bent", "says"), BENT.values(), ids=BENT)
def test_an_answer_that_lacks_something_is_asked_for_again_and_then_told(
    read: Read, path: str, bent: Any, says: str
) -> None:
    def answer(request: Request) -> Any:
        return bent if path in request.path else {"results": []}

    hubspot = CannedHubSpot(answer)
    with pytest.raises(errors.MalformedAnswer, match=says) as raised:
        read(hubspot.client())

    assert path in str(raised.value)
    assert 1 < len(hubspot.seen) < 20
