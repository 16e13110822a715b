"""Every API read from the demo portal, and compared with what the portal holds; without and with faults."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.faults import KINDS, rates_of
from hubspot_assets.hubspot import (
    HubSpotClient,
    account,
    associations,
    campaigns,
    cms,
    conversations,
    deal_splits,
    errors,
    events,
    forms,
    limits,
    lists,
    marketing_emails,
    media_bridge,
    objects,
    owners,
    pipelines,
    properties,
    schemas,
    sequences,
    teams,
    users,
)
from hubspot_assets.hubspot.children import logged
from hubspot_assets.hubspot.errors import Refused
from hubspot_assets.hubspot.http.limiter import Limiter
from hubspot_assets_tests.demo.portal.sdk import sdk_of
from hubspot_assets_tests.sampled import sampled

SMALL = {"contacts": 700, "companies": 60, "deals": 2100, "limits": False, "hang_seconds": 0.1}
DAY = datetime(2026, 11, 20, tzinfo=timezone.utc)


class Unlimited(Limiter):
    """Neither limits nor pauses: the portal's own limits are off, and its faults should not cost time."""

    def acquire(self, budget: Any) -> float:
        return self._clock()

    def refused(self, budget: Any, retry_after: float | None, sent: float) -> float:
        return 0.0

    def useful_threads(self, budget: Any) -> int:
        return 6


def client_of(portal: RunningPortal) -> HubSpotClient:
    return HubSpotClient(portal.token, portal.url, limiter=Unlimited(), sleep=lambda seconds: None)


@pytest.fixture(
    scope="module",
    params=[
        {},
        {"faults": rates_of([], every=0.3)},
        {
            "after_must_be_handed_out": True,
            "history_order": "oldest_first",
            "history_fills_properties": False,
            "history_of_unset_properties": "absent",
            "association_ids_as_integers": True,
            "records_without_associations": "in_errors",
            "batch_errors_status": 207,
            "associations_per_page": 60,
            "events_maximum_limit": 1000,
            "occurred_after_is_inclusive": False,
            "occurred_before_is_inclusive": True,
            "list_memberships_order": "descending",
            "campaign_properties_are_checked": True,
            "sequences_without_seat": "forbidden",
            "deal_splits_maximum": 30,
            "compress": True,
        },
    ],
    ids=["plain", "with faults", "with every switch the other way"],
)
def portal(request: pytest.FixtureRequest) -> Iterator[RunningPortal]:
    with serve(PortalSettings(**SMALL, **request.param)) as running:
        yield running


@pytest.fixture
def client(portal: RunningPortal) -> Iterator[HubSpotClient]:
    with client_of(portal) as made:
        yield made


def names_of(portal: RunningPortal, object_type_id: str) -> list[str]:
    return list(portal.world.property_definitions.of(object_type_id))


@pytest.mark.parametrize("with_history", [False, True], ids=["values", "history"])
@pytest.mark.parametrize("object_type_id", sampled(["0-1", "2-111", "0-3", "0-5"], 2))
def test_records(portal: RunningPortal, client: HubSpotClient, object_type_id: str, with_history: bool):
    truth = {record.id: record for record in portal.world.records(object_type_id)}
    names = list(next(iter(truth.values())).properties)

    pages = list(objects.pages(client, object_type_id, names, with_history=with_history))
    found = [record for page in pages for record in page.records]

    assert [record["id"] for record in found] == sorted(truth, key=int)
    for record in found:
        expected = truth[record["id"]]
        assert {name: value for name, value in record["properties"].items() if value is not None} == {
            name: value for name, value in expected.properties.items() if value is not None
        }
        if with_history:
            told = {n: Counter(v.value for v in versions) for n, versions in record["propertiesWithHistory"].items()}
            assert {n: v for n, v in told.items() if v} == {
                n: Counter(v.value for v in versions) for n, versions in expected.history.items() if n in names
            }


