"""What makes a day whole: what keeps one from being closed, each said in a sentence.

Pure: from manifests to sentences. Not here: the order in which a day is closed (`lake`), strays (`strays`), the check
that looks at a day afterwards (`checks`).
"""

from collections.abc import Collection, Iterator, Mapping

from hubspot_assets.lake.manifest import Manifest, Success, TableSummary


def several_readings(manifests: Mapping[str, Manifest]) -> Iterator[tuple[str, str]]:
    """Yield (table, another) for each table that is of another reading than one that the same step reads.

    Of the tables of one step, only the first pair is told.
    """
    told: set[str] = set()
    for name, manifest in sorted(manifests.items()):
        if manifest.reading is None or name in told:
            continue
        together = [other for other in manifest.reading.tables if other in manifests]
        told.update(together)
        for other in together:
            theirs = manifests[other].reading
            if theirs is None or theirs.id != manifest.reading.id:
                yield name, other
                break


def unfinished(manifests: Mapping[str, Manifest], begun: int | None, tables: Collection[str]) -> list[str]:
    """The tables that an export of the whole day, which began with the lease `begun`, has not come to."""
    if begun is None:
        return []
    return sorted(name for name in tables if name in manifests and manifests[name].lease < begun)


def success_of(day: str, manifests: Mapping[str, Manifest], lease: int) -> Success:
    """Return what `_SUCCESS.json` says of a day with these tables."""
    return Success(
        day=day,
        tables={
            name: TableSummary(rows=found.rows, bytes=found.bytes, unavailable=found.unavailable)
            for name, found in sorted(manifests.items())
        },
        lease=lease,
    )
