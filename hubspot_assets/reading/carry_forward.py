"""Which history need not be read: that of records that are as they were on an earlier exported day.

A day is read whole when there is no earlier day to go by: none in the last days, or one with other properties. And
every `HUBSPOT_FULL_HISTORY_DAYS` days, because a comparison of values does not see everything
(`tables/carried_history.py`).

Here: the choice of the day, and which reading gives the records. Not here: the reading of what has changed
(`since_earlier_day.py`), the comparison and the merging (`tables/carried_history.py`).

Associations are never carried forward: HubSpot touches neither record when two are associated or parted, and tells
nothing else that changes with every association, so that only reading them shows what they are.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from types import TracebackType

import polars as pl

from hubspot_assets.catalog.fixed_tables import PIPELINE_STAGES, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.portal_tables import ObjectTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.hubspot import objects
from hubspot_assets.lake import Lake, LakeError, Manifest, TableMissing, Unavailable
from hubspot_assets.lake.checkpoints import Checkpoints
from hubspot_assets.lake.manifest import Carried
from hubspot_assets.reading.crawl import checkpoints_of, crawl
from hubspot_assets.reading.memory_slots import MemorySlot
from hubspot_assets.reading.readers import ReadRequest, kept
from hubspot_assets.reading.refusals import bodies_withheld
from hubspot_assets.reading.resuming import Answers, answers_of
from hubspot_assets.reading.since_earlier_day import EarlierDayUnusable, SinceEarlierDay
from hubspot_assets.tables import withheld
from hubspot_assets.tables.carried_history import RECORD_COLUMNS, SOURCE_COLUMNS, VERSION_COLUMNS, EarlierDay
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
        lake: Lake,
        day: str,
        directory: Path,
        turn: MemorySlot,
        into: Taker,
    ) -> None:
        self.carried: Carried | None = None
        self._asked, self._tables, self._lake, self._day = asked, tables, lake, day
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
            with_sources=self._asked.with_sources,
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

        def earlier() -> EarlierDay:
            return EarlierDay(
                _frames(self._lake, self._tables.with_object_properties.name, base.day, RECORD_COLUMNS),
                _frames(self._lake, self._tables.history.name, base.day, VERSION_COLUMNS),
                _frames(self._lake, self._tables.sources.name, base.day, SOURCE_COLUMNS)
                if asked.with_sources
                else None,
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
    """The day whose history is carried forward. `read_whole`: the last day on which all of it was read."""

    day: str
    read_whole: str


def base_for(
    lake: Lake,
    tables: ObjectTables,
    day: str,
    properties: Sequence[Property],
    definitions: pl.LazyFrame,
    stages: pl.LazyFrame | None = None,
    *,
    every: int,
    with_sources: bool = False,
) -> Base | None:
    """Return the earlier day to carry history forward from, if there is one; `with_sources`: and what set each version.

    `properties` are those that are asked for; `definitions`, `stages`: PROPERTY_DEFINITIONS of `day`, and
    PIPELINE_STAGES for a type that may have some; `every`: after how many days all history is read again.
    """
    type_id = tables.object_type.object_type_id
    if tables.object_type.source is not Source.CRM_OBJECTS:
        return None
    oldest = str(date.fromisoformat(day) - timedelta(days=every - 1))
    for earlier in reversed([one for one in lake.days_before(day) if oldest <= one]):
        try:
            history = lake.manifest(tables.history.name, earlier)
            records = lake.manifest(tables.with_object_properties.name, earlier)
            sources = lake.manifest(tables.sources.name, earlier) if with_sources else None
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
        read_whole = history.carried.read_whole if history.carried else earlier
        if date.fromisoformat(day) - date.fromisoformat(read_whole) >= timedelta(days=every):
            return None
        since = records.captured.from_
        young = _young(definitions, stages, type_id, since.replace(tzinfo=None) if since else datetime.max)
        if _is_one_reading(history, records, sources) and _fits(properties, then, young):
            return Base(earlier, read_whole)
    return None


def _is_one_reading(history: Manifest, records: Manifest, sources: Manifest | None) -> bool:
    if sources is not None and (sources.rows, sources.captured) != (history.rows, history.captured):
        return False
    # With a page or less, reading everything costs no more.
    whole = not history.unavailable and not records.unavailable and records.rows > objects.PAGE_WITH_HISTORY
    return whole and records.captured.from_ is not None and history.captured == records.captured


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


def _frames(lake: Lake, table: str, day: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    return lake.read(table, day).select(columns).collect_batches(maintain_order=True)
