"""The settings that a command is given: by the environment, and by `.env` of the working directory.

A command asks for them when it needs them, so that `--help` answers at once; then it has the process to itself, and
sets it up for reading. Not here: what the settings are (`settings.py`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubspot_assets.settings import Settings


def given_settings() -> "Settings":
    """The settings of this command. Raises SettingError."""
    from hubspot_assets.hubspot.http.allocation import prepare_for_pages  # noqa: PLC0415 - as below
    from hubspot_assets.settings import Settings, load_dotenv_file  # noqa: PLC0415 - pydantic takes its time

    prepare_for_pages()
    load_dotenv_file()
    return Settings()
