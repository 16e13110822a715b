"""What makes a day whole: what keeps one from being closed, each said in a sentence.

Pure: from manifests to sentences. Not here: the order in which a day is closed (`lake`), strays (`strays`), the check
that looks at a day afterwards (`checks`).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from hubspot_assets.lake.errors import LakeError, TableMissing
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
    """Return the tables that an export of the whole day, which began with the lease `begun`, has not come to."""
    if begun is None:
        return []
    return sorted(name for name in tables if name in manifests and manifests[name].lease < begun)


def _unanswered(manifests: Mapping[str, Manifest]) -> Iterator[tuple[str, str]]:
    """Yield (table, part and why) for what a table lacks without a word of HubSpot's."""
    for name, manifest in sorted(manifests.items()):
        if manifest.unavailable is not None and manifest.unavailable.unanswered:
            yield name, f"all of it. {manifest.unavailable.message}"
        for part in manifest.parts_unavailable:
            if part.unanswered:
                yield name, f"{part.part}. {part.message}"


def success_of(day: str, manifests: Mapping[str, Manifest], lease: int, excluded: Collection[str] = ()) -> Success:
    """Return what `_SUCCESS.json` says of a day with these tables."""
    return Success(
        day=day,
        tables={
            name: TableSummary(rows=found.rows, bytes=found.bytes, unavailable=found.unavailable)
            for name, found in sorted(manifests.items())
        },
        lease=lease,
        excluded=tuple(sorted(set(excluded) - manifests.keys())),
    )


@dataclass(frozen=True)
class UnderLease:
    """A day as it is closed. `url`: of its folder; `lease`: the number; `begun`: as in `Exporting`."""

    day: str
    url: str
    lease: int
    begun: int | None


def why_not_whole(under: UnderLease, manifests: Mapping[str, Manifest], tables: Collection[str]) -> LakeError | None:
    """Return what keeps a day of `tables` from being closed; None where nothing does."""
    begin = f"{under.day} cannot be closed: "
    if missing := sorted(set(tables) - manifests.keys()):
        return TableMissing(f"{begin}{_some(missing)} missing from {under.url}. Export what is missing.")
    if late := sorted(name for name, found in manifests.items() if found.lease > under.lease):
        return LakeError(
            f"{begin}{_some(late)} from a run that has since taken over the day. Export the day again when no other "
            "run is exporting it."
        )
    if earlier := unfinished(manifests, under.begun, tables):
        return LakeError(
            f"{begin}{_some(earlier)} from an export before the last one, which did not finish. Export the day "
            "again: it continues where that one stopped."
        )
    if unanswered := next(_unanswered(manifests), None):
        return LakeError(f"{begin}{unanswered[0]} lacks what HubSpot did not answer: {unanswered[1]}")
    if mixed := next(several_readings(manifests), None):
        return LakeError(
            f"{begin}{mixed[0]} comes from a different read of HubSpot than {mixed[1]}, which belongs to it. Export "
            "both together."
        )
    return None


def _some(names: list[str]) -> str:
    verb = "is" if len(names) == 1 else "are"
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") + f" {verb}"
