"""Every kind of fault reaches the client as what it says, and a client that asks five times gets through."""

import pytest
import requests

from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.demo.portal.faults import KINDS, MOST_IN_A_ROW, SURVIVABLE, Faults, rates_of

from .asking import Asking

PATH = "/crm/objects/2026-09/0-1"


def settings_with(kind: str) -> PortalSettings:
    return PortalSettings(contacts=20, other_records=0, faults={kind: 1.0}, hang_seconds=0.05, limits=False)


def is_good(answer: requests.Response) -> bool:
    try:
        return answer.status_code == 200 and "results" in answer.json()
    except (ValueError, TypeError):
        return False


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "wrong_content_type" and not k.startswith("page_")])
def test_a_fault_is_no_good_answer_and_the_fourth_try_gets_one(kind: str) -> None:
    good, errors = [], 0
    with serve(settings_with(kind)) as portal, Asking(portal) as asking:
        for _ in range(MOST_IN_A_ROW + 1):
            try:
                good.append(is_good(asking.get(PATH)))
            except requests.RequestException:
                errors += 1
        log = list(portal.requests)
    assert good.count(True) == 1
    assert good[-1]
    assert len(good) + errors == MOST_IN_A_ROW + 1
    assert [r.fault for r in log] == [kind] * MOST_IN_A_ROW + [None]


@pytest.mark.parametrize("kind", ["connection_reset", "hang", "short_body", "not_gzip"])
def test_broken_connections_and_bodies_are_errors_of_the_transport(kind: str) -> None:
    with serve(settings_with(kind)) as portal, Asking(portal) as asking, pytest.raises(requests.RequestException):
        asking.get(PATH)


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"),
    [("429", 429, None), ("429_retry_after", 429, "1"), ("477", 477, "1"), ("423", 423, None), ("408", 408, None)],
)
def test_a_status_comes_with_and_without_retry_after(kind: str, status: int, retry_after: str | None) -> None:
    with serve(settings_with(kind)) as portal, Asking(portal) as asking:
        answer = asking.get(PATH)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert answer.json()["status"] == "error"


def test_good_json_with_the_wrong_content_type_is_still_good_json() -> None:
    with serve(settings_with("wrong_content_type")) as portal, Asking(portal) as asking:
        answer = asking.get(PATH)
    assert answer.headers["Content-Type"] == "text/html"
    assert is_good(answer)


@pytest.mark.parametrize("kind", [k for k in KINDS if k.startswith("page_")])
def test_a_spoiled_page_is_good_json_that_differs_from_the_page(kind: str) -> None:
    with serve(settings_with(kind)) as portal, Asking(portal) as asking:
        spoiled, *_, good = [asking.get(PATH, limit=4).json() for _ in range(MOST_IN_A_ROW + 1)]
    assert spoiled != good
    assert len(good["results"]) == 4


def test_a_short_page_loses_nothing() -> None:
    with serve(PortalSettings(contacts=50, faults={"page_short": 0.5}, limits=False)) as portal:
        with Asking(portal) as asking:
            rows = [row["id"] for row in asking.rows(PATH)]
        assert rows == [r.id for r in portal.world.records("contacts")]
        assert {r.fault for r in portal.requests} == {None, "page_short"}


def test_every_survivable_kind_together_lets_five_tries_through() -> None:
    faults = rates_of([], 0.5)
    settings = PortalSettings(contacts=300, faults=faults, hang_seconds=0.01, limits=False, seed=3)
    rows, after = [], ""
    with serve(settings) as portal, Asking(portal) as asking:
        while True:
            for _ in range(5):
                try:
                    answer = asking.get(PATH, **({"after": after} if after else {}))
                except requests.RequestException:
                    continue
                if is_good(answer):
                    break
            page = answer.json()
            rows += [row["id"] for row in page["results"]]
            if "paging" not in page:
                break
            after = page["paging"]["next"]["after"]
        truth = [r.id for r in portal.world.records("contacts")]
        met = {r.fault for r in portal.requests} - {None}
    assert rows == truth
    assert len(met) > 5


def test_the_same_seed_meets_a_request_with_the_same_faults() -> None:
    both = (Faults(1, {"500": 0.3}.items()) for _ in range(2))
    draws = [[faults.draw(request) for request in range(50) for _ in range(3)] for faults in both]
    assert draws[0] == draws[1]
    assert any(draws[0])


def test_an_unknown_kind_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"There is no fault '499'\. There are: 408, 423"):
        Faults(1, {"499": 0.5}.items())
    with pytest.raises(ValueError, match="'500' is not a kind of fault and its rate"):
        rates_of(["500"])


def test_every_kind_means_every_survivable_one() -> None:
    assert set(rates_of([], 0.05)) == set(SURVIVABLE)
    assert sum(rates_of([], 0.05).values()) == pytest.approx(0.05)
    assert "429_daily" not in SURVIVABLE
