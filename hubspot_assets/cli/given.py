"""The settings that a command is given: by the environment, and by `.env` of the working directory.

A command asks for them when it needs them, so that `--help` answers at once. Not here: what the settings are
(`settings.py`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubspot_assets.settings import Settings


def given_settings() -> "Settings":
    """Return the settings of this command, of several portals the one of HUBSPOT_PORTAL. Raises SettingError."""
    from hubspot_assets.portals import one_portal  # noqa: PLC0415 - as below
    from hubspot_assets.settings import Settings, load_dotenv_file  # noqa: PLC0415 - pydantic takes its time

    load_dotenv_file()
    return one_portal(Settings())
