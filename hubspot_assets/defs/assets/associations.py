"""The assets of one pair of object types: one step reads its associations and writes both directions.

objects/<x>, objects/<y> + association_definitions -> associations_<x>_to_<y> -> associations/<x>_to_<y>, and back.
Wiring only. The pair is read from its smaller side; the other direction is derived where its types are certain, and
read where they are not. How two readings come to hold the same pairs is in `reading/pair_reconciliation.py`.
"""

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path

import dagster as dg
import polars as pl

from hubspot_assets.catalog.fixed_tables import ASSOCIATION_DEFINITIONS
from hubspot_assets.catalog.portal_tables import AssociationTables, PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import (
    Lineage,
    asset_key,
    asset_out,
    is_selected,
    output_name,
    same_columns,
    step_name,
    waits_for,
)
from hubspot_assets.defs.step import step
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.hubspot import associations as api
from hubspot_assets.hubspot.children import OnRefused
from hubspot_assets.hubspot.errors import BadRequest, Refused
from hubspot_assets.lake import Lake, TableContent, Unavailable
from hubspot_assets.reading.pair_reconciliation import Direction, reconcile_pairs
from hubspot_assets.reading.reading import Reading
from hubspot_assets.reading.refusals import lacking, nothing_given, unavailable
from hubspot_assets.reading.resuming import Answers, answers_of
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables import associations
from hubspot_assets.tables.frame_files import FrameFiles

_LINKS_A_FRAME = 100_000


def association_assets(pair: tuple[str, str], portal_tables: PortalTables) -> dg.AssetsDefinition:
    """The step that reads a pair of object types (the same type twice: parent and child companies)."""
    near, far = pair
    directions = {ends: portal_tables.associations[ends] for ends in dict.fromkeys((pair, (far, near)))}
    ids = {type_id: portal_tables.objects[type_id].ids for type_id in pair}
    upstream = {ASSOCIATION_DEFINITIONS, *ids.values()}

    @step(
        Kind.SNAPSHOT,
        name=step_name(directions[pair].named),
        outs={
            output_name(table): asset_out(table, lineage)
            for ends, both in directions.items()
            for table, lineage in _column_lineage(both, ids[ends[0]], ids[ends[1]]).items()
        },
        ins={
            "association_definitions": dg.AssetIn(asset_key(ASSOCIATION_DEFINITIONS)),
            **waits_for(ids.values()),
        },
        internal_asset_deps={
            **{output_name(both.named): {asset_key(t) for t in upstream} for both in directions.values()},
            **{output_name(both.combined): {asset_key(both.named)} for both in directions.values()},
        },
        can_subset=True,
        # Before further object types: HubSpot has a rate budget for associations beside theirs.
        op_tags={"dagster/priority": "1"},
    )
    def _read(
        context: dg.AssetExecutionContext,
        hubspot: HubSpotResource,
        lake: LakeResource,
        association_definitions: pl.LazyFrame,
    ) -> Iterator[dg.Output[TableContent]]:
        day = context.partition_key
        known = {type_id: _ids(lake.lake(), table, day) for type_id, table in ids.items()}
        definitions = association_definitions.collect()
        defined = lake.lake().manifest(ASSOCIATION_DEFINITIONS.name, day)
        with scratch_directory() as directory, answers_of(lake.lake(), directions[pair].named.name, day) as answers:
            read = _both_directions(hubspot, answers, pair, known, definitions, directory)
            for ends, reading, links, refusal in read:
                both = directions[ends]
                lacks = lacking(defined, ends, f"association types of {' to '.join(ends)}")
                missing = _not_given(refusal, both, is_no_pair=any(part.status == 400 for part in lacks))
                reading.lacks(lacks if missing is None else ())
                for table in both:
                    if is_selected(context, table):
                        frames = (_rows(both, table, ends, links_, definitions) for links_ in links)
                        content = reading.content(table.columns, frames, missing)
                        yield dg.Output(content, output_name=output_name(table))

    return _read


def _column_lineage(both: AssociationTables, near: Table, far: Table) -> dict[Table, Lineage]:
    """Of each of the two tables, whose columns its own are: ids are those of the records, types those of the pair."""
    from_id, to_id, *_ = (column.name for column in both.named.columns)
    return {
        both.named: {
            **same_columns(both.named, ASSOCIATION_DEFINITIONS),
            from_id: [(near, "OBJECTID")],
            to_id: [(far, "OBJECTID")],
        },
        both.combined: {
            **same_columns(both.combined, both.named, ASSOCIATION_DEFINITIONS),
            "FROMOBJECTID": [(both.named, from_id)],
            "TOOBJECTID": [(both.named, to_id)],
        },
    }


def _not_given(
    refusal: Unavailable | HubSpotError | None, both: AssociationTables, *, is_no_pair: bool
) -> Unavailable | None:
    """Why there are no associations. Raises an error that does not tell.

    `is_no_pair`: HubSpot does not accept the pair where it is asked for its association types either.
    """
    if not isinstance(refusal, HubSpotError):
        return refusal
    if is_no_pair and isinstance(refusal, BadRequest):
        return nothing_given(refusal, both.combined.scopes)
    return unavailable(refusal, both.combined.scopes)


