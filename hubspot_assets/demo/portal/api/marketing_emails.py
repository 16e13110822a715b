"""Marketing emails API: ``GET /marketing/emails/{V}`` (``/marketing/v3/emails``). Archived ones come apart.

As on HubSpot, ``includeStats=true`` leaves some emails out, and ``total`` with them.
"""

from typing import Any

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.filters import filtered_and_sorted
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.marketing_emails import as_json, email_id, is_omitted_with_statistics

SCOPES = ("content",)


def list_emails(call: Call) -> dict[str, Any]:
    statistics, wanted = call.flag("includeStats"), set(call.texts("includedProperties"))
    found = filtered_and_sorted(call, call.world.marketing_emails.listed(call.flag("archived")))
    if statistics:
        found = [email for email in found if not is_omitted_with_statistics(email)]
    if published := call.text("isPublished"):
        if published not in {"true", "false"}:
            raise validation_error(f"Invalid boolean for query parameter isPublished: {published}")
        found = [e for e in found if as_json(e, with_statistics=False)["isPublished"] is (published == "true")]
    page, paging = page_of(call, found, default=100, maximum=300, encoded=True)
    rows = [as_json(email, with_statistics=statistics) for email in page]
    if wanted:
        rows = [{name: value for name, value in row.items() if name in wanted or name == "id"} for row in rows]
    return {"total": len(found), "results": rows, **paging}


def one_email(call: Call) -> dict[str, Any]:
    for email in call.world.marketing_emails.listed(call.flag("archived")):
        if email_id(email) == call.path["email_id"]:
            return as_json(email, with_statistics=call.flag("includeStats"))
    raise not_found()


_LIST = (*both("/marketing/v3/emails", "/marketing/emails/{V}"), "/marketing/v3/emails/")
_ONE = both("/marketing/v3/emails/{email_id}", "/marketing/emails/{V}/{email_id}")
ENDPOINTS = [Endpoint("GET", _LIST, list_emails, SCOPES), Endpoint("GET", _ONE, one_email, SCOPES)]
