"""What a token may: alternatives, pairs, the words of sales emails, and how HubSpot says what is missing."""

from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.demo.portal.rendering import EMAIL_BODIES
from hubspot_assets.demo.portal.settings import REDACTED

from .asking import Asking
from .reading import get, post

OBJECTS = "/crm/objects/2026-09"
PAIRS = {
    "0-7": ("crm.objects.products.read", "e-commerce"),
    "0-8": ("crm.objects.line_items.read", "e-commerce"),
    "0-14": ("crm.objects.quotes.read", "e-commerce"),
    "0-19": ("crm.objects.feedback_submissions.read", "crm.objects.contacts.read"),
}
TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"


def without(*scopes: str, **more: Any) -> PortalSettings:
    return PortalSettings(contacts=5, other_records=30, without_scopes=frozenset(scopes), limits=False, **more)


@pytest.mark.parametrize(("type_id", "pair"), PAIRS.items())
@pytest.mark.parametrize(("together", "status"), [("or", 200), ("and", 403)])
def test_one_of_two_scopes_is_enough_or_is_not(type_id: str, pair: tuple[str, str], together: str, status: int) -> None:
    for missing in pair:
        with serve(without(missing, paired_scopes=together)) as portal:
            answers = [get(portal, f"{OBJECTS}/{type_id}"), post(portal, f"{OBJECTS}/{type_id}/search", {})]
        assert [a.status_code for a in answers] == [status, status]
        if status == 403:
            assert answers[0].json()["errors"][0]["context"]["requiredGranularScopes"] == list(pair)
    with serve(without(*pair, paired_scopes=together)) as portal:
        assert get(portal, f"{OBJECTS}/{type_id}").status_code == 403
    with serve(without(paired_scopes=together)) as portal:
        assert get(portal, f"{OBJECTS}/{type_id}").status_code == 200


def test_types_whose_scopes_are_alternatives_stay_so() -> None:
    with serve(without("content", paired_scopes="and")) as portal:
        assert get(portal, "/cms/pages/2026-03/landing-pages").status_code == 200


@pytest.mark.parametrize("history", [False, True])
def test_the_words_of_sales_emails_are_redacted_without_their_scope(history: bool) -> None:
    asked = {"propertiesWithHistory" if history else "properties": ",".join((*EMAIL_BODIES, "hs_email_subject"))}
    with serve(without()) as given, Asking(given) as asking:
        whole = list(asking.rows(f"{OBJECTS}/0-49", **asked))
    with serve(without("sales-email-read")) as portal, Asking(portal) as asking:
        rows = list(asking.rows(f"{OBJECTS}/0-49", **asked))
        ids = [{"id": row["id"]} for row in rows[:20]]
        body = {"inputs": ids, "properties": ["hs_email_html"], "propertiesWithHistory": []}
        batch = asking.post(f"{OBJECTS}/0-49/batch/read", body).json()["results"]
        notes = list(asking.rows(f"{OBJECTS}/0-46", properties="hs_body_preview"))
    assert [row["id"] for row in rows] == [row["id"] for row in whole]
    assert [row["properties"]["hs_email_subject"] for row in rows] == [
        row["properties"]["hs_email_subject"] for row in whole
    ]
    for row, full in zip(rows, whole, strict=True):
        for name in EMAIL_BODIES & row["properties"].keys():
            before = full["properties"][name]
            assert row["properties"][name] == (REDACTED if before else before)
            kept = [v["value"] for v in row.get("propertiesWithHistory", {}).get(name, [])]
            assert set(kept) <= {REDACTED, ""}
    told = [row["properties"]["hs_email_html"] for row in rows]
    assert told.count(REDACTED) > 3
    assert any(not value for value in told), "what is not set is not redacted"
    assert [row["properties"]["hs_email_html"] for row in batch] == told[:20]
    assert REDACTED not in {row["properties"]["hs_body_preview"] for row in notes}


