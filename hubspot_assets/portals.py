"""Several portals in one deployment: a file of a few lines for each, and the settings that they make.

    eu:
      token_variable: HUBSPOT_TOKEN_EU
      s3_url: s3://bucket/hubspot-eu
      timezone: Europe/Berlin
    us:
      token_variable: HUBSPOT_TOKEN_US
      s3_url: s3://bucket/hubspot-us

An entry is a portal's name and what it sets of `Settings`. What it does not set is as the environment has it, but for
the token, the folder and the catalogue, which no two portals share. Not here: what a setting means (`settings`), how
the names in Dagster carry the portal's (`defs.declaring`).
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hubspot_assets.errors import SettingError
from hubspot_assets.files import instead_of_file
from hubspot_assets.outside_text import one_line
from hubspot_assets.settings import Settings, variable

# Dagster takes letters, digits and underscores; two of these part the portal's name from what follows it.
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_OWN = ("token_variable", "s3_url")
_NOT_OF_AN_ENTRY = ("access_token", "portal", "portals")
# Whoever is told of failed runs is told of those of all portals.
_OF_DEPLOYMENT = "alert_"


def every_portal(settings: Settings) -> list[Settings]:
    """Return the settings of each portal of the portals file, or these alone where there is no such file.

    Raises SettingError, in one sentence, for a file or an entry that cannot be used.
    """
    entries = _entries(settings.portals)
    if entries is None:
        return [settings]
    found = [_settings_of(settings.portals, name, entry) for name, entry in entries.items()]
    for field in ("s3_url", "catalog"):
        owners: dict[str, str] = {}
        for one in found:
            value = str(getattr(one, field)).rstrip("/")
            if (other := owners.setdefault(value, one.portal)) != one.portal:
                raise SettingError(
                    f"{settings.portals}: {other} and {one.portal} have the same {field}, {value}: give each its own."
                )
    return found


def one_portal(settings: Settings) -> Settings:
    """Return the settings of the portal that HUBSPOT_PORTAL names, or these where there is no portals file.

    Raises SettingError where it names none of those that there are.
    """
    found = {one.portal: one for one in every_portal(settings)}
    if settings.portal not in found:
        names = ", ".join(sorted(filter(None, found))) or f"none, because there is no {settings.portals}"
        raise SettingError(
            f"{variable('portal')} is {one_line(settings.portal)!r}, which is not a portal in {settings.portals}: "
            f"set it to one of them ({names})."
        )
    return found[settings.portal]


def _entries(path: Path) -> Mapping[str, Any] | None:
    if other := instead_of_file(path):
        raise SettingError(f"{path}, the portals file, is {other} and not a file: set {variable('portals')} to a file.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if variable("portals") in os.environ:
            raise SettingError(f"{variable('portals')} names {path}, which does not exist: correct it.") from None
        return None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingError(f"{path}, the portals file, cannot be read ({one_line(str(error))}): correct it.") from error
    if not isinstance(content, dict) or not content:
        raise SettingError(
            f"{path}, the portals file, names no portal: write each as `name:` with its settings below it."
        )
    return content


def _settings_of(path: Path, name: Any, entry: Any) -> Settings:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SettingError(
            f"{path}: {one_line(str(name))!r} cannot be a portal's name: use lower-case letters, digits and single "
            "underscores."
        )
    if not isinstance(entry, dict) or any(not entry.get(field) for field in _OWN):
        raise SettingError(f"{path}: {name} lacks {' or '.join(_OWN)}, which every portal must set for itself.")
    for field in entry:
        if str(field).startswith(_OF_DEPLOYMENT):
            raise SettingError(
                f"{path}: {name} sets {one_line(str(field))!r}, but alerts are for all portals: set "
                f"{variable(one_line(str(field)))} instead."
            )
        if field not in Settings.model_fields or field in _NOT_OF_AN_ENTRY:
            raise SettingError(
                f"{path}: {name} sets {one_line(str(field))!r}, which is not a setting of a portal: use the names of "
                "the variables without HUBSPOT_, in lower case. Never write a token there: name its variable in "
                "token_variable."
            )
    given = {field: str(value) for field, value in entry.items()}
    return Settings(**{"catalog": f"hubspot_catalog_{name}.json", **given, "portal": name})
