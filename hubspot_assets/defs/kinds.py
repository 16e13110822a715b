"""What a step of the export makes, which decides for which days it can be made."""

from enum import Enum

KIND_TAG = "hubspot_assets/makes"
"""The tag of an op that tells its `Kind`; ops without one are not the export's."""


class Kind(Enum):
    """What a step makes."""

    SNAPSHOT = "snapshot"
    """Tables of the state at the close of a day: of the last complete day alone."""
    EVENTS = "events"
    """What occurred on a day: of any day."""
    DAY = "day"
    """The closing of a day."""
