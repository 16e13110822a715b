"""What one portal has, asked at HubSpot: custom objects, further object types, event types, pairs of associated types.

`hubspot-assets discover` writes the answer to the portal catalogue, from which definitions load; the drift check
compares with it. What HubSpot refuses to tell is not "none": it stays as it was known, and is told. Not here: the file
(`catalog/portal.py`), what is new in it (`differences.py`, `defs/checks/drift.py`). Nothing of this runs at import.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from hubspot_assets.catalog.event_types import unlisted
from hubspot_assets.catalog.fixed_tables import OBJECT_AND_EVENT_TYPE_DEFINITIONS
from hubspot_assets.catalog.names import type_order
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType, custom_object, further_type
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.scopes import NO_SCOPES, Scopes
from hubspot_assets.concurrency import results_by_item
from hubspot_assets.hubspot import HubSpotClient, associations, events, limits, schemas
from hubspot_assets.hubspot.errors import BadRequest, NotAvailable, NotFound, Refused
from hubspot_assets.hubspot.http.parts import Parts
from hubspot_assets.hubspot.limits import RecordCount
from hubspot_assets.lake import PartUnavailable
from hubspot_assets.outside_text import one_line
from hubspot_assets.reading.differences import differences
from hubspot_assets.reading.known_types import has_records, with_what_is_known
from hubspot_assets.reading.reading import answer_or_reason
from hubspot_assets.reading.refusals import part_unavailable
from hubspot_assets.settings import DEFAULT_CATALOG, Settings

T = TypeVar("T")

Pair: TypeAlias = tuple[str, str]

Schema: TypeAlias = dict[str, Any]
"""HubSpot's description of a custom object."""

_CORE = ("0-1", "0-2", "0-3", "0-5")
_CUSTOMERS = ("0-1", "0-2")
_OF_CUSTOMERS = ("0-19", "0-53", "0-69", "0-101", "0-123", "0-136", "0-142", "0-162", "0-410", "0-420", "0-421")

#: Pairs that are in the contract where HubSpot refuses to tell of them: those of nearly every portal, and those of
#: contacts and companies with the types that are about customers. Those of custom objects with the core types are, too.
_USUAL_PAIRS = frozenset(
    {*Portal.standard().association_pairs, *product(_CUSTOMERS, _OF_CUSTOMERS), ("0-5", "0-19")},
)


class Asking:
    """Asks HubSpot what a portal has, and notes what it refuses to tell.

    `parts`: what each answer is one of, where the others are read without one that HubSpot cannot give.
    """

    def __init__(self, client: HubSpotClient, parts: Parts | None = None) -> None:
        self.client = client if parts is None else parts.client()
        self._parts = parts
        self.refused: list[PartUnavailable] = []

    def custom_objects(self) -> list[Schema] | None:
        """Return the schemas of the custom objects; None where they are refused."""
        needs = OBJECT_AND_EVENT_TYPE_DEFINITIONS.scopes
        return self._answer("custom objects", lambda: schemas.custom_objects(self.client), needs)

    def counts(self) -> dict[str, RecordCount] | None:
        """How many records each type has, which tells further types; None where that is refused."""
        return self._answer("record counts, which reveal further object types", lambda: limits.records(self.client))

    def event_names(self) -> list[str] | None:
        """Return the names of the event types; None where they are refused."""
        return self._answer("event types", lambda: events.types(self.client))

    def event_definitions(self) -> list[dict[str, Any]] | None:
        """Return the definitions of custom events; None where they are refused."""
        needs = OBJECT_AND_EVENT_TYPE_DEFINITIONS.scopes
        return self._answer("definitions of custom events", lambda: events.definitions(self.client), needs)

    def associated(self, pairs: Collection[Pair], types: Mapping[str, ObjectType]) -> dict[Pair, bool | None]:
        """Of each pair, whether records of the two can be associated; None where that is refused."""

        parts = Parts(self.client)

        def is_defined(pair: Pair) -> bool | Refused:
            answer = answer_or_reason(lambda: associations.labels(parts.client(), *pair), parts)
            # HubSpot's answer for types that cannot be associated.
            return False if isinstance(answer, BadRequest) else answer if isinstance(answer, Refused) else bool(answer)

        answers = results_by_item(is_defined, pairs)
        refused: dict[tuple[object, ...], list[tuple[Pair, Refused]]] = {}
        for pair, answer in answers.items():
            if isinstance(answer, Refused):
                needs = types[pair[0]].needs.whole.and_also(types[pair[1]].needs.whole)
                told = part_unavailable("", answer, needs=needs)
                refused.setdefault((told.status, frozenset(told.scopes)), []).append((pair, answer))
        for alike in refused.values():
            (first, error), names = alike[0], [" and ".join(types[one].told for one in pair) for pair, _ in alike]
            needs = types[first[0]].needs.whole.and_also(types[first[1]].needs.whole)
            more = f" and {len(names) - 3} more pairs" if len(names) > 3 else ""
            self._note(f"associations between {', '.join(names[:3])}{more}", error, needs)
        return {pair: None if isinstance(answer, Refused) else answer for pair, answer in answers.items()}

    def _answer(self, part: str, ask: Callable[[], T], needs: Scopes = NO_SCOPES) -> T | None:
        answer = answer_or_reason(ask, self._parts)
        if isinstance(answer, Refused):
            self._note(part, answer, needs)
            return None
        return answer

    def _note(self, part: str, error: Refused, needs: Scopes) -> None:
        told = part_unavailable(part, error, needs=needs)
        # No plan answers 404, and none 400 to what has no parameters: the API URL is wrong, or a version is no more.
        of_plan = isinstance(error, NotAvailable) and not isinstance(error, NotFound)
        self.refused.append(told.model_copy(update={"mendable": told.mendable or not of_plan}))


