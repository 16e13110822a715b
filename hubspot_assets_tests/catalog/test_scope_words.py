"""Which scopes a token needs, and the words a person reads for it."""

import pytest

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.scopes import NO_SCOPES, Group, Scopes, one_of
from hubspot_assets.catalog.sources import Source

CONTRACT = PortalTables(Portal.standard())
NEEDS = {table.name: str(table.scopes) for table in CONTRACT}
CONTACTS = one_of("contacts.read")
PRODUCTS = Scopes((Group(("products.read", "e-commerce"), one_is_enough=False),))


@pytest.mark.parametrize(
    ("table", "needs"),
    {
        "OBJECTS_CONTACTS": "crm.objects.contacts.read",
        "OBJECTS_LANDING_PAGES": "content or content.landing_pages.read",
        "OBJECTS_PRODUCTS": "crm.objects.products.read, or also e-commerce",
        "OBJECTS_LINE_ITEMS": "crm.objects.line_items.read, or also e-commerce",
        "OBJECTS_QUOTES": "crm.objects.quotes.read, or also e-commerce",
        "OBJECTS_FEEDBACK_SUBMISSIONS": "crm.objects.feedback_submissions.read, or also crm.objects.contacts.read",
        "OBJECTS_EMAILS": "crm.objects.contacts.read and sales-email-read (for the bodies of emails)",
        "OBJECTS_ENGAGEMENTS": "crm.objects.contacts.read and sales-email-read (for the bodies of emails)",
        "OBJECTS_SEQUENCES": "automation.sequences.read and settings.users.read",
        "OBJECTS_DEAL_SPLITS": "crm.dealsplits.read_write and crm.objects.deals.read",
        "OBJECTS_AD_ACCOUNTS": "",
        "ASSOCIATIONS/CONTACTS_TO_DEALS": "crm.objects.contacts.read and crm.objects.deals.read",
        "ASSOCIATIONS_DEALS_TO_CONTACTS": "crm.objects.contacts.read and crm.objects.deals.read",
        "ASSOCIATIONS_DEALS_TO_DEALS": "crm.objects.deals.read",
        "ASSOCIATIONS_DEALS_TO_LINE_ITEMS": (
            "crm.objects.deals.read and (crm.objects.line_items.read, or also e-commerce)"
        ),
        "ASSOCIATIONS_CONTACTS_TO_EMAILS": "crm.objects.contacts.read",
        "OBJECT_AND_EVENT_TYPE_DEFINITIONS": (
            "crm.schemas.custom.read or crm.objects.custom.read (for custom objects) and "
            "behavioral_events.event_definitions.read_write (for custom events)"
        ),
    }.items(),
)
def test_a_table_says_all_that_a_token_needs_for_it(table: str, needs: str) -> None:
    assert NEEDS[table] == needs


@pytest.mark.parametrize(
    ("needs", "told", "to_grant"),
    [
        (CONTACTS, (), "contacts.read"),
        (CONTACTS, ("contacts.read",), "contacts.read"),
        # Of all that an endpoint takes for any type, only the type's own counts.
        (CONTACTS, ("companies.read", "contacts.read", "deals.read"), "contacts.read"),
        (CONTACTS, ("schemas.read",), "schemas.read"),
        (NO_SCOPES, ("a.read", "b.read"), "a.read or b.read"),
        (NO_SCOPES, (), ""),
        (PRODUCTS, ("e-commerce",), "products.read, or also e-commerce"),
        (CONTACTS.and_also(PRODUCTS), (), "contacts.read and (products.read, or also e-commerce)"),
        (CONTACTS.and_also(PRODUCTS), ("products.read",), "products.read, or also e-commerce"),
        (CONTACTS.and_also(one_of("bodies.read", part="bodies")), (), "contacts.read"),
        (CONTACTS.and_also(one_of("bodies.read", part="bodies")), ("bodies.read",), "bodies.read"),
    ],
)
def test_what_to_grant_is_what_hubspot_says_as_far_as_it_counts_here(
    needs: Scopes, told: tuple[str, ...], to_grant: str
) -> None:
    assert str(needs.to_grant(told)) == to_grant


def test_a_type_given_with_its_own_scopes_needs_one_of_them() -> None:
    car = ObjectType("2-9", "car", "Car", "Cars", ("crm.objects.custom.read",))
    assert str(car.needs) == "crm.objects.custom.read"
    assert not ObjectType("0-999", "new", "New", "News").needs
    page = ObjectType("0-998", "page", "Page", "Pages", ("a", "b"), Source.SITE_PAGES)
    assert str(page.needs) == "a or b"
