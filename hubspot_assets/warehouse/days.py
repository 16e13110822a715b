"""The whole days of a lake and what their manifests say, each asked for once.

A day is whole when it has its `_SUCCESS.json`: only such days are shown to readers. Manifests are small and many, so
they are fetched side by side, and only those of tables that are asked for. Not here: rows (`files.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from hubspot_assets.concurrency import results_by_item
from hubspot_assets.connection.session import s3_client
from hubspot_assets.lake.errors import s3_errors
from hubspot_assets.lake.lake import Lake
from hubspot_assets.lake.layout import Layout
from hubspot_assets.lake.manifest import Manifest, Success
from hubspot_assets.lake.store import Store
from hubspot_assets.settings import Settings
from hubspot_assets.warehouse.errors import WarehouseError, WrongQuestion
from hubspot_assets.warehouse.relations import Relations, relations_of

_AT_ONCE = 16


@dataclass(frozen=True)
class Bucket:
    """Where the export is: its lake, and the objects themselves."""

    lake: Lake
    store: Store

    @classmethod
    def of_settings(cls, settings: Settings) -> "Bucket":
        """The bucket of HUBSPOT_S3_URL, through the export's own session and role. Raises SettingError, LakeError."""
        url = settings.needed_s3_url()
        layout = Layout.of_url(url)
        with s3_errors("reach", url):
            client = s3_client(settings)
        return cls(Lake(client, layout.bucket, layout.prefix), Store(client, layout.bucket))

    @property
    def layout(self) -> Layout:
        return self.lake.layout

    @property
    def url(self) -> str:
        """Where the days lie, as people write it."""
        return self.layout.url(self.layout.root).rstrip("/")


class WholeDays:
    """The whole days, and what their manifests say. Everything raises LakeError when S3 refuses."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._successes: dict[str, Success | None] = {}
        self._manifests: dict[tuple[str, str], Manifest] = {}

    @cached_property
    def _days(self) -> list[str]:
        return self.bucket.lake.days()

    @property
    def last_or_none(self) -> str | None:
        """The last whole day, or None."""
        return next((day for day in reversed(self._days) if self._success(day)), None)

    @property
    def last(self) -> str:
        """The last whole day. Raises WarehouseError when there is none."""
        if last := self.last_or_none:
            return last
        raise WarehouseError(
            f"There is no complete day in {self.bucket.url} yet: export one with `hubspot-assets export`; "
            "`hubspot-assets tables` shows what an unfinished day has."
        )

    @property
    def all(self) -> list[str]:
        """Every whole day, oldest first; the last one is one of them. Raises WarehouseError when there is none."""
        last = self.last
        found = results_by_item(self._success, self._days, at_once=_AT_ONCE)
        return [day for day in self._days if found[day] and day <= last]

    def before(self, day: str) -> str | None:
        """The last whole day before a day, or None."""
        return next((other for other in reversed(self._days) if other < day and self._success(other)), None)

    def checked(self, day: str | None) -> str:
        """A day as it was asked for, by default the last one. Raises WarehouseError when it is not whole."""
        if day is None:
            return self.last
        if day not in self._days or not self._success(day):
            state = "is not complete" if day in self._days else "does not exist"
            raise WrongQuestion(
                f"The day {day} {state} in {self.bucket.url}: choose a complete day, such as {self.last}, or run "
                f"`hubspot-assets export --day {day}`."
            )
        return day

    def relations(self, day: str) -> Relations:
        """The relations of a whole day."""
        success = self._success(day)
        return relations_of(success.tables) if success else {}

    def manifests(self, wanted: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Manifest]:
        """The manifests of these pairs of day and table, fetched side by side where they are not known."""
        wanted = list(wanted)
        unknown = [pair for pair in wanted if pair not in self._manifests]

        def manifest(pair: tuple[str, str]) -> Manifest:
            day, table = pair
            return self.bucket.lake.manifest(table, day)

        self._manifests.update(results_by_item(manifest, unknown, at_once=_AT_ONCE))
        return {pair: self._manifests[pair] for pair in wanted}

    def manifests_of(self, day: str, relation: str) -> Mapping[str, Manifest]:
        """The manifests of the parts of a relation on a day, by table name; none where the day does not have it."""
        parts = self.relations(day).get(relation, ())
        found = self.manifests((day, part) for part in parts)
        return {part: found[day, part] for part in parts}

    def forget(self) -> None:
        """Ask for everything again: a table has been exported again meanwhile, or a day has come."""
        self.__dict__.pop("_days", None)
        self._successes.clear()
        self._manifests.clear()

    def _success(self, day: str) -> Success | None:
        if day not in self._successes:
            self._successes[day] = self.bucket.lake.success(day)
        return self._successes[day]
