"""A token that lacks a scope, or a plan that lacks a feature: the day ends, what is missing is empty and explained."""

from pathlib import Path

import pytest

from hubspot_assets.catalog.fixed_tables import FIXED_TABLES
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import DEFINITIONS
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.sampled import SWEEP, sampled
from hubspot_assets_tests.small_export import STANDARD, catalogue, command, small_export

DAY = str(YESTERDAY)
CAR = ObjectType("2-111", "cars", "Car", "Cars", ("crm.objects.custom.read",))
TYPES = [*STANDARD.values(), CAR]
VISITED = EventType("e_visited_page", "e_visited_page")
#: The fixed tables that nobody can read a part of without the scope.
PERSONAL = [table for table in FIXED_TABLES if table.scopes.whole]
#: In how many groups the scopes are taken away.
AT_ONCE = 4
SCOPES = sorted({t.scopes for t in TYPES if t.scopes} | {table.scopes.names for table in PERSONAL})


@pytest.fixture(scope="module")
def folder(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the lake that has the definitions of every type and the ids of deals, read with every scope."""
    directory = tmp_path_factory.mktemp("scopes")
    with small_export(s3, directory, catalogue(*STANDARD, custom=[CAR])) as small:
        result = small.export("PROPERTY_DEFINITIONS", "OBJECTS/DEALS")
        assert result.is_complete
    return directory


@pytest.mark.parametrize(
    "missing", sampled((SCOPES[n::AT_ONCE] for n in range(AT_ONCE)), 1), ids=lambda some: f"{len(some)} scopes"
)
def test_a_token_without_scopes_makes_the_tables_that_need_them_empty_and_no_others(
    missing: list[tuple[str, ...]], s3: DemoS3, folder: Path
) -> None:
    lost = [t for t in TYPES if t.scopes in missing]
    fixed = [table for table in PERSONAL if table.scopes.names in missing]
    without = frozenset(scope for scopes in missing for scope in scopes)
    other = next(STANDARD[i] for i in ("0-1", "0-2", "0-5") if without.isdisjoint(STANDARD[i].scopes))
    needed = [STANDARD["0-3"]] if any(t.source is Source.DEAL_SPLITS for t in lost) else []
    assert not set(needed) & set(lost)
    standard = {t.object_type_id for t in (*lost, other, *needed) if not t.is_custom}
    known = catalogue(*standard, custom=[t for t in lost if t.is_custom])
    with small_export(s3, folder, known, without_scopes=without) as small:
        tables = {
            table: t.needs.to_grant(t.scopes) for t in lost for table in small.portal_tables.objects[t.object_type_id]
        }
        tables |= {table: table.scopes for table in fixed}
        others = list(small.portal_tables.objects[other.object_type_id])
        result = small.export(*(table.name for table in [*tables, *others]))
        assert not result.failed
        assert result.unavailable == {
            table.name: f"Grant the token the scope {scopes}." for table, scopes in tables.items()
        }
        assert not result.is_complete
        for table, scopes in tables.items():
            manifest = small.manifest(table.name)
            assert manifest.unavailable is not None
            assert manifest.unavailable.status == 403
            assert manifest.unavailable.mendable
            assert manifest.unavailable.scopes == scopes.names
            assert manifest.unavailable.message.endswith(f"; grant the token the scope {scopes}.")
            assert manifest.rows == 0
            assert small.frame(table.name).columns == [column.name for column in manifest.columns]
        assert {t.name: small.manifest(t.name).unavailable for t in others} == {t.name: None for t in others}
        assert all(small.manifest(t.name).rows for t in others)


def single_scopes() -> list[dict[ObjectType, str]]:
    """Every scope of every type that has several, as choices of one scope per type that do not help each other."""
    choices: list[dict[ObjectType, str]] = []
    for object_type in (t for t in TYPES if len(t.scopes) > 1):
        for scope in object_type.scopes:
            for chosen in choices:
                both = {**chosen, object_type: scope}
                if object_type not in chosen and all(
                    set(t.scopes).intersection(both.values()) == {one} for t, one in both.items()
                ):
                    chosen[object_type] = scope
                    break
            else:
                choices.append({object_type: scope})
    return choices


@pytest.mark.parametrize("chosen", sampled(single_scopes(), 1), ids=lambda chosen: f"{len(chosen)} types")
def test_one_of_several_scopes_is_enough(chosen: dict[ObjectType, str], s3: DemoS3, folder: Path) -> None:
    others = frozenset(scope for t in chosen for scope in t.scopes).difference(chosen.values())
    with small_export(s3, folder, catalogue(*(t.object_type_id for t in chosen)), without_scopes=others) as small:
        tables = [small.portal_tables.objects[t.object_type_id].ids.name for t in chosen]
        result = small.export(*tables)
        assert result.is_complete, result.unavailable
        assert all(result.tables[table].rows for table in tables)


def test_the_command_ends_the_day_with_exit_code_1_and_names_the_scope_once(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-2", "0-30", events=[VISITED], pairs=[("0-1", "0-2"), ("0-2", "0-2")])
    with small_export(s3, tmp_path, known, without_scopes=frozenset({"crm.objects.contacts.read"})) as small:
        code, output = command("export")
        assert code == 1
        assert output.count("crm.objects.contacts.read") == 1
        assert "12 tables lack data that you can still get: Grant the token the scope" in output
        assert "11 empty: " in output
        assert "Contacts (0-1) in 6 tables" in output
        assert "without association types of Contacts (0-1) to Companies (0-2): ASSOCIATION_DEFINITIONS" in output
        assert "Empty because no public HubSpot API lists the object type: 6 tables." in output
        assert "not in:" not in output
        success = small.lake.success(DAY)
        assert success is not None
        assert success.tables.keys() == {table.name for table in small.portal_tables}
        told = {name for name, summary in success.tables.items() if summary.unavailable}
        with_contacts = {name for name in success.tables if "CONTACTS" in name}
        assert told == with_contacts | {"EVENTS_VISITED_PAGE"} | {
            n for n in success.tables if n.endswith("AD_ACCOUNTS")
        }
        assert success.tables["ASSOCIATIONS/COMPANIES_TO_COMPANIES"].rows
        listed = command("tables")[1]
        assert listed.count("grant the token the scope crm.objects.contacts.read") == 12
        missing = small.manifest("ASSOCIATIONS/CONTACTS_TO_COMPANIES").unavailable
        assert missing is not None
        assert missing.scopes == ("crm.objects.contacts.read",)
        assert "ids of OBJECTS/CONTACTS, which could not be read" in missing.message


def test_a_token_without_any_scope_ends_the_day_with_every_table_there(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-4", *ENGAGEMENT_KINDS, "0-3", "0-72", events=[VISITED], pairs=[("0-1", "0-3")])
    with small_export(s3, tmp_path, known, scopes=frozenset()) as small:
        result = small.export()
        assert not result.failed
        definitions = {table.name for table in FIXED_TABLES if table.family == DEFINITIONS} - {
            table.name for table in PERSONAL
        }
        assert result.tables.keys() - result.unavailable.keys() == definitions
        assert not result.is_complete
        assert all(t.rows == 0 for name, t in result.tables.items() if name not in definitions)
        assert small.manifest("PROPERTY_DEFINITIONS").left_out
        assert small.lake.success(DAY) is not None


def test_types_that_no_public_api_reads_are_empty_explained_and_no_failure(s3: DemoS3, folder: Path) -> None:
    without = [t.object_type_id for t in STANDARD.values() if t.source is Source.NONE_KNOWN]
    with small_export(s3, folder, catalogue(*without)) as small:
        tables = [table for each in small.portal_tables.objects.values() for table in each]
        small.portal.requests.clear()
        result = small.export(*(table.name for table in tables))
        assert result.is_complete
        assert result.unavailable == {}
        paths = [request.path for request in small.portal.requests]
        asked = [path.rpartition("/")[2] for path in paths if not path.startswith("/account-info/")]
        assert sorted(asked) == sorted(without), "each is asked for once"
        for table in tables:
            reason = small.manifest(table.name).unavailable
            assert reason is not None
            assert reason.message.startswith("No public HubSpot API is known to list this object type")
            assert "asked for once" in reason.message
            assert "HubSpot answered 4" in reason.message
            assert small.frame(table.name).is_empty()
        code, output = command("export", *(word for t in tables for word in ("--select", t.name)))
        assert code == 0
        assert f"Empty because no public HubSpot API lists the object type: {len(tables)} tables." in output


def test_a_type_that_hubspot_opens_one_day_is_read(s3: DemoS3, folder: Path) -> None:
    with small_export(s3, folder, catalogue("0-30"), also_served=frozenset({"0-30"})) as small:
        result = small.export("OBJECTS_AD_ACCOUNTS")
        assert result.is_complete
        assert result.tables["OBJECTS_AD_ACCOUNTS"].rows == small.portal.world.count("0-30")


def test_a_plan_without_events_and_custom_objects_gives_empty_explained_tables(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-2", custom=[CAR], events=[VISITED], pairs=[("0-2", "2-111")])
    plan = frozenset({"lists", "cms"})
    with small_export(s3, tmp_path, known, features=plan) as small:
        result = small.export()
        assert not result.failed
        gone = {name for name in result.tables if "CARS" in name} | {"EVENTS_VISITED_PAGE"}
        assert result.unavailable.keys() == gone
        assert result.is_complete, "what the plan does not have is no failure"
        assert all(small.frame(name).is_empty() for name in gone)
        reason = small.manifest("EVENTS_VISITED_PAGE").unavailable
        assert reason is not None
        assert "check that the portal's plan includes this" in reason.message
        assert result.tables["OBJECTS_COMPANIES"].rows
        assert small.lake.success(DAY) is not None


def test_every_scope_of_the_contract_is_tried_here() -> None:
    portal_tables = PortalTables(catalogue(*STANDARD, custom=[CAR], events=[VISITED]))
    named = {scope for table in portal_tables for scope in table.scopes.names}
    tried = {scope for scopes in SCOPES for scope in scopes}
    elsewhere = {
        "sales-email-read",  # test_withheld_bodies.py
        "settings.users.read",  # below
        "crm.schemas.custom.read",
        "behavioral_events.event_definitions.read_write",  # test_refusals.py
    }
    assert named - tried == elsewhere


@SWEEP
def test_sequences_need_the_scope_of_their_users_too_and_deal_splits_that_of_deals(s3: DemoS3, folder: Path) -> None:
    # In HubSpot either of these opens the users; the table names the one that opens nothing else.
    without = frozenset({"settings.users.read", "crm.objects.users.read", "crm.objects.deals.read"})
    with small_export(s3, folder, catalogue("0-58", "0-72", "0-3"), without_scopes=without) as small:
        small.export("OBJECTS/DEALS")
        result = small.export("OBJECTS_SEQUENCES", "OBJECTS_DEAL_SPLITS")
        assert result.unavailable == {
            "OBJECTS_SEQUENCES": "Grant the token the scope settings.users.read.",
            "OBJECTS_DEAL_SPLITS": "Grant the token the scope crm.objects.deals.read.",
        }
    listed = {table.name: str(table.scopes) for table in small.portal_tables}
    assert listed["OBJECTS_SEQUENCES"] == "automation.sequences.read and settings.users.read"
    assert listed["OBJECTS_DEAL_SPLITS"] == "crm.dealsplits.read_write and crm.objects.deals.read"
