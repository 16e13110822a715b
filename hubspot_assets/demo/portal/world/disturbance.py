"""What happens to a portal while it is being read: records are created, changed, archived and merged between pages."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed
from .life import LAYERS
from .records import Record, Records

What = Literal["created", "changed", "archived", "merged"]


@dataclass(frozen=True)
class Disturbance:
    """One thing that happened: what, to which record, when."""

    what: What
    object_type_id: str
    record_id: str
    ms: int
    record: Record
    """The record as it was from then on."""


class Disturbances:
    """Disturbs types between pages and remembers how, so that a test can tell what a read may show."""

    def __init__(self, records_of: Callable[[str], Records], settings: PortalSettings) -> None:
        self._records_of = records_of
        self._settings = settings
        self.happened: list[Disturbance] = []

    def merge(self, object_type_id: str, number: int, into: int) -> None:
        """Merge a record into another, unless the type's records cannot be or enough of them were."""
        records = self._records_of(object_type_id)
        merged = sum(d.what == "merged" and d.object_type_id == object_type_id for d in self.happened)
        if records.object_type.merges and merged < self._settings.merged_while_listed:
            ms = records.life.now_ms + len(self.happened) * 10
            records.life.merge(number, into, ms)
            self._note("merged", records, number, ms)

    def disturb(self, object_type_id: str, how_many: int) -> None:
        """Create, change and archive ``how_many`` records of a type each."""
        records = self._records_of(object_type_id)
        life = records.life
        for _ in range(how_many):
            ms = life.now_ms + len(self.happened) * 10
            number = life.create_one()
            self._note("created", records, number, ms)
            for what, act in (("changed", life.change), ("archived", life.archive)):
                start = mixed(self._settings.seed, len(self.happened)) % max(1, life.positions) * LAYERS
                for number in islice(life.alive_from(start), 1):
                    act(number, ms)
                    self._note(what, records, number, ms)  # type: ignore[arg-type]

    def _note(self, what: What, records: Records, number: int, ms: int) -> None:
        record = records.record(number)
        self.happened.append(Disturbance(what, record.object_type_id, record.id, ms, record))
