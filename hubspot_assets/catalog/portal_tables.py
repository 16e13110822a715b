"""The contract: every table of an export, its key, its columns and the API it comes from, for one portal.

This is the one declarative list of tables. Not here: how rows are made (`tables`), where files lie (`lake`), which
object types there are (`object_types.py`, `portal.py`).
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.event_types import EMAIL_EVENT_SCOPES, EventSource, event_source
from hubspot_assets.catalog.fixed_tables import (
    ALWAYS_EXPORTED,
    FIXED_TABLES,
    MARKETING_EVENT_PARTICIPATIONS,
    READ_TOGETHER,
)
from hubspot_assets.catalog.names import (
    RESERVED,
    distinct_names,
    event_name,
    event_order,
    key_name,
    pair_name,
    type_name,
    type_order,
)
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.scopes import NO_SCOPES
from hubspot_assets.catalog.selection import select_tables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import ASSOCIATIONS, EVENTS, HISTORY, OBJECTS, Table, columns
from hubspot_assets.outside_text import one_line


@dataclass(frozen=True)
class ObjectTables:
    """The six tables that one crawl of an object type feeds."""

    object_type: ObjectType
    wide: Table
    ids: Table
    with_object_properties: Table
    properties: Table
    history: Table
    sources: Table

    def __iter__(self) -> Iterator[Table]:
        # Dagster wants a multi-asset's outputs in the order of their dependencies.
        return iter((self.wide, self.ids, self.with_object_properties, self.history, self.properties, self.sources))


@dataclass(frozen=True)
class AssociationTables:
    """The two tables of one direction of an association pair."""

    named: Table
    combined: Table

    def __iter__(self) -> Iterator[Table]:
        return iter((self.named, self.combined))


class PortalTables:
    """Every table of one portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.excluded: tuple[Table, ...] = ()
        """What the portal has and this deployment does not export, on purpose (`only`)."""
        types = {t.object_type_id: t for t in portal.object_types}
        self._names = distinct_names(portal.object_types, type_name, lambda t: t.object_type_id, RESERVED)
        self.objects = {t.object_type_id: _object_tables(self._names[t], t) for t in portal.object_types}
        self.pairs = [pair for pair in portal.association_pairs if pair[0] in types and pair[1] in types]
        directions = [ends for pair in self.pairs for ends in dict.fromkeys((pair, pair[::-1]))]
        pairs = distinct_names(directions, lambda ends: self._pair_name(types[ends[0]], types[ends[1]]), "_".join)
        self.associations = {(a, b): _association_tables(pairs[a, b], types[a], types[b]) for a, b in directions}
        by_age = sorted(portal.event_types, key=lambda e: event_order(e.name, e.event_type_id))
        events = distinct_names(by_age, lambda e: event_name(e.name), lambda e: e.event_type_id)
        self.events = {event.name: _event_table(events[event], event) for event in portal.event_types}
        self.fixed = [*FIXED_TABLES, *([MARKETING_EVENT_PARTICIPATIONS] if self.marketing_events else [])]

    def __iter__(self) -> Iterator[Table]:
        yield from self.fixed
        for object_tables in self.objects.values():
            yield from object_tables
        for association_tables in self.associations.values():
            yield from association_tables
        yield from self.events.values()

    def select(self, select: Sequence[str] = (), exclude: Sequence[str] = ()) -> list[Table]:
        """Return the tables that these words mean (`selection.select_tables`). Raises UnknownTable."""
        return select_tables(self, select, exclude, self.excluded)

    def only(self, select: Sequence[str] = (), exclude: Sequence[str] = ()) -> "PortalTables":
        """Return the tables that these words mean (`selection.select_tables`), and what they need: those that one step
        reads together, and those that they are made of, such as the ids of both ends of an association.

        Of the associations of a type, those stay whose other end is meant as well: contacts and companies need no third
        type. Names stay as they are. Raises UnknownTable.
        """
        kept = set(self.select(select, exclude))
        meant = {type_id for type_id, tables in self.objects.items() if not kept.isdisjoint(tables)}
        only = copy(self)
        both = {ends: (*tables, *self.associations[ends[::-1]]) for ends, tables in self.associations.items()}
        only.associations = {
            ends: tables
            for ends, tables in self.associations.items()
            if not kept.isdisjoint(both[ends]) and (ends[0] in meant) == (ends[1] in meant)
        }
        only.pairs = [pair for pair in self.pairs if pair in only.associations]
        only.events = {name: table for name, table in self.events.items() if table in kept}
        needed = meant | {type_id for ends in only.associations for type_id in ends}
        if self.marketing_events and MARKETING_EVENT_PARTICIPATIONS in kept:
            needed.add(self.marketing_events.object_type.object_type_id)
        needed |= {self.objects[type_id].object_type.source.value.read_by or "" for type_id in needed}
        only.objects = {type_id: tables for type_id, tables in self.objects.items() if type_id in needed}
        kept.update(*(group for group in READ_TOGETHER if not kept.isdisjoint(group)))
        only.fixed = [table for table in self.fixed if table in kept or table in ALWAYS_EXPORTED]
        exported = set(only)
        only.excluded = tuple(table for table in self if table not in exported)
        return only

    def exports_type(self, object_type_id: str) -> bool:
        """Whether the definitions of an object type are wanted: not where it is left out on purpose."""
        return not self.excluded or object_type_id in self.objects or self.portal.object_type(object_type_id) is None

    @property
    def exports_events(self) -> bool:
        """Whether the definitions of custom events are wanted: not where all events are left out on purpose."""
        return bool(self.events) or not self.excluded

    @property
    def marketing_events(self) -> ObjectTables | None:
        """The tables of marketing events, whose participations are a table of their own; None without that type."""
        tables = self.objects.values()
        return next((t for t in tables if t.object_type.source is Source.MARKETING_EVENTS), None)

    @property
    def renamed(self) -> dict[str, str]:
        """Object type id -> table name part, for types whose label another type already has."""
        return {t.object_type_id: name for t, name in self._names.items() if name != type_name(t)}

    def _pair_name(self, from_type: ObjectType, to_type: ObjectType) -> str:
        # A type whose label has " to " in it can make the name of another pair.
        return pair_name(self._names[from_type], self._names[to_type])


