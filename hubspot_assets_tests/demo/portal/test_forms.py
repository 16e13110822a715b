"""Forms of every type, and what was submitted through them."""

from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world.forms import form_type

from .reading import every_row, get, sdk, sdk_rows

FORMS = "/marketing/v3/forms"
SUBMISSIONS = "/form-integrations/v1/submissions/forms/"
TYPES = ["hubspot", "captured", "flow", "blog_comment"]


PORTAL = PortalSettings(limits=False)


def test_without_form_types_only_hubspots_own_forms_come(portal: RunningPortal) -> None:
    assert {row["formType"] for row in every_row(portal, FORMS)} == {"hubspot"}
    assert {row["formType"] for row in every_row(portal, FORMS, formTypes=TYPES, limit=500)} == set(TYPES)


def test_the_sdk_reads_every_form_field_by_field(portal: RunningPortal) -> None:
    # The SDK's models of form fields allow one type of field only, so it must not check those.
    api = sdk(portal, client_side_validation=False).marketing.forms.forms_api
    rows = sdk_rows(api.get_page, form_types=TYPES, limit=7)
    truth = {form.guid: form for form in portal.world.forms.all if form.archived_ms is None}
    assert len(rows) == len(truth)
    for row in rows:
        form = truth[row.id]
        assert (row.name, row.archived) == (form.name, False)
        assert round(row.created_at.timestamp() * 1000) == form.created_ms
        assert row.field_groups[0].fields[0].name == "email"
        assert row.configuration.post_submit_action.value == form.text(7)
        assert row.display_options.style.submit_size == "12px"


def test_archived_forms_come_only_when_asked_for(portal: RunningPortal) -> None:
    archived = every_row(portal, FORMS, archived="true", formTypes="all")
    assert {row["id"] for row in archived} == {f.guid for f in portal.world.forms.all if f.archived_ms is not None}
    assert all(row["archivedAt"] for row in archived)
    assert get(portal, f"{FORMS}/{archived[0]['id']}").status_code == 404
    assert get(portal, f"{FORMS}/{archived[0]['id']}", archived="true").json() == archived[0]


def test_submissions_come_newest_first_and_every_one_of_them(portal: RunningPortal) -> None:
    seen = 0
    for form in portal.world.forms.all[:9]:
        if portal.world.forms.refuses_submissions(form):
            continue
        rows = every_row(portal, SUBMISSIONS + form.guid, limit=50)
        truth = list(portal.world.forms.submissions(form))
        assert [row["submittedAt"] for row in rows] == [s.submitted_ms for s in truth]
        assert [[(v["name"], v["value"]) for v in row["values"]] for row in rows] == [list(s.values) for s in truth]
        assert all(isinstance(row["submittedAt"], int) and "id" not in row for row in rows)
        moments = [row["submittedAt"] for row in rows]
        assert moments == sorted(moments, reverse=True)
        seen = max(seen, len(rows))
    assert seen > 100


def test_some_forms_have_no_submissions_some_submissions_no_conversion_and_some_were_sent_twice(
    portal: RunningPortal,
) -> None:
    counts = [portal.world.forms.submission_count(form) for form in portal.world.forms.all]
    rows = every_row(portal, SUBMISSIONS + portal.world.forms.all[0].guid)
    said = [{name: value for name, value in row.items() if name != "conversionId"} for row in rows]
    ids = [row["conversionId"] for row in rows if "conversionId" in row]
    assert 0 in counts
    assert 0 < len(ids) < len(rows)
    assert len(ids) == len(set(ids)), "a conversion has an id of its own, whatever else was sent"
    assert any(said.count(one) > 1 for one in said)


def test_a_form_for_comments_refuses_its_submissions(portal: RunningPortal) -> None:
    form = next(f for f in portal.world.forms.all if form_type(f) == "blog_comment")
    answer = get(portal, SUBMISSIONS + form.guid)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["errorType"] == "FORM_TYPE_NOT_ALLOWED"
    assert list(portal.world.forms.submissions(form)) == []


@pytest.mark.parametrize("cursor", ["from_the_oldest", "from_the_newest"])
def test_an_arriving_submission_shifts_only_a_cursor_that_counts_from_the_newest(cursor: Any) -> None:
    settings = PortalSettings(submissions_between_pages=1, submissions_cursor=cursor, limits=False)
    with serve(settings) as portal:
        form = portal.world.forms.all[0]
        before = list(portal.world.forms.submissions(form))
        rows = every_row(portal, SUBMISSIONS + form.guid, limit=50)
        after = list(portal.world.forms.submissions(form))
    pages = -(-len(before) // 50)
    assert len(after) == len(before) + pages
    assert after[pages:] == before
    told = [(row["submittedAt"], row.get("conversionId")) for row in rows]
    known = [(one.submitted_ms, one.conversion_id) for one in before]
    if cursor == "from_the_oldest":
        assert told == known
    else:
        assert set(told) == set(known)
        assert len(told) == len(known) + pages - 1, "each page begins with the last row of the one before"


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        (FORMS, {"limit": 501}, 400),
        (FORMS, {"formTypes": "paper"}, 400),
        (SUBMISSIONS + "{first}", {"limit": 51}, 400),
        (SUBMISSIONS + "{first}", {"after": "nonsense"}, 400),
        (SUBMISSIONS + "no-such-form", {}, 404),
    ],
)
def test_what_hubspot_refuses_is_refused(portal: RunningPortal, path: str, params: dict[str, Any], status: int) -> None:
    first = portal.world.forms.all[0].guid
    assert get(portal, path.format(first=first), **params).status_code == status


def test_forms_and_submissions_need_the_scope_for_forms() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"forms"}))) as portal:
        answers = [get(portal, FORMS), get(portal, SUBMISSIONS + portal.world.forms.all[0].guid)]
    for answer in answers:
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["forms"]
