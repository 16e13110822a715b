"""What a portal has, asked with a token that may not see all of it: a refusal is not "none"."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.hubspot import HubSpotClient, HubSpotError
from hubspot_assets.hubspot.http.limiter import Limiter
from hubspot_assets.reading.discovery import Discovery, discover
from hubspot_assets_tests.exported import environment
from hubspot_assets_tests.hurried import hurried
from hubspot_assets_tests.refusing import (
    Refusal,
    bad_request,
    missing,
    not_found,
    not_in_the_plan,
    not_permitted,
    refusing,
)
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import FEW, command

SCHEMAS = "/crm-object-schemas/"
COUNTS = "/crm/limits/"
EVENT_TYPES = "/events/event-occurrences/.*/event-types"
EVENT_DEFINITIONS = "/events/custom/"
LABELS = "/crm/associations/2026-09/{}/labels"

#: Whether a person can mend it -> what HubSpot may answer.
REFUSALS = {
    "a missing scope": (missing("a.scope.read"), True),
    "a user without permission": (not_permitted(), True),
    "a plan without it": (not_in_the_plan(), False),
    "a wrong API URL": (not_found(), True),
}


PORTAL = PortalSettings(**FEW)


def discovered(portal: RunningPortal, known: Portal | None = None) -> Discovery:
    # Hundreds of pairs are asked for one by one where all are refused: a second passes at each call, so none waits.
    limiter = Limiter(clock=itertools.count().__next__)
    with HubSpotClient(portal.token, portal.url, patience=5.0, limiter=limiter) as client:
        return discover(client, known)


@pytest.fixture(scope="module")
def whole(portal: RunningPortal) -> Portal:
    """The portal as a token sees it that may see everything."""
    found = discovered(portal)
    assert not found.refused
    assert found.is_complete
    return found.portal


def custom(portal: Portal) -> list[str]:
    return [t.object_type_id for t in portal.object_types if t.is_custom]


@pytest.mark.parametrize(("refusal", "mendable"), REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("path", sampled([SCHEMAS, COUNTS, EVENT_TYPES, EVENT_DEFINITIONS, LABELS.format(".*")], 2))
def test_the_catalogue_does_not_shrink_where_hubspot_refuses(
    path: str, refusal: Refusal, mendable: bool, portal: RunningPortal, whole: Portal
) -> None:
    with refusing({path: refusal}):
        found = discovered(portal, whole)
    assert set(whole.association_pairs) <= set(found.portal.association_pairs)
    assert {t.object_type_id for t in whole.object_types} <= {t.object_type_id for t in found.portal.object_types}
    assert found.portal.event_types == whole.event_types
    assert found.refused
    assert all(part.status == refusal.status for part in found.refused)
    assert found.is_complete == (not mendable)


@pytest.mark.parametrize(
    "scopes",
    sampled(
        [
            {"crm.objects.deals.read"},
            {"crm.objects.custom.read"},
            {"crm.objects.contacts.read"},
            {"crm.objects.companies.read"},
            {"tickets"},
            {"crm.objects.services.read", "crm.objects.courses.read"},
        ],
        2,
    ),
    ids=lambda scopes: ", ".join(sorted(scopes)),
)
def test_a_portal_that_was_never_discovered_has_its_usual_pairs_where_a_scope_is_missing(
    scopes: set[str], whole: Portal
) -> None:
    with serve(PortalSettings(**FEW, without_scopes=frozenset(scopes))) as portal:
        found = discovered(portal)
    assert set(whole.association_pairs) <= set(found.portal.association_pairs)
    assert scopes <= {scope for part in found.refused for scope in part.scopes}
    assert not found.is_complete


def test_without_its_schemas_a_custom_object_is_known_by_its_number_of_records(whole: Portal) -> None:
    scopes = frozenset({"crm.schemas.custom.read", "crm.objects.custom.read"})
    with serve(PortalSettings(**FEW, without_scopes=scopes)) as portal:
        found = discovered(portal)
    assert custom(found.portal) == custom(whole)
    assert {t.needs.names for t in found.portal.object_types if t.is_custom} == {("crm.objects.custom.read",)}
    contacts = {pair for pair in whole.association_pairs if pair[0] in ("0-1", "0-2") and pair[1].startswith("2-")}
    assert contacts <= set(found.portal.association_pairs)


def test_that_types_can_not_be_associated_is_believed(portal: RunningPortal, whole: Portal) -> None:
    with refusing({LABELS.format("0-1/0-3"): bad_request("types cannot be associated")}):
        found = discovered(portal, whole)
    assert found.is_complete
    assert set(whole.association_pairs) - set(found.portal.association_pairs) == {("0-1", "0-3")}


@pytest.mark.parametrize("path", [LABELS.format("0-1/0-3"), "/crm/properties/2026-09/0-3"])
def test_what_hubspot_cannot_answer_of_one_type_or_pair_stays_as_it_was(
    path: str, portal: RunningPortal, whole: Portal
) -> None:
    with hurried(), refusing({path: Refusal(500, {"status": "error", "message": "internal error"})}):
        found = discovered(portal, whole)
    assert found.portal == whole
    assert [part.unanswered for part in found.refused] == ([True] if path.endswith("labels") else [])


def test_where_hubspot_answers_of_no_pair_nothing_is_discovered(portal: RunningPortal, whole: Portal) -> None:
    ill = {LABELS.format(".*"): Refusal(500, {"status": "error", "message": "internal error"})}
    with hurried(), refusing(ill), pytest.raises(HubSpotError):
        discovered(portal, whole)


def test_what_is_no_refusal_is_an_error(portal: RunningPortal) -> None:
    with refusing({SCHEMAS: Refusal(401, {"status": "error", "message": "expired"})}), pytest.raises(HubSpotError):
        discovered(portal)


@pytest.fixture
def catalogue(portal: RunningPortal, tmp_path: Path) -> Iterator[Path]:
    """Where `discover` writes to."""
    path = tmp_path / "hubspot_catalog.json"
    variables = {
        "HUBSPOT_ACCESS_TOKEN": portal.token,
        "HUBSPOT_API_URL": portal.url,
        "HUBSPOT_CATALOG": str(path),
    }
    with environment(variables):
        yield path


def test_discover_says_what_is_refused_with_its_scope_and_exits_1(catalogue: Path) -> None:
    assert command("discover")[0] == 0
    before = catalogue.read_text()
    refusals = {LABELS.format("(0-3/.*|.*/0-3)"): missing("crm.objects.deals.read"), EVENT_TYPES: not_in_the_plan()}
    with refusing(refusals):
        code, output = command("discover")
    assert code == 1
    assert output.count("grant the token the scope crm.objects.deals.read") == 1
    assert "HubSpot did not return these, so they stay as they were: event types." in output
    assert "gone" not in output
    assert set(pairs(before)) <= set(pairs(catalogue.read_text()))
    with refusing({EVENT_TYPES: not_in_the_plan()}):
        assert command("discover")[0] == 0, "what the plan does not have is no failure"


def pairs(text: str) -> list[tuple[str, ...]]:
    return [tuple(pair) for pair in json.loads(text)["association_pairs"]]


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_discover_tells_pairs_that_are_new_and_gone(catalogue: Path) -> None:
    code, output = command("discover")
    assert "pair of associated types: " not in output, "of a portal that was not known, the usual pairs are no news"

    def change(content: dict[str, Any]) -> None:
        content["association_pairs"].remove(["0-1", "0-3"])
        content["association_pairs"].append(["0-7", "0-8"])

    changed(catalogue, change)
    code, output = command("discover")
    assert code == 0
    assert "new pair of associated types: Contacts (0-1) and Deals (0-3)" in output
    assert "gone pair of associated types: Products (0-7) and Line items (0-8)" in output


def test_a_catalogue_of_an_earlier_version_is_read_and_its_tables_name_the_scopes_of_today(catalogue: Path) -> None:
    command("discover")
    stored = next(t for t in json.loads(catalogue.read_text())["object_types"] if t["object_type_id"] == "0-58")
    assert stored["scopes"] == ["automation.sequences.read"], "as every version has written it"
    assert command("tables")[1].count("automation.sequences.read and settings.users.read") == 6
