"""Which of HubSpot's APIs tells the events of a type: one line for each that the events API lists and does not tell.

HubSpot's events API lists the events of marketing emails among its types and has none of their occurrences: those are
in the email events API, which calls them by names of its own. Facts: the types of `EMAIL_EVENTS` are those of HubSpot's
documentation of that API, and SUPPRESSED; the names `..._email_v2` are those of tables in HubSpot's data share.
Concluded from their words: which of them is which (least certain: a scheduled email is one that was sent). Types that
have none get one of ours. HubSpot's API accepts further types that nobody documents (REPLY, SELECTED, ...): they are
not read.

HubSpot defines no properties of them. Their fields are those of its documentation of that API, by their names there, a
nested one behind the name of the one it is in (`location_city`).

Not here: an email event as an event like others (`tables/email_event_fields.py`), what a portal's event types are
(`portal.py`).
"""

import re
from dataclasses import dataclass
from enum import Enum

from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.scopes import one_of


class EventSource(Enum):
    """The API that tells the events of a type. The value is what a person reads in the documentation."""

    OCCURRENCES = "Event occurrences API"
    EMAIL_EVENTS = "Email events API (legacy)"


EMAIL_EVENT_SCOPES = one_of("content")


@dataclass(frozen=True)
class EmailEvent:
    """A type of the email events API.

    `name`: the event type as the events API lists it; `also`: other names of it there. Versions (`_v2`) do not matter.
    `own_fields`: those that others do not have, as `name` (a string) or `name:type`.
    """

    api_type: str
    name: str
    label: str
    own_fields: str = ""
    also: tuple[str, ...] = ()

    @property
    def fields(self) -> str:
        """Return the declared fields, as `name` (a string) or `name:type`."""
        return f"{_COMMON} {self.own_fields}"

    @property
    def event_type(self) -> EventType:
        """It as an event type of a portal."""
        return EventType(self.name, self.name, self.label, f"{self.api_type} in HubSpot's email events API.")


_COMMON = (
    "recipient portalId:number appId:number appName emailCampaignId:number emailCampaignGroupId:number hmid sendId "
    "smtpId sentBy_id sentBy_created:datetime causedBy_id causedBy_created:datetime obsoletedBy_id "
    "obsoletedBy_created:datetime filteredEvent:bool"
)
_MESSAGE = "subject from replyTo:json cc:json bcc:json"
_READER = (
    "userAgent ipAddress deviceType location_city location_state location_country location_zipcode "
    "location_latitude:number location_longitude:number browser_name browser_family browser_type browser_producer "
    "browser_producerUrl browser_url browser_version:json"
)

EMAIL_EVENTS: tuple[EmailEvent, ...] = (
    EmailEvent("SENT", "e_hs_scheduled_email_v2", "Marketing email sent", _MESSAGE, also=("e_sent_email",)),
    EmailEvent("PROCESSED", "email_processed", "Marketing email processed", _MESSAGE),
    EmailEvent("DROPPED", "email_dropped", "Marketing email dropped", f"{_MESSAGE} dropReason dropMessage"),
    EmailEvent(
        "SUPPRESSED", "email_suppressed", "Marketing email suppressed", f"{_MESSAGE} suppressedReason suppressedMessage"
    ),
    EmailEvent(
        "DELIVERED", "e_mta_delivered_email_v2", "Marketing email delivered", "response", also=("e_delivered_email",)
    ),
    EmailEvent("DEFERRED", "email_deferred", "Marketing email deferred", "response attempt:number"),
    EmailEvent(
        "BOUNCE",
        "e_mta_bounced_email_v2",
        "Marketing email bounced",
        "category response status",
        also=("e_bounced_email",),
    ),
    EmailEvent("OPEN", "e_opened_email_v2", "Marketing email opened", f"{_READER} duration:number"),
    EmailEvent(
        "CLICK", "e_clicked_link_in_email_v2", "Link in marketing email clicked", f"{_READER} url referer linkId:number"
    ),
    EmailEvent("PRINT", "email_printed", "Marketing email printed", _READER),
    EmailEvent("FORWARD", "email_forwarded", "Marketing email forwarded", _READER),
    EmailEvent("SPAMREPORT", "e_reported_spam_email_v2", "Marketing email reported as spam", "userAgent ipAddress"),
    EmailEvent(
        "STATUSCHANGE",
        "e_updated_email_subscription_status_v2",
        "Email subscriptions changed",
        "source sourceId requestedBy requestedByUserId:number portalSubscriptionStatus subscriptions:json bounced:bool",
    ),
    EmailEvent("UNBOUNCE", "email_unbounced", "Recipient no longer treated as bounced"),
)

_VERSION = re.compile(r"_v\d+$")


def _bare(name: str) -> str:
    return _VERSION.sub("", name)


_BY_NAME = {_bare(name): event for event in EMAIL_EVENTS for name in (event.name, *event.also)}


def email_event(event_type_name: str) -> EmailEvent | None:
    """Return the type of the email events API whose events are those of an event type; None where another API tells
    them.
    """
    return _BY_NAME.get(_bare(event_type_name))


def event_source(event_type_name: str) -> EventSource:
    """Return the API that tells the events of a type."""
    return EventSource.EMAIL_EVENTS if email_event(event_type_name) else EventSource.OCCURRENCES


def unlisted(listed: list[str]) -> list[EventType]:
    """Return the email events that are not among these names of HubSpot's.

    They occur all the same, whatever the plan.
    """
    told = {event.api_type for name in listed if (event := email_event(name))}
    return [event.event_type for event in EMAIL_EVENTS if event.api_type not in told]
