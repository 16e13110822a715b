"""Properties that HubSpot keeps of each pipeline stage: on the records, and not always among the property definitions.

When a record came into a stage, when it left it, how long it was there. Their names follow from the ids of the stages,
so they can be asked for without a definition; a name that no record has costs nothing but its letters (hundreds of
stages cost another call for each page). Facts: the names of the families, and that they are not always defined.
Concluded from names seen: of an id that is no property name by itself, capital letters are small ones and everything
else is `_` (HubSpot adds a number to some, which nobody can tell).

Not here: stages themselves (`definitions.py`), properties that are defined (`properties.py`).
"""

import re
from collections.abc import Iterator

import polars as pl

from hubspot_assets.tables.properties import Property

#: Beginning of the name -> type and what its label begins with.
_FAMILIES = {
    "hs_v2_date_entered": ("datetime", "Date entered"),
    "hs_v2_date_exited": ("datetime", "Date exited"),
    "hs_v2_latest_time_in": ("number", "Latest time in"),
    "hs_v2_cumulative_time_in": ("number", "Cumulative time in"),
    "hs_date_entered": ("datetime", "Date entered"),
    "hs_date_exited": ("datetime", "Date exited"),
    "hs_time_in": ("number", "Time in"),
}
_AS_IT_IS = re.compile(r"[0-9A-Za-z_.-]+")
_NO_PART_OF_A_NAME = re.compile(r"[^0-9a-z_]")


def stage_properties(
    pipeline_stages: pl.LazyFrame, property_definitions: pl.LazyFrame, object_type_id: str
) -> list[Property]:
    """Return the stage properties that a type may have beyond its defined ones, by name.

    Of the day's PIPELINE_STAGES and PROPERTY_DEFINITIONS. None of a type without definitions: it is not known which of
    its properties are sensitive.
    """
    stages = pipeline_stages.filter(pl.col("OBJECTTYPEID") == object_type_id).select("STAGEID", "LABEL").collect()
    if stages.is_empty():
        return []
    of_type = property_definitions.filter(pl.col("OBJECTTYPEID") == object_type_id).select("NAME").collect()
    # A property that is defined is asked for by its definition, or held back for it.
    defined = {name.lower() for (name,) in of_type.iter_rows()}
    if not defined:
        return []
    found: dict[str, Property] = {}
    for stage_id, label in stages.iter_rows():
        for family, (type_, words) in _FAMILIES.items():
            for part in _parts(stage_id):
                name = f"{family}_{part}"
                if name.lower() not in defined:
                    found.setdefault(name, Property(name, type_, f'{words} "{label or stage_id}"'))
    return sorted(found.values())


def _parts(stage_id: str) -> Iterator[str]:
    """Yield what stands for a stage in the name of a property."""
    as_name = _NO_PART_OF_A_NAME.sub("_", stage_id.lower())
    if as_name != stage_id and _AS_IT_IS.fullmatch(stage_id):
        yield stage_id
    yield as_name
