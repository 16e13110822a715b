"""Forms API: ``GET /marketing/v3/forms`` (dated: a beta only), and the submissions of a form, which only v1 tells.

Without ``formTypes`` it gives HubSpot's own forms and says nothing of the others.
"""

from typing import Any

from hubspot_assets.demo.portal.errors import form_type_not_allowed, not_found, validation_error
from hubspot_assets.demo.portal.paging import next_page, opaque, page_of, place_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.forms import FORM_TYPES, LANGUAGES, Submission, field_groups, form_type
from hubspot_assets.demo.portal.world.pieces import Piece
from hubspot_assets.demo.portal.world.times import iso

SCOPES = ("forms",)


def list_forms(call: Call) -> dict[str, Any]:
    types = set(call.texts("formTypes")) or {"hubspot"}
    if unknown := types - {*FORM_TYPES, "all"}:
        raise validation_error(f"Invalid formTypes: {', '.join(sorted(unknown))}")
    forms = call.world.forms.listed(call.flag("archived"), set(FORM_TYPES) if "all" in types else types)
    page, paging = page_of(call, forms, default=20, maximum=500)
    return {"results": [_row(form) for form in page], **paging}


def one_form(call: Call) -> dict[str, Any]:
    form = call.world.forms.find(call.path["form_id"])
    if form is None or (form.archived_ms is not None) is not call.flag("archived"):
        raise not_found()
    return _row(form)


def submissions(call: Call) -> dict[str, Any]:
    """Newest first. Whether the cursor counts from the oldest, so that new ones do not move it, is not known."""
    form = call.world.forms.find(call.path["form_id"])
    if form is None:
        raise not_found("The form guid does not belong to a form of this account")
    forms, limit = call.world.forms, call.number("limit", default=20, maximum=50)
    if forms.refuses_submissions(form):
        raise form_type_not_allowed(form_type(form))
    place = place_of(call, call.text("after")) if call.text("after") else "0"
    if place is None:
        return {"results": []}
    if not place.isdecimal():
        raise validation_error(f"Invalid paging cursor: {call.text('after')}")
    count, shifted = forms.submission_count(form), call.settings.submissions_cursor == "from_the_newest"
    top = count - int(place) if shifted or not call.text("after") else int(place)
    bottom = max(0, top - limit)
    rows = [_submission(forms.submission(form, number)) for number in reversed(range(bottom, top))]
    paging = {"paging": next_page(call, opaque(str(count - bottom if shifted else bottom)))} if bottom else {}
    forms.arrive(form, call.settings.submissions_between_pages)
    return {"results": rows, **paging}


def _submission(submission: Submission) -> dict[str, Any]:
    values = [{"name": n, "value": v, "objectTypeId": "0-1"} for n, v in submission.values]
    row = {"submittedAt": submission.submitted_ms, "values": values, "pageUrl": submission.page_url}
    return row if submission.conversion_id is None else {"conversionId": submission.conversion_id, **row}


def _row(form: Piece) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": form.guid,
        "name": form.name,
        "createdAt": iso(form.created_ms),
        "updatedAt": iso(form.updated_ms),
        "archived": form.archived_ms is not None,
        "formType": form_type(form),
        "fieldGroups": field_groups(form),
        "configuration": _configuration(form),
        "displayOptions": _display_options(form),
        "legalConsentOptions": {"type": "none"},
    }
    return row if form.archived_ms is None else {**row, "archivedAt": iso(form.archived_ms)}


def _configuration(form: Piece) -> dict[str, Any]:
    own = form_type(form) == "hubspot"
    return {
        "language": LANGUAGES[form.chance % len(LANGUAGES)],
        "cloneable": own,
        "postSubmitAction": {"type": "thank_you", "value": form.text(7)},
        "editable": own,
        "archivable": True,
        "recaptchaEnabled": form.chance % 3 == 0,
        "notifyContactOwner": False,
        "notifyRecipients": [form.created_by],
        "createNewContactForNewEmail": False,
        "prePopulateKnownValues": True,
        "allowLinkToResetKnownValues": False,
        "lifecycleStages": [{"objectTypeId": "0-1", "value": "lead"}] if form.chance % 2 else [],
    }


def _display_options(form: Piece) -> dict[str, Any]:
    style = {
        "fontFamily": "arial, helvetica, sans-serif",
        "backgroundWidth": "100%",
        "labelTextColor": "#33475b",
        "labelTextSize": "13px",
        "helpTextColor": "#7C98B6",
        "helpTextSize": "11px",
        "legalConsentTextColor": "#33475b",
        "legalConsentTextSize": "14px",
        "submitColor": "#ff7a59",
        "submitAlignment": "left",
        "submitFontColor": "#ffffff",
        "submitSize": "12px",
    }
    return {"renderRawHtml": False, "theme": "default_style", "submitButtonText": form.text(8), "style": style}


_LIST = ("/marketing/v3/forms", "/marketing/v3/forms/", "/marketing/forms/2026-09-beta")
_ONE = both("/marketing/v3/forms/{form_id}", "/marketing/forms/{V}/{form_id}", ("2026-09-beta",))
ENDPOINTS = [
    Endpoint("GET", _LIST, list_forms, SCOPES),
    Endpoint("GET", _ONE, one_form, SCOPES),
    Endpoint("GET", ("/form-integrations/v1/submissions/forms/{form_id}",), submissions, SCOPES),
]