def test_chosen_records(portal: RunningPortal, client: HubSpotClient):
    truth = {record.id: record for record in portal.world.records("0-1")}
    ids = list(truth)[::3]

    pages = list(objects.batch_read(client, "0-1", [*ids, "1"], ["email", "firstname"], with_history=True))

    assert [record["id"] for page in pages for record in page.records] == ids
    assert sum(page.left_out.get(objects.GONE, 0) for page in pages) == 1
    assert all(
        record["properties"]["email"] == truth[record["id"]].properties["email"]
        for page in pages
        for record in page.records
    )


@pytest.mark.parametrize(("from_type", "to_type"), [("0-1", "0-2"), ("0-2", "0-3"), ("0-2", "0-2"), ("0-5", "0-1")])
def test_associations(portal: RunningPortal, client: HubSpotClient, from_type: str, to_type: str):
    world = portal.world
    from_life, to_life = world.life_of(from_type), world.life_of(to_type)
    numbers = list(from_life.alive_from())
    truth = [
        (str(from_life.id_of(number)), str(to_life.id_of(other)), kind.category, str(kind.type_id), kind.label)
        for number in numbers
        for other, kinds in world.associations.of(from_type, number, to_type)
        for kind in kinds
    ]

    found = list(associations.read(client, from_type, to_type, [str(from_life.id_of(n)) for n in numbers]))

    assert sorted(map(tuple, found), key=str) == sorted(truth, key=str)
    assert len(set(found)) == len(found)


def test_association_definitions(portal: RunningPortal, client: HubSpotClient):
    truth = portal.world.associations.types("0-1", "0-2")

    labels = associations.labels(client, "0-1", "0-2")
    names = associations.types(client, "0-1", "0-2")

    assert [(one["category"], one["typeId"], one["label"]) for one in labels] == [
        (kind.category, kind.type_id, kind.label) for kind in truth
    ]
    by_id = Counter(kind.type_id for kind in truth)
    assert names == {str(kind.type_id): kind.name for kind in truth if by_id[kind.type_id] == 1}


def test_property_definitions(portal: RunningPortal, client: HubSpotClient):
    found = properties.definitions(client, "0-1")

    assert {one["dataSensitivity"] for one in found} == set(properties.SENSITIVITIES)
    assert {one["archived"] for one in found} == {True, False}
    assert len({(one["name"], one["archived"]) for one in found}) == len(found)


def test_every_property_is_in_a_group_whose_place_is_told(portal: RunningPortal, client: HubSpotClient):
    found = {group["name"]: group["displayOrder"] for group in properties.groups(client, "0-1")}
    by_sdk = sdk_of(portal).crm.properties.groups_api.get_all("0-1").results

    assert found == {group.name: group.display_order for group in by_sdk}
    assert {one["groupName"] for one in properties.definitions(client, "0-1")} == found.keys()


def test_definitions_of_types_and_their_limits(portal: RunningPortal, client: HubSpotClient):
    assert {schema["objectTypeId"] for schema in schemas.custom_objects(client)} == {"2-111", "2-222"}
    counts = limits.records(client)
    assert counts["0-1"].records == sum(1 for _ in portal.world.records("0-1"))
    assert counts["0-1"].plural_label == "Contacts"
    assert "2-111" in counts


def test_owners_and_teams_and_users(portal: RunningPortal, client: HubSpotClient):
    found = list(owners.read(client))

    truth = [*portal.world.owners.listed(False), *portal.world.owners.listed(True)]
    assert [owner["id"] for owner in found] == [owner.as_json()["id"] for owner in truth]
    assert any(owner["archived"] for owner in found)

    told = teams.read(client)
    assert len({team["id"] for team in told}) == len(told)
    assert any(team["parentTeamId"] for team in told)
    assert len(list(users.read(client))) > 0


