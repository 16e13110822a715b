"""What a portal holds on its day, computed from the seed. Knows nothing of HTTP or paging: it is the truth for tests.

``World`` names each part once; a part is made when it is first asked for.
"""

from functools import cached_property

from hubspot_assets.demo.portal.settings import PortalSettings

from .object_types import ObjectTypes
from .owners import Owners


class World:
    """Everything a portal holds. Parts know each other only through it."""

    def __init__(self, settings: PortalSettings) -> None:
        self.settings = settings

    @cached_property
    def object_types(self) -> ObjectTypes:
        return ObjectTypes(self.settings)

    @cached_property
    def owners(self) -> Owners:
        return Owners(self.settings)


__all__ = ["World"]
