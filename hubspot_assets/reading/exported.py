"""What this deployment exports: the tables of the portal catalogue, less what its settings leave out.

Not here: what a word means (`catalog.selection`), what a single run or command is asked for.
"""

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.errors import SettingError, UnknownTable
from hubspot_assets.reading.discovery import load_portal
from hubspot_assets.settings import Settings


def exported_tables(settings: Settings, portal: Portal | None = None) -> PortalTables:
    """Return the tables of the portal (by default, of the catalogue) that HUBSPOT_SELECT and HUBSPOT_EXCLUDE leave.

    Raises SettingError for a word that means no table, PortalCatalogueError for a catalogue that cannot be read.
    """
    everything = PortalTables(portal or load_portal(settings.catalog, settings.default_catalog))
    if not settings.select and not settings.exclude:
        return everything
    try:
        return everything.only(_words(settings.select), _words(settings.exclude))
    except UnknownTable as error:
        raise SettingError(f"HUBSPOT_SELECT or HUBSPOT_EXCLUDE cannot be used: {error}") from error


def _words(setting: str) -> list[str]:
    return [word.strip() for word in setting.split(",") if word.strip()]
