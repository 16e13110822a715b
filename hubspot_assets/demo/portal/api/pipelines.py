"""Pipelines API: the pipelines of a type, unpaged, stages inside."""

from typing import Any

from hubspot_assets.demo.portal.errors import not_found
from hubspot_assets.demo.portal.routing import Call, Endpoint, both

from .objects import object_type_of
from .properties import schema_scopes_of


def list_pipelines(call: Call) -> dict[str, Any]:
    archived = call.flag("archived")
    pipelines = [p.as_json for p in call.world.pipelines.of(object_type_of(call))]
    return {"results": [p for p in pipelines if p["archived"] is archived]}


def _one(call: Call) -> dict[str, Any]:
    for pipeline in call.world.pipelines.of(object_type_of(call)):
        if pipeline.pipeline_id == call.path["pipeline_id"]:
            return pipeline.as_json
    raise not_found(f"Pipeline {call.path['pipeline_id']} does not exist")


def one_pipeline(call: Call) -> dict[str, Any]:
    return _one(call)


def list_stages(call: Call) -> dict[str, Any]:
    return {"results": _one(call)["stages"]}


def one_stage(call: Call) -> dict[str, Any]:
    for stage in _one(call)["stages"]:
        if stage["id"] == call.path["stage_id"]:
            return dict(stage)
    raise not_found(f"Stage {call.path['stage_id']} does not exist")


ENDPOINTS = [
    Endpoint(
        "GET",
        both(f"/crm/v3/pipelines/{{object_type}}{rest}", f"/crm/pipelines/{{V}}/{{object_type}}{rest}"),
        handler,
        schema_scopes_of,
    )
    for rest, handler in (
        ("", list_pipelines),
        ("/{pipeline_id}", one_pipeline),
        ("/{pipeline_id}/stages", list_stages),
        ("/{pipeline_id}/stages/{stage_id}", one_stage),
    )
]
