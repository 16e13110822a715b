"""Marketing events (webinars, fairs, ...), and which contacts took part in them.

https://developers.hubspot.com/docs/api-reference/latest/marketing/marketing-events/guide
"""

from collections.abc import Iterable, Iterator
from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.children import OnRefused, of_each
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import pages, rows

_SIZES = "participations of marketing events"


def read(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All marketing events, each once, by their `objectId`.

    GET /marketing/marketing-events/{version}: 100 a call (10 where refused). Raises MissingScopes without
    crm.objects.marketing_events.read.
    """
    return rows(client, versions.path("marketing_events"), limit=100, smaller_limit=10, key="objectId")


def participations_of(
    client: HubSpotClient, event_ids: Iterable[str], refused: OnRefused
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Pages of the participations in several events, each with its event's id, read side by side; events in no order.

    GET /marketing/marketing-events/{version}/participations/{id}/breakdown: 100 a call (10 where refused). Each has
    `associations` (`contact`: `contactId`, `email`) and `properties` (`attendanceState`, `occurredAt` in epoch
    milliseconds, ...). `refused` is told each event whose participations HubSpot does not give.
    """

    def walk(client: HubSpotClient, event_id: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        path = versions.path("marketing_event_participations", event=event_id)
        seen: set[tuple[Any, ...]] = set()
        for page in pages(client, path, limit=100, smaller_limit=10, sizes_of=_SIZES, check_row=_flaw):
            # Who registers while it is read moves others to the next page.
            fresh = [one for one in page if _identity(one) not in seen]
            seen.update(map(_identity, fresh))
            yield event_id, fresh

    return of_each(client, walk, event_ids, refused)


def _identity(participation: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells two participations in one event apart: HubSpot describes their `id` as that of the event."""
    contact, properties = participation["associations"]["contact"], participation["properties"]
    told = (contact.get("contactId"), contact.get("email"))
    return tuple(map(str, (*told, properties.get("attendanceState"), properties.get("occurredAt"))))


def _flaw(participation: dict[str, Any]) -> str | None:
    associations, properties = participation.get("associations"), participation.get("properties")
    contact = associations.get("contact") if isinstance(associations, dict) else None
    if not isinstance(contact, dict) or not isinstance(properties, dict):
        return "a participation without its contact or its properties"
    return None
