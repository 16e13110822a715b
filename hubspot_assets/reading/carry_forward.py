"""Which history need not be read: that of records that are as they were on an earlier exported day.

A day is read whole when there is no earlier day to go by: none in the last days, or one with other properties. And
every `HUBSPOT_FULL_HISTORY_DAYS` days, because a comparison of values does not see everything
(`carried_history.py`).

Here: the choice of the day, and which reading gives the records. Not here: the reading of what has changed
(`since_earlier_day.py`), the comparison and the merging (`carried_history.py`).

Associations are never carried forward: HubSpot touches neither record when two are associated or parted, and tells
nothing else that changes with every association, so that only reading them shows what they are.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from types import TracebackType

import polars as pl

from hubspot_assets.catalog.columns import schema
from hubspot_assets.catalog.fixed_tables import PIPELINE_STAGES, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.portal_tables import ObjectTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import objects
from hubspot_assets.lake import Lake, LakeError, Manifest, TableMissing, Unavailable
from hubspot_assets.lake.checkpoints import Checkpoints
from hubspot_assets.lake.csv_text import TEXTS
from hubspot_assets.lake.manifest import Carried
from hubspot_assets.reading.carried_history import RECORD_COLUMNS, EarlierDay, EarlierDayUnusable, EarlierTable
from hubspot_assets.reading.crawl import checkpoints_of, crawl
from hubspot_assets.reading.memory_slots import MemorySlot
from hubspot_assets.reading.readers import ReadRequest, kept
from hubspot_assets.reading.refusals import bodies_withheld
from hubspot_assets.reading.resuming import Answers, answers_of
from hubspot_assets.reading.since_earlier_day import SinceEarlierDay
from hubspot_assets.tables import withheld
from hubspot_assets.tables.chunks import Chunks, Taker
from hubspot_assets.tables.properties import Property, exported_properties
from hubspot_assets.tables.stage_properties import stage_properties

logger = logging.getLogger("hubspot_assets.reading")


class Records:
    """Every record of a type on a day, with history where that is asked for, in chunks that `into` takes.

    The directory is the caller's to delete. `carried`: what was not read but carried forward, if anything was. A
    context manager around the step: when it ends, the tables are in, and what was put aside on the way is not needed
    any more.
    """

    def __init__(
        self,
        asked: ReadRequest,
        tables: ObjectTables,
        selected: Collection[Table],
        lake: Lake,
        day: str,
        directory: Path,
        turn: MemorySlot,
        into: Taker,
    ) -> None:
        self.carried: Carried | None = None
        self._asked, self._tables, self._lake, self._day = asked, tables, lake, day
        self._carried = carried_tables(tables, selected)
        self._directory, self._turn = directory, turn
        self._aside: Checkpoints | None = None
        self._answers: Answers | None = None
        self._chunks = Chunks(asked.properties, into)

    def __enter__(self) -> "Records":
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._answers:
            self._answers.__exit__(type_, error, traceback)
        if self._aside and error is None:
            self._aside.clear()

    def read(self, definitions: pl.LazyFrame, stages: pl.LazyFrame | None = None) -> Unavailable | None:
        """Read them; says why when HubSpot does not give them to this token or plan.

        `definitions`, `stages`: PROPERTY_DEFINITIONS and PIPELINE_STAGES of the day.
        """
        every = self._asked.reading.full_history_days
        base = self._asked.with_history and base_for(
            self._lake,
            self._tables,
            self._day,
            self._asked.properties,
            definitions,
            stages,
            every=every,
            carried=self._carried,
        )
        missing = self._read_with(base) if base else self._crawl(self._asked, self._chunks)
        if bodies := self._asked.reading.left_out.get(withheld.REASON):
            self._asked.reading.lacks([bodies_withheld(bodies)], count=0)
        return missing

    def _read_with(self, base: "Base") -> Unavailable | None:
        """Read what has changed since `base`; everything where its files are damaged, which only reading them shows."""
        left_out = dict(self._asked.reading.left_out)
        try:
            return self._read_since(base)
        except EarlierDayUnusable as error:
            logger.warning(
                "%s: no history can be carried forward from %s, so all of it is read again. %s",
                self._tables.wide.name,
                base.day,
                error,
            )
        self._chunks.clear()
        if self._aside:
            self._aside.clear()
        # What was left out of records that are read again is counted again.
        self._asked.reading.left_out.clear()
        self._asked.reading.left_out.update(left_out)
        return self._crawl(self._asked, self._chunks)

    def _crawl(self, asked: ReadRequest, chunks: Chunks) -> Unavailable | None:
        table = self._tables.wide.name
        if asked.object_type.is_asked_by_type_id:
            self._aside = checkpoints_of(self._lake, table, self._day, asked)
            return crawl(asked, chunks, self._aside, self._turn)
        self._answers = answers_of(self._lake, table, self._day, asked.names)
        with self._answers.reading(asked.reading, partial(kept, asked)) as client:
            return crawl(replace(asked, resuming=client), chunks, None, self._turn)

    def _read_since(self, base: "Base") -> Unavailable | None:
        """Read current values, and history of what has changed only. Raises EarlierDayUnusable."""
        asked = self._asked

        def table(one: Table, columns: Sequence[str] = TEXTS) -> EarlierTable:
            return EarlierTable(one.name, self._lake.frames(one.name, base.day, columns), schema(list(one.columns)))

        def earlier() -> EarlierDay:
            tables = self._tables
            of_history = (tables.history, tables.properties, tables.sources)
            history, current, sources = (table(one) if one in self._carried else None for one in of_history)
            return EarlierDay(
                table(tables.with_object_properties, RECORD_COLUMNS), history, current, sources, base.gone
            )

        self._answers = answers_of(self._lake, self._tables.wide.name, self._day, asked.names)
        with (
            self._answers.reading(asked.reading) as client,
            SinceEarlierDay(asked, client, earlier, self._chunks, self._directory) as since,
        ):
            missing = self._crawl_values(replace(asked, with_history=False), since)
            if missing is None:
                since.end()
                self.carried = Carried(day=base.day, records=since.carried, read_whole=base.read_whole)
        asked.reading.finished_at = datetime.now(timezone.utc)
        return missing

    def _crawl_values(self, asked: ReadRequest, since: SinceEarlierDay) -> Unavailable | None:
        self._aside = checkpoints_of(self._lake, self._tables.wide.name, self._day, asked)
        return crawl(asked, Chunks(asked.properties, since), self._aside, self._turn)


@dataclass(frozen=True)
class Base:
    """The day whose history is carried forward. `read_whole`: the last day on which all of it was read.

    `gone`: the properties that were exported then and are not now.
    """

    day: str
    read_whole: str
    gone: frozenset[str] = frozenset()


def carried_tables(tables: ObjectTables, selected: Collection[Table]) -> list[Table]:
    """Return the tables whose rows are carried forward: of history, those that are written.

    One of the versions or the current values is among them: they tell what was cleared.
    """
    carried = [table for table in (tables.history, tables.properties, tables.sources) if table in selected]
    return carried if tables.properties in carried else list(dict.fromkeys((tables.history, *carried)))


def base_for(
    lake: Lake,
    tables: ObjectTables,
    day: str,
    properties: Sequence[Property],
    definitions: pl.LazyFrame,
    stages: pl.LazyFrame | None = None,
    *,
    every: int,
    carried: Sequence[Table],
) -> Base | None:
    """Return the earlier day to carry the rows of the tables `carried` forward from, if there is one.

    `properties` are those that are asked for; `definitions`, `stages`: PROPERTY_DEFINITIONS of `day`, and
    PIPELINE_STAGES for a type that may have some; `every`: after how many days all history is read again.
    """
    type_id = tables.object_type.object_type_id
    if tables.object_type.source is not Source.CRM_OBJECTS:
        return None
    oldest = str(date.fromisoformat(day) - timedelta(days=every - 1))
    for earlier in reversed([one for one in lake.days_before(day) if oldest <= one]):
        try:
            records = lake.manifest(tables.with_object_properties.name, earlier)
            of_history = [lake.manifest(table.name, earlier) for table in carried]
            asked_by = [lake.manifest(table.name, earlier) for table in _asked_by(with_stages=stages is not None)]
            then = _asked_for(lake, type_id, earlier, with_stages=stages is not None)
        except TableMissing:
            continue
        except LakeError as error:
            logger.warning(
                "No history can be carried forward from %s, which has been damaged or changed since it was written: %s",
                earlier,
                error,
            )
            continue
        read_whole = of_history[0].carried.read_whole if of_history[0].carried else earlier
        if date.fromisoformat(day) - date.fromisoformat(read_whole) >= timedelta(days=every):
            return None
        since = records.captured.from_
        young = _young(definitions, stages, type_id, since.replace(tzinfo=None) if since else datetime.max)
        have_columns = all(_has_columns(*pair) for pair in zip(of_history, carried, strict=True))
        is_known = have_columns and all(_is_before(manifest, records) for manifest in asked_by)
        if is_known and _is_one_reading(records, of_history) and _fits(properties, then, young):
            return Base(earlier, read_whole, frozenset({p.name for p in then} - {p.name for p in properties}))
    return None


def _has_columns(manifest: Manifest, table: Table) -> bool:
    # Rows are carried as texts. An older version may have written other columns.
    return [(c.name, c.type) for c in manifest.columns] == [(c.name, c.type) for c in table.columns]


def _is_one_reading(records: Manifest, of_history: Sequence[Manifest]) -> bool:
    # With a page or less, reading everything costs no more.
    is_worth_it = records.rows > objects.PAGE_WITH_HISTORY and records.captured.from_ is not None
    given = not any(manifest.unavailable for manifest in (records, *of_history))
    return is_worth_it and given and all(manifest.captured == records.captured for manifest in of_history)


def _is_before(definitions: Manifest, records: Manifest) -> bool:
    # Where they were exported again after the records were read, they tell of other properties than those have rows of.
    read, begun = definitions.captured.to, records.captured.from_
    return read is None or begun is None or read <= begun


def _asked_by(*, with_stages: bool) -> list[Table]:
    """Return the tables of a day by which a type's properties are asked for."""
    return [PROPERTY_DEFINITIONS, PIPELINE_STAGES] if with_stages else [PROPERTY_DEFINITIONS]


