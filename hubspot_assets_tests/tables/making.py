"""Records as HubSpot answers them, and the five tables made of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple

import polars as pl
from hypothesis import HealthCheck, settings

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.hubspot.record_pages.history import History
from hubspot_assets.hubspot.record_pages.history import Version as PropertyVersion
from hubspot_assets.tables import history, objects
from hubspot_assets.tables.chunks import Chunk, Chunks
from hubspot_assets.tables.properties import Property

#: No test depends on how busy the machine is.
ANY_LOAD = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

CONTRACT = PortalTables(Portal.standard())
READ_AT = datetime(2026, 11, 22, 0, 5, 6, 789_000, tzinfo=timezone.utc)
UPDATED = "2026-11-21T20:00:00.000Z"

Version = tuple[str | None, str]
"""Value and timestamp."""


def source_of(value: str | None, timestamp: str) -> tuple[str | None, str | None, str | None, int | None]:
    """What set a version, which follows from it: kind, id, label and user, some of which HubSpot does not tell."""
    number = len(value or "") + len(timestamp)
    return (
        ("CRM_UI", "IMPORT", "API")[number % 3],
        f"id, {timestamp}" if number % 2 else None,
        f"“{value}”" if number % 3 == 1 else None,
        9_007_199_254_740_993 if number % 3 == 0 else None,
    )


def record(
    record_id: int | str,
    properties: Mapping[str, str | None] | None = None,
    versions: Mapping[str, Sequence[Version] | None] | None = None,
    updated_at: str | None = UPDATED,
) -> dict[str, Any]:
    """A record of the CRM objects API; with `versions` as the list endpoint gives it with history."""
    made: dict[str, Any] = {"id": str(record_id), "properties": properties or {}, "updatedAt": updated_at}
    if versions is not None:
        made["propertiesWithHistory"] = History.of(
            {
                name: [PropertyVersion(*version, *source_of(*version)) for version in of or ()]
                for name, of in versions.items()
            }
        )
    return made


class Tables(NamedTuple):
    """The rows of the six tables of a type, as dictionaries."""

    wide: list[dict[str, Any]]
    ids: list[dict[str, Any]]
    with_object_properties: list[dict[str, Any]]
    properties: list[dict[str, Any]]
    history: list[dict[str, Any]]
    sources: list[dict[str, Any]]


class Kept:
    """Keeps the chunks that it is given."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []

    def take(self, chunk: Chunk) -> None:
        self.chunks.append(chunk)

    def clear(self) -> None:
        self.chunks.clear()


class KeptChunks(Chunks):
    """Chunks that are kept, to look at."""

    def __init__(self, properties: Sequence[Property], **sizes: int) -> None:
        self._kept = Kept()
        super().__init__(properties, self._kept, **sizes)

    def chunks(self) -> list[Chunk]:
        """Every chunk, the one that is being filled too."""
        self.flush()
        return self._kept.chunks


def frames_of(chunks: KeptChunks, version_cap: int = 45) -> list[tuple[pl.DataFrame, ...]]:
    """The six frames of each chunk, in the order of `Tables`."""
    properties = chunks.properties
    return [
        (
            objects.wide(chunk, "0-1", properties),
            objects.ids(chunk, "0-1"),
            objects.with_object_properties(chunk, "0-1", properties),
            history.current(chunk, "0-1", properties),
            history.history(chunk, "0-1", properties, version_cap),
            history.sources(chunk, "0-1", properties, version_cap),
        )
        for chunk in chunks.chunks()
    ]


def tables(
    records: Sequence[Mapping[str, Any]],
    properties: Sequence[Property],
    version_cap: int = 45,
    page: int = 50,
    **chunk_sizes: int,
) -> Tables:
    """The six tables of some records, page by page."""
    chunks = KeptChunks(properties, **chunk_sizes)
    for start in range(0, len(records), page):
        chunks.add(records[start : start + page], READ_AT)
    made = frames_of(chunks, version_cap)
    return Tables(*([row for frames in made for row in frames[number].to_dicts()] for number in range(6)))


def values_of(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """OBJECTID, NAME, VALUE of rows of OBJECT_PROPERTIES or OBJECT_PROPERTIES_HISTORY."""
    return [(row["OBJECTID"], row["NAME"], row["VALUE"]) for row in rows]
