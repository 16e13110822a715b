"""The lake as a Dagster resource, on the S3Resource of dagster-aws.

Here: where the export goes and with which client. Not here: what happens in the bucket (`lake.lake`). No future
import of annotations: Dagster reads these at run time.
"""

import os
from functools import lru_cache
from typing import Any

import dagster as dg
from dagster_aws.s3 import S3Resource
from pydantic import Field

from hubspot_assets.defs.holding import run_of
from hubspot_assets.defs.planned import check_planned, decided_by
from hubspot_assets.defs.resources import run_elsewhere, run_that_uses, settings_of
from hubspot_assets.lake.errors import s3_errors
from hubspot_assets.lake.formats import formats_in
from hubspot_assets.lake.lake import Lake
from hubspot_assets.settings import Settings


class LakeResource(dg.ConfigurableResource[Lake]):
    """The folder in S3 that holds the days, reached through `s3`.

    Without `url` the environment variable HUBSPOT_S3_URL says where, and it is looked up when a run asks for the lake,
    so that definitions load on a machine that has none. Credentials, region and endpoint are boto3's own, unless
    `s3` sets them.
    """

    url: str = Field(default="", description="s3://<bucket>/<prefix>; if empty, HUBSPOT_S3_URL from the environment.")
    formats: str = Field(default="", description="As HUBSPOT_FORMATS.")
    drop_old_columns: str = Field(default="", description="As HUBSPOT_DROP_OLD_COLUMNS.")
    catalogue: str = Field(default="", description="A fingerprint of the portal catalogue that the graph is made of.")
    s3: S3Resource

    def lake(self) -> Lake:
        """The lake, in a run the one that holds its days. Raises SettingError when the url is missing or wrong."""
        run = run_that_uses(self)
        if run and (held := run_of(run.run_id).lake):
            return held
        if elsewhere := run_elsewhere(self):
            check_planned(*elsewhere, self.decided())
        settings = self.settings()
        url = settings.needed_s3_url()
        with s3_errors("reach", url):
            return Lake.from_url(url, _client(_Settings(self.s3)), formats_in(settings.formats))

    def decided(self) -> dict[str, str]:
        """What this decides of what is written and where, as runs note it."""
        return {
            "The portal catalogue": self.catalogue,
            **decided_by(self.settings(), ("s3_url", "formats", "drop_old_columns")),
        }

    def settings(self) -> Settings:
        """The settings that this makes. Raises SettingError for one that cannot be used."""
        return settings_of({"s3_url": self.url, "formats": self.formats, "drop_old_columns": self.drop_old_columns})


class _Settings:
    """An S3Resource and the AWS environment it falls back to, compared by value."""

    def __init__(self, s3: S3Resource) -> None:
        self.s3 = s3
        environment = sorted((k, v) for k, v in os.environ.items() if k.startswith(("AWS_", "HUBSPOT_S3_")))
        self._key = (type(s3), s3.model_dump_json(), tuple(environment))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Settings) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


# Dagster sets resources up anew for every step, and a new client costs 0.15 s and its connections: keep the last ones.
@lru_cache(maxsize=4)
def _client(settings: _Settings) -> Any:
    return settings.s3.get_client()
