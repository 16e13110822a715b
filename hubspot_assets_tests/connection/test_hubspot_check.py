import io
import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.scopes import Group
from hubspot_assets.connection.finding import Finding
from hubspot_assets.connection.hubspot_check import check_hubspot, tables_by_scopes
from hubspot_assets.demo.portal.server import RunningPortal, serve
from hubspot_assets.demo.portal.settings import PortalSettings
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.hubspot.http.limiter import Limiter

CONTRACT = PortalTables(Portal.standard())
TOKEN = "pat-eu1-a-token-of-this-test"
PRODUCTS, COURSES = "/crm/objects/2026-09/0-7", "/crm/objects/2026-09/0-410"
DEALS = ("crm.objects.deals.read",)
WANTED = {"context": {"requiredGranularScopes": ["partner.read"]}}
TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"


class HubSpotThatTells(BaseAdapter):
    """HubSpot as far as a token's own data go: it tells the scopes of a private app's token."""

    def __init__(
        self,
        scopes: list[str],
        used: int = 1_000,
        records: Sequence[str] = (),
        refused: Mapping[str, tuple[int, dict[str, Any]]] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self.scopes, self.used = scopes, used
        self.records, self.refused = records, refused
        self.bodies: dict[str, Any] = {}

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        path = request.path_url
        self.bodies[path] = json.loads(request.body) if request.body else None
        answers = {
            "/account-info/2026-09/details": {
                "portalId": 62515,
                "accountType": "STANDARD",
                "dataHostingLocation": "eu1",
            },
            TOKEN_INFO: {"userId": 1, "hubId": 62515, "appId": 2, "scopes": self.scopes},
            "/account-info/2026-09/api-usage/daily/private-apps": {
                "results": [{"usageLimit": 625_000, "currentUsage": self.used, "resetsAt": "2026-11-24T00:00:00Z"}]
            },
        }
        answers |= {f"{path}?limit=1": {"results": []} for path in self.records}
        refused = {f"{path}?limit=1": answer for path, answer in self.refused.items()}
        nowhere = (404, {"status": "error", "message": "?"})
        response = requests.Response()
        response.status_code, answer = (200, answers[path]) if path in answers else refused.get(path, nowhere)
        content = json.dumps(answer).encode()
        response.raw = HTTPResponse(io.BytesIO(content), preload_content=False)
        response.url, response.request = str(request.url), request
        return response

    def close(self) -> None:
        pass


def found(client: HubSpotClient, token: str = TOKEN) -> dict[str, Finding]:
    return {one.name: one for one in check_hubspot(client, token, CONTRACT)}


def told(adapter: HubSpotThatTells) -> dict[str, Finding]:
    return found(HubSpotClient(TOKEN, adapter=adapter, limiter=Limiter()))


def probed(portal: RunningPortal, token: str | None = None) -> dict[str, Finding]:
    with HubSpotClient(token or portal.token, portal.url, limiter=Limiter(), patience=5.0) as client:
        return found(client, token or portal.token)


def every_scope() -> list[str]:
    return [scope for group in tables_by_scopes(CONTRACT) for scope in group.names]


def test_with_every_scope_all_is_well_and_five_calls_were_made_at_most() -> None:
    adapter = HubSpotThatTells(every_scope())
    findings = told(adapter)
    assert not [one for one in findings.values() if one.ok is not True]
    assert findings["Portal"].sentence == "62515, STANDARD."
    assert findings["Region"].sentence.startswith("eu1; ")
    assert findings["Daily calls"].sentence == "624,000 left of 625,000; it resets at 2026-11-24T00:00:00Z."
    assert len(adapter.bodies) <= 5


def test_the_token_is_sent_to_hubspot_and_is_in_no_finding() -> None:
    adapter = HubSpotThatTells(every_scope())
    findings = told(adapter)
    assert adapter.bodies[TOKEN_INFO] == {"tokenKey": TOKEN}
    assert TOKEN not in str(findings)


@pytest.mark.parametrize("missing", ["crm.objects.deals.read", "crm.lists.read", "crm.objects.owners.read", "forms"])
def test_a_scope_that_is_missing_is_named_with_the_tables_that_will_be_empty(missing: str) -> None:
    findings = told(HubSpotThatTells([scope for scope in every_scope() if scope != missing]))
    (failed,) = (one for one in findings.values() if one.ok is False)
    assert failed.name == missing
    first = tables_by_scopes(CONTRACT)[Group((missing,))][0]
    assert failed.sentence.startswith(f"Not granted: {first.name}")
    assert failed.sentence.endswith(f"Grant {missing} to the token in HubSpot.")


def test_one_of_several_alternatives_is_enough() -> None:
    findings = told(HubSpotThatTells([one for one in every_scope() if one != "content.landing_pages.read"]))
    assert findings["content or content.landing_pages.read"].ok


def test_where_hubspot_does_not_say_whether_one_is_enough_a_record_is_asked_for() -> None:
    without = [one for one in every_scope() if one != "e-commerce"]
    refusal = {"status": "error", "message": "no", "category": "MISSING_SCOPES"}
    name = "crm.objects.products.read, or also e-commerce"
    assert told(HubSpotThatTells(without, records=[PRODUCTS]))[name].ok
    refused = told(HubSpotThatTells(without, refused={PRODUCTS: (403, refusal)}))[name]
    assert refused.ok is False
    assert refused.sentence.endswith(f"Grant {name} to the token in HubSpot.")


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (400, {"message": "Unable to infer object type from: 0-410"}),
        (403, {"message": "Your account does not have access to courses.", "category": "FORBIDDEN"}),
    ],
    ids=["no such type", "not in the plan"],
)
def test_a_scope_of_what_the_portal_does_not_have_is_not_missed(status: int, refusal: dict[str, str]) -> None:
    without = [one for one in every_scope() if one != "crm.objects.courses.read"]
    finding = told(HubSpotThatTells(without, refused={COURSES: (status, {"status": "error", **refusal})}))
    assert finding["crm.objects.courses.read"].ok is None
    assert f"This portal does not have it ({status})" in finding["crm.objects.courses.read"].sentence


