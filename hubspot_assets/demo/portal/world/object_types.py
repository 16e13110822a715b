"""The object types of a portal: HubSpot's own, with what is particular about each, and the custom ones.

How many records there are and what they look like is not here (``life.py``, ``records.py``).
"""

# ruff: noqa: E501 - the table of types is read across

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hubspot_assets.demo.portal.settings import RARE_FEATURES, AllOf, PortalSettings

CRM = "crm.objects"


@dataclass(frozen=True, kw_only=True)
class ObjectType:
    """One object type, as the CRM APIs see it."""

    object_type_id: str
    name: str
    """How HubSpot spells it in paths (``line_items``)."""
    upper_name: str
    """How HubSpot spells it in messages and association names (``LINE_ITEM``)."""
    singular: str
    plural: str | None
    scopes: tuple[str, ...]
    schema_scopes: tuple[str, ...]
    served: bool = True
    """Whether the CRM objects API serves its records."""
    modified_property: str = "hs_lastmodifieddate"
    default_properties: tuple[str, ...] = ()
    """Returned where a request names no properties, besides id and dates."""
    pipelines: bool = False
    merges: bool = False
    """Whether its records can be merged into one another."""
    history_kept: int = 20
    """Versions kept per property."""
    feature: str | None = None
    fully_qualified_name: str | None = None
    paired: bool = False
    """Whether its scopes may be needed together."""

    @property
    def custom(self) -> bool:
        return self.object_type_id.startswith("2-")

    @property
    def number(self) -> int:
        """A number for the type, to seed choices with."""
        kind, _, rest = self.object_type_id.partition("-")
        return int(kind) * 1_000_000_000 + int(rest)

    @property
    def first_id(self) -> int:
        """No record of the type has a smaller id."""
        if self.object_type_id == "0-1":
            return 51
        if self.custom:
            return 2**53 + 1 + self.number % 1000 * 10**9
        return 10**9 * (self.number % 997 + 5)


def _standard(
    type_id: str, name: str, upper: str, singular: str, plural: str, scope: str, **more: object
) -> ObjectType:
    scopes = tuple(s if "." in s or "-" in s or s in _PLAIN else f"{CRM}.{s}.read" for s in scope.split("|"))
    schemas = tuple(s.replace("crm.objects.", "crm.schemas.") for s in scopes if s.startswith("crm.objects."))
    return ObjectType(
        object_type_id=type_id,
        name=name,
        upper_name=upper,
        singular=singular,
        plural=plural,
        scopes=scopes,
        schema_scopes=tuple(dict.fromkeys((*schemas, *scopes))),
        **more,  # type: ignore[arg-type]
    )


_PLAIN = frozenset({"tickets", "content", "forms", "e-commerce"})
_ELSEWHERE: dict[str, object] = {"served": False}
_LIBRARY: dict[str, object] = {"feature": "library_objects", "pipelines": True}
_PAIRED: dict[str, object] = {"paired": True}