def test_pipelines(client: HubSpotClient):
    found = pipelines.read(client, "0-3")

    assert all(pipeline["stages"] for pipeline in found)
    assert pipelines.read(client, "0-5")


def test_lists_and_who_is_on_them(portal: RunningPortal, client: HubSpotClient):
    truth = portal.world.lists.all

    found = lists.read(client)

    assert {one["listId"] for one in found} == {segment.list_id for segment in truth}
    assert {one["objectTypeId"] for one in found} > {"0-1"}
    members = list(lists.memberships_of(client, [one["listId"] for one in found]))
    assert Counter((one.list_id, one.record_id) for one in members) == Counter(
        (segment.list_id, member.record_id) for segment in truth for member in portal.world.lists.members(segment)
    )
    assert all(one.joined_at for one in members)


def test_events(portal: RunningPortal, client: HubSpotClient):
    names = events.types(client)
    assert names == [event_type.name for event_type in portal.world.event_types.listed()]
    assert len(events.definitions(client)) == len(portal.world.event_types.custom)

    for name in names:
        found = [event for page in events.occurrences(client, name, DAY, DAY + timedelta(days=1)) for event in page]
        truth = [event.id for event in portal.world.events.of_day(DAY.date(), name)]
        assert sorted(event["id"] for event in found) == sorted(truth)


def test_forms_and_submissions(portal: RunningPortal, client: HubSpotClient):
    truth = portal.world.forms.listed(False, set(forms.TYPES))

    found = list(forms.read(client))

    assert {form["id"] for form in found} == {form.guid for form in truth}
    assert {form["formType"] for form in found} > {"hubspot"}
    counts: Counter[str] = Counter()
    refused: dict[str, Refused] = {}
    for form_id, page in forms.submissions_of(client, [form["id"] for form in found], refused.__setitem__):
        counts[form_id] += len(page)
    # HubSpot gives what was submitted through no form of this type.
    assert refused.keys() == {form["id"] for form in found if form["formType"] == "blog_comment"}
    given = [form for form in truth if form.guid not in refused]
    assert counts == Counter({form.guid: portal.world.forms.submission_count(form) for form in given})
    first = given[0].guid
    assert len(list(forms.submissions(client, first))) == counts[first]


def test_marketing(portal: RunningPortal, client: HubSpotClient):
    world = portal.world

    assert len(list(marketing_emails.read(client))) == len(world.marketing_emails.listed(False))
    found = list(campaigns.read(client, ["hs_name", "hs_budget_items_sum_amount", "no_such_property"]))
    assert {one["id"] for one in found} == {campaign.guid for campaign in world.campaigns.listed()}
    assert all(one["properties"]["hs_name"] for one in found)


def test_content(portal: RunningPortal, client: HubSpotClient):
    told = [len(list(read(client))) for read in (cms.landing_pages, cms.site_pages, cms.blog_posts)]

    assert sorted(told) == sorted(len(pieces.listed(False)) for pieces in portal.world.content.values())


def test_conversations_media_and_deal_splits(portal: RunningPortal, client: HubSpotClient):
    world = portal.world

    assert len(list(conversations.threads(client))) == len(world.conversations.listed(False))
    assert len(list(media_bridge.read(client))) == len(world.pieces_of("0-57").listed())
    deals = [record.id for record in world.records("0-3")]
    found = dict(deal_splits.read(client, deals))
    truth = {deal: world.deal_splits.of(deal) or [] for deal in deals}
    assert {deal: len(splits) for deal, splits in found.items()} == {
        deal: len(splits) for deal, splits in truth.items() if splits
    }


def test_sequences(portal: RunningPortal, client: HubSpotClient):
    user_ids = [user["id"] for user in users.read(client)]

    found = sequences.read(client, user_ids, logged)

    assert {one["id"] for one in found} == {
        portal.world.sequences.sequence_id(one) for user in user_ids for one in portal.world.sequences.seen_by(user)
    }


