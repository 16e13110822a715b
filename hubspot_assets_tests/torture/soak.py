"""`make soak`: hundreds of exports in one process, under faults, and killed ones beside them; does anything pile up?

    python -m hubspot_assets_tests.torture.soak --exports 500 --seed 7

One process exports the same day again and again, as a daily schedule does for years; before each tenth export, another
process begins the same export and is killed. The portal and S3 are processes of their own, so that all that grows here
is the export's. Looked at after each export: memory, threads, open files, the directory of temporary files; at the end:
the objects in S3 that no manifest names, and the day itself, by `verify --full`.
"""

import argparse
import gc
import logging
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import boto3

import hubspot_assets
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.demo.s3 import serve_s3
from hubspot_assets.lake import Lake
from hubspot_assets_tests.exported import BUCKET, environment
from hubspot_assets_tests.small_export import catalogue
from hubspot_assets_tests.torture.arena import DAY

# One object type, associated with itself, one event type and every table that each portal has: every kind of asset.
KNOWN = catalogue("0-2", events=[EventType("e_visited_page", "4-96000")], pairs=[("0-2", "0-2")])
_ROOT = Path(hubspot_assets.__file__).parents[1]
_FAULTS = 0.005
"""Share of HubSpot's answers that are spoiled: at more, the waits before asking again are all that is measured."""

_MOST_GROWTH = 40.0
"""Megabytes between warm-up and end: what allocators keep, whatever the number of exports."""

_MORE_OPEN_FILES = 20
"""Between warm-up and end: the connections to HubSpot and S3 that wait for the next call are as many as were ever in
use at the same time, and that grows a little for a long while. One in twenty exports that stays open is seen."""


@dataclass(frozen=True)
class Sample:
    """What the process holds after an export, when nothing is under way."""

    megabytes: float
    threads: int
    files: int
    temporary: int

    @classmethod
    def now(cls) -> "Sample":
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            pages * os.sysconf("SC_PAGESIZE") / 1e6,
            threading.active_count(),
            len(os.listdir("/proc/self/fd")),
            len(os.listdir(tempfile.gettempdir())),
        )


