"""How a table of the contract looks in the asset graph: key, group, kinds, description, column schema, freshness.

Every asset of the export is declared through here, so that the UI documents all tables alike. Not here: what an asset
does (the modules of `assets`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import TypeAlias

import dagster as dg

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import ASSOCIATIONS, DEFINITIONS, EVENTS, INGESTEDAT, LISTS, Table
from hubspot_assets.defs.declaring import declared, keyed, named, portal_name
from hubspot_assets.defs.markdown import escaped
from hubspot_assets.defs.partitions import daily_partitions, zone_of_days
from hubspot_assets.outside_text import one_line
from hubspot_assets.tables.known_columns import known_columns

IO_MANAGER = "lake_io_manager"
OWNERS = ["team:hubspot-export"]

CODE_VERSION = "1"
"""Counted up when the same answers of HubSpot make other rows or columns: the UI then tells what is of before."""

EXPORT_TAG = "hubspot_assets"
"""The tag of every asset of the export, whatever other project's assets stand beside them."""

Lineage: TypeAlias = Mapping[str, list[tuple[Table, str]]]

NOT_IN_USE = "not_in_use"
"""The group of all types that the portal had no records of when it was discovered: one to open, instead of dozens."""

_OTHER_GROUPS = frozenset({DEFINITIONS, LISTS, EVENTS, ASSOCIATIONS, "day", NOT_IN_USE})


def freshness_of_day() -> dg.FreshnessPolicy:
    """A day is expected in the lake by six in the morning after it. The UI shows this; `checks` look at single days."""
    return dg.FreshnessPolicy.cron("0 6 * * *", timedelta(hours=6), timezone=zone_of_days())


# Not a cron as for the day: whoever loads one (UI, daemon) has Dagster count out a thousand mornings to validate it.
# For hundreds of tables that was nine tenths of the time in which they load a code location.
_FRESHNESS_OF_TABLE = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=30))
"""From an export soon after midnight until six in the morning of the next one."""


def column_schema(columns: Sequence[Column]) -> dg.TableSchema:
    """The columns as the UI shows them."""
    return dg.TableSchema([_column(column) for column in columns])


# Hundreds of tables have the same columns, and columns are made of those of other tables: each is made once.
@cache
def _column(column: Column) -> dg.TableColumn:
    return dg.TableColumn(column.name, column.type, description=one_line(column.meaning))


def group_of(table: Table) -> str:
    """The group of a table in the graph: `contacts` holds the six tables of contacts; of others it is their family.

    A custom object that is called as a family is told apart by its id. Types that are not in use have one together, as
    long as HUBSPOT_GROUP_EVERY_TYPE does not say otherwise.
    """
    if table.object_type is None or table.to_type is not None:
        return table.family
    settings = declared()
    if not (table.object_type.in_use or (settings is not None and settings.group_every_type)):
        return NOT_IN_USE
    name = table.key[-1].removeprefix("objects_") if len(table.key) == 1 else table.key[-1]
    taken = name in _OTHER_GROUPS
    return f"{name}_{table.object_type.object_type_id.replace('-', '_')}" if taken else name


def same_columns(table: Table, *made_of: Table) -> Lineage:
    """The columns that a table has as they are in the first of these that has them. When it was read is its own."""
    return {
        column.name: [(source, column.name)]
        for column in table.columns
        if column.name != INGESTEDAT.name
        for source in [next((t for t in made_of if column in t.columns), None)]
        if source is not None
    }


def asset_spec(table: Table, lineage: Lineage | None = None) -> dg.AssetSpec:
    """The declaration of a table. `lineage`: column -> the (table, column) pairs that it is made of."""
    metadata: dict[str, object] = {
        "dagster/table_name": table.name,
        "dagster/column_schema": column_schema(known_columns(table)),
        "HubSpot API": table.source,
    }
    if table.scopes:
        metadata["HubSpot scope"] = str(table.scopes)
    if lineage:
        metadata["dagster/column_lineage"] = dg.TableColumnLineage(
            {
                column: [dg.TableColumnDep(asset_key=asset_key(t), column_name=c) for t, c in made_of]
                for column, made_of in lineage.items()
            }
        )
    return dg.AssetSpec(
        key=asset_key(table),
        group_name=named(group_of(table)),
        code_version=CODE_VERSION,
        tags=_tags(table),
        kinds={"hubspot", "s3", "csv"},
        description=escaped(table.description),
        owners=OWNERS,
        metadata=metadata,
        partitions_def=daily_partitions(),
        freshness_policy=_FRESHNESS_OF_TABLE,
    )


def _tags(table: Table) -> dict[str, str]:
    of_type = {f"{EXPORT_TAG}/object_type": table.object_type.object_type_id} if table.object_type else {}
    return {EXPORT_TAG: "", f"{EXPORT_TAG}/family": table.family, **of_type}


def asset_out(table: Table, lineage: Lineage | None = None) -> dg.AssetOut:
    """The declaration of a table that a multi-asset writes; any of them can be left out of a run."""
    return dg.AssetOut.from_spec(asset_spec(table, lineage), is_required=False, io_manager_key=named(IO_MANAGER))


def waits_for(tables: Iterable[Table]) -> dict[str, dg.AssetIn]:
    """Inputs that a step only waits for.

    Plain `deps` would give two tables one input name (`objects_x` and `objects/x`), and lose one of them.
    """
    return {f"{output_name(table)}_is_in": dg.AssetIn(asset_key(table), dagster_type=dg.Nothing) for table in tables}


def asset_key(table: Table) -> dg.AssetKey:
    """The key of a table: `objects_contacts`, `object_properties.contacts`; of several portals, `eu/objects_contacts`.

    One part: the UI calls a node of the lineage by the last part of its key, so that four tables of contacts would be
    called `contacts` if their folders were parts of theirs. The dot is in no table's name, so that no two are one.
    """
    return _key(table.key, portal_name())


# Asked for with each column that is made of another table's.
@cache
def _key(key: tuple[str, ...], portal: str) -> dg.AssetKey:
    return keyed(dg.AssetKey(".".join(key)), portal)


def is_selected(context: dg.AssetExecutionContext, table: Table) -> bool:
    """Whether a run wants a table of this step. By its output: keys may be given a prefix, outputs stay."""
    return output_name(table) in context.op_execution_context.selected_output_names


def output_name(table: Table) -> str:
    """The Dagster output of a table: `objects_contacts`, `objects_OF_contacts`.

    Keys have no capitals, so that two tables never have one output, whatever their types are called.
    """
    return "_OF_".join(table.key)


def step_name(table: Table, does: str = "read") -> str:
    """The Dagster step that makes a table and others of its kind.

    It has the table's whole name: a custom object called Owners is read by `read_objects_owners`, beside `read_owners`.
    """
    return f"{does}_{output_name(table)}"


def groups_of(assets: Iterable[dg.AssetsDefinition], portal_tables: PortalTables) -> list[list[Table]]:
    """The tables of each step that makes some, in the order in which it makes them."""
    tables = {asset_key(table): table for table in portal_tables}
    groups = [[tables[key] for key in each.keys_by_output_name.values() if key in tables] for each in assets]
    return [group for group in groups if group]
