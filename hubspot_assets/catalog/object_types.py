"""HubSpot's standard object types, one line each: adding an object type is one line here.

Here: id, HubSpot's name, labels, which API lists the records, the scopes that API asks for. Not here: what is to be
known of an API (`sources.py`), custom objects and whatever else a portal has (`portal.py`), table names (`names.py`),
paths (`hubspot/versions.py`), how scopes are said (`scopes.py`).

HubSpot has no endpoint that lists its `0-*` types, so the list is static. Ids and names are those of HubSpot's "Object
type IDs" documentation, that of contracts is its changelog's. A portal's own catalogue adds what else HubSpot counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hubspot_assets.catalog.scopes import NO_SCOPES, Group, Scopes, one_of
from hubspot_assets.catalog.sources import Source
from hubspot_assets.outside_text import one_line

CONTACT_VERSION_CAP = 45
OTHER_VERSION_CAP = 20


@dataclass(frozen=True)
class KnownProperty:
    """A property that a type had when its portal was discovered, to be shown before anything is exported."""

    name: str
    type: str
    label: str = ""


@dataclass(frozen=True)
class ObjectType:
    """One object type. `scopes` are its own, alternatives to each other; `needs` is all that a token needs.

    `properties` and `in_use` (whether the portal may have records of it) are as HubSpot told when the portal was
    discovered, and for showing only: what is exported follows each day's answers.
    """

    object_type_id: str
    name: str
    singular_label: str
    plural_label: str
    scopes: tuple[str, ...] = ()
    source: Source = Source.CRM_OBJECTS
    fully_qualified_name: str | None = None
    description: str = ""
    properties: tuple[KnownProperty, ...] = ()
    in_use: bool = True

    @property
    def is_custom(self) -> bool:
        return self.object_type_id.startswith("2-")

    @property
    def records(self) -> str:
        """What a sentence calls the records of this type."""
        return (self._spoken or self.object_type_id).lower()

    @property
    def needs(self) -> Scopes:
        """What a token needs to read the type, and the parts of it that want a scope of their own."""
        # HubSpot lists `e-commerce` and `contacts` beside the own scopes of some types, and tells no more than that.
        own = Group(self.scopes, one_is_enough=len(self.scopes) < 2 or not self.in_crm_objects_api)
        return Scopes((own,) if self.scopes else ()).and_also(_BESIDES.get(self.object_type_id, NO_SCOPES))

    @property
    def has_public_api(self) -> bool:
        """Whether anybody can list its records: nothing that is refused of a type without an API can be mended."""
        return self.source is not Source.NONE_KNOWN

    @property
    def is_in_every_portal(self) -> bool:
        """Whether every portal has it, on every plan, so that a refusal cannot mean that this one does not."""
        return self.object_type_id in _IN_EVERY_PORTAL

    @property
    def told(self) -> str:
        """What a sentence calls the type itself: `Deals (0-3)`."""
        return f"{self._spoken or 'the type'} ({self.object_type_id})"

    @property
    def _spoken(self) -> str:
        """The first of its labels and its name that says something."""
        names = map(one_line, (self.plural_label, self.singular_label, self.name))
        return next((name for name in names if name.strip()), "")

    @property
    def version_cap(self) -> int:
        """How many versions of a property HubSpot keeps for each record of this type."""
        return CONTACT_VERSION_CAP if self.object_type_id == "0-1" else OTHER_VERSION_CAP

    @property
    def is_asked_by_type_id(self) -> bool:
        """Whether the CRM objects API is asked for its records by its id, with success or not."""
        return self.source in {Source.CRM_OBJECTS, Source.NONE_KNOWN}

    @property
    def in_crm_objects_api(self) -> bool:
        return self.source is Source.CRM_OBJECTS


def _scope(name: str) -> tuple[str, ...]:
    return (f"crm.objects.{name}.read",)


_CONTACTS = _scope("contacts")
_COMMERCE = ("e-commerce",)
_CAMPAIGNS = ("marketing.campaigns.read",)

STANDARD_OBJECT_TYPES: tuple[ObjectType, ...] = (
    ObjectType("0-1", "CONTACT", "Contact", "Contacts", _CONTACTS),
    ObjectType("0-2", "COMPANY", "Company", "Companies", _scope("companies")),
    ObjectType("0-3", "DEAL", "Deal", "Deals", _scope("deals")),
    ObjectType("0-4", "ENGAGEMENT", "Engagement", "Engagements", _CONTACTS, Source.ENGAGEMENT_KINDS),
    ObjectType("0-5", "TICKET", "Ticket", "Tickets", ("tickets",)),
    ObjectType("0-7", "PRODUCT", "Product", "Products", _scope("products") + _COMMERCE),
    ObjectType("0-8", "LINE_ITEM", "Line item", "Line items", _scope("line_items") + _COMMERCE),
    ObjectType("0-11", "CONVERSATION", "Conversation", "Conversations", ("conversations.read",), Source.CONVERSATIONS),
    ObjectType("0-14", "QUOTE", "Quote", "Quotes", _scope("quotes") + _COMMERCE),
    ObjectType(
        "0-15",
        "FORM_SUBMISSION_INBOUNDDB",
        "Form submission",
        "Form submissions",
        ("forms",),
        Source.FORM_SUBMISSIONS,
    ),
    ObjectType("0-18", "COMMUNICATION", "Communication", "Communications", _CONTACTS),
    ObjectType(
        "0-19",
        "FEEDBACK_SUBMISSION",
        "Feedback submission",
        "Feedback submissions",
        _scope("feedback_submissions") + _CONTACTS,
    ),
    ObjectType(
        "0-25",
        "LANDING_PAGE",
        "Landing page",
        "Landing pages",
        ("content", "content.landing_pages.read"),
        Source.LANDING_PAGES,
    ),
    ObjectType("0-27", "TASK", "Task", "Tasks", _CONTACTS),
    ObjectType("0-28", "FORM", "Form", "Forms", ("forms",), Source.FORMS),
    ObjectType(
        "0-29",
        "MARKETING_EMAIL",
        "Marketing email",
        "Marketing emails",
        ("content",),
        Source.MARKETING_EMAILS,
    ),
    ObjectType("0-30", "AD_ACCOUNT", "Ad account", "Ad accounts", (), Source.NONE_KNOWN),
    ObjectType("0-31", "AD_CAMPAIGN", "Ad campaign", "Ad campaigns", _CAMPAIGNS, Source.CAMPAIGN_ASSETS),
    ObjectType("0-32", "AD_GROUP", "Ad group", "Ad groups", (), Source.NONE_KNOWN),
    ObjectType("0-33", "AD", "Ad", "Ads", (), Source.NONE_KNOWN),
    ObjectType("0-35", "CAMPAIGN", "Campaign", "Campaigns", _CAMPAIGNS, Source.CAMPAIGNS),
    ObjectType(
        "0-38",
        "SITE_PAGE",
        "Site page",
        "Site pages",
        ("content", "content.site_pages.read"),
        Source.SITE_PAGES,
    ),
    ObjectType("0-39", "BLOG_POST", "Blog post", "Blog posts", ("content",), Source.BLOG_POSTS),
    ObjectType("0-45", "OBJECT_LIST", "List", "Lists", ("crm.lists.read",), Source.LISTS),
    ObjectType("0-46", "NOTE", "Note", "Notes", _CONTACTS),
    ObjectType("0-47", "MEETING_EVENT", "Meeting", "Meetings", _CONTACTS),
    ObjectType("0-48", "CALL", "Call", "Calls", _CONTACTS),
    ObjectType("0-49", "EMAIL", "Email", "Emails", _CONTACTS),
    ObjectType("0-53", "INVOICE", "Invoice", "Invoices", _scope("invoices")),
    ObjectType(
        "0-54",
        "MARKETING_EVENT",
        "Marketing event",
        "Marketing events",
        _scope("marketing_events"),
        Source.MARKETING_EVENTS,
    ),
    ObjectType("0-57", "MEDIA_BRIDGE", "Media bridge", "Media bridge", ("media_bridge.read",), Source.MEDIA_BRIDGE),
    ObjectType("0-58", "SEQUENCE", "Sequence", "Sequences", ("automation.sequences.read",), Source.SEQUENCES),
    ObjectType("0-69", "SUBSCRIPTION", "Subscription", "Subscriptions", _scope("subscriptions")),
    ObjectType("0-72", "DEAL_SPLIT", "Deal split", "Deal splits", ("crm.dealsplits.read_write",), Source.DEAL_SPLITS),
    ObjectType("0-74", "GOAL_TARGET", "Goal", "Goals", _scope("goals")),
    ObjectType("0-83", "SALES_DOCUMENT", "Sales document", "Sales documents", _CAMPAIGNS, Source.CAMPAIGN_ASSETS),
    ObjectType("0-84", "DISCOUNT", "Discount", "Discounts", _scope("line_items") + _COMMERCE),
    ObjectType("0-85", "FEE", "Fee", "Fees", _scope("line_items") + _COMMERCE),
    ObjectType("0-86", "TAX", "Tax", "Taxes", _scope("line_items") + _COMMERCE),
    ObjectType("0-101", "COMMERCE_PAYMENT", "Commerce payment", "Commerce payments", _scope("commercepayments")),
    ObjectType("0-115", "USER", "User", "Users", _scope("users")),
    ObjectType("0-116", "POSTAL_MAIL", "Postal mail", "Postal mail", _CONTACTS),
    ObjectType("0-123", "ORDER", "Order", "Orders", _scope("orders")),
    ObjectType("0-136", "LEAD", "Lead", "Leads", _scope("leads")),
    ObjectType("0-142", "CART", "Cart", "Carts", _scope("carts")),
    ObjectType("0-162", "SERVICE", "Service", "Services", _scope("services")),
    ObjectType("0-410", "COURSE", "Course", "Courses", _scope("courses")),
    ObjectType("0-420", "LISTING", "Listing", "Listings", _scope("listings")),
    ObjectType("0-421", "APPOINTMENT", "Appointment", "Appointments", _scope("appointments")),
    ObjectType("0-721", "CONTRACT", "Contract", "Contracts", _scope("contracts")),
    ObjectType("0-970", "PROJECT", "Project", "Projects", _scope("projects")),
)

#: What a token needs besides the scopes of the type itself.
_BESIDES: dict[str, Scopes] = {
    "0-4": one_of("sales-email-read", part="the bodies of emails"),
    "0-49": one_of("sales-email-read", part="the bodies of emails"),
    # HubSpot tells sequences user by user, and the splits of given deals.
    "0-58": one_of("settings.users.read"),
    "0-72": one_of("crm.objects.deals.read"),
}

#: What HubSpot calls the scopes of types that only some portals have, by their plural labels: it tells no ids of them.
_SCOPES_OF_FURTHER_TYPES: dict[str, tuple[str, ...]] = {
    "Partner clients": _scope("partner-clients"),
    "Partner services": _scope("partner-services"),
    "Forecasts": _scope("forecasts"),
}


def further_type(object_type_id: str, singular_label: str | None, plural_label: str | None) -> ObjectType:
    """Return a type that is not in `STANDARD_OBJECT_TYPES` and that HubSpot counts, as far as HubSpot tells of it."""
    name = (singular_label or object_type_id).upper().replace(" ", "_")
    custom = _scope("custom") if object_type_id.startswith("2-") else ()
    scopes = _SCOPES_OF_FURTHER_TYPES.get((plural_label or "").capitalize(), custom)
    return ObjectType(object_type_id, name, singular_label or "", plural_label or "", scopes)


def custom_object(schema: Mapping[str, Any]) -> ObjectType:
    """Return the object type that HubSpot's schema of a custom object describes."""
    labels = schema.get("labels") or {}
    return ObjectType(
        schema["objectTypeId"],
        schema.get("name") or "",
        labels.get("singular") or "",
        labels.get("plural") or "",
        _scope("custom"),
        fully_qualified_name=schema.get("fullyQualifiedName"),
        description=schema.get("description") or "",
    )


ENGAGEMENTS = "0-4"

#: The kinds that HubSpot's umbrella type `engagements` unites, and what its property hs_engagement_type says of them.
ENGAGEMENT_TYPES: dict[str, str] = {
    "0-18": "COMMUNICATION",
    "0-27": "TASK",
    "0-46": "NOTE",
    "0-47": "MEETING",
    "0-48": "CALL",
    "0-49": "EMAIL",
    "0-116": "POSTAL_MAIL",
}
ENGAGEMENT_KINDS: tuple[str, ...] = tuple(ENGAGEMENT_TYPES)
#: Emails say by their hs_email_direction which of them are of a type of their own.
ENGAGEMENT_TYPES_OF_EMAILS: tuple[str, ...] = ("INCOMING_EMAIL", "FORWARDED_EMAIL")

_IN_EVERY_PORTAL = frozenset({"0-1", "0-2", "0-3", "0-5", *ENGAGEMENT_KINDS})
