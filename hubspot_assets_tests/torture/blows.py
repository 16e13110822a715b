"""Blows beyond kills, one round each: what is done to an export, and that the day is an undisturbed one all the same.

Here: runs that are delayed, stopped and taken over, in pid namespaces of their own; earlier days that are damaged;
stores that lie; a portal that changes while it is read. Not here: kills and cuts (`__main__`), where all of it happens
(`arena`).
"""

import random
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta

from hubspot_assets.lake.exporting import Exporting
from hubspot_assets_tests.exported import BUCKET, YESTERDAY
from hubspot_assets_tests.lake.odd_s3 import Oddity, losing, refusal, refusing
from hubspot_assets_tests.torture.arena import DAY, Arena, Command
from hubspot_assets_tests.torture.days import one_sided
from hubspot_assets_tests.torture.figures import REFUSALS, Figures

EARLIER = str(YESTERDAY - timedelta(days=1))
_CHANGING = 2
_OF_ITS_OWN = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
_TRIES = 6


class Blows:
    """Rounds in a place; `sent`: how many pieces an undisturbed export sends to S3. What is found is in the figures."""

    def __init__(self, place: Arena, chance: random.Random, figures: Figures, sent: int) -> None:
        self._place, self._chance, self._figures, self._sent = place, chance, figures, sent

    def stopped_and_taken_over(self) -> None:
        """An export is stopped at a random moment, another takes its day over, and the first one goes on meanwhile."""
        stopped, came = self._place.export(), threading.Event()

        def stop(_: str) -> None:
            stopped.stop()
            came.set()

        self._place.s3.cut_at(self._chance.randrange(self._sent), "after", stop)
        while not came.wait(0.2) and stopped.wait(0) is None:
            pass
        self._declare_ended()
        other = self._place.export()
        other.wait(3 * self._chance.random())
        stopped.go_on()
        # On a busy machine the first is back before the other has begun.
        self._end("the run that took over", other, may_be_refused=True)
        self._end("a run that was stopped", stopped, may_be_refused=True)

    def together_and_delayed(self) -> None:
        """An export and one of a single table begin at once, with delays at S3; where it may be, both as process 1."""
        self._place.within = _OF_ITS_OWN if _may_be_process_1() else ()
        self._place.s3.delay = lambda: self._chance.random() * 0.05
        both = [self._place.export(), self._place.export("--select", "OWNERS")]
        for one in both:
            self._end("of two at once, one", one, may_be_refused=True)
        self._place.within, self._place.s3.delay = (), lambda: 0.0
        self._end("the export after two at once", self._place.export())

    def earlier_day_damaged(self) -> None:
        """The day before has a file less, half a manifest, or one of another version."""
        self._end("the first export", self._place.export())
        keys = self._copied_to_the_day_before()
        key = self._chance.choice(keys)
        body = self._body(key)
        damaged = self._chance.choice((body[: len(body) // 2], b"", b'{"version": 9}', None))
        if damaged is None:
            self._place.client.delete_object(Bucket=BUCKET, Key=key)
        else:
            self._place.client.put_object(Bucket=BUCKET, Key=key, Body=damaged)
        self._end(f"an export after {key} was damaged", self._place.export("--again"))

    def lied_to_by_the_store(self) -> None:
        """S3 refuses, does what it says that it did not, or tells of conditions that nobody broke, until it is well."""
        assert self._place.odd
        lies: list[Callable[[int], Oddity]] = [
            lambda times: refusing("PUT", 503, "SlowDown", times=times),
            lambda times: refusing("PUT", 412, "PreconditionFailed", times=times),
            lambda times: refusing("GET", 500, "InternalError", times=times),
            lambda times: losing("PUT", ".gz", refusal(503, "SlowDown"), times=times),
            lambda times: losing("PUT", "_manifest.json", refusal(500, "InternalError"), times=times),
            lambda times: losing("PUT", "_SUCCESS.json", refusal(412, "PreconditionFailed"), times=times),
            lambda times: losing("TOGETHER", "", refusal(500, "InternalError"), times=times),
        ]
        for _ in range(_TRIES):
            self._place.odd.oddities = [self._chance.choice(lies)(self._chance.randrange(1, 20)) for _ in range(2)]
            if self._end("an export that was lied to", self._place.export(), may_fail=True):
                break
        self._place.odd.oddities = []
        self._end("the export after the lies", self._place.export("--again"))

    def portal_changes(self) -> None:
        """The portal changes with each page, and the export is killed: both directions of a pair tell the same."""
        self._place.use(_CHANGING)
        for _ in range(2):
            command = self._place.export()
            self._place.s3.cut_at(self._chance.randrange(self._sent), "half", lambda _, one=command: one.kill())
            command.wait()
            self._figures.kills += 1
            self._place.s3.reset()
        self._end("an export of a portal that changes", self._place.export())
        self._figures.complaints += [f"a portal that changes: {one}" for one in one_sided(self._place.lake, DAY)]

    def _end(self, who: str, command: Command, *, may_be_refused: bool = False, may_fail: bool = False) -> bool:
        """Wait for a command, and take down what is wrong with how it ended; whether it came to its end."""
        code = command.wait()
        if code is None:
            command.kill()
            self._figures.complaints.append(f"{who} hangs")
        elif "Traceback" in command.output:
            self._figures.complaints.append(f"{who}: a traceback instead of a sentence: {command.output[-800:]}")
        elif code and not may_fail and not (may_be_refused and any(told in command.output for told in REFUSALS)):
            self._figures.complaints.append(f"{who} ended with {code}: {command.output[-800:]}")
        return code == 0

    def _declare_ended(self) -> None:
        """Say of the run that holds the day that it has ended, as Dagster does of one whose machine is silent."""
        key = f"{self._place.folder}_EXPORTING.json"
        if body := self._body(key):
            ended = Exporting.model_validate_json(body).model_copy(update={"ended": True})
            self._place.client.put_object(Bucket=BUCKET, Key=key, Body=ended.to_json())

    def _copied_to_the_day_before(self) -> list[str]:
        keys = []
        listed = self._place.client.list_objects_v2(Bucket=BUCKET, Prefix=self._place.folder)["Contents"]
        for entry in listed:
            key, body = entry["Key"].replace(DAY, EARLIER), self._body(entry["Key"])
            if key.endswith(".json"):
                body = body.replace(f'"day": "{DAY}"'.encode(), f'"day": "{EARLIER}"'.encode())
            self._place.client.put_object(Bucket=BUCKET, Key=key, Body=body)
            keys.append(key)
        return keys

    def _body(self, key: str) -> bytes:
        try:
            body: bytes = self._place.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        except self._place.client.exceptions.NoSuchKey:
            return b""
        return body


def _may_be_process_1() -> bool:
    try:
        return subprocess.run([*_OF_ITS_OWN, "true"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False
