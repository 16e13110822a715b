"""HubSpot's own SDK reads every v3/v4 route of the CRM core and finds what the portal holds where its models put it."""

from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal

from .sdk import as_ms, assert_every_field_is_somewhere, sdk_of

TYPED = {
    "contacts": "0-1",
    "companies": "0-2",
    "deals": "0-3",
    "tickets": "0-5",
    "products": "0-7",
    "line_items": "0-8",
    "quotes": "0-14",
}
# Fields of read models that HubSpot omits in the answers asked for here.
NEVER = {
    "SimplePublicObject": {"object_write_trace_id", "archived_at", "properties_with_history"},
    "SimplePublicObjectWithAssociations": {"object_write_trace_id"},
    "BatchResponsePublicAssociationMultiWithLabel": {"links", "requested_at"},
    "BatchResponseProperty": {"links", "requested_at"},
    "ModelProperty": {"sensitive_data_categories"},
    "Paging": {"prev"},
}


_COUNTS = {"contacts": 120, "companies": 20, "deals": 150, "tickets": 30, "other_records": 5}
PORTAL = PortalSettings(**_COUNTS, associations_per_page=100, limits=False)  # type: ignore[arg-type]


def every_row(api: Any, *arguments: Any, **options: Any) -> list[Any]:
    """The rows of every page."""
    rows: list[Any] = []
    after = None
    while True:
        page = api.get_page(*arguments, **options, after=after)
        rows += page.results
        if page.paging is None:
            return rows
        after = page.paging.next.after


def test_every_record_of_every_type_is_read_with_values_and_versions(portal: RunningPortal) -> None:
    client = sdk_of(portal)
    for object_type in portal.world.object_types.served():
        type_id = object_type.object_type_id
        names = [d["name"] for d in portal.world.property_definitions.listed(object_type)]
        if type_id not in {"0-1", "2-111"}:
            names = names[::5]  # the SDK takes its time over versions
        read = every_row(client.crm.objects.basic_api, type_id, limit=50, properties_with_history=names)
        truth = list(portal.world.records(type_id))
        assert [row.id for row in read] == [record.id for record in truth]
        for row, record in zip(read, truth, strict=True):
            wanted = {n: v for n, v in record.properties.items() if n in names}
            assert {n: v for n, v in row.properties.items() if n in names} == wanted
            versions = {
                name: [(v.value, as_ms(v.timestamp)) for v in kept]
                for name, kept in row.properties_with_history.items()
                if kept
            }
            assert versions == {n: [(v.value, v.ms) for v in kept] for n, kept in record.history.items() if n in names}
            assert (as_ms(row.created_at), as_ms(row.updated_at)) == (record.created_ms, record.updated_ms)
            assert row.archived is False


@pytest.mark.parametrize("name", TYPED)
def test_a_type_with_an_api_of_its_own_in_the_sdk_is_read_by_it(portal: RunningPortal, name: str) -> None:
    api = getattr(sdk_of(portal).crm, name)
    truth = [record.id for record in portal.world.records(TYPED[name])]
    assert [row.id for row in api.get_all()] == truth
    archived = api.basic_api.get_page(archived=True, limit=100).results
    assert [row.id for row in archived] == [r.id for r in portal.world.records(TYPED[name], archived=True)]
    assert all(row.archived and row.archived_at for row in archived)
    assert api.basic_api.get_by_id(truth[0]).id == truth[0]
    ids = {"inputs": [{"id": i} for i in truth[:10]], "properties": ["hs_object_id"], "propertiesWithHistory": []}
    assert {row.id for row in api.batch_api.read(ids).results} == set(truth[:10])
    found = api.search_api.do_search({"limit": 200})
    assert (found.total, [row.id for row in found.results]) == (len(truth), truth[:200])


