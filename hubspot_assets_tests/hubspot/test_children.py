"""Children of many parents, some of which HubSpot refuses: the others are read, and each refusal is told once."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import tenacity

from hubspot_assets.hubspot import HubSpotClient, errors, forms, lists, sequences
from hubspot_assets.hubspot.children import OnRefused
from hubspot_assets.hubspot.http import parts

from .canned import Answer, CannedHubSpot, Request

PARENTS = [f"p{n}" for n in range(40)]

Read = Callable[[HubSpotClient, Iterable[str], OnRefused], Iterable[Any]]


def _submissions(client: HubSpotClient, form_ids: Iterable[str], refused: OnRefused) -> Iterable[str]:
    pages = forms.submissions_of(client, form_ids, refused)
    return (row["pageUrl"] for _, page in pages for row in page)


def _memberships(client: HubSpotClient, list_ids: Iterable[str], refused: OnRefused) -> Iterable[str]:
    return (member.record_id for member in lists.memberships_of(client, list_ids, refused))


def _sequences(client: HubSpotClient, user_ids: Iterable[str], refused: OnRefused) -> Iterable[str]:
    return (one["id"] for one in sequences.read(client, user_ids, refused))


READS: dict[str, Read] = {"submissions": _submissions, "memberships": _memberships, "sequences": _sequences}


def refusal(status: int, message: str, category: str = "VALIDATION_ERROR", **more: Any) -> Answer:
    return Answer({"status": "error", "message": message, "category": category, **more}, status)


NO_SCOPE = refusal(403, "This app hasn't been granted all required scopes.", "MISSING_SCOPES")
NO_PERMISSION = refusal(403, "This user may not.", "USER_DOES_NOT_HAVE_PERMISSIONS")
PLAN = refusal(403, "This needs user-level access.", "FORBIDDEN")
OF_ONE = {
    "a kind that has none": refusal(400, "Form type BLOG_COMMENT is not allowed for this endpoint"),
    "a type of list that has none": refusal(400, "no", "INVALID_OBJECT_TYPE_FOR_LIST"),
    "deleted": refusal(404, "resource not found", "OBJECT_NOT_FOUND"),
    "not for this token": PLAN,
    "not for this user": NO_PERMISSION,
    "a scope for this one": NO_SCOPE,
}


class Portal:
    """Each parent has one child of its own name; some parents are refused, at their first page or at the second."""

    def __init__(self, refused: dict[str, Answer], *, late: bool = False) -> None:
        self._refused = refused
        self._late = late

    def __call__(self, request: Request) -> Any:
        parent = request.one("userId") or request.path.removesuffix("/memberships").rpartition("/")[2]
        child = {"id": parent, "recordId": parent, "pageUrl": parent}
        if parent not in self._refused:
            return {"results": [child]}
        if self._late and request.one("after") is None:
            return {"results": [child], "paging": {"next": {"after": "2"}}}
        return self._refused[parent]


def read(kind: str, portal: Portal) -> tuple[list[str], dict[str, errors.Refused], CannedHubSpot]:
    told: list[tuple[str, errors.Refused]] = []
    hubspot = CannedHubSpot(portal)
    found = sorted(READS[kind](hubspot.client(), PARENTS, lambda parent, error: told.append((parent, error))))
    assert len(dict(told)) == len(told)
    return found, dict(told), hubspot


@pytest.mark.parametrize("kind", READS)
@pytest.mark.parametrize("answer", OF_ONE.values(), ids=OF_ONE)
@pytest.mark.parametrize("parents", [["p0"], ["p39"], ["p0", "p20"]], ids=["first", "last", "two"])
def test_a_refused_parent_costs_its_own_children_and_is_told(kind: str, answer: Answer, parents: list[str]) -> None:
    found, told, hubspot = read(kind, Portal(dict.fromkeys(parents, answer)))

    assert found == sorted(set(PARENTS) - set(parents))
    assert set(told) == set(parents)
    assert {error.status for error in told.values()} == {answer.status}
    assert len(hubspot.seen) <= len(PARENTS) + 3 * len(parents)


@pytest.mark.parametrize("kind", ["submissions", "memberships"])
def test_a_parent_refused_at_its_second_page_is_told_and_its_first_page_is_kept(kind: str) -> None:
    found, told, _ = read(kind, Portal({"p7": OF_ONE["deleted"]}, late=True))

    assert found == sorted(PARENTS)
    assert set(told) == {"p7"}


@pytest.mark.parametrize("kind", READS)
def test_a_scope_that_the_whole_api_wants_is_an_error_after_a_few_calls(kind: str) -> None:
    with pytest.raises(errors.MissingScopes):
        read(kind, Portal(dict.fromkeys(PARENTS, NO_SCOPE)))


@pytest.mark.parametrize("kind", READS)
@pytest.mark.parametrize("answer", [PLAN, NO_PERMISSION])
def test_an_api_that_is_forbidden_for_every_parent_is_an_error(kind: str, answer: Answer) -> None:
    with pytest.raises(errors.Forbidden) as raised:
        read(kind, Portal(dict.fromkeys(PARENTS, answer)))

    assert isinstance(raised.value, errors.NotGranted) == (answer is NO_PERMISSION)


@pytest.mark.parametrize("kind", ["submissions", "memberships"])
def test_parents_that_are_all_of_a_kind_without_children_are_told_one_by_one(kind: str) -> None:
    found, told, _ = read(kind, Portal(dict.fromkeys(PARENTS, OF_ONE["a kind that has none"])))

    assert found == []
    assert set(told) == set(PARENTS)


@pytest.mark.parametrize("kind", READS)
def test_what_is_no_refusal_ends_all(kind: str) -> None:
    with pytest.raises(errors.Unauthorized):
        read(kind, Portal({"p3": refusal(401, "no", "INVALID_AUTHENTICATION")}))
    with pytest.raises(errors.DailyLimitReached):
        read(kind, Portal({"p3": refusal(429, "no", "RATE_LIMITS", policyName="DAILY")}))


ILL = refusal(500, "internal error", "INTERNAL_ERROR", correlationId="c-9")


@pytest.mark.parametrize("kind", READS)
@pytest.mark.parametrize("parents", [["p0"], ["p39"], ["p1", "p2", "p3"]], ids=["first", "last", "three"])
def test_a_parent_that_hubspot_can_not_answer_costs_its_own_children_and_is_told(kind: str, parents: list[str]) -> None:
    found, told, hubspot = read(kind, Portal(dict.fromkeys(parents, ILL)))

    assert found == sorted(set(PARENTS) - set(parents))
    assert set(told) == set(parents)
    assert {type(error) for error in told.values()} == {errors.NotAnswered}
    assert "internal error" in str(told[parents[0]])
    assert "export the day again" in str(told[parents[0]])
    assert len(hubspot.seen) < 2 * len(PARENTS) + 60 * len(parents)


def test_a_parent_whose_answers_are_no_json_is_told_without_a_status() -> None:
    _, told, _ = read("memberships", Portal({"p3": Answer(b"<html>a gateway</html>")}))

    assert isinstance(told["p3"], errors.NotAnswered)
    assert told["p3"].status is None


def test_many_parents_that_fail_at_once_are_no_matter_of_theirs() -> None:
    with pytest.raises(errors.RetriesExhausted):
        read("memberships", Portal(dict.fromkeys(PARENTS, ILL)))


class Clock:
    """Seconds that pass only where somebody waits, and at each call of a part that is slow."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("seconds_a_call", [0.0, 60.0], ids=["at once", "as a gateway's timeout"])
