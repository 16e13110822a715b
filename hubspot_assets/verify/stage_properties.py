"""Properties of pipeline stages that HubSpot keeps on records and does not define, by the portal's own pipelines.

Any of them may be on a record; a table has a column of those that some record has. Pure.

Not here: which stages a type has, the comparison (`crm_objects.py`).
"""

import re
from collections.abc import Collection

from hubspot_assets.verify.records import Property

_DATES = ("hs_v2_date_entered", "hs_v2_date_exited", "hs_date_entered", "hs_date_exited")
_TIMES = ("hs_v2_latest_time_in", "hs_v2_cumulative_time_in", "hs_time_in")


def undefined(stages: Collection[str], defined: Collection[str]) -> list[Property]:
    """The properties of these stages (ids) but the defined ones."""
    known = {name.lower() for name in defined}
    spelled = {re.sub("[^0-9a-z_]", "_", stage.lower()) for stage in stages}
    spelled |= {stage for stage in stages if re.fullmatch(r"[0-9A-Za-z_.-]+", stage)}
    types = dict.fromkeys(_DATES, "datetime") | dict.fromkeys(_TIMES, "number")
    names = {f"{family}_{stage}": type_ for stage in spelled for family, type_ in types.items()}
    return sorted(Property(name, type_) for name, type_ in names.items() if name.lower() not in known)