def _object_tables(name: str, object_type: ObjectType) -> ObjectTables:
    lower = name.lower()
    label = object_type.records

    def table(
        key: tuple[str, ...], family: str, names: str, description: str, *, with_properties: bool = False
    ) -> Table:
        return Table(
            key,
            family,
            columns(names),
            object_type.source.value.title,
            description,
            object_type.needs,
            object_type,
            with_properties=with_properties,
            is_everywhere=object_type.is_in_every_portal,
        )

    return ObjectTables(
        object_type=object_type,
        wide=table(
            (f"objects_{lower}",),
            OBJECTS,
            "OBJECTTYPEID OBJECTID UPDATEDAT",
            f"The {label} of the portal, one row each, one column for each property.",
            with_properties=True,
        ),
        ids=table(("objects", lower), OBJECTS, "OBJECTTYPEID OBJECTID UPDATEDAT", f"The ids of the {label}."),
        with_object_properties=table(
            ("object_with_object_properties", lower),
            OBJECTS,
            "OBJECTTYPEID OBJECTID PROPERTIES UPDATEDAT",
            f"The {label}, one row each, with the properties that are set as one JSON object.",
        ),
        properties=table(
            ("object_properties", lower),
            HISTORY,
            "OBJECTTYPEID OBJECTID NAME VALUE UPDATEDAT",
            f"The properties that are set on the {label}, one row each; UPDATEDAT is when the value was set.",
        ),
        history=table(
            ("object_properties_history", lower),
            HISTORY,
            "OBJECTTYPEID OBJECTID NAME VALUE UPDATEDAT",
            f"The last {object_type.version_cap} versions of every property of the {label}.",
        ),
        sources=table(
            ("object_properties_history_sources", lower),
            HISTORY,
            "OBJECTTYPEID OBJECTID NAME UPDATEDAT SOURCE SOURCEID SOURCELABEL UPDATEDBYUSERID",
            f"What set each version of every property of the {label}, one row for each version.",
        ),
    )


def _association_tables(name: str, from_type: ObjectType, to_type: ObjectType) -> AssociationTables:
    lower = name.lower()
    from_key, to_key = association_key_columns(from_type, to_type)
    description = f"Which {from_type.records} are associated with which {to_type.records}"
    named_columns = (
        Column(from_key, "string", f"Id of one of the {from_type.records}."),
        Column(to_key, "string", f"Id of one of the {to_type.records}."),
        *columns(
            "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID NAME LABEL ISMAINASSOCIATIONDEFINITION"
        ),
    )
    combined_columns = columns(
        "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID FROMOBJECTTYPEID FROMOBJECTID TOOBJECTTYPEID "
        "TOOBJECTID"
    )

    # Both directions need the same, and say it in the same words.
    first, second = sorted((from_type, to_type), key=lambda t: type_order(t.object_type_id))
    needs = first.needs.whole.and_also(second.needs.whole)

    def table(key: tuple[str, ...], columns: tuple[Column, ...]) -> Table:
        return Table(
            key,
            ASSOCIATIONS,
            columns,
            "Associations API",
            f"{description}, one row for each pair and association type.",
            needs,
            from_type,
            to_type,
        )

    return AssociationTables(
        named=table((f"associations_{lower}",), named_columns),
        combined=table(("associations", lower), combined_columns),
    )


def association_key_columns(from_type: ObjectType, to_type: ObjectType) -> tuple[str, str]:
    """`CONTACT_OBJECTID`, `COMPANY_OBJECTID`; for a type associated with itself `FROM_...` and `TO_...`."""
    from_name, to_name = key_name(from_type), key_name(to_type)
    if from_name == to_name:
        return f"FROM_{from_name}_OBJECTID", f"TO_{to_name}_OBJECTID"
    return f"{from_name}_OBJECTID", f"{to_name}_OBJECTID"


def _event_table(name: str, event: EventType) -> Table:
    source = event_source(event.name)
    return Table(
        (f"events_{name.lower()}",),
        EVENTS,
        columns("EVENTTYPEID ID OBJECTTYPEID OBJECTID OCCURREDAT"),
        source.value,
        f"The events of type {one_line(event.label or event.name)} that occurred on the day.",
        EMAIL_EVENT_SCOPES if source is EventSource.EMAIL_EVENTS else NO_SCOPES,
        event_type=event,
        with_properties=True,
    )
