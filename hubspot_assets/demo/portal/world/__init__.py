"""What a portal holds on its day, computed from the seed. Knows nothing of HTTP or paging: it is the truth for tests.

``World`` names each part once; a part is made when it is first asked for. ``records``, ``associations_of`` and the
parts' own lists are what tests compare an export with.
"""

from collections.abc import Callable, Iterator
from functools import cached_property

from hubspot_assets.demo.portal.settings import PortalSettings

from .association_types import AssociationType
from .associations import Associations
from .beyond_crm import BeyondCrm
from .disturbance import Disturbance, Disturbances
from .life import LAYERS, Life
from .object_types import ObjectType, ObjectTypes
from .owners import Owners
from .pipelines import Pipelines
from .property_definitions import PropertyDefinitions
from .records import Record, Records, Version


class World(BeyondCrm):
    """Everything a portal holds. Parts know each other only through it."""

    def __init__(self, settings: PortalSettings) -> None:
        self.settings = settings
        self._lives: dict[str, Life] = {}
        self._records: dict[str, Records] = {}

    # --- parts --------------------------------------------------------------------------------------------

    @cached_property
    def object_types(self) -> ObjectTypes:
        return ObjectTypes(self.settings)

    @cached_property
    def property_definitions(self) -> PropertyDefinitions:
        return PropertyDefinitions(self.settings, self.object_types, self.pipelines)

    @cached_property
    def owners(self) -> Owners:
        return Owners(self.settings)

    @cached_property
    def pipelines(self) -> Pipelines:
        return Pipelines(self.settings)

    @cached_property
    def associations(self) -> Associations:
        return Associations(self.object_types, self.life_of, self.settings.associations_to_archived)

    @cached_property
    def disturbances(self) -> Disturbances:
        return Disturbances(self.records_of, self.settings)

    def life_of(self, object_type_id: str) -> Life:
        """Which records of a type there are."""
        life = self._lives.get(object_type_id)
        if life is None:
            object_type = self.object_types[object_type_id]
            life = self._lives[object_type_id] = Life(self.settings, object_type, self._count(object_type))
        return life

    def records_of(self, object_type_id: str) -> Records:
        """What the records of a type hold."""
        records = self._records.get(object_type_id)
        if records is None:
            object_type = self.object_types[object_type_id]
            records = self._records[object_type_id] = Records(
                self.settings,
                object_type,
                self.life_of(object_type_id),
                self.property_definitions.universe(object_type),
                self.property_definitions.exists,
                self._references(object_type),
                self._counted(object_type),
            )
        return records

    # --- the truth ----------------------------------------------------------------------------------------

    def records(self, object_type: str, *, archived: bool = False) -> Iterator[Record]:
        """Every record of a type (id or name), by id ascending."""
        records = self.records_of(self.object_types[object_type].object_type_id)
        numbers = records.life.archived_from() if archived else records.life.alive_from()
        return (records.record(number) for number in numbers)

    def record(self, object_type: str, record_id: str) -> Record | None:
        """One record that is there, None if it is not."""
        records = self.records_of(self.object_types[object_type].object_type_id)
        number = records.life.number_of(record_id)
        return None if number is None or records.life.end(number) else records.record(number)

    def count(self, object_type: str) -> int:
        return self.life_of(self.object_types[object_type].object_type_id).count_from()

    def merged_ids(self, object_type: str) -> dict[str, str]:
        """The ids that were merged away, and the id each was merged into."""
        life = self.life_of(self.object_types[object_type].object_type_id)
        numbers = dict.fromkeys([*(n * LAYERS for n in range(life.positions)), *life.now.gone])
        ends = ((n, life.end(n)) for n in numbers)
        merged = ((n, end.merged_into) for n, end in ends if end and end.merged_into is not None)
        return {str(life.id_of(n)): str(life.id_of(into)) for n, into in merged}

    def associations_of(self, from_type: str, record_id: str, to_type: str) -> list[tuple[str, list[AssociationType]]]:
        """The ids that a record is associated with in a type, each with its association types."""
        from_id, to_id = (self.object_types[t].object_type_id for t in (from_type, to_type))
        number = self.life_of(from_id).number_of(record_id)
        if number is None:
            return []
        to_life = self.life_of(to_id)
        return [(str(to_life.id_of(n)), types) for n, types in self.associations.of(from_id, number, to_id)]

    def is_there(self, object_type: str, record_id: str) -> bool:
        life = self.life_of(self.object_types[object_type].object_type_id)
        number = life.number_of(record_id)
        return number is not None and life.end(number) is None

    # --- how parts are put together -----------------------------------------------------------------------

    def _count(self, object_type: ObjectType) -> int:
        settings, type_id = self.settings, object_type.object_type_id
        named = {"0-1": settings.contacts, "0-2": settings.companies, "0-3": settings.deals, "0-5": settings.tickets}
        return settings.counts.get(type_id, named.get(type_id, settings.other_records))

    def _references(self, object_type: ObjectType) -> dict[str, tuple[str, ...]]:
        """The values of properties that point at owners, pipelines and stages."""
        owners = tuple(owner.owner_id for owner in self.owners.all)
        pipelines = [p for p in self.pipelines.of(object_type) if not p.as_json["archived"]]
        stages = tuple(stage for p in pipelines for stage in p.stage_ids)
        references = {"hubspot_owner_id": owners, "hs_all_owner_ids": (*owners, ";".join(owners[:3]))}
        references["hubspot_team_id"] = tuple(team.team_id for team in self.owners.teams)
        if pipelines:
            ids = tuple(p.pipeline_id for p in pipelines)
            references |= {"pipeline": ids, "hs_pipeline": ids, "dealstage": stages, "hs_pipeline_stage": stages}
        return references

    def _counted(self, object_type: ObjectType) -> dict[str, Callable[[int], int]]:
        """Properties that say how many associations a record has: they must say it right."""
        from_type, of = object_type.object_type_id, self.associations.of
        counted = {
            "0-1": {"num_associated_deals": "0-3"},
            "0-2": {"num_associated_contacts": "0-1", "num_associated_deals": "0-3"},
            "0-3": {"num_associated_contacts": "0-1"},
        }
        names = counted.get(from_type, {}).items()
        return {name: lambda number, to_type=to_type: len(of(from_type, number, to_type)) for name, to_type in names}  # type: ignore[misc]


__all__ = ["AssociationType", "Disturbance", "Record", "Version", "World"]
