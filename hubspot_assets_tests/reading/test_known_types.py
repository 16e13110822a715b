"""What a discovered portal's types are known to have: what the graph and the dictionary show before the first day."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hubspot_assets.catalog.object_types import (
    ENGAGEMENTS,
    STANDARD_OBJECT_TYPES,
    KnownProperty,
)
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.demo.portal import PortalSettings, RunningPortal
from hubspot_assets.hubspot import HubSpotClient, properties
from hubspot_assets.hubspot.limits import RecordCount
from hubspot_assets.reading.known_types import with_what_is_known
from hubspot_assets_tests.refusing import Refusal, missing, not_found, not_in_the_plan, refusing, unknown_type
from hubspot_assets_tests.small_export import FEW, STANDARD

PORTAL = PortalSettings(**FEW)
CONTACTS, NOTES, CALLS, LEADS = "0-1", "0-46", "0-48", "0-136"


@pytest.fixture(scope="module")
def client(portal: RunningPortal) -> Iterator[HubSpotClient]:
    with HubSpotClient(portal.token, portal.url, patience=5.0) as client:
        yield client


def counts(*with_records: str) -> dict[str, RecordCount]:
    """What HubSpot tells of the numbers of records where only these types have any."""
    return {
        t.object_type_id: RecordCount(t.object_type_id, None, None, int(t.object_type_id in with_records), None)
        for t in STANDARD_OBJECT_TYPES
    }


def portal_with(client: HubSpotClient, *with_records: str, before: Portal | None = None) -> Portal:
    return Portal.of(
        with_what_is_known(client, STANDARD_OBJECT_TYPES, counts(*with_records), before or Portal.standard())
    )


def known(client: HubSpotClient, *with_records: str, before: Portal | None = None) -> dict[str, set[KnownProperty]]:
    return {t.object_type_id: {*t.properties} for t in portal_with(client, *with_records, before=before).object_types}


def in_use(portal: Portal) -> set[str]:
    return {t.object_type_id for t in portal.object_types if t.in_use}


def test_a_type_with_records_has_what_hubspot_tells_of_it_but_for_what_is_archived_or_sensitive(
    client: HubSpotClient,
) -> None:
    told = known(client, CONTACTS)[CONTACTS]
    assert KnownProperty("email", "string", "Email") in told
    every = properties.definitions(client, CONTACTS)
    left_out = {row["name"] for row in every if row["archived"] or row["dataSensitivity"] != "non_sensitive"}
    assert left_out
    assert {p.name for p in told} == {row["name"] for row in every} - left_out


def test_a_type_without_records_is_not_asked_for(client: HubSpotClient) -> None:
    assert not known(client, CONTACTS)[NOTES]


def test_what_is_refused_stays_as_it_was_known(client: HubSpotClient) -> None:
    before = portal_with(client, CONTACTS)
    with refusing({f"/crm/properties/.*/{CONTACTS}": missing("crm.objects.leads.read")}):
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


def test_a_type_is_in_use_where_hubspot_counts_records_and_engagements_where_one_kind_is(client: HubSpotClient) -> None:
    assert in_use(portal_with(client, CONTACTS)) == {CONTACTS}
    assert in_use(portal_with(client, NOTES)) == {NOTES, ENGAGEMENTS}


def test_a_type_without_a_count_may_be_in_use_unless_nobody_can_list_it(client: HubSpotClient) -> None:
    portal = Portal.of(with_what_is_known(client, STANDARD_OBJECT_TYPES, {}, Portal.standard()))
    assert in_use(portal) == {t.object_type_id for t in STANDARD_OBJECT_TYPES if t.has_public_api}


@pytest.mark.parametrize(
    ("refusal", "is_in_use"),
    [
        (not_in_the_plan(), False),
        (unknown_type(LEADS), False),
        (missing("crm.objects.contacts.read"), True),
        (not_found(), True),
    ],
)
def test_what_the_plan_does_not_have_is_not_in_use_and_any_other_refusal_changes_nothing(
    client: HubSpotClient, refusal: Refusal, is_in_use: bool
) -> None:
    with refusing({f"/crm/properties/.*/{LEADS}": refusal}):
        assert (LEADS in in_use(portal_with(client, LEADS))) is is_in_use
        before = Portal.of([replace(t, in_use=t.object_type_id != LEADS) for t in STANDARD_OBJECT_TYPES])
        assert LEADS not in in_use(portal_with(client, LEADS, before=before))


def test_what_is_in_use_stays_as_it_was_known_where_the_counts_are_refused(client: HubSpotClient) -> None:
    before = Portal.of([replace(t, in_use=t.object_type_id == NOTES) for t in STANDARD_OBJECT_TYPES])
    after = Portal.of(with_what_is_known(client, STANDARD_OBJECT_TYPES, None, before))
    assert in_use(after) == {NOTES, ENGAGEMENTS}


def test_they_are_in_the_catalogue_file_and_read_back(client: HubSpotClient) -> None:
    portal = portal_with(client, CONTACTS)
    assert Portal.from_json(portal.to_json()) == portal
    assert in_use(portal) == {CONTACTS}
    assert portal.object_type(CONTACTS).properties  # type: ignore[union-attr]