def test_the_account(client: HubSpotClient):
    assert account.details(client)["portalId"] == 62515
    usage = account.daily_usage(client)
    assert usage is not None
    assert usage.limit == 625_000
    assert client.limiter.resets_at == usage.resets_at


def test_an_account_that_does_not_tell_its_usage():
    with serve(PortalSettings(**SMALL, api_usage_known=False)) as portal, client_of(portal) as client:
        assert account.daily_usage(client) is None


def test_events_that_are_only_told_record_by_record_are_unavailable():
    with (
        serve(PortalSettings(**SMALL, events_need_an_object=True)) as portal,
        client_of(portal) as client,
        pytest.raises(errors.NotListable) as raised,
    ):
        list(events.occurrences(client, events.types(client)[0], DAY, DAY + timedelta(days=1)))

    assert isinstance(raised.value, errors.NotAvailable)


def test_a_plan_without_events_is_unavailable_and_not_empty():
    features = PortalSettings().features - {"events"}
    with (
        serve(PortalSettings(**SMALL, features=features)) as portal,
        client_of(portal) as client,
        pytest.raises(errors.HubSpotError) as raised,
    ):
        events.types(client)

    assert isinstance(raised.value, errors.NotAvailable)


def test_a_missing_scope_is_named():
    scope = "crm.objects.owners.read"
    with (
        serve(PortalSettings(**SMALL, without_scopes=frozenset({scope}))) as portal,
        client_of(portal) as client,
        pytest.raises(errors.MissingScopes) as raised,
    ):
        list(owners.read(client))

    assert scope in raised.value.scopes


def test_a_token_that_ran_out_is_told_so():
    with (
        serve(PortalSettings(**SMALL)) as portal,
        HubSpotClient(portal.settings.expired_token, portal.url, limiter=Limiter()) as client,
        pytest.raises(errors.Unauthorized),
    ):
        list(owners.read(client))


@pytest.mark.parametrize("kind", sampled(KINDS, 24))
def test_no_fault_makes_a_table_wrong_or_short(kind: str):
    settings = {**SMALL, "contacts": 700}
    with serve(PortalSettings(**settings, faults={kind: 0.4})) as portal, client_of(portal) as client:
        truth = {record.id: record.properties["email"] for record in portal.world.records("0-1")}
        try:
            found = [record for page in objects.pages(client, "0-1", ["email"]) for record in page.records]
        except errors.HubSpotError as error:
            assert not KINDS[kind].survivable or isinstance(error, errors.RetriesExhausted)  # noqa: PT017
            return

    assert [record["id"] for record in found] == sorted(truth, key=int)
    assert {record["id"]: record["properties"]["email"] for record in found} == truth


def test_records_that_come_and_go_between_pages():
    with (
        serve(PortalSettings(**{**SMALL, "contacts": 3000}, changes_between_pages=3)) as portal,
        client_of(portal) as client,
    ):
        before = {record.id for record in portal.world.records("0-1")}
        found = [record["id"] for page in objects.pages(client, "0-1", ["email"]) for record in page.records]
        after = {record.id for record in portal.world.records("0-1")}
        created = {one.record_id for one in portal.world.disturbances.happened if one.what == "created"}

    assert found == sorted(set(found), key=int)
    assert before & after <= set(found)
    assert set(found) <= before | created


def test_limits_are_used_and_kept():
    with (
        serve(PortalSettings(contacts=1500, ten_secondly_limit=60, associations_limit=40)) as portal,
        HubSpotClient(portal.token, portal.url, limiter=Limiter()) as client,
    ):
        found = [
            record["id"]
            for page in objects.pages(client, "0-1", ["email"], with_history=True)
            for record in page.records
        ]
        owners_found = [list(owners.read(client)) for _ in range(15)]

    assert len(found) > 1000
    assert owners_found
    refused = [request for request in portal.requests if request.status == 429]
    assert len(refused) <= 1