def test_one_part_is_given_up_after_minutes_and_not_after_an_hour(
    monkeypatch: pytest.MonkeyPatch, seconds_a_call: float
) -> None:
    clock = Clock()
    monkeypatch.setattr(parts.time, "monotonic", clock.monotonic)
    monkeypatch.setattr(tenacity.time, "monotonic", clock.monotonic)

    def answer(_: Request) -> Answer:
        clock.now += seconds_a_call
        return Answer({"status": "error", "message": "timeout"}, 504)

    client = parts.Parts(CannedHubSpot(answer).client(sleep=clock.sleep, patience=900.0)).client()
    with pytest.raises(errors.RetriesExhausted):
        list(lists.memberships(client, "7"))

    assert parts.PATIENCE <= clock.now - 1000.0 < parts.PATIENCE + 10 * (seconds_a_call + 7)


def test_a_part_that_heals_in_time_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(parts.time, "monotonic", clock.monotonic)
    monkeypatch.setattr(tenacity.time, "monotonic", clock.monotonic)

    def answer(_: Request) -> Any:
        if clock.now < 1000.0 + parts.PATIENCE / 2:
            return Answer({"status": "error", "message": "timeout"}, 504)
        return {"results": [{"recordId": "1"}], "total": 1, "paging": {"next": None}}

    client = parts.Parts(CannedHubSpot(answer).client(sleep=clock.sleep)).client()

    assert [member.record_id for member in lists.memberships(client, "7")] == ["1"]
