"""Records are created, changed and archived while a type is read, and the portal remembers which."""

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