@dataclass
class Discovery:
    """What a token can see of its portal. `refused`: what HubSpot did not tell, which is as it was known."""

    portal: Portal
    refused: list[PartUnavailable]
    news: list[str] = field(default_factory=list)
    """What is to be said of it, line by line."""

    @property
    def is_complete(self) -> bool:
        """Whether HubSpot told all that a person can make it tell."""
        return not any(part.mendable for part in self.refused)


def discover(client: HubSpotClient, known: Portal | None = None) -> Discovery:
    """Everything that a token can see of its portal, the standard types always included.

    Pairs are asked for among types that have records, one labels call each, on the associations' own rate budget.
    `known`: the portal as it was known, for what HubSpot refuses to tell. Raises HubSpotError for any other failure.
    """
    known, asking = known or Portal.standard(), Asking(client)
    custom, counts = asking.custom_objects(), asking.counts()
    types = [*STANDARD_OBJECT_TYPES]
    types += _of(known, lambda t: t.is_custom) if custom is None else map(custom_object, custom)
    if counts is None:
        listed = {t.object_type_id for t in types}
        types += _of(known, lambda t: not t.is_custom and t.object_type_id not in listed)
    else:
        types += further_types(counts, {t.object_type_id for t in types})
    by_id = {t.object_type_id: t for t in types}
    ids = [type_id for type_id, t in by_id.items() if has_records(t, counts or {})]
    told = asking.associated(list(combinations_with_replacement(ids, 2)), by_id)
    usual = {*known.association_pairs, *_USUAL_PAIRS, *pairs_of_schemas(custom or [])}
    usual.update(product(_CORE, (type_id for type_id, t in by_id.items() if t.is_custom)))
    pairs = [pair for pair, is_there in told.items() if (is_there if is_there is not None else _sorted(pair) in usual)]
    # HubSpot may tell one type twice, as when a schema is read while it changes.
    types = with_what_is_known(client, by_id.values(), counts, known)
    return Discovery(Portal.of(types, event_types(asking, known), pairs), asking.refused)


def load_portal(catalogue: Path, default: Path = DEFAULT_CATALOG) -> Portal:
    """Return the portal of a catalogue (HUBSPOT_CATALOG); the standard one where it is the default and not there.

    Asks nobody. Raises PortalCatalogueError with one sentence.
    """
    if catalogue == default and not catalogue.exists():
        return Portal.standard()
    return Portal.load(catalogue)