def test_associations_are_read_in_every_form(portal: RunningPortal) -> None:
    crm, world = sdk_of(portal).crm, portal.world
    company = next(world.records("0-2")).id
    truth = [(i, sorted((t.category, t.type_id) for t in ts)) for i, ts in world.associations_of("0-2", company, "0-3")]
    assert len(truth) > 100

    single = crm.associations.v4.basic_api.get_page("0-2", company, "0-3").results
    first = crm.associations.v4.batch_api.get_page("0-2", "0-3", {"inputs": [{"id": company}]}).results[0]
    more = {"inputs": [{"id": company, "after": first.paging.next.after}]}
    second = crm.associations.v4.batch_api.get_page("0-2", "0-3", more).results[0]
    assert (len(first.to), second.paging) == (100, None)
    for rows in (single, first.to + second.to):
        read = [(str(r.to_object_id), sorted((t.category, t.type_id) for t in r.association_types)) for r in rows]
        assert read == truth

    inline = crm.companies.basic_api.get_by_id(company, associations=["deals"]).associations["deals"]
    assert len(inline.results) == 100
    assert inline.paging.next.after == "100"
    older = crm.associations.batch_api.read("companies", "deals", {"inputs": [{"id": company}]}).results[0]
    assert {row.id for row in older.to} <= {i for i, _ in truth}
    types = crm.associations.schema.types_api.get_all("0-1", "0-2").results
    labels = crm.associations.v4.schema.definitions_api.get_all("0-1", "0-2").results
    assert {int(t.id) for t in types} == {t.type_id for t in labels}
    assert ("USER_DEFINED", 1) in {(t.category, t.type_id) for t in labels}
    assert ("HUBSPOT_DEFINED", 1) in {(t.category, t.type_id) for t in labels}


def test_owners_users_and_teams_are_read(portal: RunningPortal) -> None:
    client, owners = sdk_of(portal), portal.world.owners
    for archived in (False, True):
        read = every_row(client.crm.owners.owners_api, archived=archived, limit=50)
        assert [(o.id, o.email, o.user_id, o.type) for o in read] == [
            (o.owner_id, o.email, o.user_id, o.kind) for o in owners.listed(archived)
        ]
        teams = [[(t.id, t.name, t.primary) for t in o.teams or ()] for o in read]
        assert teams == [[(t.team_id, t.name, p) for t, p in o.teams] for o in owners.listed(archived)]
    read_teams = client.settings.users.teams_api.get_all().results
    assert [(t.id, t.user_ids) for t in read_teams] == [(t.team_id, list(t.member_ids)) for t in owners.teams]
    assert client.settings.users.users_api.get_page(limit=10).results[0].id == "9000000"


def test_every_field_of_the_sdks_models_is_somewhere(portal: RunningPortal) -> None:
    client = sdk_of(portal)
    crm, settings = client.crm, client.settings
    company = next(portal.world.records("0-2")).id
    old_pipeline = portal.world.pipelines.of(portal.world.object_types["0-3"])[-1].pipeline_id
    history = ["phone", "firstname", "company", "notes"]
    assert_every_field_is_somewhere(
        [
            crm.objects.basic_api.get_page("0-1", limit=50, properties_with_history=history, associations=["0-2"]),
            crm.objects.basic_api.get_page("0-1", limit=50, archived=True),
            crm.objects.search_api.do_search("0-1", {"limit": 10}),
            crm.companies.basic_api.get_by_id(company, associations=["deals"]),
            crm.owners.owners_api.get_page(limit=10),
            crm.owners.owners_api.get_by_id(40000000),
            crm.properties.core_api.get_all("0-1"),
            crm.properties.core_api.get_all("0-1", archived=True),
            crm.properties.core_api.get_by_name("0-1", "email"),
            crm.properties.batch_api.read("0-1", {"inputs": [{"name": "email"}], "archived": False}),
            crm.properties.groups_api.get_all("0-1"),
            crm.properties.groups_api.get_by_name("0-1", "contacts_information"),
            crm.schemas.core_api.get_all(),
            crm.schemas.core_api.get_by_id("2-111"),
            crm.pipelines.pipelines_api.get_all("0-3"),
            crm.pipelines.pipelines_api.get_by_id("0-3", old_pipeline),
            crm.pipelines.pipeline_stages_api.get_all("0-3", "default"),
            crm.pipelines.pipeline_stages_api.get_by_id("0-3", "default", "stage1"),
            crm.associations.v4.schema.definition_configurations_api.get_all(),
            crm.associations.v4.schema.definitions_api.get_all("0-1", "0-2"),
            crm.associations.schema.types_api.get_all("0-1", "0-2"),
            crm.associations.v4.batch_api.get_page("0-1", "0-2", {"inputs": [{"id": "51"}]}),
            crm.associations.v4.batch_api.get_page("0-2", "0-3", {"inputs": [{"id": company}]}),
            settings.users.users_api.get_page(limit=10),
            settings.users.users_api.get_by_id("9000000"),
            settings.users.teams_api.get_all(),
            settings.users.roles_api.get_all(),
        ],
        NEVER,
    )
