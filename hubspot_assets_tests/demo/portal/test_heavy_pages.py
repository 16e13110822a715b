"""Pages that fail for as long as they are asked for at full size, always at the same places."""

from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.faults import Faults, rates_of

from .asking import Asking

LIST = "/crm/objects/2026-09/0-1"
PAIR = "/crm/associations/2026-09/0-1/0-2/batch/read"
SOME = {"contacts": 400, "limits": False, "faults": {"heavy_page": 0.01}, "heavy_page_rows": 10}


PORTAL = PortalSettings(**SOME)  # type: ignore[arg-type]


def refused_pages(asking: Asking, limit: int) -> dict[str, int]:
    """By the first id of a page: the status of each page of so many contacts that does not come."""
    ids = [record.id for record in asking.portal.world.records("0-1")]
    asked = {first: asking.get(LIST, limit=limit, after=first).status_code for first in ids[::limit]}
    return {first: status for first, status in asked.items() if status != 200}


def test_a_heavy_page_never_comes_at_full_size_and_comes_in_smaller_ones(portal: RunningPortal) -> None:
    with Asking(portal) as asking:
        refused = refused_pages(asking, 100)
        assert refused
        assert set(refused.values()) <= {500, 502, 504, 524}
        assert [refused_pages(asking, 100) for _ in range(5)] == [refused] * 5
        assert 0 < len(refused_pages(asking, 20)) < 20, "most smaller pages have no heavy row"
        assert refused_pages(asking, 10) == {}
        page = asking.get(LIST, limit=100, after=next(iter(refused)))
    assert page.headers["Content-Type"] == "text/html"
    with pytest.raises(ValueError, match="Expecting value"):
        page.json()


def test_batches_are_heavy_as_well(portal: RunningPortal) -> None:
    ids = [record.id for record in portal.world.records("0-1")]
    with Asking(portal) as asking:
        for path, more in (
            (PAIR, {}),
            (f"{LIST}/batch/read", {"properties": ["email"], "propertiesWithHistory": []}),
        ):
            statuses = {
                size: {
                    asking.post(path, {"inputs": [{"id": i} for i in ids[n : n + size]], **more}).status_code
                    for n in range(0, len(ids), size)
                }
                for size in (100, 10)
            }
            assert statuses[10] == {200}, path
            assert statuses[100] & {500, 502, 504, 524}, path


@pytest.mark.parametrize(
    "path",
    [
        "/marketing/v3/forms?formTypes=all",
        "/crm/owners/2026-09?",
        "/marketing/emails/2026-09?",
        "/email/public/v1/events?",
        "/events/event-occurrences/2026-09?eventType=e_visited_page",
        "/crm/lists/2026-09/10/memberships?",
        "/marketing/marketing-events/2026-09?",
    ],
)
def test_every_list_may_have_heavy_pages(path: str) -> None:
    settings = PortalSettings(limits=False, faults={"heavy_page": 1.0}, heavy_page_rows=5)
    with serve(settings) as portal, Asking(portal) as asking:
        assert asking.get(f"{path}&limit=50").status_code in {500, 502, 504, 524}
        assert asking.get(f"{path}&limit=5").status_code == 200


def test_what_can_not_be_asked_for_in_pieces_is_not_heavy() -> None:
    everything = PortalSettings(contacts=5, limits=False, faults={"heavy_page": 1.0}, heavy_page_rows=1)
    with serve(everything) as portal, Asking(portal) as asking:
        for path in ("/crm/properties/2026-09/0-1", "/crm/pipelines/2026-09/0-3", "/crm/limits/2026-09/records"):
            assert asking.get(path).status_code == 200


def test_only_some_paths_may_be_heavy() -> None:
    settings = PortalSettings(**{**SOME, "faults": {"heavy_page": 1.0}, "heavy_paths": frozenset({"/0-2"})})  # type: ignore[arg-type]
    with serve(settings) as portal, Asking(portal) as asking:
        statuses = [asking.get(f"/crm/objects/2026-09/{type_id}", limit=50).status_code for type_id in ("0-1", "0-2")]
    assert statuses[0] == 200
    assert statuses[1] != 200


def test_a_heavy_page_is_a_fault_by_name_and_none_that_asking_again_survives() -> None:
    assert rates_of(["heavy_page=0.01"]) == {"heavy_page": 0.01}
    assert "heavy_page" not in rates_of([], 0.5)
    drawn: list[Any] = [Faults(1, {"heavy_page": 1.0}.items()).draw(n) for n in range(50)]
    assert drawn == [None] * 50
