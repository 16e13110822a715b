"""History carried forward: what an earlier day holds of a record that has not changed since need not be read again.

A crawl of current values is compared with an earlier day's tables. The versions of records that are as they were come
from those tables; the others are read again, with history. What comes of it is a spool like that of a whole read, and
so are the rows of all tables; only INGESTEDAT of a carried version is that of the day on which it was read.

A record is as it was when its UPDATEDAT and all its values are. Values alone would not do, because a value may change
and change back; UPDATEDAT alone would not, because HubSpot does not touch a record whose calculated properties change.
What neither shows, a calculated value that changed and changed back between two days, only a whole read finds.

Not here: reading HubSpot, which day is compared with, and when everything is read again (`reading/carry_forward.py`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from hubspot_assets.errors import ExportError
from hubspot_assets.tables import objects
from hubspot_assets.tables.record_frames import column_of
from hubspot_assets.tables.spool import (
    INGESTEDAT,
    OBJECTID,
    POSITION,
    SOURCES,
    UPDATEDAT,
    Chunk,
    FrameFiles,
    Spool,
)

_ID = "ID"
_IS_CHANGED = "IS_CHANGED"
_TOLD = ("NAME", "VALUE", UPDATEDAT, INGESTEDAT)
_VERSION = (*_TOLD, *SOURCES)

RECORD_COLUMNS = (OBJECTID, "PROPERTIES", UPDATEDAT)
VERSION_COLUMNS = (OBJECTID, *_TOLD)
SOURCE_COLUMNS = (OBJECTID, "NAME", UPDATEDAT, *SOURCES)


class NotInOrder(ExportError):
    """The rows of a table are not in ascending order of record id, so that two days can not be read in step."""


@dataclass(frozen=True)
class EarlierDay:
    """Two tables of one type on an earlier day, of one and the same read: their frames, ascending by record id.

    `records`: OBJECT_WITH_OBJECT_PROPERTIES/<X>, of which RECORD_COLUMNS are needed; `versions`:
    OBJECT_PROPERTIES_HISTORY/<X>, of which VERSION_COLUMNS are; `sources`: OBJECT_PROPERTIES_HISTORY_SOURCES/<X>, of
    which SOURCE_COLUMNS are, in the order of `versions`, or None where nobody needs them.
    """

    records: Iterable[pl.DataFrame]
    versions: Iterable[pl.DataFrame]
    sources: Iterable[pl.DataFrame] | None = None

    def versions_with_sources(self) -> Iterator[pl.DataFrame]:
        """Yield the versions, each with what set it. Raises NotInOrder where the two tables are not of one and the
        same.
        """
        rest = iter(self.sources if self.sources is not None else ())
        held = pl.DataFrame(schema=dict.fromkeys(SOURCE_COLUMNS, pl.String))
        for frame in self.versions:
            if self.sources is None:
                yield frame.with_columns(pl.lit(None, pl.String).alias(name) for name in SOURCES)
                continue
            if not frame.height:
                continue
            while held.height < frame.height and (more := next(rest, None)) is not None:
                held = pl.concat([held, more]) if held.height else more
            own, held = held[: frame.height], held[frame.height :]
            same = (OBJECTID, "NAME", UPDATEDAT)
            if not own.select(same).equals(frame.select(same)):
                raise NotInOrder(
                    "The versions of an earlier day and what set them are not of one reading: set "
                    "HUBSPOT_FULL_HISTORY_DAYS=1 for one export, which reads everything."
                )
            yield frame.hstack(own.select(*SOURCES))


class CarriedHistory:
    """A crawl of current values, completed with the history of an earlier day and of the records that changed since.

    First `compare`, then read what it tells, then `merge`. The directory is the caller's to delete.
    """

    def __init__(self, crawl: Spool, object_type_id: str, directory: Path) -> None:
        self.carried = 0
        """How many records were carried forward; known after `compare`."""
        self._crawl = crawl
        self._type_id = object_type_id
        self._names = pl.Enum(sorted(p.name for p in crawl.properties))
        self._is_changed = FrameFiles(directory, "is_changed")
        self._versions = FrameFiles(directory, "carried")

    def compare(self, day: EarlierDay) -> Iterator[str]:
        """Yield the ids of the records whose history must be read, ascending. Raises NotInOrder."""
        records, versions = _InStep(day.records), _InStep(day.versions_with_sources())
        last = -1
        for chunk in self._crawl.chunks():
            ids = _ids(chunk.values)
            if not ids.is_sorted() or ids[0] <= last:
                raise NotInOrder("HubSpot did not list the records of a type in ascending order of id: run it again.")
            last = int(ids[-1])
            before = records.up_to(last)
            now = objects.with_object_properties(chunk, self._type_id, self._crawl.properties).select(RECORD_COLUMNS)
            is_changed = _is_changed(now, before.select(RECORD_COLUMNS) if before is not None else now.clear())
            self._is_changed.add(pl.DataFrame({_ID: ids, _IS_CHANGED: is_changed}))
            self._versions.add(self._unchanged(versions.up_to(last), ids.filter(~is_changed)))
            self.carried += int((~is_changed).sum())
            yield from chunk.values[OBJECTID].filter(is_changed)

    def _unchanged(self, versions: pl.DataFrame | None, ids: pl.Series) -> pl.DataFrame:
        """Of the versions of an earlier day, those of records that are as they were, of properties still exported."""
        if versions is None:
            return pl.DataFrame(schema=_version_schema(self._names))
        return (
            versions.join(ids.to_frame(_ID), on=_ID, how="semi", maintain_order="left")
            .select(_ID, pl.col("NAME").cast(self._names, strict=False), *_VERSION[1:])
            .drop_nulls("NAME")
        )

    def merge(self, fresh: Spool, into: Spool) -> None:
        """Fill `into` with the chunks of a whole read. `fresh`: the changed records with history, ascending by id.

        A changed record that is not in `fresh` is not in HubSpot any more, and is left out.
        """
        again = _InStep(_with_ids(chunk.values) for chunk in fresh.chunks())
        versions_again = _InStep(_by_id(chunk) for chunk in fresh.chunks())
        for chunk, is_changed, carried in zip(self._crawl.chunks(), self._is_changed, self._versions, strict=True):
            last = is_changed[_ID][-1]
            unchanged = _with_ids(chunk.values).filter(~is_changed[_IS_CHANGED])
            values = _together([_filled(unchanged, carried, self._names), again.up_to(last)])
            versions = _together([carried, versions_again.up_to(last)])
            if values.is_empty():
                continue
            positions = values.select(_ID).with_row_index(POSITION)
            into.add_chunk(
                values.drop(_ID),
                versions.join(positions, on=_ID, how="inner", maintain_order="left").select(POSITION, *_VERSION),
            )


def _is_changed(now: pl.DataFrame, before: pl.DataFrame) -> pl.Series:
    """For each row of `now`, whether `before` does not have the same."""
    same = now.with_row_index(POSITION).join(before, on=now.columns, how="semi", nulls_equal=True)
    return ~pl.int_range(now.height, eager=True).is_in(same[POSITION].implode())


def _filled(values: pl.DataFrame, versions: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """Values with those that HubSpot's list shows as null and that have a version: cleared, not never set."""
    untold = _untold(values, versions, names)
    newest = untold.filter(pl.col(UPDATEDAT) == pl.col(UPDATEDAT).max().over(POSITION, "NAME"))
    # Of a moment at which a value was set and cleared, empty tells that it was cleared last.
    value = pl.when((pl.col("VALUE") == "").any()).then(pl.lit("")).otherwise(pl.col("VALUE").max())
    found = newest.group_by(POSITION, "NAME").agg(value.alias("VALUE"))
    columns = {column_of(name): rows for (name,), rows in found.partition_by("NAME", as_dict=True).items()}
    return values.with_columns(values[name].scatter(rows[POSITION], rows["VALUE"]) for name, rows in columns.items())


