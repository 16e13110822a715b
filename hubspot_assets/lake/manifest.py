"""`_manifest.json` of a table and `_SUCCESS.json` of a day: what they say, and their JSON.

Here: the two documents as immutable objects. Reading is strict: a key that is missing or unknown is an error, because
a reader goes by the manifest alone. Not here: where they lie (`layout`) and when they are written (`lake`).
"""

import json
from datetime import date, datetime, timezone
from typing import Annotated, Any, ClassVar, TypeVar

import polars as pl
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from hubspot_assets.catalog.columns import Column, ColumnType, schema
from hubspot_assets.lake.errors import LakeError


def _utc(moment: object) -> datetime | None:
    if moment is None:
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    if not isinstance(moment, datetime):
        raise ValueError("is not a time such as 2026-11-23T00:05:01.002Z")
    # Naive datetimes are UTC everywhere in the project.
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("is outside the years 1 to 9999") from None


def _iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _a_day(text: str) -> str:
    date.fromisoformat(text)
    return text


Moment = Annotated[datetime | None, BeforeValidator(_utc), PlainSerializer(_iso)]
Day = Annotated[str, AfterValidator(_a_day)]


class Document(BaseModel):
    """A JSON file of the lake."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    left_away: ClassVar[frozenset[str]] = frozenset()
    """Keys that are written only where there is something to say."""

    def to_json(self) -> bytes:
        """Return the document as indented UTF-8 JSON: people read it too."""
        return self.model_dump_json(by_alias=True, indent=2).encode() + b"\n"

    @model_serializer(mode="wrap")
    def _without_what_is_left_away(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        told: dict[str, Any] = serialize(self)
        return {key: value for key, value in told.items() if value or key not in self.left_away}


class Unavailable(Document):
    """Why a table could not be read at HubSpot. Its rows are unknown, not none.

    `message` is whole: what HubSpot answered to what, and what to do. `scopes`: any of them to grant. `mendable`:
    whether a person can mend it at HubSpot, and not only wait for another plan or another API. `unanswered`: whether
    HubSpot had no word on it, not even a refusal, so that it may answer the next time.
    """

    status: int | None
    message: str
    scopes: tuple[str, ...] = ()
    mendable: bool = False
    unanswered: bool = False
    left_away = frozenset({"unanswered"})


class PartUnavailable(Unavailable):
    """A part of a table that could not be read at HubSpot, such as the members of one list; the rest is there.

    `about`: the ids of what it is a part of at HubSpot: an object type, the two of an association, a list, a form.
    """

    part: str
    about: tuple[str, ...] = ()


class DataFile(Document):
    """One `data_<n>.csv.gz`: `bytes` and `sha256` are of the compressed file as it lies in the bucket."""

    name: str
    rows: int
    bytes: int
    sha256: str


class TypedFile(DataFile):
    """The one file of a table in another format than CSV. `name`: its key below the folder of the days.

    `decimals`: the columns of numbers that are decimals in it; every other one is of texts.
    """

    decimals: tuple[str, ...] = ()


class ManifestColumn(Document):
    """A column. `label`: HubSpot's, where it holds a property; `description`: HubSpot's of it, else what it means."""

    name: str
    type: ColumnType
    label: str = ""
    description: str = ""


class Captured(Document):
    """The window in which HubSpot was read, UTC; None where nothing was read."""

    from_: Moment = Field(default=None, alias="from")
    to: Moment = None


class Carried(Document):
    """Of how many records the history was not read on this day, but carried forward from another one's table.

    `read_whole`: the last day on which the history of all records was read.
    """

    day: Day
    records: int
    read_whole: Day


class OneReading(Document):
    """Which tables one step reads together, and the reading that this one is of: theirs must be the same."""

    id: str
    tables: tuple[str, ...]


class Manifest(Document):
    """What a table holds on a day. `files` in the order of their rows; `left_out`: reason to number of records.

    `files` are those of CSV, none where it is not asked for; `formats`: the file of each other format, by its name.
    `notes`: what a reader must know beside that, one sentence each, such as another name than the type's label gives.
    `lease`: of whoever wrote it, a number that grows each time that the day changes hands (`lease.py`).
    """

    table: str
    day: str
    columns: tuple[ManifestColumn, ...]
    rows: int
    files: tuple[DataFile, ...]
    captured: Captured
    api_calls: int
    left_out: dict[str, int]
    notes: tuple[str, ...] = ()
    unavailable: Unavailable | None
    carried: Carried | None = None
    parts_unavailable: tuple[PartUnavailable, ...] = ()
    formats: dict[str, TypedFile] = Field(default_factory=dict)
    lease: int = 0
    reading: OneReading | None = None
    left_away = frozenset({"notes", "carried", "parts_unavailable", "formats", "reading"})

    @property
    def bytes(self) -> int:
        """Compressed size of all files."""
        return sum(file.bytes for file in (*self.files, *self.formats.values()))

    @property
    def instead_of_csv(self) -> tuple[str, TypedFile] | None:
        """The format and file to read where there are no files of CSV; None where there are."""
        return None if self.files else next(iter(self.formats.items()), None)

    @property
    def polars_schema(self) -> pl.Schema:
        """The Polars schema the table is read with."""
        return schema([Column(column.name, column.type) for column in self.columns])


class TableSummary(Document):
    rows: int
    bytes: int
    unavailable: Unavailable | None


class Success(Document):
    """Written once every table of a day is in, by the holder of the day's `lease`.

    `excluded`: the tables that the portal has and the deployment does not export, on purpose.
    """

    day: str
    tables: dict[str, TableSummary]
    lease: int = 0
    excluded: tuple[str, ...] = ()
    left_away = frozenset({"excluded"})


def says(document: bytes, **what: str) -> bool:
    """Whether a JSON document has these values under these keys; False for what is no such document."""
    told = told_by(document)
    return told is not None and all(told.get(key) == value for key, value in what.items())


def number_in(document: bytes, key: str) -> int | None:
    """Return a number that a JSON document says, 0 where it says none; None for what is no such document."""
    told = told_by(document)
    number = None if told is None else told.get(key, 0)
    return number if isinstance(number, int) else None


def told_by(document: bytes) -> dict[str, Any] | None:
    """Return what a JSON document says under which keys; None for what is no such document."""
    try:
        told = json.loads(document)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


_D = TypeVar("_D", bound=Document)


def parse(document: type[_D], text: bytes, url: str) -> _D:
    """Raise `LakeError` naming the file and its first fault when the JSON is not such a document."""
    try:
        return document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise LakeError(
            f"{url} is not a valid {document.__name__.lower()} ({where}: {first['msg']}): export the table again."
        ) from error
