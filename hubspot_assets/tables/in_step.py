"""Frames of an earlier day beside those that are read now, in step by the ids of their records.

Here: record ids as numbers, and frames handed out up to one id after the other. Not here: what is compared
(`reading/carried_history.py`).
"""

from collections.abc import Iterable

import polars as pl

from hubspot_assets.errors import ExportError
from hubspot_assets.tables.record_frames import OBJECTID

ID = "ID"
"""OBJECTID as a number."""


class NotInOrder(ExportError):
    """The rows of a table are not in ascending order of record id, so that two days cannot be read in step."""


class InStep:
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
            end = frame[ID].search_sorted(last, side="right")
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
                identified = frame if ID in frame.columns else with_ids(frame)
                ids = identified[ID]
                if not ids.is_sorted() or ids[0] < self._last:
                    raise NotInOrder(
                        "The rows of an earlier day are not in ascending order of record id, so they cannot be "
                        "carried forward: set HUBSPOT_FULL_HISTORY_DAYS=1 for one export, which reads everything."
                    )
                self._last = ids[-1]
                return identified
        return None


def with_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with its OBJECTID as a number, `ID`, beside it."""
    return frame.with_columns(ids_of(frame))


def ids_of(frame: pl.DataFrame) -> pl.Series:
    """Return the OBJECTID of a frame as a number, named `ID`."""
    return frame[OBJECTID].cast(pl.Int64).alias(ID)
