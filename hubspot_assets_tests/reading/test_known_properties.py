"""The properties that a discovered portal's types have: what the graph and the dictionary show before the first day."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hubspot_assets.catalog.object_types import ENGAGEMENTS, STANDARD_OBJECT_TYPES, KnownProperty
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.demo.portal import PortalSettings, RunningPortal
from hubspot_assets.hubspot import HubSpotClient, properties
from hubspot_assets.reading.known_properties import with_known_properties
from hubspot_assets_tests.refusing import missing, refusing
from hubspot_assets_tests.small_export import FEW, STANDARD

PORTAL = PortalSettings(**FEW)
CONTACTS, NOTES, CALLS = "0-1", "0-46", "0-48"


@pytest.fixture(scope="module")
def client(portal: RunningPortal) -> Iterator[HubSpotClient]:
    with HubSpotClient(portal.token, portal.url, patience=5.0) as client:
        yield client


def known(client: HubSpotClient, *in_use: str, before: Portal | None = None) -> dict[str, set[KnownProperty]]:
    types = with_known_properties(client, STANDARD_OBJECT_TYPES, in_use, before or Portal.standard())
    return {t.object_type_id: {*t.properties} for t in types}


def test_a_type_in_use_has_what_hubspot_tells_of_it_but_for_what_is_archived_or_sensitive(
    client: HubSpotClient,
) -> None:
    told = known(client, CONTACTS)[CONTACTS]
    assert KnownProperty("email", "string", "Email") in told
    every = properties.definitions(client, CONTACTS)
    left_out = {row["name"] for row in every if row["archived"] or row["dataSensitivity"] != "non_sensitive"}
    assert left_out
    assert {p.name for p in told} == {row["name"] for row in every} - left_out


def test_a_type_that_is_not_in_use_is_not_asked_for(client: HubSpotClient) -> None:
    assert not known(client, CONTACTS)[NOTES]


def test_what_is_refused_stays_as_it_was_known(client: HubSpotClient) -> None:
    before = Portal.of(with_known_properties(client, STANDARD_OBJECT_TYPES, [CONTACTS], Portal.standard()))
    with refusing({f"/crm/properties/.*/{CONTACTS}": missing("crm.objects.contacts.read")}):
        assert known(client, CONTACTS, before=before)[CONTACTS] == {*before.object_type(CONTACTS).properties}  # type: ignore[union-attr]
        assert not known(client, CONTACTS)[CONTACTS]


def test_engagements_have_the_properties_of_their_kinds(client: HubSpotClient) -> None:
    told = known(client, NOTES, CALLS)
    names = {type_id: {p.name for p in of} for type_id, of in told.items()}
    assert names[ENGAGEMENTS] == names[NOTES] | names[CALLS] != set()


def test_a_property_that_two_kinds_declare_differently_is_text(client: HubSpotClient) -> None:
    before = Portal.of(
        [
            replace(t, properties=(KnownProperty("since", type_),))
            for t, type_ in ((STANDARD[NOTES], "number"), (STANDARD[CALLS], "date"))
        ]
    )
    assert known(client, before=before)[ENGAGEMENTS] == {KnownProperty("since", "string")}


def test_they_are_in_the_catalogue_file_and_read_back(client: HubSpotClient) -> None:
    portal = Portal.of(with_known_properties(client, STANDARD_OBJECT_TYPES, [CONTACTS], Portal.standard()))
    assert Portal.from_json(portal.to_json()) == portal
    assert portal.object_type(CONTACTS).properties  # type: ignore[union-attr]
