"""A whole day: which check looks at which of its tables, in the order of the contract.

Not here: how each family is compared (the modules beside this one), what is printed (`printing.py`).
"""

from collections.abc import Iterator, Sequence
from datetime import timezone, tzinfo

import polars as pl

from hubspot_assets.catalog.fixed_tables import LIST_MEMBERSHIPS, LISTS_TABLE, MARKETING_EVENT_PARTICIPATIONS
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ObjectType
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.lake import Lake
from hubspot_assets.verify import events, lists, marketing_events, owned_objects, small_tables
from hubspot_assets.verify.associations import Associations
from hubspot_assets.verify.crm_objects import CrmObjects
from hubspot_assets.verify.exported import ExportedDay, Sampling
from hubspot_assets.verify.records import ENGAGEMENT_TYPE
from hubspot_assets.verify.report import COLUMNS, COUNT, WHOLE_TABLE, TableReport

_ENGAGEMENTS = "0-4"


def verify_day(
    client: HubSpotClient,
    lake: Lake,
    portal_tables: PortalTables,
    day: str,
    tables: Sequence[Table],
    *,
    sample: int | None = None,
    zone: tzinfo = timezone.utc,
) -> Iterator[TableReport]:
    """A report for each of `tables`, as they are done.

    `sample`: how many records of each type are compared cell by cell; None compares every cell. `zone`: of the export's
    days. Raises HubSpotError and LakeError.
    """
    exported = ExportedDay(lake, day, zone)
    reports = {table.name: exported.report(table) for table in tables}
    for table in tables:
        # Without the columns that rows are found by, nothing can be compared.
        for column in exported.lacking(table) if not reports[table.name].missing else ():
            found = exported.columns(table).get(column.name)
            reports[table.name].differs("", f"{COLUMNS} {column.name}", found, column.type)
    yield from (report for report in reports.values() if report.missing or report.different)
    reports = {name: report for name, report in reports.items() if not (report.missing or report.different)}
    sampling = Sampling(sample, day)

    def done(some: Sequence[Table]) -> Iterator[TableReport]:
        yield from (reports[table.name] for table in some if table.name in reports)

    for table in small_tables.SMALL_TABLES:
        if table.name in reports:
            small_tables.check(client, portal_tables, exported, table, reports[table.name])
            yield reports[table.name]
    lists.check(client, exported, sampling, reports)
    yield from done((LISTS_TABLE, LIST_MEMBERSHIPS))
    yield from _objects(client, portal_tables, exported, sampling, reports)
    if (participations := reports.get(MARKETING_EVENT_PARTICIPATIONS.name)) is not None:
        marketing_events.check(client, exported, sampling, participations)
        yield participations
    checked = Associations(client, portal_tables, exported, sampling)
    for pair, both in portal_tables.associations.items():
        checked.check(pair, reports)
        yield from done(tuple(both))
    for table in portal_tables.events.values():
        if table.name in reports:
            types = portal_tables.portal.object_types
            events.check(client, exported, sampling, table, reports[table.name], types)
            yield reports[table.name]


def _objects(
    client: HubSpotClient,
    portal_tables: PortalTables,
    day: ExportedDay,
    sampling: Sampling,
    reports: dict[str, TableReport],
) -> Iterator[TableReport]:
    engagements = portal_tables.objects.get(_ENGAGEMENTS)
    wants_engagements = engagements is not None and any(table.name in reports for table in engagements)
    crm = CrmObjects(client, day, sampling)
    for type_id, tables in portal_tables.objects.items():
        also = engagements if wants_engagements and type_id in ENGAGEMENT_KINDS else None
        if tables is engagements or not any(t.name in reports for t in (*tables, *(also or ()))):
            continue
        if is_owned(tables.object_type):
            owned_objects.check(client, day, tables, reports, crm.records.walk)
        else:
            crm.check(tables, reports, also)
        yield from (reports[table.name] for table in tables if table.name in reports)
    if engagements is not None and wants_engagements:
        _check_union(portal_tables, day, reports)
        yield from (reports[table.name] for table in engagements if table.name in reports)


def is_owned(object_type: ObjectType) -> bool:
    """Whether another API than the CRM objects API lists the records of a type."""
    return not object_type.is_asked_by_type_id and object_type.source is not Source.ENGAGEMENT_KINDS


def _check_union(portal_tables: PortalTables, day: ExportedDay, reports: dict[str, TableReport]) -> None:
    """Engagements hold the rows and columns of all their kinds and no others; without any kind they are unavailable."""
    kinds = [portal_tables.objects[kind] for kind in ENGAGEMENT_KINDS if kind in portal_tables.objects]
    for position, table in enumerate(portal_tables.objects[_ENGAGEMENTS]):
        if table.name not in reports:
            continue
        report = reports[table.name]
        sources = [tuple(kind)[position] for kind in kinds]
        there = [source for source in sources if source.name in day.manifests]
        rows = sum(_rows_of_kinds(day, source) for source in there)
        if day.has(table) and rows != (united := _rows_of_kinds(day, table)):
            report.differs("", COUNT, united, f"{rows} in the tables of its kinds")
        if sources and not any(day.has(source) for source in sources) and report.unavailable is None:
            report.differs("", WHOLE_TABLE, "available", "none of its kinds is available")
        if day.has(table):
            day.check_columns(report, table, _united(day, there))
            day.check_read_times(report, table, day.scan(table))
        else:
            report.not_compared = report.unavailable


def _rows_of_kinds(day: ExportedDay, table: Table) -> int:
    """How many rows there are but for those of hs_engagement_type, which the kinds need not have."""
    rows = day.manifests[table.name].rows
    if "NAME" not in day.columns(table):
        return rows
    return rows - int(day.scan(table).filter(pl.col("NAME") == ENGAGEMENT_TYPE.name).select(pl.len()).collect().item())


def _united(day: ExportedDay, tables: Sequence[Table]) -> dict[str, str]:
    """The property columns of some tables with their types: text where two of them differ."""
    united: dict[str, str] = {}
    for table in tables:
        for name, type_ in day.columns(table).items():
            if name.startswith("PROPERTY_"):
                united[name] = type_ if united.get(name, type_) == type_ else "string"
    if united:
        united.setdefault(f"PROPERTY_{ENGAGEMENT_TYPE.name.upper()}", "string")
    return united
