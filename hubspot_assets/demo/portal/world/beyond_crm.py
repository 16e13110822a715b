"""The parts of a portal that other APIs than those of the CRM core serve. ``World`` has them as its own."""

from functools import cached_property
from typing import TYPE_CHECKING

from .event_types import EventTypes
from .events import Events
from .lists import Lists

if TYPE_CHECKING:
    from hubspot_assets.demo.portal.settings import PortalSettings

    from .life import Life
    from .object_types import ObjectTypes


class BeyondCrm:
    """Each part once, made when it is first asked for."""

    if TYPE_CHECKING:  # what World has
        settings: PortalSettings

        @cached_property
        def object_types(self) -> ObjectTypes: ...

        def life_of(self, object_type_id: str) -> Life: ...

    @cached_property
    def lists(self) -> Lists:
        return Lists(self.settings, self.object_types, self.life_of)

    @cached_property
    def event_types(self) -> EventTypes:
        return EventTypes(self.settings, self.object_types)

    @cached_property
    def events(self) -> Events:
        return Events(self.settings, self.event_types, self.life_of)
