"""Pipelines and their stages, of every type that has them."""

from dataclasses import dataclass
from typing import Any

from hubspot_assets.demo.portal.settings import PortalSettings

from .object_types import ObjectType
from .times import DAY_MS, iso, ms_of

_STAGES = ("New", "In “progress”, early", "Waiting", "Won / done", "Lost")


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as the API gives it, stages inside."""

    pipeline_id: str
    stage_ids: tuple[str, ...]
    as_json: dict[str, Any]


class Pipelines:
    """The pipelines of every type: HubSpot's own, one of the account's, and an archived one."""

    def __init__(self, settings: PortalSettings) -> None:
        self._made_ms = ms_of(settings.first_day) - 500 * DAY_MS

    def of(self, object_type: ObjectType) -> list[Pipeline]:
        """Every pipeline, the archived too."""
        if not object_type.pipelines:
            return []
        tickets = object_type.object_type_id == "0-5"
        return [
            self._pipeline(object_type, "0" if tickets else "default", f"{object_type.singular} pipeline", 0, False),
            self._pipeline(
                object_type, f"{object_type.number % 99991}77", f"{object_type.singular}, “partners”", 1, False
            ),
            self._pipeline(object_type, f"{object_type.number % 99991}99", "Old pipeline", 2, True),
        ]

    def _pipeline(self, object_type: ObjectType, pipeline_id: str, label: str, order: int, archived: bool) -> Pipeline:
        first = pipeline_id in {"0", "default"}
        stages = [self._stage(object_type, pipeline_id, first, n, archived or (n == 2 and not first)) for n in range(5)]
        as_json = {
            "label": label,
            "displayOrder": order,
            "id": pipeline_id,
            **self._dates(order, archived),
            "stages": stages,
        }
        return Pipeline(pipeline_id, tuple(s["id"] for s in stages if not s["archived"]), as_json)

    def _stage(
        self, object_type: ObjectType, pipeline_id: str, first: bool, order: int, archived: bool
    ) -> dict[str, Any]:
        if object_type.object_type_id == "0-5":
            metadata = {"isClosed": str(order > 2).lower(), "ticketState": "CLOSED" if order > 2 else "OPEN"}
        else:
            metadata = {"isClosed": str(order > 2).lower(), "probability": ("0.2", "0.4", "0.6", "1.0", "0.0")[order]}
        stage_id = f"stage{order}" if first and object_type.object_type_id == "0-3" else f"{pipeline_id}_{order}"
        return {
            "label": _STAGES[order],
            "displayOrder": order,
            "metadata": metadata,
            "id": str(order + 1) if pipeline_id == "0" else stage_id,
            **self._dates(order, archived),
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }

    def _dates(self, order: int, archived: bool) -> dict[str, Any]:
        made = self._made_ms + order * 1000
        dates = {"createdAt": iso(made), "updatedAt": iso(made + 7 * DAY_MS + 123), "archived": archived}
        return {**dates, "archivedAt": iso(made + 9 * DAY_MS)} if archived else dates
