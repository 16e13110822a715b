"""Which of HubSpot's APIs reads an object type: the one place that ties a type's source to a reader.

A reader yields pages of records with an id, properties and times, whatever API they come from, so that everything
after it treats all types alike. Not here: the APIs (`hubspot`), how their answers become records (`tables`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import polars as pl

from hubspot_assets import hubspot
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.sources import Source
from hubspot_assets.concurrency import batches
from hubspot_assets.hubspot import (
    HubSpotClient,
    campaign_assets,
    campaigns,
    deal_splits,
    forms,
    objects,
    sequences,
    users,
)
from hubspot_assets.hubspot.children import logged
from hubspot_assets.hubspot.errors import NotAnswered, Refused
from hubspot_assets.reading.reading import Reading
from hubspot_assets.reading.refusals import NothingGiven, part_unavailable
from hubspot_assets.tables.frames import text_of
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.source_fields import record, undeclared

_T = TypeVar("_T")

_ROWS_A_PAGE = 500


@dataclass(frozen=True)
class ReadRequest:
    """What is to be read: every record of a type, with these properties, or from `start` on.

    `ids` is OBJECTS/<X> of the day, for the sources that are read by another type's ids.
    `resuming`: a client that knows what HubSpot answered to a run that died.
    """

    reading: Reading
    object_type: ObjectType
    properties: Sequence[Property]
    with_history: bool
    ids: pl.LazyFrame | None = None
    start: objects.Start | None = None
    resuming: HubSpotClient | None = None

    @property
    def client(self) -> HubSpotClient:
        """What reads the rows. What they are asked by, such as forms, `reading.client` asks for: as it is now."""
        return self.resuming or self.reading.client

    @property
    def names(self) -> list[str]:
        """The properties' names."""
        return [p.name for p in self.properties]

    def parents(self) -> list[str]:
        """Return the ids that the source is read by."""
        return [] if self.ids is None else self.ids.select("OBJECTID").collect().to_series().to_list()


#: Reads what is asked. Raises HubSpotError (NotAvailable for a type that cannot be read here), and NothingGiven
#: where HubSpot refuses each of the parents that a type is read by.
Reader: TypeAlias = Callable[[ReadRequest], Iterator[objects.Page]]


def _deal_splits(asked: ReadRequest) -> Iterator[objects.Page]:
    deals = asked.parents()
    parents = _Parents(asked, "splits of the deal", len(deals))
    found = parents.of_each(deal_splits.read(asked.client, deals, parents.refused))
    splits = (split for _, of_deal in found for split in of_deal)
    defined = set(asked.names)
    for page in batches(splits, _ROWS_A_PAGE):
        held = {name for split in page for name, value in (split.get("properties") or {}).items() if value is not None}
        _tell_undeclared(asked, held - defined)
        yield objects.Page([_split(split) for split in page], asked.reading.read_at(), {})


def _split(split: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: text_of(value) for name, value in (split.get("properties") or {}).items()}
    return {"id": str(split["id"]), "properties": values, "updatedAt": text_of(split.get("updatedAt"))}


class _Parents:
    """What a type is read by, one by one; tells each that HubSpot refuses, by its name.

    `is_the_way_only`: users are no parents of sequences but the way to ask for them, so that one who is refused says
    nothing about the token.
    """

    def __init__(
        self,
        asked: ReadRequest,
        part: str,
        count: int,
        names: Mapping[str, str] = MappingProxyType({}),
        *,
        is_the_way_only: bool = False,
    ) -> None:
        self._asked, self._part, self._count, self._names = asked, part, count, names
        self._is_the_way_only = is_the_way_only
        self._refused: dict[str, Refused] = {}

    def refused(self, parent: str, error: Refused) -> None:
        """HubSpot does not give the children of this one. Any thread may tell."""
        self._refused[parent] = error

    def of_each(self, children: Iterable[_T]) -> Iterator[_T]:
        """Yield the children, then the account of those that are not there. Raises NothingGiven where there is no
        child.
        """
        is_any_given = False
        for child in children:
            is_any_given = True
            yield child
        if self._refused and not is_any_given and len(self._refused) >= self._count:
            raise NothingGiven(next(iter(self._refused.values())))
        for parent, error in sorted(self._refused.items()):
            part = f"{self._part} {self._names.get(parent, parent)}"
            told = part_unavailable(part, error, (parent,), self._asked.object_type.needs)
            is_of_the_parent = self._is_the_way_only and not isinstance(error, NotAnswered)
            mendable = told.mendable and not is_of_the_parent
            self._asked.reading.lacks([told.model_copy(update={"mendable": mendable})])


def _tell_undeclared(asked: ReadRequest, names: set[str]) -> None:
    """Tell each field that holds something and has no column, so that nothing is dropped in silence."""
    for name in sorted(names):
        asked.reading.note(f"The field {name} of {asked.object_type.records} has values but no column.")


def _pages_of(read: Callable[[ReadRequest], Iterable[Mapping[str, Any]]]) -> Reader:
    """Return a reader of a source whose rows are not records yet, and not all given."""
    return lambda asked: _pages(asked, read(asked))