def test_the_objects_api_may_give_the_words_of_emails_all_the_same() -> None:
    with serve(without("sales-email-read", redacted_email_body=None)) as portal, Asking(portal) as asking:
        told = {
            row["properties"]["hs_email_html"] for row in asking.rows(f"{OBJECTS}/0-49", properties="hs_email_html")
        }
        engagements = asking.get("/engagements/v1/engagements/paged", limit=250).json()["results"]
    assert told - {None, ""}
    assert REDACTED not in told
    assert REDACTED in {row["metadata"].get("html") for row in engagements}


@pytest.mark.parametrize("form", ["in_errors", "in_context", "required_scopes"])
def test_missing_scopes_are_named_in_each_form_that_was_seen(form: Any) -> None:
    with serve(without("crm.objects.deals.read", missing_scopes_form=form)) as portal:
        answer = get(portal, f"{OBJECTS}/0-3")
    body = answer.json()
    context = body["context"] if form == "in_context" else body["errors"][0]["context"]
    name = "requiredScopes" if form == "required_scopes" else "requiredGranularScopes"
    assert (answer.status_code, body["category"]) == (403, "MISSING_SCOPES")
    assert context[name] == ["crm.objects.deals.read"]
    assert body["links"]["scopes"].startswith("https://developers.hubspot.com")
    assert ("links" in context) is (form == "in_context")


def test_a_private_apps_token_is_told_what_it_may() -> None:
    with serve(without("crm.objects.deals.read")) as portal:
        body = post(portal, TOKEN_INFO, {"tokenKey": portal.token}).json()
        other = post(portal, TOKEN_INFO, {"tokenKey": "pat-na1-of-somebody-else"})
    assert {"userId", "hubId", "appId", "scopes"} == body.keys()
    assert body["hubId"] == portal.settings.portal_id
    assert {"content", "crm.objects.contacts.read", "sales-email-read", "crm.objects.contracts.read"} <= set(
        body["scopes"]
    )
    assert "crm.objects.deals.read" not in body["scopes"]
    assert other.status_code == 404


def test_a_token_of_few_scopes_is_told_those_and_a_service_key_nothing() -> None:
    few = PortalSettings(contacts=5, scopes=frozenset({"content", "scope.nobody.needs"}))
    with serve(few) as portal:
        assert post(portal, TOKEN_INFO, {"tokenKey": portal.token}).json()["scopes"] == [
            "content",
            "scope.nobody.needs",
        ]
    with serve(PortalSettings(contacts=5, asked_by="service_key")) as portal:
        assert post(portal, TOKEN_INFO, {"tokenKey": portal.token}).status_code == 404


def test_contracts_have_a_scope_of_their_own_and_types_of_few_accounts_are_known_to_those_alone() -> None:
    with serve(without("crm.objects.contracts.read")) as portal:
        refused = get(portal, f"{OBJECTS}/0-721")
        unknown = get(portal, f"{OBJECTS}/partner_clients")
        counted = {
            row["objectTypeId"]
            for row in get(portal, "/crm/limits/2026-09/records").json()["hubspotDefinedObjectTypes"]
        }
    assert refused.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.contracts.read"]
    assert unknown.json()["message"] == "Unable to infer object type from: partner_clients"
    more = PortalSettings().features | {"partners", "forecasts"}
    with serve(PortalSettings(contacts=5, features=more)) as portal, Asking(portal) as asking:
        rows = get(portal, "/crm/limits/2026-09/records").json()["hubspotDefinedObjectTypes"]
        named = {row["objectTypeId"]: row["pluralLabel"] for row in rows if row["objectTypeId"] not in counted}
        assert set(named.values()) == {"Partner clients", "Partner services", "Forecasts"}
        for type_id in named:
            assert len(list(asking.rows(f"{OBJECTS}/{type_id}"))) == portal.world.count(type_id) > 0
