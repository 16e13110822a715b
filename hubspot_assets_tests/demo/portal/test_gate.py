"""What happens to every request, whatever it asks."""

import requests

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve


def ask(portal: RunningPortal, path: str, token: str | None = None) -> requests.Response:
    return requests.get(portal.url + path, headers={"Authorization": f"Bearer {token or portal.token}"}, timeout=10)


def test_a_good_token_gets_an_answer_with_correlation_id_and_limit_headers() -> None:
    with serve() as portal:
        answer = ask(portal, "/crm/owners/2026-09?limit=3")
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 3
    assert answer.headers["X-HubSpot-Correlation-Id"]
    assert answer.headers["X-HubSpot-RateLimit-Max"] == "190"
    assert answer.headers["X-HubSpot-RateLimit-Remaining"] == "189"
    assert answer.headers["X-HubSpot-RateLimit-Daily-Remaining"] == "624999"


def test_a_wrong_and_an_expired_token_are_told_apart() -> None:
    with serve() as portal:
        wrong = ask(portal, "/crm/v3/owners", "nonsense")
        expired = ask(portal, "/crm/v3/owners", portal.settings.expired_token)
    assert (wrong.status_code, wrong.json()["category"]) == (401, "INVALID_AUTHENTICATION")
    assert (expired.status_code, expired.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")


def test_a_missing_scope_is_named() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"crm.objects.owners.read"}))) as portal:
        answer = ask(portal, "/crm/v3/owners")
    assert answer.status_code == 403
    assert answer.json()["category"] == "MISSING_SCOPES"
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.owners.read"]
    assert answer.json()["correlationId"] == answer.headers["X-HubSpot-Correlation-Id"]


def test_a_url_that_is_too_long_gets_a_web_page() -> None:
    with serve() as portal:
        answer = ask(portal, "/crm/owners/2026-09?x=" + "a" * (16_200 - 22))
        longest = ask(portal, "/crm/owners/2026-09?x=" + "a" * (16_200 - 21))
    assert (answer.status_code, longest.status_code) == (200, 414)
    assert longest.headers["Content-Type"] == "text/html"
    assert "414 Request-URI Too Large" in longest.text


def test_the_eleventh_call_is_refused_when_ten_are_allowed() -> None:
    with serve(PortalSettings(ten_secondly_limit=10)) as portal:
        answers = [ask(portal, "/crm/v3/owners") for _ in range(11)]
    assert [a.status_code for a in answers] == [200] * 10 + [429]
    assert answers[-1].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert answers[-1].json()["errorType"] == "RATE_LIMIT"


def test_the_daily_limit_counts_what_other_apps_used() -> None:
    with serve(PortalSettings(daily_limit=100, daily_used=99)) as portal:
        answers = [ask(portal, "/crm/v3/owners") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 429]
    assert answers[1].json()["policyName"] == "DAILY"


def test_every_request_is_logged_as_it_was_asked() -> None:
    with serve() as portal:
        ask(portal, "/crm/v3/owners?limit=2&archived=true")
        ask(portal, "/nothing/here")
        first, second = portal.requests
    assert (first.method, first.path, first.status) == ("GET", "/crm/v3/owners", 200)
    assert first.query == {"limit": ["2"], "archived": ["true"]}
    assert (second.status, second.route) == (404, "")
