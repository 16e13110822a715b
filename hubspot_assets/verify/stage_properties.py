"""Properties of pipeline stages that HubSpot keeps on records and does not define, by the portal's own pipelines.

Any of them may be on a record; a table has a column of those that some record has. Not here: the comparison.
"""

import re
from collections.abc import Collection

from hubspot_assets.hubspot import HubSpotClient, pipelines
from hubspot_assets.hubspot.errors import Refused
from hubspot_assets.verify.records import Property

_DATES = ("hs_v2_date_entered", "hs_v2_date_exited", "hs_date_entered", "hs_date_exited")
_TIMES = ("hs_v2_latest_time_in", "hs_v2_cumulative_time_in", "hs_time_in")


def undefined(client: HubSpotClient, type_id: str, defined: Collection[str]) -> list[Property]:
    """The stage properties of a type but the defined ones; none where nothing is defined or pipelines are refused."""
    if not defined:
        return []
    try:
        stages = [str(stage["id"]) for one in pipelines.read(client, type_id) for stage in one.get("stages") or ()]
    except Refused:
        return []
    known = {name.lower() for name in defined}
    spelled = {re.sub("[^0-9a-z_]", "_", stage.lower()) for stage in stages}
    spelled |= {stage for stage in stages if re.fullmatch(r"[0-9A-Za-z_.-]+", stage)}
    types = dict.fromkeys(_DATES, "datetime") | dict.fromkeys(_TIMES, "number")
    names = {f"{family}_{stage}": type_ for stage in spelled for family, type_ in types.items()}
    return sorted(Property(name, type_) for name, type_ in names.items() if name.lower() not in known)
