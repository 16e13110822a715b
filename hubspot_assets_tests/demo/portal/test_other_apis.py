"""Conversations, sequences, deal splits, media, engagements v1, and what the CRM objects API says of such types."""

from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.settings import REDACTED
from hubspot_assets.demo.portal.world.media import MEDIA_TYPES
from hubspot_assets.demo.portal.world.media import as_json as media_as_json

from .reading import every_row, get, post

THREADS = "/conversations/conversations/2026-09/threads"
SEQUENCES = "/automation/sequences/2026-09"
SPLITS = "/deal-splits/2026-09/batch/read"
MEDIA = "/media-bridge/2026-09/objects"
ENGAGEMENTS = "/engagements/v1/engagements/paged"
KINDS = ("0-18", "0-27", "0-46", "0-47", "0-48", "0-49", "0-116")


PORTAL = PortalSettings(limits=False, other_records=40)


def test_threads_come_by_id_archived_ones_apart(portal: RunningPortal) -> None:
    conversations = portal.world.conversations
    there = every_row(portal, THREADS, limit=7)
    gone = every_row(portal, THREADS, archived="true")
    assert there == [conversations.as_json(thread) for thread in conversations.listed()]
    assert gone == [conversations.as_json(thread) for thread in conversations.listed(archived=True)]
    assert {row["archived"] for row in there} == {False}
    assert {"associatedContactId" in row for row in there} == {True, False}
    assert {row["status"] for row in there} == {"OPEN", "CLOSED"}


def test_a_threads_ticket_and_messages_take_more_asking(portal: RunningPortal) -> None:
    rows = every_row(portal, THREADS, association="TICKET")
    thread = next(row for row in rows if "threadAssociations" in row)
    messages = get(portal, f"{THREADS}/{thread['id']}/messages").json()["results"]
    assert portal.world.life_of("0-5").number_of(thread["threadAssociations"]["associatedTicketId"]) is not None
    assert {message["conversationsThreadId"] for message in messages} == {thread["id"]}


def test_threads_are_sorted_by_their_latest_message_only_from_a_moment_on(portal: RunningPortal) -> None:
    since = {"latestMessageTimestampAfter": "2026-11-01T00:00:00Z"}
    rows = get(portal, THREADS, sort="latestMessageTimestamp", **since).json()["results"]
    truth = [t for t in portal.world.conversations.listed() if t.updated_ms > 1793491200000]
    expected = [portal.world.conversations.thread_id(t) for t in sorted(truth, key=lambda t: t.updated_ms)]
    assert [row["id"] for row in rows] == expected
    assert get(portal, THREADS, sort="latestMessageTimestamp").status_code == 400


def test_only_all_users_together_see_all_sequences(portal: RunningPortal) -> None:
    sequences = portal.world.sequences
    users = every_row(portal, "/settings/users/2026-03")
    views = [{row["id"] for row in every_row(portal, SEQUENCES, userId=user["id"])} for user in users]
    account = every_row(portal, "/automation/sequences/2026-09-beta/serviceaccounts/sequences", limit=9)
    assert set().union(*views) == {sequences.sequence_id(s) for s in sequences.listed()}
    assert all(len(view) < len(account) for view in views)
    assert sorted(account, key=lambda row: int(row["id"])) == [sequences.as_json(s) for s in sequences.listed()]


def test_sequences_want_a_user_who_is_there(portal: RunningPortal) -> None:
    assert get(portal, SEQUENCES).status_code == 400
    assert get(portal, SEQUENCES, userId="1").status_code == 404


def test_users_without_a_seat_and_service_accounts_may_be_refused() -> None:
    settings = PortalSettings(sequences_without_seat="forbidden", sequences_for_service_accounts=False)
    with serve(settings) as portal:
        users = [row["id"] for row in every_row(portal, "/settings/users/2026-03")]
        statuses = {get(portal, SEQUENCES, userId=user).status_code for user in users[:8]}
        account = get(portal, "/automation/sequences/2026-09-beta/serviceaccounts/sequences")
    assert statuses == {200, 403}
    assert account.json()["category"] == "USER_DOES_NOT_HAVE_PERMISSIONS"


def test_the_splits_of_all_deals_add_up(portal: RunningPortal) -> None:
    deals = [record.id for record in portal.world.records("0-3")]
    found: dict[str, list[dict[str, Any]]] = {}
    for start in range(0, len(deals), 100):
        batch = {"inputs": [{"id": deal_id} for deal_id in deals[start : start + 100]]}
        found |= {row["id"]: row["splits"] for row in post(portal, SPLITS, batch).json()["results"]}
    truth = {split.id: split for split in portal.world.deal_splits}
    told = {split["id"]: (deal_id, split) for deal_id, splits in found.items() for split in splits}
    assert list(found) == deals
    assert {i: deal_id for i, (deal_id, _) in told.items()} == {i: split.deal_id for i, split in truth.items()}
    assert all(split == truth[i].as_json() for i, (_, split) in told.items())
    for splits in found.values():
        shares = [float(split["properties"]["hs_deal_split_percentage"]) for split in splits]
        assert not splits or sum(shares) == pytest.approx(1)


