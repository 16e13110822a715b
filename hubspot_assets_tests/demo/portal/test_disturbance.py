"""Records are created, changed, archived and merged while a type is read, and the portal remembers which."""

from typing import Any

from hubspot_assets.demo.portal import PortalSettings, serve

from .asking import Asking

PATH = "/crm/objects/2026-09/0-1"


def test_a_walk_over_a_changing_type_shows_once_whatever_was_there_the_whole_time() -> None:
    with serve(PortalSettings(contacts=400, changes_between_pages=2, limits=False)) as portal, Asking(portal) as asking:
        before = {r.id for r in portal.world.records("contacts")}
        states = {(r.id, r.properties["email"], r.properties["phone"]) for r in portal.world.records("contacts")}
        read = list(asking.rows(PATH, limit=20, properties="email,phone"))
        rows = [row["id"] for row in read]
        after = {r.id for r in portal.world.records("contacts")}
        happened = portal.world.disturbances.happened
    assert len(rows) == len(set(rows))
    assert before & after <= set(rows) <= before | after
    states |= {(d.record_id, d.record.properties["email"], d.record.properties["phone"]) for d in happened}
    assert {(row["id"], row["properties"]["email"], row["properties"]["phone"]) for row in read} <= states
    assert {d.what for d in happened} == {"created", "changed", "archived"}
    assert {d.record_id for d in happened if d.what == "created"} <= after | {
        d.record_id for d in happened if d.what == "archived"
    }
    assert {d.record_id for d in happened if d.what == "archived"}.isdisjoint(after)


def test_a_cursor_whose_record_was_archived_goes_on_with_the_next_one() -> None:
    with serve(PortalSettings(contacts=30, limits=False)) as portal, Asking(portal) as asking:
        truth = [r.id for r in portal.world.records("contacts")]
        page = asking.get(PATH, limit=10).json()
        after = page["paging"]["next"]["after"]
        life = portal.world.life_of("0-1")
        number = life.number_of(after)
        assert number is not None
        life.archive(number, life.now_ms)
        rows = list(asking.rows(PATH, limit=10, after=after))
        archived = [row["id"] for row in asking.rows(PATH, limit=100, archived="true")]
    assert after == truth[10]
    assert [row["id"] for row in rows] == truth[11:]
    assert after in archived


def test_a_change_touches_the_record_and_adds_a_version() -> None:
    with serve(PortalSettings(contacts=30, limits=False)) as portal, Asking(portal) as asking:
        life = portal.world.life_of("0-1")
        numbers = list(life.alive_from())
        # A few records never have history; take one that has.
        number = next(n for n in numbers if portal.world.records_of("0-1").template_of(n).has_history)
        record_id = str(life.id_of(number))
        old = portal.world.record("contacts", record_id)
        life.change(number, life.now_ms)
        new = portal.world.record("contacts", record_id)
        row = asking.get(f"{PATH}/{record_id}").json()
    assert old is not None
    assert new is not None
    assert new.updated_ms == life.now_ms > old.updated_ms
    assert row["updatedAt"] == new.properties["lastmodifieddate"]
    assert new.properties != old.properties


def test_a_record_that_a_page_told_is_merged_before_the_next_one_comes() -> None:
    with serve(PortalSettings(contacts=60, merged_while_listed=2, limits=False)) as portal, Asking(portal) as asking:
        before = [r.id for r in portal.world.records("contacts")]
        known = portal.world.merged_ids("contacts")
        rows = [row["id"] for row in asking.rows(PATH, limit=10)]
        after = {r.id for r in portal.world.records("contacts")}
        now = {i: into for i, into in portal.world.merged_ids("contacts").items() if i not in known}
        archived = {row["id"] for row in asking.rows(PATH, limit=100, archived="true")}
        count = next(
            row["usage"]
            for row in asking.get("/crm/limits/2026-09/records").json()["hubspotDefinedObjectTypes"]
            if row["objectTypeId"] == "0-1"
        )
    assert rows == before
    assert now == {before[0]: before[10], before[10]: before[20]}
    assert after == set(before) - set(now)
    assert count == len(after)
    assert archived.isdisjoint(now)
    assert [(d.what, d.record_id) for d in portal.world.disturbances.happened] == [("merged", i) for i in now]


def test_a_batch_read_answers_the_survivor_once_under_its_own_id() -> None:
    with serve(PortalSettings(contacts=60, merged_while_listed=2, limits=False)) as portal, Asking(portal) as asking:
        ids = [row["id"] for row in asking.rows(PATH, limit=10)]
        first, second, survivor = ids[0], ids[10], ids[20]

        def batch(*asked: str) -> list[dict[str, Any]]:
            body = {"inputs": [{"id": i} for i in asked], "properties": ["hs_merged_object_ids"]}
            answer = asking.post(f"{PATH}/batch/read", {**body, "propertiesWithHistory": []}).json()
            assert "errors" not in answer
            return list(answer["results"])

        alone, both, one = batch(first), batch(first, second, survivor), asking.get(f"{PATH}/{first}").json()
    assert [row["id"] for row in alone] == [row["id"] for row in both] == [one["id"]] == [survivor]
    assert alone[0]["properties"]["hs_merged_object_ids"].split(";")[-1] == second


def test_types_whose_records_can_not_be_merged_keep_theirs() -> None:
    with serve(PortalSettings(contacts=5, merged_while_listed=3, limits=False)) as portal, Asking(portal) as asking:
        rows = [row["id"] for row in asking.rows("/crm/objects/2026-09/0-46", limit=10)]
        assert rows == [r.id for r in portal.world.records("0-46")]