def _pages(asked: ReadRequest, rows: Iterable[Mapping[str, Any]]) -> Iterator[objects.Page]:
    source = asked.object_type.source
    times: Counter[str] = Counter()
    for batch in batches(rows, _ROWS_A_PAGE):
        _tell_undeclared(asked, {name for row in batch for name in undeclared(source, row)})
        yield objects.Page([_told_apart(record(source, row), times) for row in batch], asked.reading.read_at(), {})


def _told_apart(found: dict[str, Any], times: Counter[str]) -> dict[str, Any]:
    """Return the record with an id of its own: form submissions have none in HubSpot, and two of them can be alike."""
    times[found["id"]] += 1
    again = times[found["id"]]
    return found if again == 1 else {**found, "id": f"{found['id']}_{again}"}


def _submissions(asked: ReadRequest) -> Iterator[Mapping[str, Any]]:
    listed = forms.read(asked.reading.client)
    names = {str(form["id"]): f"{form.get('name') or form['id']} ({form['id']})" for form in listed}
    parents = _Parents(asked, "submissions of the form", len(names), names)
    for form_id, page in parents.of_each(forms.submissions_of(asked.client, list(names), parents.refused)):
        yield from ({"formId": form_id, **submission} for submission in page)


def _sequences(asked: ReadRequest) -> Iterator[Mapping[str, Any]]:
    user_ids = [str(user["id"]) for user in users.read(asked.reading.client)]
    parents = _Parents(asked, "sequences of the user", len(user_ids), is_the_way_only=True)
    try:
        found = sequences.read(asked.client, user_ids, parents.refused)
    except Refused as error:
        raise NothingGiven(error) from error
    yield from parents.of_each(found)


def _campaigns(asked: ReadRequest) -> Iterator[Mapping[str, Any]]:
    def refused(name: str, error: Refused) -> None:
        asked.reading.refused(f"property {name} of campaigns", error, (asked.object_type.object_type_id, name))

    return campaigns.read(asked.client, Source.CAMPAIGNS.value.own_names, refused)


def _campaign_assets(asked: ReadRequest) -> Iterator[objects.Page]:
    """Each asset once, with the ids of all campaigns that it belongs to."""
    # The campaigns API calls the assets of a type by the type's own name.
    label, kind = asked.object_type.records, asked.object_type.name
    asked.reading.note(
        f"{label.capitalize()} that belong to no campaign are not in this table: HubSpot lists {label} by campaign."
    )
    found: dict[str, dict[str, Any]] = {}
    campaigns_of: dict[str, set[str]] = {}
    client = asked.reading.client
    # A portal catalogue may have one type without the other.
    ids = asked.parents() if asked.ids is not None else [c["id"] for c in campaigns.read(client, ["hs_name"], logged)]
    parents = _Parents(asked, f"{label} of the campaign", len(ids))
    for campaign, assets in parents.of_each(campaign_assets.of_campaigns(asked.client, ids, kind, parents.refused)):
        for asset in assets:
            asset_id = str(asset["id"])
            found.setdefault(asset_id, asset)
            campaigns_of.setdefault(asset_id, set()).add(campaign)
    return _pages(asked, ({**found[one], "campaignIds": sorted(campaigns_of[one])} for one in sorted(found)))


#: The sources whose reader takes more than a client.
_READERS: Mapping[Source, Reader] = {
    Source.DEAL_SPLITS: _deal_splits,
    Source.FORM_SUBMISSIONS: _pages_of(_submissions),
    Source.CAMPAIGNS: _pages_of(_campaigns),
    Source.CAMPAIGN_ASSETS: _campaign_assets,
    Source.SEQUENCES: _pages_of(_sequences),
}


def rows_of(source: Source, client: HubSpotClient) -> Iterable[Mapping[str, Any]]:
    """Yield the rows of a source by the reader that its record names. Raises HubSpotError."""
    module, _, function = source.value.reader.partition(".")
    found: Iterable[Mapping[str, Any]] = getattr(import_module(f"{hubspot.__name__}.{module}"), function)(client)
    return found


def _reader(source: Source) -> Reader:
    return _READERS.get(source) or (lambda asked: _pages(asked, rows_of(source, asked.client)))


def kept(asked: ReadRequest, answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the values that no table has, which may be held back: what of it may be put anywhere."""
    if asked.object_type.source is not Source.DEAL_SPLITS:
        return answer
    names = set(asked.names)

    def bare(split: dict[str, Any]) -> dict[str, Any]:
        values = split.get("properties") or {}
        return {**split, "properties": {n: v if n in names or v is None else "" for n, v in values.items()}}

    return {**answer, "results": [{**deal, "splits": [*map(bare, deal["splits"])]} for deal in answer["results"]]}


def read(asked: ReadRequest, make: Callable[[objects.Page], objects.Made]) -> Iterator[objects.Made]:
    """Return what is asked, as `make` makes it of each page. Raises HubSpotError as a `Reader` does."""
    object_type, client = asked.object_type, asked.reading.client
    if not object_type.is_asked_by_type_id:
        return map(make, _reader(object_type.source)(asked))
    type_id = object_type.object_type_id
    return objects.map_pages(make, client, type_id, asked.names, with_history=asked.with_history, start=asked.start)