def test_deals_that_are_gone_are_named_in_the_errors_and_101_are_too_many(portal: RunningPortal) -> None:
    gone = next(iter(portal.world.records("0-3", archived=True))).id
    newer = post(portal, SPLITS, {"inputs": [{"id": gone}]})
    older = post(portal, "/crm/objects/v3/deals/splits/batch/read", {"inputs": [{"id": gone}]})
    too_many = post(portal, SPLITS, {"inputs": [{"id": str(n)} for n in range(101)]})
    assert (newer.status_code, older.status_code, too_many.status_code) == (200, 207, 400)
    assert newer.json()["errors"][0]["context"]["ids"] == [gone]


def test_media_come_by_type(portal: RunningPortal) -> None:
    by_type = {kind: every_row(portal, f"{MEDIA}/{kind}", limit=5) for kind in MEDIA_TYPES}
    rows = [row for rows in by_type.values() for row in rows]
    truth = [media_as_json(media) for media in portal.world.pieces_of("0-57").listed()]
    assert sorted(rows, key=lambda row: int(row["id"])) == truth
    assert [kind for kind, rows in by_type.items() if not rows] == ["OTHER"]
    assert all(isinstance(row["title"], str) and "properties" not in row for row in rows)
    assert {kind for kind, found in by_type.items() for row in found if row["mediaType"] != kind} == set()
    assert {"fileUrl" in row for row in rows} == {"thumbnailUrl" in row for row in rows} == {True, False}
    assert all(("video" in row) is (row["mediaType"] == "VIDEO") for row in rows)
    assert get(portal, f"{MEDIA}/PAINTING").status_code == 400


def test_engagements_of_all_kinds_are_paged_by_offset(portal: RunningPortal) -> None:
    rows: list[dict[str, Any]] = []
    page = {"hasMore": True, "offset": 0}
    while page["hasMore"]:
        page = get(portal, ENGAGEMENTS, limit=33, offset=page["offset"]).json()
        rows += page["results"]
    ids = [row["engagement"]["id"] for row in rows]
    assert ids == sorted({int(record.id) for kind in KINDS for record in portal.world.records(kind)})
    assert {row["engagement"]["type"] for row in rows} >= {"NOTE", "MEETING", "CALL", "EMAIL", "TASK"}
    note = next(row for row in rows if row["engagement"]["type"] == "NOTE" and row["associations"]["contactIds"])
    truth = portal.world.associations_of("0-46", str(note["engagement"]["id"]), "0-1")
    assert note["associations"]["contactIds"] == [int(other) for other, _ in truth]


def test_the_words_of_emails_need_a_scope_of_their_own() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"sales-email-read"}), other_records=40)) as portal:
        rows = get(portal, ENGAGEMENTS, limit=250).json()["results"]
    emails = [row["metadata"] for row in rows if row["engagement"]["type"] == "EMAIL"]
    notes = [row["metadata"] for row in rows if row["engagement"]["type"] == "NOTE"]
    assert {metadata["html"] for metadata in emails} == {REDACTED}
    assert not any("text" in metadata for metadata in emails)
    assert any(metadata.get("body") for metadata in notes)


@pytest.mark.parametrize(
    ("path", "params"),
    [(THREADS, {"limit": 501}), (f"{MEDIA}/AUDIO", {"limit": 101}), (ENGAGEMENTS, {"limit": 251})],
)
def test_pages_that_are_too_big_are_refused(portal: RunningPortal, path: str, params: dict[str, Any]) -> None:
    assert get(portal, path, **params).status_code == 400


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        (THREADS, "conversations.read"),
        (SEQUENCES, "automation.sequences.read"),
        (f"{MEDIA}/AUDIO", "media_bridge.read"),
        (ENGAGEMENTS, "crm.objects.contacts.read"),
    ],
)
def test_every_api_needs_its_scope(path: str, scope: str) -> None:
    with serve(PortalSettings(without_scopes=frozenset({scope}))) as portal:
        answer = get(portal, path)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == [scope]


def test_deal_splits_need_their_scope() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"crm.dealsplits.read_write"}))) as portal:
        answer = post(portal, SPLITS, {"inputs": [{"id": "1"}]})
    assert answer.json()["category"] == "MISSING_SCOPES"


def test_a_service_key_gets_no_users_sequences_and_no_scope_mends_it() -> None:
    with serve(PortalSettings(asked_by="service_key")) as portal:
        user = every_row(portal, "/settings/users/2026-03")[0]["id"]
        answer = get(portal, SEQUENCES, userId=user)
    assert answer.status_code == 403
    assert "User-level access is required" in answer.json()["message"]
    assert "errors" not in answer.json()
    assert answer.json()["category"] != "MISSING_SCOPES"


@pytest.mark.parametrize(
    ("type_id", "name"),
    [("0-29", "MARKETING_EMAIL"), ("0-45", "OBJECT_LIST"), ("0-30", "AD_ACCOUNT"), ("0-83", "SALES_DOCUMENT")],
)
def test_types_that_other_apis_hold_are_refused_by_the_crm_objects_api(
    portal: RunningPortal, type_id: str, name: str
) -> None:
    answer = get(portal, f"/crm/objects/2026-09/{type_id}", limit=1)
    assert answer.status_code == 400
    assert answer.json()["message"] == f"{name} not supported"


def test_a_type_without_public_api_may_as_well_answer_that_it_has_no_records() -> None:
    with serve(PortalSettings(also_served=frozenset({"0-30"}), counts={"0-30": 0})) as portal:
        answer = get(portal, "/crm/objects/2026-09/0-30", limit=1)
    assert (answer.status_code, answer.json()) == (200, {"results": []})
