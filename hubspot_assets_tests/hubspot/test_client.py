"""One call to HubSpot: what is retried, what is not, what is said, and what is never shown."""

import logging
import threading
import traceback
from typing import Any

import pytest

from hubspot_assets.errors import SettingError
from hubspot_assets.hubspot import HubSpotClient, errors
from hubspot_assets.hubspot.http.limiter import Limiter

from .canned import TOKEN, Answer, canned
from .hostile import NoWaiting

PATH = "/crm/owners/2026-09"
GOOD = {"results": []}


def refusal(message: str, **more: Any) -> dict[str, Any]:
    return {"status": "error", "message": message, "correlationId": "corr-1", **more}


def test_the_token_is_sent_and_nothing_else_shows_it(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    hubspot = canned(Answer(refusal("no"), 401))
    client = hubspot.client()

    with pytest.raises(errors.Unauthorized) as raised:
        client.get(PATH)

    shown = "".join(traceback.format_exception(raised.value)) + repr(client) + str(raised.value) + caplog.text
    assert hubspot.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in shown
    assert TOKEN not in repr(vars(client))


@pytest.mark.parametrize("refused", [Answer(refusal("no"), 401), Answer(b"<html>", 404), Answer(b"<html>", 302)])
def test_what_may_be_no_word_of_hubspots_is_believed_when_it_is_said_three_times(refused: Answer):
    """A token that is known was refused for a moment; a proxy's page is no answer about what there is."""
    passes = canned(refused, refused, {"results": []})
    stays = canned(refused)

    assert passes.client().get(PATH) == {"results": []}
    with pytest.raises(errors.HubSpotError) as raised:
        stays.client().get(PATH)
    assert not isinstance(raised.value, errors.Temporary)
    assert len(stays.seen) == 3


def test_what_hubspot_refuses_in_its_own_words_is_believed_at_once():
    hubspot = canned(Answer(refusal("no such thing"), 404))

    with pytest.raises(errors.NotFound):
        hubspot.client().get(PATH)
    assert len(hubspot.seen) == 1


@pytest.mark.parametrize("token", ["", "  ", "pat na1", "pat\nna1", "pät"])
def test_a_token_that_cannot_be_one_is_refused_without_showing_it(token: str):
    with pytest.raises(SettingError, match="access token") as raised:
        HubSpotClient(token)

    assert not token.strip() or token not in str(raised.value)


def test_a_token_copied_with_its_line_end_is_taken():
    hubspot = canned(GOOD)
    HubSpotClient(f"{TOKEN}\n", adapter=hubspot, limiter=Limiter()).get(PATH)

    assert hubspot.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("url", ["api.hubapi.com", "ftp://api.hubapi.com", ""])
def test_an_api_url_that_is_none_is_refused(url: str):
    with pytest.raises(SettingError, match="API URL"):
        HubSpotClient(TOKEN, url)


def test_a_netrc_file_does_not_replace_the_token(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.hubapi.com login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    hubspot = canned(GOOD)

    hubspot.client().get(PATH)

    assert hubspot.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_an_error_says_what_where_and_what_to_do():
    details = [{"message": "One or more", "context": {"requiredGranularScopes": ["crm.objects.owners.read"]}}]
    body = refusal("This app hasn't been granted all required scopes.", category="MISSING_SCOPES", errors=details)

    with pytest.raises(errors.MissingScopes) as raised:
        canned(Answer(body, 403)).client().get(PATH)

    assert raised.value.scopes == ("crm.objects.owners.read",)
    assert isinstance(raised.value, errors.NotAvailable)
    assert str(raised.value) == (
        "HubSpot answered 403 to GET /crm/owners/2026-09: This app hasn't been granted all required scopes "
        "(correlation id corr-1); grant the token the scope crm.objects.owners.read."
    )


def test_the_daily_limit_says_when_it_resets():
    client = canned(Answer(refusal("You have reached your daily limit.", policyName="DAILY"), 429)).client()
    client.limiter.resets_at = "2026-11-24T00:00:00Z"

    with pytest.raises(errors.DailyLimitReached, match="resets at 2026-11-24T00:00:00Z"):
        client.get(PATH)


@pytest.mark.parametrize("status", [429, 477, 503])
def test_a_wait_of_an_hour_is_not_waited_out(status: int):
    waits: list[float] = []
    answer = Answer(refusal("later", policyName="TEN_SECONDLY_ROLLING"), status, {"Retry-After": "3600"})
    client = canned(answer).client(sleep=waits.append)

    with pytest.raises(errors.RetriesExhausted, match="asks to wait 3600 s"):
        client.get(PATH)

    assert waits == []
    assert client.calls == 1


def test_hubspots_own_wait_is_kept():
    waits: list[float] = []
    canned(Answer(b"", 503, {"Retry-After": "17"}), GOOD).client(sleep=waits.append).get(PATH)

    assert waits == [17.0]


def test_a_lock_is_given_its_two_seconds():
    waits: list[float] = []
    canned(Answer(refusal("locked"), 423), GOOD).client(sleep=waits.append).get(PATH)

    assert waits[0] >= 2


def test_waits_grow_and_are_never_longer_than_a_minute():
    waits: list[float] = []
    client = canned(Answer(b"", 500)).client(sleep=waits.append)

    with pytest.raises(errors.RetriesExhausted, match="tried 20 times"):
        client.get(PATH)

    assert len(waits) == 19
    assert max(waits) <= 60


def test_patience_ends():
    with pytest.raises(errors.RetriesExhausted, match="tried once"):
        canned(Answer(b"", 500)).client(patience=-1).get(PATH)


def test_half_an_emoji_becomes_a_replacement_character():
    hubspot = canned(Answer(rb'{"results": [{"a": "cut \ud83d", "b": "whole \ud83d\ude00", "c": "\\ud83d"}]}'))

    (row,) = hubspot.client().get(PATH)["results"]

    assert row == {"a": "cut \ufffd", "b": "whole \U0001f600", "c": "\\ud83d"}


def test_an_objection_of_the_caller_is_asked_again_and_then_an_error():
    answers = [{"n": 1}, {"n": 2}]
    check = lambda answer: None if answer["n"] == 2 else "the wrong n"  # noqa: E731

    assert canned(*answers).client().get(PATH, check=check) == {"n": 2}
    with pytest.raises(errors.MalformedAnswer, match="the wrong n"):
        canned(answers[0]).client().get(PATH, check=check)


def test_parameters_are_written_as_hubspot_reads_them():
    hubspot = canned(GOOD)
    params = {"archived": False, "limit": 100, "properties": "a,b", "formTypes": ["hubspot", "flow"], "after": None}

    hubspot.client().get(PATH, {**params, "query": "a&b c=ü"})

    assert hubspot.seen[0].url.partition("?")[2] == (
        "archived=false&limit=100&properties=a,b&formTypes=hubspot&formTypes=flow&query=a%26b%20c%3D%C3%BC"
    )


def test_a_view_counts_its_own_calls_and_the_client_counts_all():
    client = canned(Answer(b"", 500), GOOD).client()
    first, second = client.metered(), client.metered()

    first.get(PATH)
    second.get(PATH)
    client.get(PATH)

    assert (first.calls, second.calls, client.calls) == (2, 1, 4)
    assert first.limiter is client.limiter


def test_calls_from_many_threads_are_all_counted():
    client = canned(GOOD).client(limiter=NoWaiting())
    threads = [threading.Thread(target=lambda: [client.get(PATH) for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert client.calls == 160


def test_a_retry_is_logged_with_its_reason_and_wait(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, "hubspot_assets.hubspot"):
        canned(Answer(refusal("boom"), 500), GOOD).client().get(PATH)

    assert "attempt 1 failed, next in" in caplog.text
    assert "boom" in caplog.text


def test_a_redirect_is_not_followed_with_the_token():
    hubspot = canned(Answer(b"", 302, {"Location": "https://elsewhere.example/"}))

    with pytest.raises(errors.BadRequest, match="API URL"):
        hubspot.client().get(PATH)

    assert {request.url for request in hubspot.seen} == {f"https://api.hubapi.com{PATH}"}


def test_the_package_serves_a_plain_script():
    from hubspot_assets import hubspot

    for name in hubspot.__all__:
        assert getattr(hubspot, name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = hubspot.nothing


def test_clients_share_the_limiter_that_they_are_given_and_nothing_else():
    shared = Limiter()
    first, second = (HubSpotClient(TOKEN, "https://a.example", limiter=shared) for _ in range(2))

    assert first.limiter is second.limiter is shared
    assert HubSpotClient(TOKEN, "https://a.example").limiter is not shared
