"""A process that does with a day what it is told, line by line, and answers each with a line. See `test_processes.py`.

take <dead_after>      -> held by <pid>, or the error
write <TABLE>          -> written, or the error
"""

import os
import sys
from contextlib import ExitStack

import boto3
import polars as pl

from hubspot_assets.lake import Lake, LakeError, TableContent


def main(url: str, endpoint: str, day: str) -> None:
    """Read orders until there are no more."""
    lake = Lake.from_url(url, boto3.client("s3", endpoint_url=endpoint))
    with ExitStack() as stack:
        for line in sys.stdin:
            order, _, what = line.strip().partition(" ")
            try:
                if order == "take":
                    taking = lake.exporting(day, whole=True, dead_after=float(what))
                    lake = stack.enter_context(taking)
                    answer = f"held by {os.getpid()}"
                else:
                    lake.write(what, day, TableContent.of_frame(pl.DataFrame({"ID": ["other process"]})))
                    answer = "written"
            except LakeError as error:
                answer = f"{type(error).__name__}: {error}"
            print(answer, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
