"""What a run was started with, and whether a process of it that runs single steps has the same.

With Dagster's default executors all steps run where their run does. Others (multiprocess, Celery, Kubernetes, ECS) run
each in a process of its own, perhaps on another machine: that makes definitions anew, of its own environment, portals
file and portal catalogue, and would write what they say into the folder that they name. So each run notes what decides
what is read and where it goes, and a step that finds something else fails before it reads or writes.

Not here: which processes of a run need not look (`holding.py`), what the settings are (`settings.py`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

import dagster as dg

from hubspot_assets.errors import SettingError
from hubspot_assets.outside_text import one_line
from hubspot_assets.settings import Settings, variable

# What begins so is not shown in the UI.
_PLANNED = ".dagster/hubspot_assets/planned"
_FINGERPRINT = "sha256:"


def fingerprint(text: str) -> str:
    """Return what tells two texts apart and neither of them."""
    return _FINGERPRINT + hashlib.sha256(text.encode()).hexdigest()[:16]


def decided_by(settings: Settings, fields: Iterable[str]) -> dict[str, str]:
    """Return these settings by what a person calls them: the variable, or the field of the portal's entry."""
    of_portal = f" of {settings.portal}"
    return {
        f"{field}{of_portal}" if settings.portal else variable(field): str(getattr(settings, field)) for field in fields
    }


def note_planned(instance: dg.DagsterInstance, run_id: str, decided: Mapping[str, str]) -> None:
    """Note what a run was started with. A run that executes another again has that one's tags, and replaces this."""
    instance.add_run_tags(run_id, {_PLANNED: json.dumps({run_id: decided})})


def check_planned(instance: dg.DagsterInstance, run_id: str, decided: Mapping[str, str]) -> None:
    """Raise SettingError where a process of a run has something else than the run was started with."""
    planned = _planned(instance, run_id)
    for name, here in decided.items():
        if (there := planned.get(name, here)) != here:
            differs = (
                "is another one"
                if here.startswith(_FINGERPRINT)
                else f"is {one_line(here)!r} and not {one_line(there)!r}"
            )
            raise SettingError(
                f"{name} {differs} in the process of this step, unlike where its run was started: give every machine "
                "that runs steps the same settings, portals file and portal catalogue, and start the run again."
            )


# Every step asks several times, and Dagster looks it up in its database.
@lru_cache(maxsize=4)
def _planned(instance: dg.DagsterInstance, run_id: str) -> dict[str, str]:
    run = instance.get_run_by_id(run_id)
    noted: dict[str, dict[str, str]] = json.loads((run and run.tags.get(_PLANNED)) or "{}")
    return noted.get(run_id, {})
