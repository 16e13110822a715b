"""What happens to every request, whatever it asks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
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


def test_answers_come_in_gzip_where_that_is_switched_on_and_accepted() -> None:
    with serve(PortalSettings(compress=True)) as portal:
        zipped = ask(portal, "/crm/v3/owners")
        plain = requests.get(
            portal.url + "/crm/v3/owners",
            headers={"Authorization": f"Bearer {portal.token}", "Accept-Encoding": "identity"},
            timeout=10,
        )
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert zipped.json() == plain.json()


def test_without_limits_there_is_no_429_and_clients_are_told_of_no_limit_to_wait_for() -> None:
    with serve(PortalSettings(limits=False, ten_secondly_limit=2)) as portal:
        answers = [ask(portal, "/crm/v3/owners") for _ in range(4)]
    assert {a.status_code for a in answers} == {200}
    assert {a.headers["X-HubSpot-RateLimit-Remaining"] for a in answers} == {"20000"}


def test_a_limit_may_shrink_while_the_portal_runs() -> None:
    with serve() as portal:
        first = ask(portal, "/crm/v3/owners")
        portal.limits.general.limit = 1
        second = ask(portal, "/crm/v3/owners")
    assert (first.status_code, second.status_code) == (200, 429)
    assert second.headers["X-HubSpot-RateLimit-Max"] == "1"


def test_overlapping_requests_are_counted_while_they_wait() -> None:
    with serve(PortalSettings(latency_ms=200)) as portal, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ask(portal, "/crm/v3/owners"), range(4)))
    assert 1 <= portal.requests.most_in_flight <= 4
    assert portal.requests.in_flight == 0


def test_a_mistake_of_the_portal_itself_is_raised_and_not_passed_off_as_hubspots() -> None:
    def fail_in_the_portal() -> None:
        with serve() as portal:
            portal.world.owners.all.append(None)  # type: ignore[arg-type]
            assert ask(portal, "/crm/v3/owners").status_code == 500

    with pytest.raises(AttributeError):
        fail_in_the_portal()
