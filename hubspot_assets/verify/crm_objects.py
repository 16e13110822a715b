"""The six tables of each type that the CRM objects API serves, against that API.

The export lists records; here they are read by batch read, which is another route to the same records. Counts are
those of the limits API, and where they do not agree (or everything is compared) the ids of a plain walk. The kinds of
engagements are held against their own tables and against those of `engagements` at once.

Here: what can be compared, and by which properties. Not here: the comparison (`crm_comparison.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hubspot_assets.catalog.portal_tables import ObjectTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, pipelines, properties, versions
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.verify import stage_properties
from hubspot_assets.verify.crm_comparison import CrmRecords, Defined, TypeComparison
from hubspot_assets.verify.exported import ExportedDay, Sampling, exported_properties
from hubspot_assets.verify.refusals import PROPERTIES_OF_STAGES, answer_or_refusal, comparable, comparable_part, told_of
from hubspot_assets.verify.report import TableReport


class CrmObjects:
    """Compares types of the CRM objects API."""

    def __init__(self, client: HubSpotClient, day: ExportedDay, sampling: Sampling) -> None:
        self._client = client
        self._day = day
        self._sampling = sampling
        self.records = CrmRecords(client)

    def check(self, tables: ObjectTables, reports: Mapping[str, TableReport], also: ObjectTables | None = None) -> None:
        """Compare the tables of a type, and its part of the tables `also` (engagements)."""
        type_id = tables.object_type.object_type_id
        wanted = [t for t in (*tables, *(also or ())) if t.name in reports and reports[t.name].missing is None]
        if not wanted:
            return
        answer = answer_or_refusal(lambda: self._first_page(type_id))
        for table in set(wanted) & set(tables):
            comparable(reports[table.name], self._day, table, answer)
        if isinstance(answer, HubSpotError) or not self._day.has(tables.ids):
            self._not_compared(tables, [t for t in wanted if self._day.has(t)], reports, answer)
            return
        definitions = answer_or_refusal(lambda: properties.definitions(self._client, type_id))
        defined = self._defined(
            tables, [t for t in wanted if t in set(tables) and self._day.has(t)], reports, definitions
        )
        with scratch_directory() as directory:
            there = [t for t in wanted if self._day.has(t)]
            TypeComparison(self.records, self._day, self._sampling, tables, also, there, defined, directory).run(
                reports
            )

    def _not_compared(
        self,
        tables: ObjectTables,
        there: Sequence[Table],
        reports: Mapping[str, TableReport],
        answer: dict[str, Any] | HubSpotError,
    ) -> None:
        """Say of tables that hold rows why those of this type were not compared."""
        why = str(answer) if isinstance(answer, HubSpotError) else f"the day has no {tables.ids.name}"
        for table in there:
            if table in set(tables):
                reports[table.name].not_compared = why
            elif self._day.has(tables.ids):
                reports[table.name].parts_not_compared[f"rows of {tables.wide.name}"] = why

    def _defined(
        self,
        tables: ObjectTables,
        there: Sequence[Table],
        reports: Mapping[str, TableReport],
        answer: "list[dict[str, Any]] | HubSpotError",
    ) -> Defined:
        """The properties of a type: HubSpot's word, or where it refused or refuses that, the export's own."""
        type_id = tables.object_type.object_type_id
        known = exported_properties(self._day, type_id)
        by_hubspot = not isinstance(answer, HubSpotError)
        for table in there:
            told = told_of(self._day, table, "properties of", type_id)
            part = f"properties of {type_id}"
            by_hubspot &= comparable_part(reports[table.name], told, part, answer, is_there=bool(known)) is not None
        if by_hubspot and not isinstance(answer, HubSpotError):
            defined, names = Defined.of(answer), {d["name"] for d in answer}
        else:
            defined, names = Defined(known), {row["NAME"] for row in self._day.property_definitions.get(type_id, ())}
        if names:
            defined.of_stages = stage_properties.undefined(self._stages(type_id, there, reports), names)
        return defined

    def _stages(self, type_id: str, there: Sequence[Table], reports: Mapping[str, TableReport]) -> list[str]:
        """The stages of a type: HubSpot's word, or where it refused or refuses that, the export's own."""
        answer = answer_or_refusal(lambda: pipelines.read(self._client, type_id))
        exported = self._day.stages.get(type_id, [])
        by_hubspot = not isinstance(answer, HubSpotError)
        for table in there:
            told = told_of(self._day, table, PROPERTIES_OF_STAGES, type_id)
            part = f"{PROPERTIES_OF_STAGES} {type_id}"
            by_hubspot &= comparable_part(reports[table.name], told, part, answer, is_there=bool(exported)) is not None
        if not by_hubspot or isinstance(answer, HubSpotError):
            return exported
        return [str(stage["id"]) for one in answer for stage in one.get("stages") or ()]

    def _first_page(self, type_id: str) -> dict[str, Any]:
        return self._client.get(versions.path("objects", object_type=type_id), {"limit": 1})
