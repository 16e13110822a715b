"""The account of one reading of HubSpot: its own view of the client, and what is said about the tables made of it.

Not here: what is read (the other modules of `reading`), what is said of a refusal (`refusals.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TypeVar

import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.scopes import NO_SCOPES, Scopes
from hubspot_assets.hubspot import HubSpotClient, HubSpotError
from hubspot_assets.hubspot.errors import Refused, Temporary
from hubspot_assets.hubspot.http.parts import Parts
from hubspot_assets.lake import PartUnavailable, TableContent, Unavailable
from hubspot_assets.reading.refusals import Refusals, part_unavailable

T = TypeVar("T")

ABOUT_CUSTOM_EVENTS = ("custom events",)
"""What the definitions of custom events are a part of, where HubSpot refuses them."""


def now() -> datetime:
    """Return this moment."""
    return datetime.now(timezone.utc)


@dataclass
class Reading:
    """What one step reads from HubSpot: its own view of the client, and what is to be said about the tables it makes.

    `left_out` counts what could not be exported, by reason; `notes` are what else a reader must know. All tables of a
    step share both, the parts that HubSpot does not give, and the API calls.
    """

    client: HubSpotClient
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    started_at: datetime = field(default_factory=now)
    finished_at: datetime | None = None
    read_at: Callable[[], datetime] = now
    """When what comes now was read: an earlier moment where an answer to a run that died is used again."""
    calls_before: int = 0
    """Calls of runs that died, whose answers are used again."""
    records: int = 0
    """How many records of an object type are read so far; other things that are read are not counted."""
    full_history_days: int = 7
    """After how many days the history of every record is read again, instead of carried forward."""

    def __post_init__(self) -> None:
        self._refusals = Refusals(self.left_out)
        self.client = self.client.telling(self.note)

    @property
    def calls(self) -> int:
        """What it takes to read this from HubSpot, by however many runs."""
        return self.calls_before + self.client.calls

    @property
    def parts_unavailable(self) -> list[PartUnavailable]:
        """The parts of the tables that HubSpot does not give: more may come until the reading has ended."""
        return self._refusals.parts

    def leave_out(self, reason: str, count: int = 1) -> None:
        """Count what is not in the tables, and why."""
        self.left_out[reason] = self.left_out.get(reason, 0) + count

    def note(self, sentence: str) -> None:
        """Tell a reader of the tables what no count says; the same is told once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def leave_out_all(self, left_out: Mapping[str, int]) -> None:
        """Count what others have counted, by reason."""
        for reason, count in left_out.items():
            self.leave_out(reason, count)

    def refused(self, part: str, error: HubSpotError, about: Iterable[str] = (), needs: Scopes = NO_SCOPES) -> None:
        """Note a part that HubSpot does not give, such as "members of the list Customers (7)": the rest is exported.

        `about`: the ids of what it is a part of; `needs`: the scopes of that part, where they are known.
        """
        self.lacks([part_unavailable(part, error, about, needs)])

    def lacks(self, parts: Iterable[PartUnavailable], count: int = 1) -> None:
        """Note what these tables lack, such as what another table lacks that they are made of.

        `count`: how much each part counts as left out, 0 where it is counted already.
        """
        for part in parts:
            self._refusals.add(part, count)

    def content(
        self,
        columns: Sequence[Column],
        frames: pl.DataFrame | pl.LazyFrame | Iterable[pl.DataFrame],
        unavailable: Unavailable | None = None,
    ) -> TableContent:
        """Return a table made of this reading."""
        return TableContent(
            columns=columns,
            frames=frames,
            unavailable=unavailable,
            left_out=self.left_out,
            notes=self.notes,
            parts_unavailable=self.parts_unavailable,
            api_calls=lambda: self.calls,
            captured_from=self.started_at,
            captured_to=lambda: self.finished_at or now(),
        )


def answer_or_reason(ask: Callable[[], T], parts: Parts | None = None) -> T | Refused:
    """Return the answer, or the error where it is HubSpot's final word on this one request.

    `parts`: what it is one of, where the others are read without it if HubSpot cannot answer it.
    """
    try:
        return ask()
    except Refused as error:
        return error
    except Temporary as error:
        if parts is None:
            raise
        return parts.given_up(error)


def kept(
    reading: Reading, part: str, answer: list[T] | Refused, about: Iterable[str] = (), needs: Scopes = NO_SCOPES
) -> list[T]:
    """Return the answer; for a refusal instead, nothing, and the part is told as refused."""
    if isinstance(answer, Refused):
        reading.refused(part, answer, about, needs)
        return []
    return answer
