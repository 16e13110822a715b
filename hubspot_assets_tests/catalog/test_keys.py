"""The key of every table."""

from hubspot_assets.catalog.keys import key_of
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables


def test_every_key_is_made_of_columns_of_its_table() -> None:
    for table in PortalTables(Portal.standard()):
        names = {column.name for column in table.columns}
        assert set(key_of(table).columns) <= names, table.name


def test_the_key_of_an_association_is_both_ends_and_the_type() -> None:
    both = PortalTables(Portal.standard()).associations["0-2", "0-2"]
    assert key_of(both.named).columns == (
        "FROM_COMPANY_OBJECTID",
        "TO_COMPANY_OBJECTID",
        "COMBINEDASSOCIATIONTYPEID",
    )
    assert key_of(both.combined).columns == ("FROMOBJECTID", "TOOBJECTID", "COMBINEDASSOCIATIONTYPEID")


def test_a_property_has_as_many_versions_as_hubspot_keeps() -> None:
    objects = PortalTables(Portal.standard()).objects
    assert key_of(objects["0-1"].history).most == 45
    assert key_of(objects["0-2"].history).most == 20
    assert key_of(objects["0-2"].properties).most == 1
