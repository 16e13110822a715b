"""`_EXPORTING.json`: who holds a day, and what is said to those who do not.

Here: the document, and the sentences of whoever is refused the day or has lost it. Not here: how a day is taken, kept
and given back (`lease`), how a process is known (`holder`).
"""

from typing import Any, ClassVar

from pydantic import ValidationError

from hubspot_assets.lake.errors import LakeError
from hubspot_assets.lake.holder import Process
from hubspot_assets.lake.manifest import Document, Moment, told_by


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

    is_foreign: ClassVar[bool] = False
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


class Foreign(Exporting):
    """A lease that another version of this program wrote, as far as it can be known.

    It counts for as long as it is renewed. Nothing of what its run has done is gone on with.
    """

    is_foreign = True

    @classmethod
    def told(cls, text: bytes, day: str) -> "Foreign | None":
        """Return the lease of a file in a form that is not this version's; None where it is no lease, or damaged.

        Every version numbers its leases. One of this version that is damaged has the keys of this version.
        """
        told = told_by(text) or {}
        number = told.get("lease")
        if type(number) is not int or told.keys() == Exporting.model_fields.keys():
            return None
        process = _process(told.get("process"))
        return cls(
            day=day,
            lease=number,
            run="",
            process=process or Process(host="", pid=0),
            # Where the process is not known, nothing but the age of the file tells.
            lasting=process is None or told.get("lasting") is not False,
            since=None,
            begun=None,
            closed=None,
            ended=told.get("ended") is True,
        )


def _process(told: Any) -> Process | None:
    try:
        return Process.model_validate(told)
    except ValidationError:
        return None


def busy(found: Exporting, dead_after: float) -> DayBusy:
    """Return what is said to a run that wants a day which another one holds."""
    return DayBusy(
        f"{found.day} is already being exported by {_told(found)}: wait for it to finish, or stop it. If it died, "
        f"the day is free {dead_after:.0f} seconds after its last sign of life."
    )


def lost(held: Exporting, found: Exporting | None, url: str) -> str:
    """Return what is said to a run that held a day; `found`: what lies there now, under `url`."""
    if found is None:
        whose = f"{url} was deleted"
    elif found.ended or found.is_same(held):
        whose = "its lease was given back"
    else:
        whose = f"{_told(found)} took over, because this run showed no sign of life for a while"
    return (
        f"This run no longer holds {held.day}: {whose}. It writes nothing more to that day. Once no other run is "
        "exporting the day, run this again to continue."
    )


def _told(found: Exporting) -> str:
    if found.is_foreign:
        return "another version of this program, whose lease this version cannot read"
    since = f" since {found.since:%H:%M:%S} UTC" if found.since else ""
    return f"process {found.process.pid} on {found.process.host}{since} (run {found.run[:8]})"