def leaks(samples: list[Sample]) -> list[str]:
    """One sentence for each thing of which there is more at the end than after the warm-up (the first fifth)."""
    tenth = max(1, len(samples) // 10)
    warm, late = samples[2 * tenth - 1 : 3 * tenth] or samples[:1], samples[-tenth:]
    found = []
    grown = median(s.megabytes for s in late) - median(s.megabytes for s in warm)
    if grown > _MOST_GROWTH:
        found.append(f"The process has grown by {grown:.0f} MB since its warm-up.")
    for name, said, more in (
        ("threads", "threads", 1),
        ("files", "open files", _MORE_OPEN_FILES),
        ("temporary", "temporary files", 1),
    ):
        before, after = (median(getattr(s, name) for s in some) for some in (warm, late))
        if after > before + more:
            found.append(f"{after:.0f} {said} are left at the end, where there were {before:.0f} after the warm-up.")
    return found


def rubbish(lake: Lake, keys: list[str]) -> list[str]:
    """The keys of a lake that belong to nothing: neither documents of the day nor files that a manifest names."""
    folder = lake.layout.day(DAY)
    named = {lake.layout.success(DAY)}
    for name, manifest in lake.manifests(DAY).items():
        named.add(lake.layout.manifest(name, DAY))
        named.update(f"{folder}{name}/{file.name}" for file in manifest.files)
    return sorted(set(keys) - named)


def scratch_left(temporary: Path) -> list[str]:
    """What exports left in a directory of temporary files and is to be gone.

    One folder stays, in which processes tell each other of the rate limit. And Python itself looks by a file of another
    name whether it may write there, and may be killed at that.
    """
    names = sorted(name for name in os.listdir(temporary) if name.startswith("hubspot-assets-"))
    return [name for name in names if name != f"hubspot-assets-rate-{os.getuid()}"]


@contextmanager
def portal_process(directory: Path, seed: int, faults: float) -> Iterator[tuple[str, str]]:
    """`hubspot-assets portal` in a process of its own; gives its URL and token."""
    command = [*(sys.executable, "-m", "hubspot_assets", "portal", "--companies", "30", "--contacts", "20")]
    command += ["--other-records", "3", "--properties", "4", "--no-limits", "--deals", "10", "--day", DAY]
    command += ["--seed", str(seed), "--faults", str(faults)]
    with (directory / "portal.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            told = dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
            yield told["HUBSPOT_API_URL"], told["HUBSPOT_ACCESS_TOKEN"]
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def other_export(kill_after: float | None) -> bool:
    """The same export in another process, killed after so many seconds; False when it was over before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hubspot_assets_tests.few_types", "export", "--day", DAY],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(kill_after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def soak(exports: int, seed: int, directory: Path) -> list[str]:
    """Run it; gives the leaks, one sentence each."""
    from hubspot_assets.defs.run import export_day

    chance = random.Random(seed)
    KNOWN.save(directory / "hubspot_catalog.json")
    (directory / "tmp").mkdir()
    with portal_process(directory, seed, _FAULTS) as (url, token), serve_s3(directory / "s3") as s3:
        s3.bucket(BUCKET)
        variables = {
            **s3.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HUBSPOT_API_URL": url,
            "HUBSPOT_ACCESS_TOKEN": token,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/soak",
            "HUBSPOT_CATALOG": str(directory / "hubspot_catalog.json"),
            "HUBSPOT_ALLOW_LATE_SNAPSHOT": "true",  # it may run past midnight
            "TMPDIR": str(directory / "tmp"),
        }
        with environment(variables):
            tempfile.tempdir = None  # so that TMPDIR is looked at
            client = boto3.Session().client("s3")
            lake = Lake(client, BUCKET, "soak")
            began = time.monotonic()
            other_export(None)
            longest = time.monotonic() - began
            samples: list[Sample] = []
            kills = failed = 0
            seconds = 0.0
            print("exports  kills  failed   MB  threads  open files  temporary  s an export")
            while len(samples) < exports:
                if samples and len(samples) % 10 == 0:
                    began = time.monotonic()
                    if other_export(chance.uniform(0.2, 0.9) * longest):
                        kills += 1
                    else:  # the machine has less to do than before
                        longest = time.monotonic() - began
                began = time.monotonic()
                failed += bool(export_day(DAY, lake=lake).failed)
                seconds += time.monotonic() - began
                samples.append(Sample.now())
                if len(samples) % max(1, exports // 20) == 0:
                    s = samples[-1]
                    print(
                        f"{len(samples):7}{kills:7}{failed:8}{s.megabytes:5.0f}{s.threads:9}{s.files:12}"
                        f"{s.temporary:11}{seconds / len(samples):13.2f}",
                        flush=True,
                    )
            found = leaks(samples)
            for _ in range(10):
                if not export_day(DAY, lake=lake).failed:
                    break
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
            left = rubbish(lake, [entry["Key"] for page in pages for entry in page.get("Contents", ())])
            if left:
                found.append(f"{len(left)} objects in S3 belong to nothing, such as {', '.join(left[:3])}.")
            if temporary := scratch_left(directory / "tmp"):
                found.append(f"{len(temporary)} temporary files are left, such as {', '.join(temporary[:3])}.")
            verified = subprocess.run(
                [sys.executable, "-m", "hubspot_assets", "verify", "--day", DAY, "--full"],
                cwd=_ROOT,
                capture_output=True,
                check=False,
            )
            if verified.returncode:
                found.append("`hubspot-assets verify --full` finds differences in the day that was exported last.")
            print(f"{exports} exports, {kills} killed beside them, {failed} with tables not in; seed {seed}")
        tempfile.tempdir = None
    return found


def main() -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--exports", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    logging.getLogger("hubspot_assets.hubspot").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="hubspot-soak-") as directory:
        found = soak(asked.exports, asked.seed, Path(directory))
    for leak in found:
        print(f"LEAK: {leak}")
    print("Nothing piles up." if not found else f"{len(found)} leaks.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
