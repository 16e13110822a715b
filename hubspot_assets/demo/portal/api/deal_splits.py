"""Deal splits API: ``POST /deal-splits/{V}/batch/read``, by the ids of deals; there is no list of splits."""

from typing import Any

import msgspec

from hubspot_assets.demo.portal.routing import Answer, Call, Endpoint, both

from .objects import batch_answer

SCOPES = ("crm.dealsplits.read_write",)


def read_batch(call: Call) -> Answer:
    rows, missing = [], []
    for deal_id in dict.fromkeys(str(item.get("id", "")) for item in call.inputs(call.settings.deal_splits_maximum)):
        splits = call.world.deal_splits.of(deal_id)
        if splits is None:
            missing.append(deal_id)
        else:
            rows.append(msgspec.json.encode({"id": deal_id, "splits": [split.as_json() for split in splits]}))
    return batch_answer(call, b",".join(rows), _errors(missing), len(missing))


def _errors(missing: list[str]) -> list[dict[str, Any]]:
    error = {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Some deals do not exist",
        "context": {"ids": missing},
    }
    return [error] if missing else []


_PATHS = both(
    ("/crm/objects/v3/deals/splits/batch/read", "/crm/v3/objects/deals/splits/batch/read"),
    "/deal-splits/{V}/batch/read",
)
ENDPOINTS = [Endpoint("POST", _PATHS, read_batch, SCOPES)]
