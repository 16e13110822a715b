"""Whether today's calls will do: what the last export needed, against what HubSpot has left for the portal today.

Said before an export begins, because one that uses up the day's calls stops the portal's other integrations as well.
Not here: the rate within the day, which the limiter keeps (`hubspot.http.limiter`), a first export (`first_export.py`).
"""

import logging
import math
from datetime import date

from hubspot_assets.hubspot import objects
from hubspot_assets.hubspot.account import CallsLeft
from hubspot_assets.lake import Lake, LakeError, Manifest

logger = logging.getLogger("hubspot_assets.reading")

_HISTORY = "OBJECT_PROPERTIES_HISTORY/"
_RECORDS = "OBJECTS/"


def shortfall(left: CallsLeft | None, lake: Lake, day: str, full_history_days: int) -> str | None:
    """One sentence where the calls that are left will not do for an export of `day`; else None.

    None, too, where HubSpot does not tell how many are left, or no earlier day that can be read was exported.
    """
    last, manifests = _last_whole(lake, day)
    if left is None or last is None:
        return None
    needed = calls_needed(manifests, day, full_history_days)
    if needed <= left.left:
        return None
    reset = f" until {left.resets_at}" if left.resets_at else ""
    return (
        f"There are not enough calls left today: judging by the export of {last}, that of {day} needs about "
        f"{needed:,}, and {left.left:,} of the portal's {left.limit:,} are left{reset}. The export will stop when "
        "they are used up, and continue when you start it again; the portal's other integrations will have none "
        "left either."
    )


def calls_of_last_export(lake: Lake, day: str, full_history_days: int) -> int | None:
    """Return how many calls an export of `day` needs by the last whole one before it; None where there is none."""
    last, manifests = _last_whole(lake, day)
    return calls_needed(manifests, day, full_history_days) if last else None


def _last_whole(lake: Lake, day: str) -> tuple[str | None, dict[str, Manifest]]:
    earlier_days = [earlier for earlier in reversed(lake.days()) if earlier < day]
    try:
        last = next((earlier for earlier in earlier_days if lake.success(earlier)), None)
        return last, lake.manifests(last) if last else {}
    except LakeError as error:
        # A forecast is help: an earlier day that is damaged must not keep this one from being exported.
        logger.warning("Earlier days cannot be read to tell whether today's calls are enough: %s", error)
        return None, {}


def calls_needed(last: dict[str, Manifest], day: str, full_history_days: int) -> int:
    """Return what an export of `day` will cost, by the manifests of the last one: the same, and more where history is
    due.
    """
    # The tables of one reading all tell its calls.
    readings = {(m.captured.from_, m.captured.to, m.api_calls): 0 for m in last.values()}
    for name, manifest in last.items():
        records = last.get(name.replace(_HISTORY, _RECORDS)) if name.startswith(_HISTORY) else None
        # What is united from other tables needs no calls of its own.
        is_read = manifest.api_calls > 0
        if (
            is_read
            and records is not None
            and manifest.carried
            and _is_due(manifest.carried.read_whole, day, full_history_days)
        ):
            whole = math.ceil(records.rows / objects.PAGE_WITH_HISTORY)
            reading = (manifest.captured.from_, manifest.captured.to, manifest.api_calls)
            readings[reading] = max(0, whole - manifest.api_calls)
    return sum(calls + more for (_, _, calls), more in readings.items())


def _is_due(read_whole: str, day: str, full_history_days: int) -> bool:
    return (date.fromisoformat(day) - date.fromisoformat(read_whole)).days >= full_history_days