def _ids(lake: Lake, table: Table, day: str) -> pl.Series | Unavailable:
    """The ids of a type's records of the day, or why they are unknown."""
    if reason := lake.manifest(table.name, day).unavailable:
        told = f"It is read with the ids from {table.name}, which could not be read: {reason.message}"
        return reason.model_copy(update={"message": told})
    ids = (frame.to_series() for frame in lake.frames(table.name, day, ["OBJECTID"]))
    return pl.concat([pl.Series("OBJECTID", dtype=pl.String), *ids])


def _rows(
    both: AssociationTables, table: Table, ends: tuple[str, str], links: pl.DataFrame, definitions: pl.DataFrame
) -> pl.DataFrame:
    if table is both.named:
        return associations.named(links, table, definitions)
    return associations.combined(links, *ends)


def _both_directions(
    hubspot: HubSpotResource,
    answers: Answers,
    pair: tuple[str, str],
    ids: dict[str, pl.Series | Unavailable],
    definitions: pl.DataFrame,
    directory: Path,
) -> Iterator[tuple[tuple[str, str], Reading, FrameFiles, Unavailable | HubSpotError | None]]:
    """Each direction of the pair with its links, and why there are none: the one from the smaller side first."""
    near, far = sorted(pair, key=lambda type_id: _size(ids[type_id]))
    reading = hubspot.reading()
    links, missing = _read_direction(answers, reading, near, far, ids, directory)
    left_out, parts = dict(reading.left_out), list(reading.parts_unavailable)
    if near == far:
        yield (near, far), reading, links, missing
        return
    back_reading = hubspot.reading()
    inverse = associations.inverse_types(definitions, near, far)
    if missing is None and inverse is not None and _types_of(links) <= inverse.keys():
        yield (near, far), reading, links, None
        back = FrameFiles(directory, f"{far}_{near}")
        for frame in links:
            back.add(associations.turned(frame, inverse))
        back_reading.leave_out_all(left_out)
        back_reading.lacks(parts, count=0)
        # Nothing is read for it: what it says is as old as what it is made of.
        back_reading.started_at, back_reading.finished_at = reading.started_at, reading.finished_at
        yield (far, near), back_reading, back, None
        return
    back, missing_back = _read_direction(answers, back_reading, far, near, ids, directory)
    if missing is None and missing_back is None:
        there_and_back = _direction(reading, near, far, links, ids), _direction(back_reading, far, near, back, ids)
        links, back = reconcile_pairs(*there_and_back, directory)
    yield (near, far), reading, links, missing
    yield (far, near), back_reading, back, missing_back


def _direction(
    reading: Reading, near: str, far: str, links: FrameFiles, ids: dict[str, pl.Series | Unavailable]
) -> Direction:
    there = ids[far]
    assert isinstance(there, pl.Series), "both directions were read"  # noqa: S101

    def ask(some: pl.Series) -> pl.DataFrame:
        read = api.read(reading.client, near, far, some, _without(reading, near, far))
        found = associations.links(read, datetime.now(timezone.utc))
        reading.finished_at = datetime.now(timezone.utc)
        return associations.between(found, None, there)

    return Direction(f"{near}_{far}", reading, links, ask)


def _without(reading: Reading, near: str, far: str) -> OnRefused:
    """Return what tells a record that HubSpot cannot answer: the other records' associations are exported."""

    def refused(record_id: str, error: Refused) -> None:
        reading.refused(f"associations of record {record_id} of {near} to {far}", error, (near, far, record_id))

    return refused


def _size(ids: pl.Series | Unavailable) -> float:
    return float("inf") if isinstance(ids, Unavailable) else len(ids)


def _types_of(links: FrameFiles) -> set[associations.TypeKey]:
    types: set[associations.TypeKey] = set()
    for frame in links:
        types.update(frame.select("ASSOCIATIONCATEGORY", "ASSOCIATIONTYPEID").unique().iter_rows())
    return types


def _read_direction(
    answers: Answers,
    reading: Reading,
    near: str,
    far: str,
    ids: dict[str, pl.Series | Unavailable],
    directory: Path,
) -> tuple[FrameFiles, Unavailable | HubSpotError | None]:
    links = FrameFiles(directory, f"{near}_{far}")
    near_ids, far_ids = ids[near], ids[far]
    if isinstance(near_ids, Unavailable):
        return links, near_ids
    # Of a type that could not be read it is unknown which records are there: then every association is kept.
    there = None if isinstance(far_ids, Unavailable) else far_ids
    nothing_there = there is not None and there.is_empty()
    try:
        with answers.reading(reading) as client:
            ids_asked = () if near_ids.is_empty() or nothing_there else near_ids
            found = api.read(client, near, far, ids_asked, _without(reading, near, far))
            while batch := list(islice(found, _LINKS_A_FRAME)):
                read = associations.links(batch, reading.read_at())
                kept = associations.between(read, None, there)
                if left_out := len(read) - len(kept):
                    reading.leave_out(f"associations with a record of {far} that the day does not have", left_out)
                links.add(kept)
    except HubSpotError as error:
        # A pair that could be read a moment ago is not refused: half of it must not pass as all of it.
        if links.count:
            raise
        return links, error
    finally:
        reading.finished_at = datetime.now(timezone.utc)
    return links, None
