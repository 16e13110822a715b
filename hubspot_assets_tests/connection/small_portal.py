"""A portal that is exported within seconds: four object types, one pair, one event type, few records."""

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.demo.portal import PortalSettings
from hubspot_assets_tests.today import YESTERDAY

DAY = str(YESTERDAY)
SETTINGS = PortalSettings(
    day=YESTERDAY,
    contacts=20,
    companies=5,
    deals=10,
    other_records=2,
    properties=3,
    limits=False,
    lists=3,
    events_per_day=5,
)
CATALOGUE = Portal.of(
    [t for t in STANDARD_OBJECT_TYPES if t.object_type_id in ("0-1", "0-2", "0-4", "0-46")],
    [EventType("e_visited_page", "4-96000")],
    [("0-1", "0-2")],
)
TABLES = [table.name for table in PortalTables(CATALOGUE)]