def _untold(values: pl.DataFrame, versions: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """Of the versions of these records, those of properties whose value is null; with POSITION, the row in `values`."""
    if versions.is_empty():
        return versions.with_columns(pl.lit(0).alias(POSITION))
    # Found by arithmetic: there are hundreds of versions for each value that is untold.
    positions = values[_ID].search_sorted(versions[_ID]).alias(POSITION)
    is_null = pl.concat([values[column_of(name)].is_null().alias("") for name in names.categories])
    places = versions["NAME"].to_physical().cast(pl.UInt64) * values.height + positions
    return versions.with_columns(positions).filter(is_null.gather(places))


class _InStep:
    """Frames in ascending order of id, handed out up to one id after the other. Raises NotInOrder."""

    def __init__(self, frames: Iterable[pl.DataFrame]) -> None:
        self._frames = iter(frames)
        self._rest: pl.DataFrame | None = None
        self._last = -1

    def up_to(self, last: int) -> pl.DataFrame | None:
        """Return the rows not handed out yet whose id is not beyond `last`, with their ID as a number.

        None for none.
        """
        found: list[pl.DataFrame] = []
        while (frame := self._next()) is not None:
            end = frame[_ID].search_sorted(last, side="right")
            if end:
                found.append(frame[:end])
            if end < frame.height:
                self._rest = frame[end:]
                break
        return pl.concat(found) if found else None

    def _next(self) -> pl.DataFrame | None:
        rest, self._rest = self._rest, None
        if rest is not None:
            return rest
        for frame in self._frames:
            if frame.height:
                with_ids = frame if _ID in frame.columns else _with_ids(frame)
                ids = with_ids[_ID]
                if not ids.is_sorted() or ids[0] < self._last:
                    raise NotInOrder(
                        "The rows of an earlier day are not in ascending order of record id, so that they can not be "
                        "carried forward: export once with HUBSPOT_FULL_HISTORY_DAYS=1."
                    )
                self._last = ids[-1]
                return with_ids
        return None


def _together(frames: Iterable[pl.DataFrame | None]) -> pl.DataFrame:
    """Frames of different records as one, ascending by id; the order of a record's rows stays."""
    return pl.concat([frame for frame in frames if frame is not None]).sort(_ID, maintain_order=True)


def _by_id(chunk: Chunk) -> pl.DataFrame:
    ids = _ids(chunk.values)
    return chunk.versions.select(ids.gather(chunk.versions[POSITION]), *_VERSION)


def _with_ids(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(_ids(frame))


def _ids(frame: pl.DataFrame) -> pl.Series:
    return frame[OBJECTID].cast(pl.Int64).alias(_ID)


def _version_schema(names: pl.Enum) -> pl.Schema:
    dtypes: list[Any] = [
        pl.Int64,
        names,
        pl.String,
        pl.Datetime("ms"),
        pl.Datetime("ms"),
        *([pl.String] * len(SOURCES)),
    ]
    return pl.Schema(zip((_ID, *_VERSION), dtypes, strict=True))
