"""Which of HubSpot's APIs reads an object type: the one place that ties a type's source to a reader.

A reader yields pages of records with an id, properties and times, whatever API they come from, so that everything
after it treats all types alike. Not here: the APIs (`hubspot`), how their answers become records (`tables`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypeAlias

import polars as pl

from hubspot_assets.catalog.object_types import ObjectType, Source
from hubspot_assets.hubspot import (
    HubSpotClient,
    campaigns,
    cms,
    conversations,
    deal_splits,
    forms,
    lists,
    marketing_emails,
    media_bridge,
    objects,
    sequences,
    users,
)
from hubspot_assets.hubspot.side_by_side import batches
from hubspot_assets.resources import Reading
from hubspot_assets.tables.frames import text_of
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.source_fields import fields, record, undeclared

_ROWS_A_PAGE = 500

#: The object type whose ids of the day a source is read by.
IDS_OF: Mapping[Source, str] = {Source.DEAL_SPLITS: "0-3"}


@dataclass(frozen=True)
class Asked:
    """What is to be read: every record of a type, with these properties, or from `start` on.

    `ids` is OBJECTS/<X> of the day for the type of `IDS_OF`, for the sources that are read by another type's ids.
    """

    reading: Reading
    object_type: ObjectType
    properties: Sequence[Property]
    with_history: bool
    ids: pl.LazyFrame | None = None
    start: objects.Start | None = None

    @property
    def names(self) -> list[str]:
        """The properties' names."""
        return [p.name for p in self.properties]


#: Reads what is asked. Raises HubSpotError; `.unavailable` tells a type that can not be read here.
Reader: TypeAlias = Callable[[Asked], Iterator[objects.Page]]


def _deal_splits(asked: Asked) -> Iterator[objects.Page]:
    deals = asked.ids.select("OBJECTID").collect().to_series() if asked.ids is not None else ()
    splits = (split for _, found in deal_splits.read(asked.reading.client, deals) for split in found)
    defined, told = set(asked.names), _Told(asked.reading, asked.object_type)
    for page in batches(splits, _ROWS_A_PAGE):
        held = {name for split in page for name, value in (split.get("properties") or {}).items() if value is not None}
        told.undeclared(held - defined)
        yield objects.Page([_split(split) for split in page], _now(), {})


def _split(split: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: text_of(value) for name, value in (split.get("properties") or {}).items()}
    return {"id": str(split["id"]), "properties": values, "updatedAt": text_of(split.get("updatedAt"))}


class _Told:
    """Tells each field once that holds something and has no column, so that nothing is dropped in silence."""

    def __init__(self, reading: Reading, object_type: ObjectType) -> None:
        self._reading = reading
        self._label = object_type.plural_label.lower()
        self._names: set[str] = set()

    def undeclared(self, names: set[str]) -> None:
        for name in sorted(names - self._names):
            self._names.add(name)
            self._reading.leave_out(f"field {name} of {self._label}, which no column is declared for")


def _rows_of(read: Callable[[HubSpotClient], Iterable[Mapping[str, Any]]]) -> Reader:
    """A reader of a source whose rows are not records yet."""

    def pages(asked: Asked) -> Iterator[objects.Page]:
        source, told = asked.object_type.source, _Told(asked.reading, asked.object_type)
        times: Counter[str] = Counter()
        for rows in batches(read(asked.reading.client), _ROWS_A_PAGE):
            told.undeclared({name for row in rows for name in undeclared(source, row)})
            yield objects.Page([_told_apart(record(source, row), times) for row in rows], _now(), {})

    return pages


def _told_apart(found: dict[str, Any], times: Counter[str]) -> dict[str, Any]:
    """The record with an id of its own: form submissions have none in HubSpot, and two of them can be alike."""
    times[found["id"]] += 1
    again = times[found["id"]]
    return found if again == 1 else {**found, "id": f"{found['id']}_{again}"}


def _submissions(client: HubSpotClient) -> Iterator[Mapping[str, Any]]:
    form_ids = [str(form["id"]) for form in forms.read(client)]
    for form_id, page in forms.submissions_of(client, form_ids):
        yield from ({"formId": form_id, **submission} for submission in page)


def _sequences(client: HubSpotClient) -> Iterable[Mapping[str, Any]]:
    return sequences.read(client, [str(user["id"]) for user in users.read(client)])


# No public API is known for the second; asking once by type id records what HubSpot says.
_CRM_OBJECTS = frozenset({Source.CRM_OBJECTS, Source.NONE_KNOWN})

_READERS: dict[Source, Reader] = {
    Source.DEAL_SPLITS: _deal_splits,
    Source.CONVERSATIONS: _rows_of(conversations.threads),
    Source.FORMS: _rows_of(forms.read),
    Source.FORM_SUBMISSIONS: _rows_of(_submissions),
    Source.MARKETING_EMAILS: _rows_of(marketing_emails.read),
    Source.CAMPAIGNS: _rows_of(lambda client: campaigns.read(client, list(fields(Source.CAMPAIGNS)))),
    Source.LANDING_PAGES: _rows_of(cms.landing_pages),
    Source.SITE_PAGES: _rows_of(cms.site_pages),
    Source.BLOG_POSTS: _rows_of(cms.blog_posts),
    Source.LISTS: _rows_of(lists.read),
    Source.MEDIA_BRIDGE: _rows_of(media_bridge.read),
    Source.SEQUENCES: _rows_of(_sequences),
}


def read(asked: Asked, make: Callable[[objects.Page], objects.Made]) -> Iterator[objects.Made]:
    """What is asked, as `make` makes it of each page. Raises HubSpotError as a `Reader` does."""
    object_type, client = asked.object_type, asked.reading.client
    if object_type.source not in _CRM_OBJECTS:
        return map(make, _READERS[object_type.source](asked))
    type_id = object_type.object_type_id
    return objects.map_pages(make, client, type_id, asked.names, with_history=asked.with_history, start=asked.start)


def _now() -> datetime:
    return datetime.now(timezone.utc)
