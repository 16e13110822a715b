"""What the portal has against what the catalogue knows, on a demo portal."""

from dataclasses import replace

import dagster as dg
import pytest

from hubspot_assets.catalog.event_types import unlisted
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.defs.checks.drift import catalogue_result, portal_now
from hubspot_assets.demo.portal import PortalSettings, RunningPortal
from hubspot_assets.hubspot import HubSpotClient, HubSpotError
from hubspot_assets.reading.discovery import discover
from hubspot_assets_tests.hubspot.canned import Answer, canned
from hubspot_assets_tests.refusing import missing, not_found, refusing

PORTAL = PortalSettings(contacts=5, companies=5, deals=5, tickets=5, other_records=5, limits=False)


def client(portal: RunningPortal) -> HubSpotClient:
    return HubSpotClient(portal.token, portal.url)


@pytest.fixture(scope="module")
def loaded(portal: RunningPortal) -> Portal:
    """A catalogue that knows what the portal has."""
    return portal_now(Portal.standard(), client(portal))[0]


def test_a_catalogue_that_knows_every_type_is_current(portal: RunningPortal, loaded: Portal) -> None:
    result = catalogue_result(loaded, client(portal))
    assert result.passed
    assert "drift" not in result.metadata


def test_three_calls_tell(portal: RunningPortal, loaded: Portal) -> None:
    asking = client(portal)
    catalogue_result(loaded, asking)
    assert asking.calls == 3


def test_email_events_that_hubspot_does_not_list_are_not_gone(portal: RunningPortal, loaded: Portal) -> None:
    listed = [event.name for event in loaded.event_types]
    discovered = replace(loaded, event_types=(*loaded.event_types, *unlisted(listed)))
    result = catalogue_result(discovered, client(portal))
    assert result.passed
    assert "drift" not in result.metadata


def test_new_custom_objects_and_event_types_are_reported_with_what_to_do(portal: RunningPortal) -> None:
    result = catalogue_result(Portal.standard(), client(portal))
    drift = str(result.metadata["drift"].value)
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert "new object type: " in drift
    assert "new event type: e_visited_page" in drift
    assert str(result.description).endswith("run `hubspot-assets discover`.")


def test_types_that_vanished_are_reported(portal: RunningPortal, loaded: Portal) -> None:
    with_more = replace(
        loaded,
        object_types=(*loaded.object_types, ObjectType("2-999", "boat", "Boat", "Boats")),
        event_types=(*loaded.event_types, EventType("pe1_sailed", "6-9")),
    )
    result = catalogue_result(with_more, client(portal))
    assert result.metadata["drift"].value == "- gone event type: pe1_sailed\n- gone object type: Boats (2-999)"


def test_what_the_token_can_not_read_is_not_reported_as_vanished(loaded: Portal) -> None:
    refused = Answer({"status": "error", "message": "no", "category": "MISSING_SCOPES"}, 403)
    result = catalogue_result(loaded, canned(refused).client())
    assert result.passed
    assert "custom objects" in str(result.metadata["not_compared"].value)
    assert "event types" in str(result.metadata["not_compared"].value)


@pytest.fixture(scope="module")
def found(portal: RunningPortal) -> Portal:
    """A catalogue that knows every pair of types, too."""
    return discover(client(portal)).portal


def test_of_a_discovered_portal_three_calls_tell_that_its_pairs_are_current(
    portal: RunningPortal, found: Portal
) -> None:
    asking = client(portal)
    assert catalogue_result(found, asking).passed
    assert asking.calls == 3


def test_pairs_of_custom_objects_that_came_or_went_are_reported(portal: RunningPortal, found: Portal) -> None:
    car = next(t.object_type_id for t in found.object_types if t.is_custom)
    pairs = {*found.association_pairs, ("0-5", car)} - {("0-1", car)}
    result = catalogue_result(replace(found, association_pairs=tuple(sorted(pairs))), client(portal))
    drift = str(result.metadata["drift"].value)
    assert not result.passed
    assert f"new pair of associated types: Contacts (0-1) and Cars ({car})" in drift
    assert f"gone pair of associated types: Tickets (0-5) and Cars ({car})" in drift


@pytest.mark.parametrize("path", ["/crm-object-schemas/", "/crm/associations/", "/events/", "/crm/limits/"])
def test_what_hubspot_refuses_has_not_gone(path: str, portal: RunningPortal, found: Portal) -> None:
    car = next(t.object_type_id for t in found.object_types if t.is_custom)
    with_more = replace(found, association_pairs=(*found.association_pairs, ("0-5", car)))
    with refusing({path: missing("a.scope.read")}):
        result = catalogue_result(with_more, client(portal))
    drift = str(result.metadata["drift"].value) if "drift" in result.metadata else ""
    assert drift in ("", f"- gone pair of associated types: Tickets (0-5) and Cars ({car})")
    if path in ("/crm-object-schemas/", "/crm/associations/"):
        assert result.passed, "the pairs of custom objects could not be compared"
    assert "a.scope.read" in str(result.metadata["not_compared"].value)


def test_a_wrong_api_url_reports_nothing_as_gone(portal: RunningPortal, found: Portal) -> None:
    with refusing({"/": not_found()}):
        result = catalogue_result(found, client(portal))
    assert result.passed
    assert "404" in str(result.metadata["not_compared"].value)


def test_a_token_that_is_not_valid_is_an_error(loaded: Portal) -> None:
    with pytest.raises(HubSpotError):
        catalogue_result(loaded, canned(Answer({"message": "expired"}, 401)).client())
