"""Lists and who is in them."""

from datetime import date
from typing import Any

import pytest
from hubspot.crm.lists import ListSearchRequest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve

from .reading import every_row, get, post, sdk, sdk_rows

SEARCH = "/crm/lists/2026-09/search"
ALL = {"count": 500, "offset": 0, "listIds": [], "processingTypes": [], "additionalProperties": []}


PORTAL = PortalSettings(limits=False)


def test_search_pages_through_more_than_500_lists_without_losing_one() -> None:
    with serve(PortalSettings(lists=600, contacts=20, limits=False)) as portal:
        first = post(portal, SEARCH, ALL).json()
        second = post(portal, SEARCH, {**ALL, "offset": first["offset"]}).json()
        there = {segment.list_id for segment in portal.world.lists.all}
    assert (len(first["lists"]), first["hasMore"], first["offset"]) == (500, True, 500)
    assert (second["hasMore"], second["total"]) == (False, len(there))
    assert {row["listId"] for row in first["lists"] + second["lists"]} == there
    assert len(there) > 500


def test_there_are_lists_of_several_object_types_and_of_every_processing_type(portal: RunningPortal) -> None:
    rows = post(portal, SEARCH, ALL).json()["lists"]
    assert {row["objectTypeId"] for row in rows} >= {"0-1", "0-2", "0-3", "0-5", "2-111"}
    assert {row["processingType"] for row in rows} == {"DYNAMIC", "MANUAL", "SNAPSHOT"}
    assert "0" in {row["additionalProperties"]["hs_list_size"] for row in rows}


def test_the_sdk_reads_every_list_with_what_it_says_of_itself(portal: RunningPortal) -> None:
    answer = sdk(portal).crm.lists.lists_api.do_search(ListSearchRequest(count=500, offset=0))
    for row, segment in zip(answer.lists, portal.world.lists.all, strict=True):
        assert (row.list_id, row.name) == (segment.list_id, segment.piece.name)
        assert int(row.created_at.timestamp() * 1000) == segment.piece.created_ms
        assert row.additional_properties["hs_list_size"] == str(portal.world.lists.size(segment))


def test_the_sdk_reads_every_membership_in_both_orders(portal: RunningPortal) -> None:
    api, lists = sdk(portal).crm.lists.memberships_api, portal.world.lists
    for segment in lists.all[:6]:
        truth = {(m.record_id, m.joined_ms) for m in lists.members(segment)}
        by_id = sdk_rows(api.get_page, list_id=segment.list_id, limit=250)
        by_joining = sdk_rows(api.get_page_ordered_by_added_to_list_date, list_id=segment.list_id, limit=100)
        for rows in (by_id, by_joining):
            assert len(rows) == len(truth)
            assert {(r.record_id, round(r.membership_timestamp.timestamp() * 1000)) for r in rows} == truth
        assert [int(r.record_id) for r in by_id] == sorted(int(r.record_id) for r in by_id)
        joined = [r.membership_timestamp for r in by_joining]
        assert joined == sorted(joined)


def test_members_are_records_that_are_there_except_in_the_list_that_keeps_archived_ones(portal: RunningPortal) -> None:
    gone = {}
    for segment in portal.world.lists.all:
        ids = [m.record_id for m in portal.world.lists.members(segment)]
        gone[segment.keeps_archived] = gone.get(segment.keeps_archived, 0) + sum(
            not portal.world.is_there(segment.object_type_id, record_id) for record_id in ids
        )
    assert gone[False] == 0
    assert gone[True] > 0


def test_the_lists_of_a_record_are_those_that_hold_it(portal: RunningPortal) -> None:
    lists = portal.world.lists
    contact_lists = [s for s in lists.all if s.object_type_id == "0-1"]
    record_id = lists.members(contact_lists[1])[0].record_id
    truth = {s.list_id for s in contact_lists if record_id in {m.record_id for m in lists.members(s)}}
    by_sdk = sdk(portal).crm.lists.memberships_api.get_lists("0-1", record_id)
    body = {"inputs": [{"objectTypeId": "0-1", "recordId": record_id}]}
    batch = post(portal, "/crm/lists/2026-09/records/memberships/batch/read", body).json()
    assert {row.list_id for row in by_sdk.results} == truth
    assert {row["listId"] for row in batch["results"][0]["recordListMemberships"]} == truth


def test_details_have_size_and_filters_only_when_asked(portal: RunningPortal) -> None:
    dynamic = next(s for s in portal.world.lists.all if s.processing_type == "DYNAMIC")
    with_filters = sdk(portal).crm.lists.lists_api.get_all(list_ids=[dynamic.list_id], include_filters=True).lists[0]
    without = get(portal, "/crm/lists/2026-09", listIds=[dynamic.list_id]).json()["lists"][0]
    assert with_filters.filter_branch is not None
    assert with_filters.size == portal.world.lists.size(dynamic)
    assert "filterBranch" not in without