STANDARD: tuple[ObjectType, ...] = (
    _standard(
        "0-1", "contacts", "CONTACT", "Contact", "Contacts", "contacts", modified_property="lastmodifieddate",
        default_properties=("email", "firstname", "lastname"), merges=True, history_kept=45,
    ),
    _standard("0-2", "companies", "COMPANY", "Company", "Companies", "companies", default_properties=("domain", "name"), merges=True),
    _standard(
        "0-3", "deals", "DEAL", "Deal", "Deals", "deals", pipelines=True, merges=True,
        default_properties=("amount", "closedate", "dealname", "dealstage", "pipeline"),
    ),
    _standard("0-4", "engagements", "ENGAGEMENT", "Engagement", "Engagements", "contacts", **_ELSEWHERE),
    _standard(
        "0-5", "tickets", "TICKET", "Ticket", "Tickets", "tickets", pipelines=True, merges=True,
        default_properties=("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "subject"),
    ),
    _standard("0-7", "products", "PRODUCT", "Product", "Products", "products|e-commerce", default_properties=("name", "price"), **_PAIRED),
    _standard("0-8", "line_items", "LINE_ITEM", "Line item", "Line items", "line_items|e-commerce", default_properties=("hs_product_id", "quantity"), **_PAIRED),
    _standard("0-11", "conversations", "CONVERSATION", "Conversation", "Conversations", "conversations.read", **_ELSEWHERE),
    _standard("0-14", "quotes", "QUOTE", "Quote", "Quotes", "quotes|e-commerce", **_PAIRED),
    _standard("0-15", "form_submissions", "FORM_SUBMISSION_INBOUNDDB", "Form submission", "Form submissions", "forms", **_ELSEWHERE),
    _standard("0-18", "communications", "COMMUNICATION", "Communication", "Communications", "contacts"),
    _standard("0-19", "feedback_submissions", "FEEDBACK_SUBMISSION", "Feedback submission", "Feedback submissions", "feedback_submissions|contacts", feature="feedback", **_PAIRED),
    _standard("0-25", "landing_pages", "LANDING_PAGE", "Landing page", "Landing pages", "content|content.landing_pages.read", **_ELSEWHERE),
    _standard("0-27", "tasks", "TASK", "Task", "Tasks", "contacts"),
    _standard("0-28", "forms", "FORM", "Form", "Forms", "forms", **_ELSEWHERE),
    _standard("0-29", "marketing_emails", "MARKETING_EMAIL", "Marketing email", "Marketing emails", "content", **_ELSEWHERE),
    _standard("0-30", "ad_accounts", "AD_ACCOUNT", "Ad account", "Ad accounts", "ads_read.read", **_ELSEWHERE),
    _standard("0-31", "ad_campaigns", "AD_CAMPAIGN", "Ad campaign", "Ad campaigns", "ads_read.read", **_ELSEWHERE),
    _standard("0-32", "ad_groups", "AD_GROUP", "Ad group", "Ad groups", "ads_read.read", **_ELSEWHERE),
    _standard("0-33", "ads", "AD", "Ad", "Ads", "ads_read.read", **_ELSEWHERE),
    _standard("0-35", "campaigns", "CAMPAIGN", "Campaign", "Campaigns", "marketing.campaigns.read", **_ELSEWHERE),
    _standard("0-38", "site_pages", "SITE_PAGE", "Site page", "Site pages", "content|content.site_pages.read", **_ELSEWHERE),
    _standard("0-39", "blog_posts", "BLOG_POST", "Blog post", "Blog posts", "content", **_ELSEWHERE),
    _standard("0-45", "lists", "OBJECT_LIST", "List", "Lists", "crm.lists.read", **_ELSEWHERE),
    _standard("0-46", "notes", "NOTE", "Note", "Notes", "contacts"),
    _standard("0-47", "meetings", "MEETING_EVENT", "Meeting", "Meetings", "contacts"),
    _standard("0-48", "calls", "CALL", "Call", "Calls", "contacts"),
    _standard("0-49", "emails", "EMAIL", "Email", "Emails", "contacts"),
    _standard("0-53", "invoices", "INVOICE", "Invoice", "Invoices", "invoices"),
    _standard("0-54", "marketing_events", "MARKETING_EVENT", "Marketing event", "Marketing events", "marketing_events", **_ELSEWHERE),
    _standard("0-57", "media_bridge", "MEDIA_BRIDGE", "Media bridge", "Media bridge", "media_bridge.read", **_ELSEWHERE),
    _standard("0-58", "sequences", "SEQUENCE", "Sequence", "Sequences", "automation.sequences.read", **_ELSEWHERE),
    _standard("0-69", "subscriptions", "SUBSCRIPTION", "Subscription", "Subscriptions", "subscriptions"),
    _standard("0-72", "deal_splits", "DEAL_SPLIT", "Deal split", "Deal splits", "crm.dealsplits.read_write", **_ELSEWHERE),
    _standard("0-74", "goal_targets", "GOAL_TARGET", "Goal", "Goals", "goals"),
    _standard("0-83", "sales_documents", "SALES_DOCUMENT", "Sales document", "Sales documents", "crm.objects.sales_documents.read", **_ELSEWHERE),
    _standard("0-84", "discounts", "DISCOUNT", "Discount", "Discounts", "line_items|e-commerce"),
    _standard("0-85", "fees", "FEE", "Fee", "Fees", "line_items|e-commerce"),
    _standard("0-86", "taxes", "TAX", "Tax", "Taxes", "line_items|e-commerce"),
    _standard("0-101", "commerce_payments", "COMMERCE_PAYMENT", "Payment", "Payments", "commercepayments"),
    _standard("0-115", "users", "USER", "User", "Users", "users"),
    _standard("0-116", "postal_mail", "POSTAL_MAIL", "Postal mail", "Postal mail", "contacts"),
    _standard("0-123", "orders", "ORDER", "Order", "Orders", "orders", pipelines=True),
    _standard("0-136", "leads", "LEAD", "Lead", "Leads", "leads", pipelines=True, feature="leads"),
    _standard("0-142", "carts", "CART", "Cart", "Carts", "carts"),
    _standard("0-162", "services", "SERVICE", "Service", "Services", "services", **_LIBRARY),
    _standard("0-410", "courses", "COURSE", "Course", "Courses", "courses", **_LIBRARY),
    _standard("0-420", "listings", "LISTING", "Listing", "Listings", "listings", **_LIBRARY),
    _standard("0-421", "appointments", "APPOINTMENT", "Appointment", "Appointments", "appointments", **_LIBRARY),
    _standard("0-721", "contracts", "CONTRACT", "Contract", "Contracts", "contracts"),
    _standard("0-970", "projects", "PROJECT", "Project", "Projects", "projects", feature="library_objects"),
    # HubSpot's table does not give the ids of these: a client learns them from the counts.
    _standard("0-145", "partner_clients", "PARTNER_CLIENT", "Partner client", "Partner clients", f"{CRM}.partner-clients.read", feature="partners"),
    _standard("0-147", "partner_services", "PARTNER_SERVICE", "Partner service", "Partner services", f"{CRM}.partner-services.read", feature="partners"),
    _standard("0-149", "forecasts", "FORECAST", "Forecast", "Forecasts", "forecasts", feature="forecasts"),
)  # fmt: skip

# The two first share their plural label, the third has a standard type's, the fourth has none; that of the fifth is
# what clients call something else.
_CUSTOM = (
    ("cars", "Car", "Cars"),
    ("company_cars", "Company car", "Cars"),
    ("dealings", "Deal", "Deals"),
    ("yacht", "Yacht", None),
    ("boat_owners", "Owner", "Owners"),
)


def _custom(index: int, portal_id: int) -> ObjectType:
    other = (f"thing_{index + 1}", *(f"Thing {index + 1}",) * 2)
    name, singular, plural = _CUSTOM[index] if index < len(_CUSTOM) else other
    scopes = ("crm.objects.custom.read",)
    return ObjectType(
        object_type_id=f"2-{111 * (index + 1)}",
        name=name,
        upper_name=f"p{portal_id}_{name}",
        singular=singular,
        plural=plural,
        scopes=scopes,
        schema_scopes=("crm.schemas.custom.read", *scopes),
        pipelines=True,
        merges=True,
        fully_qualified_name=f"p{portal_id}_{name}",
        default_properties=("name",),
    )


def _scoped(object_type: ObjectType, settings: PortalSettings) -> ObjectType:
    """The type with its scopes as this portal wants them."""
    together = object_type.paired and settings.paired_scopes == "and"
    return replace(object_type, scopes=AllOf(object_type.scopes)) if together else object_type


class ObjectTypes:
    """The types of a portal, by id and by every spelling that HubSpot takes."""

    def __init__(self, settings: PortalSettings) -> None:
        custom = settings.custom_objects if "custom_objects" in settings.features else 0
        rare = RARE_FEATURES - settings.features
        standard = [_scoped(t, settings) for t in STANDARD if t.feature not in rare]
        self._types = (*standard, *(_custom(index, settings.portal_id) for index in range(custom)))
        self._also_served = settings.also_served
        self._features = settings.features
        self._by_name: dict[str, ObjectType] = {}
        for t in self._types:
            own = f"p_{t.name}" if t.custom else t.name
            for spelling in (t.object_type_id, own, t.upper_name, t.singular.replace(" ", "_")):
                self._by_name.setdefault(spelling.lower(), t)

    def __iter__(self) -> Iterator[ObjectType]:
        return iter(self._types)

    def find(self, name: str) -> ObjectType | None:
        """The type by id, name or fully qualified name, in any case."""
        return self._by_name.get(name.lower())

    def __getitem__(self, name: str) -> ObjectType:
        return self._by_name[name.lower()]

    def in_plan(self, object_type: ObjectType) -> bool:
        return object_type.feature is None or object_type.feature in self._features

    def served(self) -> list[ObjectType]:
        """The types whose records the CRM objects API serves on this portal."""
        return [t for t in self._types if self.is_served(t) and self.in_plan(t)]

    def is_served(self, object_type: ObjectType) -> bool:
        return object_type.served or object_type.object_type_id in self._also_served

    @property
    def custom(self) -> list[ObjectType]:
        return [t for t in self._types if t.custom]
