"""What `make torture` did and found, and how it is printed. Not here: doing it (`__main__`, `blows`)."""

from collections import Counter
from dataclasses import dataclass, field

from hubspot_assets_tests.torture.days import Day, differences
from hubspot_assets_tests.torture.watching import Watcher

REFUSALS = ("is already being exported", "This run no longer holds")
"""What a run may say of itself where another has the day."""


@dataclass
class Figures:
    """What was done, and what was found. `complaints` is empty when nothing was lost, doubled or invented."""

    kills: int = 0
    cuts: int = 0
    finished: int = 0
    failed: int = 0
    days_compared: int = 0
    rows_compared: int = 0
    concurrent: int = 0
    refused: int = 0
    blows: Counter[str] = field(default_factory=Counter)
    swept: Counter[str] = field(default_factory=Counter)
    """Of each kind of run, at how many of its changes in S3 it was killed."""
    kinds: set[str] = field(default_factory=set)
    moments: Counter[str] = field(default_factory=Counter)
    polls: int = 0
    tables_by_manifest: int = 0
    tables_by_glob: int = 0
    versions: int = 0
    complaints: list[str] = field(default_factory=list)

    def looked(self, watcher: Watcher) -> None:
        self.polls += watcher.polls
        self.tables_by_manifest += watcher.tables_by_manifest
        self.tables_by_glob += watcher.tables_by_glob
        self.versions += watcher.versions
        self.complaints += watcher.complaints

    def compare(self, found: Day, expected: Day, what: str) -> None:
        self.days_compared += 1
        self.rows_compared += expected.rows
        self.complaints += [f"{what}: {one}" for one in differences(found, expected)]

    def print(self, seconds: float) -> None:
        print(f"\nkills                  {self.kills}, in {len(self.moments)} kinds of moments")
        for moment, count in self.moments.most_common():
            print(f"    {count:4}  {moment}")
        print(f"connections cut        {self.cuts}")
        print(f"kinds of faults        {len(self.kinds)}")
        print(f"exports that finished  {self.finished}; that ended with tables not in: {self.failed}")
        print(f"two exports at once    {self.concurrent}, of which {self.refused} had one refused")
        for blow, count in sorted(self.blows.items()):
            print(f"    {count:4}  {blow.replace('_', ' ')}")
        for runs, count in sorted(self.swept.items()):
            print(f"    {count:4}  {runs.replace('_', ' ')}, each at another change in S3")
        print(f"days compared          {self.days_compared}, {self.rows_compared:,} rows")
        print(f"the reader             {self.polls:,} looks, {self.versions:,} versions of tables, of which it saw")
        print(f"                       {self.tables_by_manifest:,} by manifest and {self.tables_by_glob:,} by glob")
        print(f"seconds                {seconds:.0f}")
        for complaint in self.complaints[:20]:
            print(f"FOUND: {complaint}")
        print("Nothing was lost, doubled or invented." if not self.complaints else f"{len(self.complaints)} found.")
