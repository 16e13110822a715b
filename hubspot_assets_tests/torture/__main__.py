"""`make torture`: kills, faults, two exports at once and other blows, with a reader looking on. Prints its figures.

    python -m hubspot_assets_tests.torture --kills 100 --seed 7

Rounds: a day is exported again and again, each time killed at a random place or, now and then, cut off, each time with
another kind of fault at HubSpot, until one export comes to its end; then the day is compared with an undisturbed one,
row for row. Each round is of the other of two portals, so that a table that is half old and half new shows. The other
blows are in `blows`, kills at every change that a run makes in S3 in `sweeps`.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hubspot_assets.demo.portal.faults import KINDS
from hubspot_assets_tests.exported import BUCKET
from hubspot_assets_tests.torture import sweeps
from hubspot_assets_tests.torture.arena import DAY, Arena, Command, arena
from hubspot_assets_tests.torture.blows import Blows
from hubspot_assets_tests.torture.cutting import How
from hubspot_assets_tests.torture.days import Day, read_day
from hubspot_assets_tests.torture.figures import REFUSALS, Figures
from hubspot_assets_tests.torture.watching import Watcher

_OF_PROCESSES = ("stopped_and_taken_over", "together_and_delayed")
_HOWS: tuple[How, ...] = ("before", "half", "after")
_KILLS_A_ROUND = 8
_FAULT_RATE = 0.06


class Torture:
    """One run of it; everything random comes from the seed."""

    def __init__(self, seed: int, kinds: list[str]) -> None:
        self.chance = random.Random(seed)
        self.figures = Figures()
        self._kinds = list(kinds)
        self.chance.shuffle(self._kinds)
        self._next_kind = 0

    def undisturbed(self, place: Arena, portals: int = 2, *, verified: bool = True) -> list[Day]:
        """What an export gives that nobody disturbs, of each portal; and what it sends, as the measure of moments."""
        days = []
        for portal in range(portals):
            place.prefix = f"undisturbed-{portal}"
            place.use(portal)
            place.hubspot.reset()
            place.s3.reset()
            began = time.monotonic()
            self._must(place.export(), "an undisturbed export")
            self._seconds = time.monotonic() - began
            self._sent = {"hubspot": place.hubspot.sent, "s3": place.s3.sent}
            if verified:
                self._must(place.start("verify", "--day", DAY, "--full"), "verify --full")
            days.append(read_day(place.lake, DAY))
        return days

    def kill(self, place: Arena, kills: int, expected: list[Day], until: float = float("inf")) -> None:
        """Rounds of kills, until there were so many, or until a moment of `time.monotonic`."""
        place.prefix, portal = "killed", 0
        with Watcher(place.client, BUCKET, place.folder) as watcher:
            place.use(portal)
            self._must(place.export(), "the first export")
            while self.figures.kills < kills and not watcher.complaints and time.monotonic() < until:
                portal = (portal + 1) % len(expected)
                place.use(portal)
                ended = False
                for _ in range(min(_KILLS_A_ROUND, kills - self.figures.kills)):
                    ended = ended or self._disturbed(place)
                place.lie({}, 0)
                if not ended:
                    self._must(place.export(), f"the export after {self.figures.kills} kills")
                self.figures.compare(read_day(place.lake, DAY), expected[portal], f"{self.figures.kills} kills")
                print(f"{self.figures.kills:4} kills, {self.figures.rows_compared:,} rows compared", flush=True)
        self.figures.looked(watcher)

    def _disturbed(self, place: Arena) -> bool:
        """One export with a fault, killed or cut at a random moment; True if it came to its end all the same."""
        place.lie({self._kind(): _FAULT_RATE}, self.chance.randrange(1 << 30))
        place.hubspot.reset()
        place.s3.reset()
        command = place.export()
        how = self.chance.choice(_HOWS)
        by, cut_only = self.chance.choice(("hubspot", "s3", "s3", "time")), self.chance.random() < 0.15
        if by == "time":
            code = command.wait(self._seconds * self.chance.random())
            if code is None:
                self._killed(command, "at a random time")
        else:
            wire = place.hubspot if by == "hubspot" else place.s3
            # Earlier rather than later: the next export of a round finds much of its work done.
            at = int(self._sent[by] * self.chance.random() ** 2)
            if cut_only:
                self.figures.cuts += 1
                wire.cut_at(at, how, lambda moment: None)
            else:
                wire.cut_at(at, how, lambda moment: self._killed(command, f"{moment}, {how}"))
            code = command.wait()
        if command.process.returncode is None and command.wait() is None:
            self.figures.complaints.append("an export hangs")
            command.kill()
        code = command.process.returncode
        self._ended(command, code)
        return code == 0

    def two_at_once(self, place: Arena, times: int, expected: list[Day]) -> None:
        """Two exports of one day that begin at the same time: one wins whole; the other is refused, or as good."""
        for number in range(times):
            place.prefix, portal = f"together-{number}", number % len(expected)
            place.use(portal)
            place.lie({}, 0)
            with Watcher(place.client, BUCKET, place.folder) as watcher:
                both = [place.export(), place.export()]
                codes = [one.wait() for one in both]
                for one, code in zip(both, codes, strict=True):
                    if code is None:
                        one.kill()
                        self.figures.complaints.append("two exports at once hang")
                    elif code and not any(refusal in one.output for refusal in REFUSALS):
                        self.figures.complaints.append(f"of two exports, one ended with {code}: {one.output[-600:]}")
                self.figures.concurrent += 1
                self.figures.refused += any(codes)
                if 0 not in codes:
                    self.figures.complaints.append("of two exports at once, none came to its end")
                else:
                    self.figures.compare(read_day(place.lake, DAY), expected[portal], "two exports at once")
            self.figures.looked(watcher)

    def strike(self, place: Arena, names: Sequence[str], times: int, expected: list[Day]) -> None:
        """Blows of these kinds, each on a day of its own: it ends as an undisturbed one, a reader looking on."""
        for number in range(times):
            for name in names:
                place.prefix, portal = f"{name}-{number}", number % len(expected)
                place.use(portal)
                place.lie({}, 0)
                place.s3.reset()
                with Watcher(place.client, BUCKET, place.folder) as watcher:
                    getattr(Blows(place, self.chance, self.figures, self._sent["s3"]), name)()
                    if name != "portal_changes":
                        self.figures.compare(read_day(place.lake, DAY), expected[portal], name)
                self.figures.blows[name] += 1
                self.figures.looked(watcher)
                print(f"{name} {number + 1}", flush=True)

    def sweep(self, directory: Path, every: int) -> None:
        """Kill runs of a small day at each of their changes in S3, or at some: at each `every`th of them."""
        with sweeps.place(directory) as there:
            for at in range(self.chance.randrange(every), there.changes, every):
                self._swept("whole_exports_killed", sweeps.whole_export_killed(there, at))
            for at in range(self.chance.randrange(every), there.first_changes, every):
                self._swept("first_exports_killed", sweeps.whole_export_killed(there, at, is_first=True))
            for at in range(self.chance.randrange(every), there.single_changes, every):
                self._swept("runs_over_one_type_killed", sweeps.single_table_killed(there, at))

    def _swept(self, runs: str, found: list[str]) -> None:
        self.figures.swept[runs] += 1
        self.figures.complaints += found
        print(f"{runs.replace('_', ' ')}: {self.figures.swept[runs]}", flush=True)

    def _kind(self) -> str:
        kind = self._kinds[self._next_kind % len(self._kinds)]
        self._next_kind += 1
        self.figures.kinds.add(kind)
        return kind

    def _killed(self, command: Command, moment: str) -> None:
        command.kill()
        self.figures.kills += 1
        self.figures.moments[moment] += 1

    def _ended(self, command: Command, code: int | None) -> None:
        if code == 0:
            self.figures.finished += 1
        elif code is not None and code > 0:
            self.figures.failed += 1
            if "Traceback" in command.output:
                self.figures.complaints.append(f"a traceback instead of a sentence: {command.output[-800:]}")

    def _must(self, command: Command, what: str) -> None:
        code = command.wait()
        if code != 0:
            command.kill()
            self.figures.complaints.append(f"{what} ended with {code}: {command.output[-800:]}")


def main() -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no further round of kills after so long")
    parser.add_argument("--faults", type=int, default=len(KINDS), help="how many kinds of faults HubSpot answers with")
    parser.add_argument("--together", type=int, default=2, help="how often two exports run at once, on each kind of S3")
    parser.add_argument("--blows", type=int, default=3, help="how often each other blow is tried on each kind of S3")
    parser.add_argument("--every", type=int, default=1, help="kill a small day's runs at each so many-th change in S3")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    began = time.monotonic()
    torture = Torture(asked.seed, list(KINDS)[: asked.faults])
    with tempfile.TemporaryDirectory(prefix="hubspot-torture-") as directory:
        with arena(Path(directory) / "rclone") as place:
            expected = torture.undisturbed(place)
            torture.kill(place, asked.kills, expected, began + 60 * asked.minutes)
            torture.two_at_once(place, asked.together, expected)
            torture.strike(place, [*_OF_PROCESSES, "earlier_day_damaged", "portal_changes"], asked.blows, expected)
        with arena(Path(directory) / "moto", "moto") as place:
            torture.two_at_once(place, asked.together, expected)
            torture.strike(place, _OF_PROCESSES, asked.blows, expected)
        with arena(Path(directory) / "odd", "odd") as place:
            torture.strike(place, ["lied_to_by_the_store"], asked.blows, expected)
        torture.sweep(Path(directory) / "sweep", asked.every)
    torture.figures.print(time.monotonic() - began)
    return 1 if torture.figures.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