def test_what_needs_several_scopes_is_named_with_each_of_them() -> None:
    findings = told(HubSpotThatTells([one for one in every_scope() if one != "settings.users.read"]))
    (failed,) = (one for one in findings.values() if one.ok is False)
    assert failed.name == "settings.users.read"
    assert "OBJECTS_SEQUENCES" in failed.sentence
    assert "OBJECTS_DEAL_SPLITS" in [table.name for table in tables_by_scopes(CONTRACT)[Group(DEALS)]]


def test_a_scope_for_a_part_is_named_with_what_will_be_missing() -> None:
    findings = told(HubSpotThatTells([one for one in every_scope() if one != "sales-email-read"]))
    (failed,) = (one for one in findings.values() if one.ok is False)
    assert failed.sentence.startswith("Not granted: the bodies of emails will be missing in OBJECTS_ENGAGEMENTS")
    assert failed.sentence.endswith("Grant sales-email-read to the token in HubSpot.")


def test_a_day_without_calls_left_is_not_well() -> None:
    findings = told(HubSpotThatTells(every_scope(), used=625_000))
    assert findings["Daily calls"].ok is False
    assert findings["Daily calls"].sentence.startswith("None left of 625,000; it resets at 2026-11-24")


@pytest.fixture(scope="module")
def portal_without_deals() -> Iterator[RunningPortal]:
    missing = frozenset({"crm.objects.deals.read"})
    with serve(PortalSettings(contacts=10, without_scopes=missing, asked_by="service_key")) as running:
        yield running


def test_where_hubspot_tells_no_scopes_each_type_is_asked_for_one_record(portal_without_deals: RunningPortal) -> None:
    findings = probed(portal_without_deals)
    assert findings["Scopes"].ok is None
    assert [one.name for one in findings.values() if one.ok is False] == ["crm.objects.deals.read"]
    assert "OBJECTS_DEALS" in findings["crm.objects.deals.read"].sentence
    assert findings["crm.objects.contacts.read"].ok
    assert findings["crm.objects.owners.read"].ok


def test_a_token_that_hubspot_does_not_know_ends_the_check(portal_without_deals: RunningPortal) -> None:
    findings = probed(portal_without_deals, "pat-na1-someone-elses")
    assert [(one.name, one.ok) for one in findings.values()] == [("Token", False)]
    assert "HubSpot answered 401" in findings["Token"].sentence
    assert "pat-na1-someone-elses" not in findings["Token"].sentence


@pytest.mark.parametrize(
    ("status", "body", "ok", "says"),
    [
        (403, {"message": "no", "category": "MISSING_SCOPES", "errors": [WANTED]}, False, "the scope partner.read."),
        (400, {"message": "Unable to infer object type from: 0-999"}, None, "This portal does not have it (400)"),
    ],
)
def test_a_type_whose_scopes_nobody_knows_is_asked_for(
    status: int, body: dict[str, Any], ok: bool | None, says: str
) -> None:
    further = ObjectType("0-999", "PARTNER", "Partner", "Partners")
    portal_tables = PortalTables(Portal.of([*Portal.standard().object_types, further]))
    adapter = HubSpotThatTells(every_scope(), refused={"/crm/objects/2026-09/0-999": (status, body)})
    client = HubSpotClient(TOKEN, adapter=adapter, limiter=Limiter())
    findings = {one.name: one for one in check_hubspot(client, TOKEN, portal_tables)}
    assert findings["Partners (0-999)"].ok is ok
    assert says in findings["Partners (0-999)"].sentence


def test_every_scope_of_the_contract_is_looked_at() -> None:
    looked_at = {table.name for tables in tables_by_scopes(CONTRACT).values() for table in tables}
    assert looked_at == {table.name for table in CONTRACT if table.scopes and table.to_type is None}
    looked_at_scopes = {scope for group in tables_by_scopes(CONTRACT) for scope in group.names}
    assert looked_at_scopes == {scope for table in CONTRACT for scope in table.scopes.names}
