"""What a portal holds: the awkward things, and how a day changes it."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from hubspot_assets.demo.portal import PortalSettings
from hubspot_assets.demo.portal.world import Record, World
from hubspot_assets.demo.portal.world.chance import Shuffle
from hubspot_assets.demo.portal.world.property_definitions import KINDS
from hubspot_assets.demo.portal.world.standard_properties import STANDARD_PROPERTIES

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings"
FIRST = PortalSettings().first_day


@pytest.fixture(scope="module")
def world() -> World:
    return World(PortalSettings())


def records_on(day: date, object_type: str, **settings: int) -> dict[str, Record]:
    return {r.id: r for r in World(PortalSettings(day=day, **settings)).records(object_type)}  # type: ignore[arg-type]


def test_the_same_seed_and_day_make_the_same_portal_and_another_seed_another() -> None:
    first, again, other = (World(PortalSettings(contacts=50, seed=seed)) for seed in (1, 1, 2))
    assert list(first.records("contacts")) == list(again.records("contacts"))
    assert list(first.records("contacts")) != list(other.records("contacts"))


@pytest.mark.parametrize("count", [0, 1, 2, 7, 100, 1000])
def test_on_its_first_day_a_portal_has_as_many_records_as_were_asked_for(count: int) -> None:
    world = World(PortalSettings(day=FIRST, contacts=count))
    assert world.count("contacts") == len(list(world.records("contacts"))) == count


def test_a_day_creates_changes_archives_and_merges_some_records() -> None:
    before = records_on(FIRST + timedelta(days=2), "contacts", contacts=3000)
    after = records_on(FIRST + timedelta(days=3), "contacts", contacts=3000)
    created, gone = after.keys() - before.keys(), before.keys() - after.keys()
    changed = {i for i in after.keys() & before.keys() if after[i] != before[i]}
    assert len(created) == 6
    assert 1 <= len(gone) <= 6
    assert 15 <= len(changed) <= 50
    assert any(after[i].updated_ms == before[i].updated_ms for i in changed), "some changes leave no trace in updatedAt"
    assert any(int(i) < max(map(int, before)) for i in created), "ids do not grow with creation time"


def test_over_some_days_records_are_merged_and_the_winner_says_so() -> None:
    world = World(PortalSettings(day=FIRST + timedelta(days=20)))
    earlier = World(PortalSettings(day=FIRST))
    merged = world.merged_ids("contacts").items() - earlier.merged_ids("contacts").items()
    assert merged
    for loser, winner in merged:
        assert world.record("contacts", loser) is None
        record = world.record("contacts", winner)
        assert record is None or record.properties["hs_merged_object_ids"] == loser


def test_history_is_capped_at_45_for_contacts_and_20_for_others(world: World) -> None:
    for object_type, cap in (("contacts", 45), ("companies", 20)):
        assert max(len(kept) for r in world.records(object_type) for kept in r.history.values()) == cap


def test_the_newest_version_is_the_value(world: World) -> None:
    for record in world.records("contacts"):
        for name, kept in record.history.items():
            assert kept[0].value == record.properties[name]
            assert [v.ms for v in kept] == sorted((v.ms for v in kept), reverse=True)


def test_awkward_things_are_there(world: World) -> None:
    contacts = list(world.records("contacts"))
    values = {v for r in contacts for v in r.properties.values() if v}
    assert any(not r.history for r in contacts), "a record without history"
    assert any(r.history and any(v and n not in r.history for n, v in r.properties.items()) for r in contacts)
    assert any(v == "" for r in contacts for v in r.properties.values()), "a cleared value"
    assert any(v is None for r in contacts for v in r.properties.values()), "a value that never was set"
    stamps = [[v.ms for v in kept] for r in contacts for kept in r.history.values()]
    assert any(len(set(s)) < len(s) for s in stamps), "two versions with one timestamp"
    for awkward in ("a;b", "10000000000.0", "1e3", "00123", "2024-02-30", "1969-07-20T20:17:40Z"):
        assert awkward in values, awkward
    assert max(map(len, values)) == 65_536
    for text in ('"', ",", "\n", "\r\n", "🎉"):
        assert any(text in v for v in values), repr(text)
    assert any(v.startswith("=") for v in values)
    assert all(int(r.id) > 2**53 for r in world.records("2-111"))
    plurals = [t.plural for t in world.object_types.custom]
    assert plurals == ["Cars", "Cars"]


def test_owners_are_archived_and_queues_and_in_nested_teams(world: World) -> None:
    owners = world.owners
    assert all(o.user_id is None for o in owners.listed(archived=True))
    assert any(o.kind == "QUEUE" and o.user_id is None for o in owners.listed(archived=False))
    assert any(len(o.teams) == 2 for o in owners.all)
    parents = {t.team_id: t.parent_team_id for t in owners.teams}
    assert any(parents[p] for p in parents.values() if p), "a team within a team within a team"


def test_one_company_has_1762_deals(world: World) -> None:
    company = next(world.records("companies"))
    assert len(world.associations_of("companies", company.id, "deals")) >= 1762


@pytest.mark.parametrize(
    ("one", "other"),
    [("0-1", "0-2"), ("0-3", "0-2"), ("0-2", "0-2"), ("0-1", "0-1"), ("2-222", "2-111"), ("0-27", "0-5")],
)
def test_associations_are_the_same_from_both_sides(world: World, one: str, other: str) -> None:
    there = {(r.id, i) for r in world.records(one) for i, _ in world.associations_of(one, r.id, other)}
    back = {(i, r.id) for r in world.records(other) for i, _ in world.associations_of(other, r.id, one)}
    assert there
    assert {p for p in there if world.is_there(other, p[1])} == {p for p in back if world.is_there(one, p[0])}


def test_some_associations_lead_to_archived_records_and_some_pairs_have_several_types(world: World) -> None:
    found = [a for r in world.records("0-3") for a in world.associations_of("0-3", r.id, "0-1")]
    assert any(not world.is_there("0-1", i) for i, _ in found)
    assert {len(types) for _, types in found} >= {1, 2, 3}
    assert {t.category for _, types in found for t in types} == {
        "HUBSPOT_DEFINED",
        "USER_DEFINED",
        "INTEGRATOR_DEFINED",
    }


def test_properties_come_and_go_with_the_days() -> None:
    def names(day: date) -> set[str]:
        world = World(PortalSettings(day=day))
        return {d["name"] for d in world.property_definitions.listed(world.object_types["deals"])}

    first, later = names(FIRST), names(FIRST + timedelta(days=10))
    assert later - first == {"score_made_later"}
    assert first - later == {"old_rating"}


def test_recorded_definitions_are_the_contacts_properties_as_given() -> None:
    path = RECORDINGS / "contacts_properties.json"
    if not path.exists():
        pytest.skip(f"there is no recording {path.name} beside the repository")
    world = World(PortalSettings(contacts=20, contact_properties_file=path))
    definitions = world.property_definitions.listed(world.object_types["contacts"])
    assert len(definitions) == 367
    assert all(set(r.properties) == {d["name"] for d in definitions} for r in world.records("contacts"))


#: Of HubSpot's own properties, some that public statements on its data share and dbt packages ask for.
ASKED_FOR = {
    "0-1": "hs_email_last_open_date hs_email_last_click_date lifecyclestage hs_calculated_merged_vids",
    "0-2": "total_revenue hs_parent_company_id domain industry annualrevenue hs_num_child_companies",
    "0-3": "hs_is_closed_won closedate amount dealstage pipeline hs_forecast_amount hs_closed_won_date",
    "0-5": "hs_ticket_id hs_time_to_close_in_operating_hours closed_date hs_ticket_priority first_agent_reply_date",
    "0-8": "amount name quantity hs_product_id",
    "0-46": "hubspot_team_id hubspot_owner_id hs_timestamp hs_createdate hs_note_body",
    "0-49": "hs_email_to_email hs_email_direction hs_email_subject hubspot_team_id",
    "0-115": "hs_email hs_internal_user_id",
}


@pytest.mark.parametrize("type_id", ASKED_FOR)
def test_the_properties_that_public_statements_ask_for_are_there(type_id: str) -> None:
    world = World(PortalSettings(standard_properties=True))
    listed = world.property_definitions.listed(world.object_types[type_id])

    assert set(ASKED_FOR[type_id].split()) <= {definition["name"] for definition in listed}
    names = [definition["name"] for definition in listed]
    assert len(names) == len(set(names))


def test_a_portal_may_have_the_properties_that_hubspot_ships_and_their_counts_are_right() -> None:
    plain, more = (World(PortalSettings(standard_properties=given)) for given in (False, True))
    for object_type in ("contacts", "companies", "deals", "tickets"):
        names = [
            {
                d["name"]
                for d in world.property_definitions.listed(world.object_types[object_type])
                if d["hubspotDefined"]
            }
            for world in (plain, more)
        ]
        assert names[0] < names[1]
        assert len(names[1]) >= 50
    teams = {team.team_id for team in more.owners.teams}
    contacts = list(more.records("contacts"))
    assert {r.properties["hubspot_team_id"] for r in contacts} - {None, ""} <= teams
    assert all(
        r.properties["num_associated_deals"] == str(len(more.associations_of("contacts", r.id, "deals")))
        for r in contacts
    )
    company = next(more.records("companies"))
    assert company.properties["num_associated_deals"] == str(
        len(more.associations_of("companies", company.id, "deals"))
    )


def test_the_properties_of_contacts_that_hubspot_ships_are_those_that_were_recorded() -> None:
    path = RECORDINGS / "contacts_properties.json"
    if not path.exists():
        pytest.skip(f"there is no recording {path.name} beside the repository")
    recorded = {d["name"]: d["type"] for d in json.loads(path.read_text())["results"]}
    for entry in STANDARD_PROPERTIES["0-1"].split():
        name, kind = entry.split(":")
        assert recorded[name] == KINDS[kind][0], name


@pytest.mark.parametrize("size", [1, 2, 3, 10, 97, 1020])
def test_a_shuffle_is_a_shuffle_and_knows_the_way_back(size: int) -> None:
    shuffle = Shuffle(size, 7)
    places = [shuffle.place(n) for n in range(size)]
    assert sorted(places) == list(range(size))
    assert [shuffle.item(p) for p in places] == list(range(size))
    assert places[0] == size - 1


def test_associations_and_labels_come_with_the_days_and_leave_no_trace_in_the_records() -> None:
    def associated(day: date) -> dict[str, set[tuple[str, int]]]:
        world = World(PortalSettings(day=day, changed_share=0.0))
        return {
            r.id: {(i, t.type_id) for i, types in world.associations_of("0-3", r.id, "0-1") for t in types}
            for r in world.records("0-3")
        }

    first, later = associated(FIRST), associated(FIRST + timedelta(days=10))
    more = {i for i in first.keys() & later.keys() if later[i] > first[i]}
    records = (World(PortalSettings(day=d, changed_share=0.0)) for d in (FIRST, FIRST + timedelta(days=10)))
    before, after = ({r.id: r.updated_ms for r in world.records("0-3")} for world in records)
    assert more
    assert any(before[i] == after[i] for i in more)