def discover_to_file(settings: Settings) -> Discovery:
    """Discover the portal of the settings and replace the catalogue file; `news` has what is new, gone and refused.

    Raises SettingError, HubSpotError, and PortalCatalogueError when the file cannot be read or written.
    """
    path = settings.catalog
    before = Portal.load(path) if path.exists() else None
    found = discover(HubSpotClient(settings.needed_token(), settings.api_url), before)
    # Of a catalogue that was written before this was known, days may lie anywhere.
    first_day = before.first_day if before else settings.yesterday
    found.portal = replace(found.portal, first_day=first_day)
    # The usual pairs were a guess: what differs from them is no news.
    before = before or replace(Portal.standard(), association_pairs=found.portal.association_pairs)
    found.portal.save(path)
    found.news = [
        f"{path}: {len(found.portal.object_types)} object types, {len(found.portal.event_types)} event types, "
        f"{len(found.portal.association_pairs)} pairs of associated types.",
        *differences(before, found.portal),
        *(
            f"HubSpot did not return these, so they stay as they were: {part.part}. {part.message}"
            for part in found.refused
        ),
    ]
    return found


def not_in_catalogue(portal: Portal, asking: Asking, custom: Iterable[Schema]) -> list[PartUnavailable]:
    """Return what HubSpot has now and the loaded portal lacks, so that nobody exports it: object types and event types.

    `custom`: the schemas of the portal's custom objects. Two calls. What HubSpot refuses to tell is not compared; what
    it cannot answer is told.
    """
    known = {t.object_type_id for t in (*STANDARD_OBJECT_TYPES, *portal.object_types)}
    types = [t for t in map(custom_object, custom) if t.object_type_id not in known]
    known |= {t.object_type_id for t in types}
    types += [t for t in further_types(asking.counts() or {}, known) if not t.is_custom]
    names = set(asking.event_names() or ()).difference(event.name for event in portal.event_types)
    message = (
        "The portal has it and the portal catalogue that the tables come from (HUBSPOT_CATALOG) does not; run "
        "`hubspot-assets discover`, or set HUBSPOT_CATALOG to the file that it wrote, and export the day again."
    )
    told = [*(f"object type {t.told}" for t in types), *(f"event type {one_line(name)}" for name in sorted(names))]
    lacking = [
        PartUnavailable(part=f"the tables of the {one}", status=200, message=message, mendable=True) for one in told
    ]
    return [*lacking, *(part for part in asking.refused if part.unanswered)]


def further_types(counts: Mapping[str, RecordCount], known: Collection[str]) -> list[ObjectType]:
    """Types that HubSpot counts records of and that are neither standard nor custom here, such as forecasts."""
    return [
        further_type(count.object_type_id, count.singular_label, count.plural_label)
        for count in counts.values()
        if count.object_type_id not in known
    ]


def pairs_of_schemas(found: Iterable[Schema]) -> set[Pair]:
    """Return the pairs of types that the schemas of custom objects name."""
    ends = (
        (one.get("fromObjectTypeId"), one.get("toObjectTypeId"))
        for schema in found
        for one in schema.get("associations") or ()
        if isinstance(one, dict)
    )
    return {_sorted((a, b)) for a, b in ends if isinstance(a, str) and isinstance(b, str)}


def _sorted(pair: Pair) -> Pair:
    a, b = sorted(pair, key=type_order)
    return a, b


def _of(portal: Portal, is_wanted: Callable[[ObjectType], bool]) -> list[ObjectType]:
    return [t for t in portal.object_types if is_wanted(t)]


def event_types(asking: Asking, known: Portal) -> list[EventType]:
    """Return the portal's event types, HubSpot's own and its custom ones; those of marketing emails in any case."""
    names = asking.event_names()
    if names is None:
        return [*known.event_types, *unlisted([event.name for event in known.event_types])]
    found = asking.event_definitions()
    if found is None:
        before = {event.name: event for event in known.event_types}
        return [*(before.get(name, EventType(name, name)) for name in names), *unlisted(names)]
    definitions = {str(definition["fullyQualifiedName"]): definition for definition in found}
    return [*(_event_type(name, definitions.get(name, {})) for name in names), *unlisted(names)]


def _event_type(name: str, definition: dict[str, Any]) -> EventType:
    labels = definition.get("labels") or {}
    return EventType(
        name,
        definition.get("objectTypeId") or name,
        labels.get("singular") or "",
        definition.get("description") or "",
        tuple(p["name"] for p in definition.get("properties") or () if p.get("name")),
    )
