"""`_EXPORTING.json`: who holds a day, and what is said to those who do not.

Here: the document, and the sentences of whoever is refused the day or has lost it. Not here: how a day is taken, kept
and given back (`lease`), how a process is known (`holder`).
"""

from hubspot_assets.lake.errors import LakeError
from hubspot_assets.lake.holder import Process
from hubspot_assets.lake.manifest import Document, Moment


class DayBusy(LakeError):
    """Another run holds the day."""


class LeaseLost(LakeError):
    """The day was taken over from this run, which must not write it any more."""


class ToCloseAgain(Document):
    """What the closing of a day told, of which single tables are replaced: its tables, and what is `excluded`."""

    tables: tuple[str, ...]
    excluded: tuple[str, ...]


class Exporting(Document):
    """`_EXPORTING.json`.

    `process`: the one that runs it; of a run of several processes, the first. `begun`: the lease with which the export
    of the whole day began that is being gone on with; None where single tables are written. `closed`: with what the day
    is to be closed again, by whichever run over single tables comes to its end; None where it was open before them.
    `ended`: nobody holds the day, and the run did not come to its end. Where there is nothing to be gone on with, the
    file is deleted.
    """

    day: str
    lease: int
    run: str
    process: Process
    lasting: bool
    since: Moment
    begun: int | None
    closed: ToCloseAgain | None
    ended: bool

    def is_same(self, other: "Exporting") -> bool:
        """Return whether both are of one run, and nobody else held the day between them."""
        return (self.run, self.lease) == (other.run, other.lease)


def busy(found: Exporting, dead_after: float) -> DayBusy:
    """Return what is said to a run that wants a day which another one holds."""
    return DayBusy(
        f"{found.day} is being exported already, by {_told(found)}: wait for it, or stop it. If it died, the day is "
        f"free {dead_after:.0f} seconds after its last sign of life."
    )


def lost(held: Exporting, found: Exporting | None, url: str) -> str:
    """Return what is said to a run that held a day; `found`: what lies there now, under `url`."""
    if found is None:
        whose = f"{url} was deleted"
    elif found.ended or found.is_same(held):
        whose = "it was given back"
    else:
        whose = f"it was taken over by {_told(found)}, because this run gave no sign of life for a while"
    return (
        f"{held.day} is not this run's any more: {whose}. This run writes nothing more of it; when no other does, run "
        "it again to go on."
    )


def _told(found: Exporting) -> str:
    since = f" since {found.since:%H:%M:%S} UTC" if found.since else ""
    return f"process {found.process.pid} on {found.process.host}{since} (run {found.run[:8]})"
