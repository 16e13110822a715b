"""Whatever people call things in HubSpot: the definitions load, and no name of theirs meets a name of ours."""

import json
from pathlib import Path

import dagster as dg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_assets.catalog.fixed_tables import FIXED_TABLES
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.assets import all_assets
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.specs import asset_key
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import catalogue, small_export

OURS = [
    # Tables, assets, steps, jobs, checks, groups and folders of the export.
    *(table.name.capitalize().replace("_", " ") for table in FIXED_TABLES),
    *("Export day", "Day", "Definitions", "Objects", "Associations", "Events", "History", "Object properties"),
    *("Type definitions", "Day checks", "Every day", "Daily export", "Yesterday is in", "Lake", "HubSpot"),
    *("Objects owners", "Associations contacts to companies", "Events visited page", "Owners is in", "ids"),
    # Types of HubSpot's own.
    *(str(t.plural_label) for t in STANDARD_OBJECT_TYPES),
    # Words that Dagster, Python, S3, Windows or SQL keep for themselves.
    *("context", "config", "conf", "meta", "input", "output", "result", "type", "dict", "int", "str", "default"),
    *("class", "import", "None", "lambda", "yield", "async", "self", "CON", "NUL", "_SUCCESS.json", "_manifest.json"),
    # What makes two names one.
    *("x", "X", "x y", "x-y", "x_y", "x y ", "_", "__", "x to y", "y", "y to x", "x to y to x", "X 2 31", "x_2_32"),
    *("\u043c\u0430\u0448\u0438\u043d\u044b", "\u4f1a\u793e", "\U0001f697", " ", "", "\u00c9", "l" * 300, "L" * 299),
]
# Events are backfilled a range at a time and snapshots are not: Dagster tells that of a job with both.
pytestmark = pytest.mark.filterwarnings("ignore:Asset job .* materializes assets with varying BackfillPolicies")
LABELS = st.sampled_from(OURS) | st.text(max_size=6)


@st.composite
def portals(draw: st.DrawFn) -> Portal:
    """HubSpot's types with a portal's custom objects and events of any name, associated among each other."""
    ids = draw(st.lists(st.integers(1, 40).map("2-{}".format), unique=True, min_size=1, max_size=5))
    custom = [ObjectType(i, draw(LABELS), draw(LABELS), draw(LABELS), ("crm.objects.custom.read",)) for i in ids]
    names = draw(st.lists(st.one_of(LABELS.map("pe1_{}".format), LABELS.map("e_{}".format)), unique=True, max_size=4))
    events = [EventType(name, draw(st.sampled_from([name, f"6-{place}"]))) for place, name in enumerate(names)]
    ends = st.sampled_from(["0-1", "0-2", *ids])
    return Portal.of([*STANDARD_OBJECT_TYPES[:4], *custom], events, draw(st.lists(st.tuples(ends, ends), max_size=6)))


@given(portals())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_portal_loads_and_every_name_in_it_is_one_of_its_own(portal: Portal) -> None:
    portal_tables = PortalTables(portal)
    definitions = build_defs(portal)

    dg.Definitions.validate_loadable(definitions)
    graph = definitions.resolve_asset_graph()

    tables = {asset_key(table) for table in portal_tables}
    assert len(tables) == len(list(portal_tables)) == len({table.name.casefold() for table in portal_tables})
    assert graph.get_all_asset_keys() == tables | {dg.AssetKey("export_day")}
    steps = [each.op.name for each in graph.assets_defs if each.is_executable]
    assert len(set(steps)) == len(steps)
    assert all(len(part) <= 255 for table in portal_tables for part in table.name.split("/"))
    # An input that is lost to another of its name would be a table that the day does not wait for.
    above, waiting = set[dg.AssetKey](), [dg.AssetKey("export_day")]
    while waiting:
        new = graph.get(waiting.pop()).parent_keys - above
        above |= new
        waiting += new
    assert above == tables


@given(portals())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_names_are_those_of_the_portal_and_not_of_the_order_in_which_it_was_found(portal: Portal) -> None:
    parts = json.loads(portal.to_json())
    for part in ("object_types", "event_types", "association_pairs"):
        parts[part].reverse()

    found_backwards = Portal.from_json(json.dumps(parts))

    assert [table.name for table in PortalTables(found_backwards)] == [table.name for table in PortalTables(portal)]


@pytest.mark.parametrize("label", sampled(OURS, 30))
def test_a_custom_object_of_any_name_has_a_step_and_tables_beside_the_exports_own(label: str) -> None:
    custom = ObjectType("2-77", "name", label, label)
    portal = Portal.of([*STANDARD_OBJECT_TYPES[:4], custom], [EventType(f"pe1_{label}", "6-1")], [("0-1", "2-77")])

    steps = [assets.op.name for assets in all_assets(PortalTables(portal))]

    assert len(set(steps)) == len(steps)
    tables = PortalTables(portal).objects["2-77"]
    assert {f"read_objects_{tables.ids.key[1]}", "read_owners", "read_lists", "read_teams"} <= set(steps)
    assert tables.wide.name not in {table.name for table in FIXED_TABLES}


def test_two_tables_whose_keys_read_alike_have_outputs_and_inputs_of_their_own() -> None:
    portal_tables = PortalTables(Portal.of([ObjectType("2-1", "a", "A", "A"), ObjectType("2-2", "b", "_A", "_A")]))
    made = all_assets(portal_tables)

    outputs = [name for assets in made for name in assets.keys_by_output_name]

    assert portal_tables.objects["2-2"].wide.key == ("objects__a",)
    assert portal_tables.objects["2-1"].ids.key == ("objects", "a")
    assert len(set(outputs)) == len(outputs)


def test_a_custom_object_called_owners_is_exported_beside_the_owners_and_a_second_one_says_its_name(
    s3: DemoS3, tmp_path: Path
) -> None:
    custom = [ObjectType(type_id, name, "Owner", "Owners") for type_id, name in (("2-111", "a"), ("2-222", "b"))]
    known = catalogue("0-1", custom=custom, events=[EventType("e_visited_page", "e_visited_page")])
    with small_export(s3, tmp_path, known) as small:
        result = small.export("OBJECTS_OWNERS", "OBJECTS_OWNERS_2_222", "OWNERS")

        assert result.is_complete, result.failed
        assert set(small.frame("OBJECTS_OWNERS")["OBJECTTYPEID"]) == {"2-111"}
        assert set(small.frame("OBJECTS_OWNERS_2_222")["OBJECTTYPEID"]) == {"2-222"}
        assert small.frame("OWNERS").height == len(small.portal.world.owners.all)
        assert small.manifest("OBJECTS_OWNERS").notes == ()
        assert small.manifest("OBJECTS_OWNERS_2_222").notes == (
            "Another type's tables are named OWNERS, so these are named OWNERS_2_222.",
        )
        assert small.manifest("OBJECTS_OWNERS_2_222").left_out == {}
