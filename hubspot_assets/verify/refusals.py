"""What cannot be compared: what HubSpot did not give to the export, or does not give now.

A refusal is never "none there". Where the export tells the same refusal, it is as it says; where it holds rows that
HubSpot does not give now, nobody can say whether they are right; where HubSpot gives now what the export tells as
refused, that is a difference, and told once. Not here: what is asked and compared (the checks of each family).
"""

from collections.abc import Callable
from typing import TypeVar

from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.hubspot.errors import BadRequest, NotFound, Refused
from hubspot_assets.lake import PartUnavailable
from hubspot_assets.verify.exported import ExportedDay
from hubspot_assets.verify.report import WHOLE_TABLE, TableReport

T = TypeVar("T")

GIVEN_NOW = "HubSpot now returns it"
CUSTOM_EVENTS = ("definitions of custom events", "custom events")
"""All custom event types are refused at once, whether a table has them itself, their properties or their events."""
PROPERTIES_OF_STAGES = "properties of the pipeline stages of"
"""What a part is called that a table of records lacks where HubSpot refuses pipelines."""


def answer_or_refusal(ask: Callable[[], T]) -> "T | HubSpotError":
    """The answer, or HubSpot's refusal to give it. Raises what is no refusal."""
    try:
        return ask()
    except Refused as error:
        return error


def comparable(report: TableReport, day: ExportedDay, table: Table, answer: "T | HubSpotError") -> T | None:
    """The answer a table can be compared with; None where it cannot be, and its report says why."""
    if isinstance(answer, HubSpotError):
        report.not_compared = str(answer)
        return None
    if not day.has(table):
        report.differs("", WHOLE_TABLE, report.unavailable, GIVEN_NOW)
        return None
    return answer


def comparable_part(
    report: TableReport, told: PartUnavailable | None, part: str, answer: "T | HubSpotError", *, is_there: bool
) -> T | None:
    """The answer a part of a table can be compared with, or None. `told`: what the manifest says of the part.

    `is_there`: whether the export has rows of it. Only what it has, or does not account for, stays open.
    """
    if not isinstance(answer, HubSpotError):
        if told is None:
            return answer
        report.differs("", part, told.message, GIVEN_NOW)
    elif told is not None and not is_there:
        report.notes.append(f"{part}: not compared, because HubSpot still refuses it ({answer})")
    elif is_there or not isinstance(answer, BadRequest | NotFound):
        # "No such type" is an answer where there is nothing; a missing scope is none.
        report.parts_not_compared[part] = str(answer)
    return None


def told_of(day: ExportedDay, table: Table, what: str, *about: str) -> PartUnavailable | None:
    """What the manifest of a table says of the part about these ids, if HubSpot did not give it.

    `what`: the words that the part's name begins with, such as "properties of".
    """
    for part in day.manifests[table.name].parts_unavailable:
        is_of_stages = part.part.startswith(PROPERTIES_OF_STAGES)
        is_named = part.part.startswith(what) and is_of_stages == (what == PROPERTIES_OF_STAGES)
        if is_named and part.about == about:
            return part
    return None
