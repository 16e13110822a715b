"""What `--help` tells beside the commands' own words: in which order they are used, for what, and examples of each.

Not here: what a command and its options do (the modules of the commands).
"""

from collections.abc import Mapping, Sequence
from typing import Any

_PANELS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "Try it out": {
        "demo": ("demo", "demo --ui"),
        "portal": ("portal --port 8000 --awkward", "portal --fault 429_daily=0.01 --latency-ms 250"),
    },
    "Set up": {
        "connect": ("connect policy --url s3://my-bucket/hubspot", "connect check"),
        "discover": ("discover",),
        "tables": ("tables --select 'OBJECTS_*'", "tables --scopes --select contacts --select deals"),
    },
    "Every day": {
        "export": ("export", "export --select contacts --select associations", "export --exclude 'EVENTS_*'"),
        "status": ("status --days 30", "status --json"),
        "verify": ("verify --day 2026-11-23 --sample 1000", "verify --full --select OBJECTS_DEALS"),
    },
    "Use the exported days": {
        "query": ('query "SELECT COUNT(*) FROM OBJECTS_CONTACTS"', "query --csv - < deals.sql"),
        "changes": ("changes --from 2026-11-22 --to 2026-11-23", "changes --from 2026-11-22 --to 2026-11-23 OWNERS"),
        "dictionary": ("dictionary --format dbt > sources.yml",),
        "sql": ("sql --for snowflake", "sql --for duckdb --day 2026-11-23 --select OBJECTS_CONTACTS"),
    },
}

ORDER = tuple(name for commands in _PANELS.values() for name in commands)
"""The commands, as a newcomer needs them one after another."""


def examples(command: str) -> list[str]:
    """Return examples of a command, as they are typed."""
    return [f"hubspot-assets {line}" for line in _PANELS[_panel(command)][command]]


def help_of(command: str) -> dict[str, Any]:
    """Return what typer is told of a command beside itself: its panel, and its examples below its options."""
    epilog = "\n\n".join(("For example:", *examples(command)))
    return {"name": command, "rich_help_panel": _panel(command), "epilog": epilog}


def _panel(command: str) -> str:
    return next(panel for panel, commands in _PANELS.items() if command in commands)
