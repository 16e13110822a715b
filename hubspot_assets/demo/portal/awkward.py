"""A portal as awkward as real ones are: what is switched on for the demo, and off where a test wants a plain portal.

Each switch is explained in ``settings.py``; how the portal behaves then is where the switch is read. What HubSpot
always does needs no switch and is not here.
"""

from dataclasses import replace
from typing import Any

from .settings import EVERY_FEATURE, RARE_FEATURES, PortalSettings
from .world import World

AWKWARD: dict[str, Any] = {
    # What it holds: among others, custom objects labelled "Owners" and without a plural.
    "custom_objects": 5,
    "features": EVERY_FEATURE | RARE_FEATURES,
    "refused_lists": 1,
    "processing_lists_say_0": True,
    "names_differing_in_case": True,
    "stage_properties": True,
    "long_names": 170,
    # What happens to it while it is read.
    "merged_while_listed": 1,
    "submissions_between_pages": 1,
    "submissions_cursor": "from_the_newest",
    # How it answers.
    "strict_cursors": True,
    "association_inputs_maximum": 100,
    "api_usage_rows": "others_first",
    "missing_scopes_form": "in_context",
    "heavy_page_rows": 15,
}
HEAVY_PATHS = frozenset({"/0-49", "/0-1/0-2/", "/0-2/0-1/"})
"""The lists of emails, and the associations of contacts and companies."""


def awkward(settings: PortalSettings) -> PortalSettings:
    """The same portal with everything awkward; one email, one contact and one company are too heavy for big pages."""
    settings = replace(settings, **AWKWARD)
    world = World(settings)
    heavy = (next(world.records(type_id), None) for type_id in ("0-49", "0-1", "0-2"))
    ids = frozenset(record.id for record in heavy if record)
    return replace(settings, heavy_ids=ids, heavy_paths=HEAVY_PATHS)
