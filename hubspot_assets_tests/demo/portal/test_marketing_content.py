"""Marketing emails, campaigns, pages and blog posts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world.campaigns import READABLE, assets, properties
from hubspot_assets.demo.portal.world.content import as_json as content_as_json
from hubspot_assets.demo.portal.world.content import content_id
from hubspot_assets.demo.portal.world.marketing_emails import as_json as email_as_json
from hubspot_assets.demo.portal.world.marketing_emails import email_id, is_omitted_with_statistics

from .reading import every_row, get, post, sdk, sdk_rows
from .sdk import assert_every_field_is_somewhere

EMAILS = "/marketing/emails/2026-09"
CAMPAIGNS = "/marketing/campaigns/2026-09"
CONTENT = {
    "landing_page": "/cms/pages/2026-03/landing-pages",
    "site_page": "/cms/pages/2026-03/site-pages",
    "blog_post": "/cms/blogs/2026-09/posts",
}


PORTAL = PortalSettings(limits=False)


def test_the_sdk_reads_every_marketing_email_and_every_field_it_knows(portal: RunningPortal) -> None:
    read = sdk(portal).marketing.emails.marketing_emails_api.get_page
    rows = sdk_rows(read, limit=9) + sdk_rows(read, archived=True) + sdk_rows(read, include_stats=True)
    truth = {email_id(email): email for email in portal.world.marketing_emails}
    assert {row.id for row in rows} == set(truth)
    for row in rows:
        email = truth[row.id]
        assert (row.name, row.subject) == (email.name, email.text(1))
        assert round(row.updated_at.timestamp() * 1000) == email.updated_ms
    assert_every_field_is_somewhere(rows, never={})


def test_asking_for_statistics_loses_some_emails_as_on_hubspot(portal: RunningPortal) -> None:
    without = every_row(portal, EMAILS)
    having = every_row(portal, EMAILS, includeStats="true")
    lost = {row["id"] for row in without} - {row["id"] for row in having}
    there = portal.world.marketing_emails.listed()
    assert lost == {email_id(email) for email in there if is_omitted_with_statistics(email)}
    assert lost
    assert "stats" not in without[0]
    assert having[0]["stats"]["counters"]["sent"] >= 0


def test_an_email_is_told_as_it_is(portal: RunningPortal) -> None:
    for email in portal.world.marketing_emails.listed():
        assert get(portal, f"{EMAILS}/{email_id(email)}").json() == email_as_json(email, with_statistics=False)


def test_emails_say_which_campaigns_they_are_and_whether_they_are_tests(portal: RunningPortal) -> None:
    rows = every_row(portal, EMAILS, limit=300)
    for row in rows:
        assert row["primaryEmailCampaignId"] == row["allEmailCampaignIds"][0]
        assert row["isAb"] is (row["testing"] is not None)
        assert row["testing"] is None or isinstance(row["testing"]["isAbVariation"], bool)
        timing = (row["rssData"] or {}).get("timing", {})
        assert all(isinstance(value, dict) for value in timing.values())
    assert {len(row["allEmailCampaignIds"]) for row in rows} == {1, 2}
    for name in (
        "emailCampaignGroupId",
        "emailTemplateMode",
        "previewKey",
        "clonedFrom",
        "unpublishedAt",
        "folderIdV2",
    ):
        assert any(row.get(name) for row in rows), name
    for name in ("publishedByEmail", "publishedByName", "campaignUtm", "teamsWithAccess", "usersWithAccess"):
        assert any(row.get(name) for row in rows), name
    assert any(row["rssData"] for row in rows)


def test_a_campaign_tells_no_property_that_is_not_named_and_none_that_may_not_be_read(portal: RunningPortal) -> None:
    bare = every_row(portal, CAMPAIGNS, limit=100)
    named = every_row(portal, CAMPAIGNS, properties=",".join((*READABLE, "hs_secret")), limit=7)
    truth = {campaign.guid: campaign for campaign in portal.world.campaigns.listed()}
    assert all(row["properties"] == {} for row in bare)
    assert [row["id"] for row in bare] == [row["id"] for row in named]
    set_ones = {i: {n: v for n, v in properties(c).items() if v is not None} for i, c in truth.items()}
    assert {row["id"]: row["properties"] for row in named} == set_ones
    assert len({len(row["properties"]) for row in named}) > 1, "what is not set is not told"


@pytest.mark.parametrize("kind", ["AD_CAMPAIGN", "SALES_DOCUMENT"])
def test_the_ads_and_documents_of_a_campaign_are_listed_page_by_page(portal: RunningPortal, kind: str) -> None:
    found = {}
    for campaign in portal.world.campaigns.listed():
        rows = every_row(portal, f"{CAMPAIGNS}/{campaign.guid}/assets/{kind}")
        assert [(row["id"], row["name"]) for row in rows] == [(a.id, a.name) for a in assets(campaign, kind)]
        assert all(row["metrics"] == {} for row in rows)
        found[campaign.guid] = [row["id"] for row in rows]
    several = [i for ids in found.values() for i in ids]
    assert max(len(ids) for ids in found.values()) > 10, "more than one page"
    assert [] in found.values()
    assert len(set(several)) < len(several), "one may belong to several campaigns"


def test_assets_tell_figures_only_for_a_period_and_only_of_kinds_there_are(portal: RunningPortal) -> None:
    campaign = next(c for c in portal.world.campaigns.listed() if assets(c, "AD_CAMPAIGN"))
    path = f"{CAMPAIGNS}/{campaign.guid}/assets"
    row = get(portal, f"{path}/AD_CAMPAIGN", startDate="2026-11-01", endDate="2026-11-20").json()["results"][0]
    assert row["metrics"] == {"CLICKS": assets(campaign, "AD_CAMPAIGN")[0].clicks}
    assert get(portal, f"{path}/FORM").json() == {"results": []}
    assert get(portal, f"{path}/PAINTING").status_code == 400
    assert get(portal, f"{CAMPAIGNS}/nobody/assets/AD_CAMPAIGN").status_code == 404


def test_campaigns_are_read_in_batches_of_fifty(portal: RunningPortal) -> None:
    ids = [campaign.guid for campaign in portal.world.campaigns.listed()]
    path = f"{CAMPAIGNS}/batch/read?properties=hs_name"
    answer = post(portal, path, {"inputs": [{"id": i} for i in ids[:50]]}).json()
    too_many = post(portal, path, {"inputs": [{"id": i} for i in ids[:51]]})
    assert [row["id"] for row in answer["results"]] == ids[:50]
    assert too_many.status_code == 400


def test_a_portal_may_refuse_campaign_properties_that_may_not_be_read() -> None:
    with serve(PortalSettings(campaign_properties_are_checked=True)) as portal:
        answer = get(portal, CAMPAIGNS, properties="hs_name,hs_secret")
    assert answer.status_code == 400
    assert "hs_secret" in answer.json()["message"]


@pytest.mark.parametrize("kind", CONTENT)
def test_the_sdk_reads_all_content_and_every_field_it_knows(portal: RunningPortal, kind: Any) -> None:
    client = sdk(portal).cms
    read: Callable[..., Any] = {
        "landing_page": client.pages.landing_pages_api.get_page,
        "site_page": client.pages.site_pages_api.get_page,
        "blog_post": client.blogs.blog_posts.basic_api.get_page,
    }[kind]
    there, gone = sdk_rows(read, limit=9), sdk_rows(read, archived=True)
    pieces = portal.world.content[kind]
    assert {row.id for row in there} == {content_id(kind, piece) for piece in pieces.listed()}
    assert {row.id for row in gone} == {content_id(kind, piece) for piece in pieces.listed(archived=True)}
    names = {content_id(kind, piece): piece.name for piece in pieces}
    assert all(row.name == names[row.id] for row in there + gone)
    assert_every_field_is_somewhere(there + gone, never={})


@pytest.mark.parametrize("kind", CONTENT)
def test_the_newer_path_tells_the_same_and_how_many_there_are(portal: RunningPortal, kind: Any) -> None:
    there = portal.world.content[kind].listed()
    rows = every_row(portal, CONTENT[kind], limit=11)
    assert sorted(rows, key=lambda r: int(r["id"])) == [content_as_json(kind, piece) for piece in there]
    assert get(portal, CONTENT[kind], limit=1).json()["total"] == len(there)


@pytest.mark.parametrize("kind", CONTENT)
def test_pages_expire_and_posts_are_archived_at_a_number_of_milliseconds(portal: RunningPortal, kind: Any) -> None:
    rows = every_row(portal, CONTENT[kind], limit=100)
    assert all(isinstance(row["pageExpiryDate"], int) for row in rows)
    assert any(row["pageExpiryDate"] > 10**12 for row in rows)
    archived = every_row(portal, CONTENT[kind], archived="true")
    assert archived
    assert {type(row["archivedAt"]) for row in archived} == {int if kind == "blog_post" else str}


def test_content_is_filtered_by_dates_and_cut_to_properties(portal: RunningPortal) -> None:
    pieces = sorted(portal.world.content["site_page"].listed(), key=lambda piece: piece.created_ms)
    since = pieces[20].created_ms
    later = every_row(portal, CONTENT["site_page"], createdAfter=str(since), property="name", sort="-createdAt")
    assert [row["name"] for row in later] == [piece.name for piece in pieces if piece.created_ms > since][::-1]
    assert set(later[0]) == {"id", "name"}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (EMAILS, {"limit": 301}),
        (EMAILS, {"archived": "perhaps"}),
        (CAMPAIGNS, {"limit": 101}),
        (CONTENT["site_page"], {"limit": 101}),
        (CONTENT["blog_post"], {"createdAfter": "soon"}),
        (CONTENT["blog_post"], {"sort": "colour"}),
    ],
)
def test_what_is_too_big_or_wrong_is_refused(portal: RunningPortal, path: str, params: dict[str, Any]) -> None:
    answer = get(portal, path, **params)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        (EMAILS, ["content"]),
        (CAMPAIGNS, ["marketing.campaigns.read"]),
        (CONTENT["landing_page"], ["content", "content.landing_pages.read"]),
        (CONTENT["site_page"], ["content", "content.site_pages.read"]),
        (CONTENT["blog_post"], ["content"]),
    ],
)
def test_every_api_needs_its_scope(path: str, scopes: list[str]) -> None:
    with serve(PortalSettings(without_scopes=frozenset(scopes))) as portal:
        answer = get(portal, path)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == scopes


def test_a_later_day_has_more_pieces_newer_edits_and_more_in_the_archive() -> None:
    with serve(PortalSettings(day=date(2026, 11, 2))) as first, serve(PortalSettings(day=date(2026, 11, 28))) as last:
        before, after = first.world.marketing_emails, last.world.marketing_emails
    assert len(after.all) > len(before.all)
    assert len(after.listed(archived=True)) > len(before.listed(archived=True))
    assert max(e.updated_ms for e in after) > max(e.updated_ms for e in before)
    assert [e.name for e in before] == [e.name for e in after][: len(before.all)]