def test_folders_hold_every_list_once(portal: RunningPortal) -> None:
    root = sdk(portal).crm.lists.folders_api.get_all().folder
    told = get(portal, "/crm/lists/2026-09/folders").json()["folder"]
    assert {type(folder["id"]) for folder in (told, *told["childNodes"])} == {str}
    assert {folder["parentFolderId"] for folder in told["childNodes"]} == {"0"}
    held: list[int] = []
    folders = [root]
    while folders:
        folder = folders.pop()
        held += folder.child_lists
        folders += folder.child_nodes
    assert sorted(held) == sorted(int(s.list_id) for s in portal.world.lists.all)


@pytest.mark.parametrize(
    ("change", "says"),
    [({"count": 501}, "count must be between 1 and 500"), ({"processingTypes": ["x"]}, "Invalid processingTypes")],
)
def test_a_search_that_is_too_big_or_wrong_is_refused(portal: RunningPortal, change: dict[str, Any], says: str) -> None:
    answer = post(portal, SEARCH, {**ALL, **change})
    assert answer.status_code == 400
    assert says in answer.json()["message"]


def test_the_dated_search_requires_fields_that_v3_does_not(portal: RunningPortal) -> None:
    assert post(portal, SEARCH, {"count": 1}).status_code == 400
    assert post(portal, "/crm/v3/lists/search", {"count": 1}).status_code == 200


def test_a_page_of_251_members_and_a_list_that_is_not_there_are_refused(portal: RunningPortal) -> None:
    assert get(portal, "/crm/lists/2026-09/10/memberships", limit=251).status_code == 400
    assert get(portal, "/crm/lists/2026-09/11/memberships").status_code == 404


def test_memberships_may_come_newest_first_and_totals_may_lag() -> None:
    with serve(PortalSettings(list_memberships_order="descending", list_totals_lag=3)) as portal:
        rows = get(portal, "/crm/lists/2026-09/10/memberships/join-order", limit=250).json()
        members = portal.world.lists.members(portal.world.lists.all[0])
    newest_first = sorted(members, key=lambda m: (m.joined_ms, int(m.record_id)), reverse=True)
    assert [row["recordId"] for row in rows["results"]] == [m.record_id for m in newest_first[:250]]
    assert rows["total"] == len(members) - 3


def test_a_list_that_is_still_processed_may_say_that_it_is_empty_and_have_members() -> None:
    with serve(PortalSettings(processing_lists_say_0=True, limits=False)) as portal:
        rows = {row["listId"]: row for row in post(portal, SEARCH, ALL).json()["lists"]}
        one = portal.world.lists.all[1]
        details = get(portal, "/crm/lists/2026-09", listIds=[one.list_id]).json()["lists"][0]
        members = every_row(portal, f"/crm/lists/2026-09/{one.list_id}/memberships", limit=250)
    assert rows[one.list_id]["processingStatus"] == "PROCESSING"
    assert (rows[one.list_id]["additionalProperties"]["hs_list_size"], details["size"]) == ("0", 0)
    assert len(members) == portal.world.lists.size(one) > 0
    complete = [row for row in rows.values() if row["processingStatus"] == "COMPLETE"]
    assert any(row["additionalProperties"]["hs_list_size"] != "0" for row in complete)


@pytest.mark.parametrize("path", ["memberships", "memberships/join-order"])
def test_a_list_of_a_type_that_is_no_list_type_any_more_is_listed_and_its_members_are_refused(path: str) -> None:
    with serve(PortalSettings(refused_lists=2, limits=False)) as portal:
        rows = post(portal, SEARCH, ALL).json()["lists"]
        refused = [segment for segment in portal.world.lists.all if segment.refused]
        answers = [get(portal, f"/crm/lists/2026-09/{segment.list_id}/{path}") for segment in refused]
        others = [s for s in portal.world.lists.all if not s.refused]
        assert all(get(portal, f"/crm/lists/2026-09/{s.list_id}/{path}").status_code == 200 for s in others)
    assert len(refused) == 2
    assert {s.list_id for s in refused} < {row["listId"] for row in rows}
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["subCategory"] == "ListError.INVALID_OBJECT_TYPE_FOR_LIST"
        assert "is not valid for this portal" in answer.json()["message"]
    sizes = {row["listId"]: row["additionalProperties"]["hs_list_size"] for row in rows}
    assert all(int(sizes[s.list_id]) > 0 for s in refused)


def test_lists_need_their_scope() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"crm.lists.read"}))) as portal:
        answer = post(portal, SEARCH, ALL)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.lists.read"]


def test_memberships_of_a_later_day_only_differ_by_who_came_and_went() -> None:
    with (
        serve(PortalSettings(day=date(2026, 11, 10))) as before,
        serve(PortalSettings(day=date(2026, 11, 11))) as after,
    ):
        old = {(s.list_id, m) for s in before.world.lists.all for m in before.world.lists.members(s)}
        new = {(s.list_id, m) for s in after.world.lists.all for m in after.world.lists.members(s)}
        there = {s.list_id for s in before.world.lists.all}
    joined = {m.joined_ms for list_id, m in new - old if list_id in there}
    assert 0 < len(old - new) < len(old) / 10
    assert joined
    assert min(joined) >= 1794355200000


def test_every_row_of_a_list_is_reached_by_small_pages(portal: RunningPortal) -> None:
    rows = every_row(portal, "/crm/lists/2026-09/13/memberships", limit=7)
    assert len({row["recordId"] for row in rows}) == len(rows) > 7