def _asked_for(lake: Lake, type_id: str, day: str, *, with_stages: bool) -> list[Property]:
    """Return the properties of a type that were asked for on an exported day. Raises TableMissing."""
    definitions = lake.read(PROPERTY_DEFINITIONS.name, day)
    properties = exported_properties(definitions, type_id)
    if with_stages:
        properties += stage_properties(lake.read(PIPELINE_STAGES.name, day), definitions, type_id)
    return properties


def _fits(now: Sequence[Property], then: Sequence[Property], young: set[str]) -> bool:
    """Whether that day's tables have all versions of today's properties, in the form they have today.

    The form of a value is that of its property's type. A property that was not asked for then must be younger than the
    reading: an older one may have versions that show in no value.
    """
    types = {p.name: p.type for p in then}
    return all(types[p.name] == p.type if p.name in types else p.name in young for p in now)


def _young(definitions: pl.LazyFrame, stages: pl.LazyFrame | None, type_id: str, since: datetime) -> set[str]:
    """Return the names of the properties of a type that were made after a moment, those of its stages included."""
    is_younger = pl.col("CREATEDAT") > since
    made = definitions.filter((pl.col("OBJECTTYPEID") == type_id) & is_younger).select("NAME").collect()["NAME"]
    of_stages = stage_properties(stages.filter(is_younger), definitions, type_id) if stages is not None else ()
    return {*made, *(p.name for p in of_stages)}
