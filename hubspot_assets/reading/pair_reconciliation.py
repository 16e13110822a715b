"""Two directions of a pair of types that were read one after another: both are to hold the same pairs of records.

An association that comes or goes between the two readings is told by one of them alone. The records of such pairs, and
no others, are asked for again from both sides. Not here: which pairs are read so, and tables (`associations.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hubspot_assets.reading.reading import Reading
from hubspot_assets.tables.frame_files import FrameFiles

ONE_SIDED = "associations that HubSpot returns only from the other record, so that their type from this one is unknown"
_ENDS = ("FROMOBJECTID", "TOOBJECTID")


@dataclass(frozen=True)
class Direction:
    """One direction as it was read. `ask`: the links of some records as they are now, both ends of the day."""

    name: str
    reading: Reading
    links: FrameFiles
    ask: Callable[[pl.Series], pl.DataFrame]


def reconcile_pairs(there: Direction, back: Direction, directory: Path) -> tuple[FrameFiles, FrameFiles]:
    """Return the links of both directions, with the same pairs of records in both. The directory is the caller's to
    delete.

    A pair that HubSpot goes on to tell from one side alone is counted in the reading that lacks it.
    """
    doubtful = _one_sided(there.links, back.links)
    if doubtful.is_empty():
        return there.links, back.links
    fresh, fresh_back = _asked_again(there, back, doubtful)
    told, told_back = _pairs(fresh), _turned(_pairs(fresh_back))
    _tell_missing(there.reading, told_back.join(told, on=_ENDS, how="anti"))
    _tell_missing(back.reading, told.join(told_back, on=_ENDS, how="anti"))
    return (
        _mended(there, doubtful, fresh, directory),
        _mended(back, _turned(doubtful), fresh_back, directory),
    )


def _tell_missing(reading: Reading, pairs: pl.DataFrame) -> None:
    if not pairs.is_empty():
        reading.leave_out(ONE_SIDED, pairs.height)


def _asked_again(there: Direction, back: Direction, doubtful: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the links of the doubtful pairs, from both sides.

    Asked for as long as that makes fewer of them one-sided.
    """
    before = doubtful.height
    while True:
        fresh = there.ask(doubtful["FROMOBJECTID"].unique(maintain_order=True))
        fresh_back = back.ask(doubtful["TOOBJECTID"].unique(maintain_order=True))
        fresh = fresh.join(doubtful, on=_ENDS, how="semi", maintain_order="left")
        fresh_back = fresh_back.join(_turned(doubtful), on=_ENDS, how="semi", maintain_order="left")
        told, told_back = _pairs(fresh), _turned(_pairs(fresh_back))
        one_sided = sum(
            one.join(other, on=_ENDS, how="anti").height for one, other in ((told, told_back), (told_back, told))
        )
        if not one_sided or one_sided >= before:
            return fresh, fresh_back
        before = one_sided


def _mended(direction: Direction, doubtful: pl.DataFrame, fresh: pl.DataFrame, directory: Path) -> FrameFiles:
    links = FrameFiles(directory, f"{direction.name}_mended")
    for frame in direction.links:
        links.add(frame.join(doubtful, on=_ENDS, how="anti", maintain_order="left"))
    links.add(fresh)
    return links


def _one_sided(there: FrameFiles, back: FrameFiles) -> pl.DataFrame:
    """Return the pairs that one of the two has alone, seen from `there`."""
    known, known_back = _hashes(there, _ENDS), _hashes(back, _ENDS[::-1])
    alone = pl.concat([known.join(known_back, on="pair", how="anti"), known_back.join(known, on="pair", how="anti")])
    if alone.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(_ENDS, pl.String))
    is_alone = {ends: _hash(ends).is_in(alone["pair"].implode()) for ends in (_ENDS, _ENDS[::-1])}
    found = [_pairs(frame.filter(is_alone[_ENDS])) for frame in there]
    found += [_turned(_pairs(frame.filter(is_alone[_ENDS[::-1]]))) for frame in back]
    return pl.concat(found).unique(maintain_order=True)


def _hashes(links: FrameFiles, ends: tuple[str, ...]) -> pl.DataFrame:
    # Of millions of pairs, numbers are what memory has room for.
    hashes = [frame.select(_hash(ends).alias("pair")) for frame in links]
    return pl.concat([pl.DataFrame(schema={"pair": pl.UInt64}), *hashes]).unique()


def _hash(ends: tuple[str, ...]) -> pl.Expr:
    return pl.concat_str(*ends, separator="-").hash()


def _pairs(links: pl.DataFrame) -> pl.DataFrame:
    return links.select(_ENDS).unique(maintain_order=True)


def _turned(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(pl.col("TOOBJECTID").alias("FROMOBJECTID"), pl.col("FROMOBJECTID").alias("TOOBJECTID"))
