"""Data files that no manifest names, as exports leave them that died; a reader that globs would read them.

Here: which they are, in whose folder they lie, and whether one may still be named. Not here: what becomes of them
(`lake`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hubspot_assets.lake.layout import data_file_number
from hubspot_assets.lake.manifest import Manifest


@dataclass(frozen=True)
class Strays:
    """Of one day, key to the table in whose folder it lies.

    `over`: cannot be named any more. `open`: may be those of an export under way. `foreign`: in folders of no export.
    """

    over: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)


def strays_in(folder: str, keys: Iterable[str], manifests: Mapping[str, Manifest]) -> Strays:
    """Return the strays among the keys of a day, whose folder is `folder`.

    `manifests`: of its tables, by their names.
    """
    named = {f"{folder}{name}/{file.name}" for name, found in manifests.items() for file in found.files}
    strays = Strays()
    for key in keys:
        place, _, name = key.rpartition("/")
        number, table = data_file_number(name), place[len(folder) :]
        if number is None or key in named:
            continue
        if table not in manifests:
            strays.foreign[key] = table
        elif _is_over(number, manifests[table]):
            strays.over[key] = table
        else:
            strays.open[key] = table
    return strays


def _is_over(number: int, manifest: Manifest) -> bool:
    # An export counts on from all files that are there. One that began with this manifest in force has higher numbers
    # than it; one that began before comes too late to get its own into force.
    return number < max((data_file_number(file.name) or 0 for file in manifest.files), default=0)
