"""Whether today's calls will do: what the last export needed, against what HubSpot has left for the portal today.

Said before an export begins, because one that uses up the day's calls stops the portal's other integrations as well.
Not here: the rate within the day, which the limiter keeps (`hubspot.http.limiter`).
"""

import math
from datetime import date

from hubspot_assets.hubspot import HubSpotClient, account, objects
from hubspot_assets.lake import Lake, Manifest

_HISTORY = "OBJECT_PROPERTIES_HISTORY/"
_RECORDS = "OBJECTS/"


def shortfall(client: HubSpotClient, lake: Lake, day: str, full_history_days: int) -> str | None:
    """One sentence where the calls that are left will not do for an export of `day`; else None.

    None, too, where HubSpot does not tell how many are left, or no earlier day was exported. Raises LakeError.
    """
    left = account.calls_left(client)
    last = next((earlier for earlier in reversed(lake.days()) if earlier < day and lake.success(earlier)), None)
    if left is None or last is None:
        return None
    needed = calls_needed(lake.manifests(last), day, full_history_days)
    if needed <= left.left:
        return None
    reset = f" until {left.resets_at}" if left.resets_at else ""
    return (
        f"The calls of today will not do: by the export of {last}, that of {day} needs about {needed:,}, and "
        f"{left.left:,} of the portal's {left.limit:,} are left{reset}. It will stop when they are used up, and go on "
        "when it is started again; the portal's other integrations have none left then either."
    )


def calls_needed(last: dict[str, Manifest], day: str, full_history_days: int) -> int:
    """What an export of `day` will cost, by the manifests of the last one: the same, and more where history is due."""
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
