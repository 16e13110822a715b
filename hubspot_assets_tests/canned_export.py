"""Exports of a HubSpot whose answers a test writes down (`hubspot/canned.py`) into a lake of its own.

For what the demo portal does not answer. Not here: exports of the demo portal (`small_export.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import polars as pl

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.checks.outcome import DayExport
from hubspot_assets.defs.run import export_day
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, Manifest
from hubspot_assets_tests.exported import BUCKET, YESTERDAY, environment
from hubspot_assets_tests.hubspot.canned import Answer, CannedHubSpot, Request

NOT_THERE = Answer({"status": "error", "message": "no such path", "category": "OBJECT_NOT_FOUND"}, status=404)


def missing_scope(scope: str) -> Answer:
    """HubSpot's refusal of a token that lacks a scope."""
    told = {"message": "One or more scopes are required.", "context": {"requiredGranularScopes": [scope]}}
    return Answer({"status": "error", "message": "No.", "category": "MISSING_SCOPES", "errors": [told]}, status=403)


def definition(name: str, type_: str = "string") -> dict[str, Any]:
    """A property as the properties API defines it."""
    return {"name": name, "label": name, "type": type_, "fieldType": "text", "createdAt": "2020-01-01T00:00:00Z"}


@dataclass
class CannedExport:
    """`answers`: a path -> what is answered there, or what makes the answer of a request; any other is not there."""

    lake: Lake
    answers: dict[str, Any] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Any:
        self.seen.append(request)
        found = self.answers.get(request.path, NOT_THERE)
        return found(request) if callable(found) else found

    def define(self, type_id: str, *properties: dict[str, Any]) -> None:
        """Have the properties API define these, none of them archived or sensitive."""

        def answer(request: Request) -> Any:
            plain = request.one("dataSensitivity") == "non_sensitive" and request.one("archived") == "false"
            return {"results": list(properties) if plain else []}

        self.answers[f"/crm/properties/2026-09/{type_id}"] = answer

    def export(self, *tables: str, day: str = str(YESTERDAY)) -> DayExport:
        return export_day(day, tables, lake=self.lake)

    def manifest(self, table: str, day: str = str(YESTERDAY)) -> Manifest:
        return self.lake.manifest(table, day)

    def frame(self, table: str, day: str = str(YESTERDAY)) -> pl.DataFrame:
        return self.lake.read(table, day).collect()


@contextmanager
def canned_export(
    s3: DemoS3, directory: Path, catalogue: Portal, variables: Mapping[str, str] | None = None
) -> Iterator[CannedExport]:
    """A HubSpot that has nothing yet, and a folder of `s3`. `variables` are set in the environment besides."""
    catalogue_file = directory / "hubspot_catalog.json"
    catalogue.save(catalogue_file)
    settings = {
        **(variables or {}),
        **s3.environment,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HUBSPOT_ACCESS_TOKEN": "never-sent-anywhere",
        "HUBSPOT_S3_URL": f"s3://{BUCKET}/{directory.name}",
        "HUBSPOT_CATALOG": str(catalogue_file),
    }
    with environment(settings):
        lake = Lake.from_url(settings["HUBSPOT_S3_URL"], boto3.Session().client("s3"))
        export = CannedExport(lake)
        made: Callable[..., Any] = lambda *_, **__: CannedHubSpot(export.answer).client()  # noqa: E731
        with patch("hubspot_assets.defs.resources.HubSpotClient", made):
            yield export
