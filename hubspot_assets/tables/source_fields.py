"""Object types that an API of their own lists: their fields as properties, their answers as records.

HubSpot has no property definitions for these types, so their fields are declared here and everything after reading
treats all object types alike. Not here: types whose properties HubSpot defines (CRM objects, deal splits).

A page's `password` and what HubSpot marks as sensitive is left out on purpose. A field that is not declared is told,
never silently dropped.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from hubspot_assets.catalog.object_types import Source
from hubspot_assets.tables.frames import text_of

_PAGE_FIELDS = (
    "id:number name slug url domain state currentState language htmlTitle metaDescription campaign subcategory "
    "templatePath categoryId:number contentGroupId:number contentTypeCategory folderId:number authorName "
    "featuredImage featuredImageAltText useFeaturedImage:bool linkRelCanonicalUrl "
    "publishDate:datetime publishImmediately:bool currentlyPublished:bool created:datetime createdById:number "
    "updated:datetime updatedById:number archivedAt:datetime archivedInDashboard:bool "
    "abStatus abTestId mabExperimentId "
    "dynamicPageDataSourceType:number dynamicPageDataSourceId dynamicPageHubDbTableId "
    "pageExpiryEnabled:bool pageExpiryDate:datetime pageExpiryRedirectId:number pageExpiryRedirectUrl "
    "pageRedirected:bool translatedFromId:number translations:json "
    "includeDefaultCustomCss:bool enableLayoutStylesheets:bool enableDomainStylesheets:bool attachedStylesheets:json "
    "headHtml footerHtml layoutSections:json widgets:json widgetContainers:json themeSettingsValues:json "
    "publicAccessRules:json publicAccessRulesEnabled:bool"
)

_FIELDS: dict[Source, str] = {
    Source.LANDING_PAGES: _PAGE_FIELDS,
    Source.SITE_PAGES: _PAGE_FIELDS,
    Source.BLOG_POSTS: _PAGE_FIELDS.replace("subcategory ", "").replace("templatePath ", "")
    + " blogAuthorId:number tagIds:json postBody postSummary rssBody rssSummary enableGoogleAmpOutputOverride:bool",
    Source.FORMS: (
        "id name formType createdAt:datetime updatedAt:datetime archived:bool archivedAt:datetime fieldGroups:json "
        "configuration:json displayOptions:json legalConsentOptions:json"
    ),
    Source.FORM_SUBMISSIONS: "formId conversionId submittedAt:datetime pageUrl values:json",
    Source.MARKETING_EMAILS: (
        "id:number name subject type subcategory state language campaign campaignName isPublished:bool "
        "isTransactional:bool sendOnPublish:bool jitterSendTime:bool archived:bool activeDomain "
        "publishDate:datetime publishedAt:datetime publishedById:number createdAt:datetime createdById:number "
        "updatedAt:datetime updatedById:number deletedAt:datetime businessUnitId:number feedbackSurveyId:number "
        "folderId:number from:json to:json content:json webversion:json subscriptionDetails:json rssData:json "
        "testing:json workflowNames:json stats:json primaryEmailCampaignId:number allEmailCampaignIds:json "
        "emailCampaignGroupId:number isAb:bool emailTemplateMode previewKey clonedFrom:number unpublishedAt:datetime "
        "publishedByEmail publishedByName campaignUtm folderIdV2:number teamsWithAccess:json usersWithAccess:json"
    ),
    Source.CAMPAIGNS: (
        "hs_name hs_start_date:date hs_end_date:date hs_notes hs_audience hs_currency_code hs_campaign_status hs_utm "
        "hs_owner:number hs_color_hex hs_created_by_user_id:number hs_goal hs_object_id:number "
        "hs_budget_items_sum_amount:number hs_spend_items_sum_amount:number"
    ),
    Source.CAMPAIGN_ASSETS: "id name campaignIds:json metrics:json",
    Source.MARKETING_EVENTS: (
        "objectId:number eventName eventType eventStatus eventOrganizer eventDescription eventUrl eventCancelled:bool "
        "eventCompleted:bool externalEventId startDateTime:datetime endDateTime:datetime registrants:number "
        "attendees:number cancellations:number noShows:number appInfo:json customProperties:json createdAt:datetime "
        "updatedAt:datetime"
    ),
    Source.CONVERSATIONS: (
        "id:number status inboxId:number assignedTo associatedContactId:number spam:bool archived:bool "
        "originalChannelId:number originalChannelAccountId:number createdAt:datetime closedAt:datetime "
        "latestMessageTimestamp:datetime latestMessageSentTimestamp:datetime latestMessageReceivedTimestamp:datetime "
        "threadAssociations:json"
    ),
    Source.SEQUENCES: "id:number name userId:number folderId:number createdAt:datetime updatedAt:datetime",
    Source.LISTS: (
        "listId:number name objectTypeId processingType processingStatus listVersion:number size:number "
        "createdAt:datetime createdById:number updatedAt:datetime updatedById:number filtersUpdatedAt:datetime "
        "deletedAt:datetime additionalProperties:json filterBranch:json listPermissions:json membershipSettings:json"
    ),
    Source.MEDIA_BRIDGE: (
        "id:number mediaType title detailsPageLink fileUrl thumbnailUrl posterUrl oembedUrl externalId duration:number "
        "video:json createdAt:datetime updatedAt:datetime"
    ),
}

#: What an API says by itself of records whose properties HubSpot defines: for where it refuses their definitions.
_WITHOUT_DEFINITIONS: dict[Source, str] = {
    Source.DEAL_SPLITS: (
        "hs_deal_split_percentage:number hubspot_owner_id hs_object_id:number hs_createdate:datetime "
        "hs_lastmodifieddate:datetime"
    ),
}

_LEFT_OUT_ON_PURPOSE = frozenset({"password"})

#: Where a source's own row keeps the record's id and the time it last changed.
_ID = {Source.LISTS: "listId", Source.MARKETING_EVENTS: "objectId"}
_UPDATED = {
    Source.LANDING_PAGES: ("updated", "created"),
    Source.SITE_PAGES: ("updated", "created"),
    Source.BLOG_POSTS: ("updated", "created"),
    Source.FORM_SUBMISSIONS: ("submittedAt",),
    Source.CONVERSATIONS: ("latestMessageTimestamp", "createdAt"),
}


def fields(source: Source) -> dict[str, str]:
    """Field name -> HubSpot property type of a source; none for types whose properties HubSpot defines."""
    return typed_names(_FIELDS.get(source, ""))


def typed_names(declared: str) -> dict[str, str]:
    """Name -> type of fields that are declared as `name` (a string) or `name:type`, blank-separated."""
    pairs = (field.partition(":") for field in declared.split())
    return {name: type_ or "string" for name, _, type_ in pairs}


def field_definitions(source: Source) -> list[dict[str, Any]]:
    """The fields of a source in the shape of HubSpot's property definitions."""
    return definitions_of(fields(source))


def definitions_without_hubspots(source: Source) -> list[dict[str, Any]]:
    """What stands in for the definitions of a source's properties where HubSpot refuses them; nothing for most."""
    return definitions_of(typed_names(_WITHOUT_DEFINITIONS.get(source, "")))


def definitions_of(types: Mapping[str, str]) -> list[dict[str, Any]]:
    """Declared fields in the shape of HubSpot's property definitions."""
    return [
        {
            "name": name,
            "label": name,
            "type": type_,
            "hubspotDefined": True,
            "modificationMetadata": {"readOnlyDefinition": True},
            "dataSensitivity": "non_sensitive",
        }
        for name, type_ in types.items()
    ]


def record(source: Source, row: Mapping[str, Any]) -> dict[str, Any]:
    """A source's row as a record: `id`, `properties` (name to text or None), `updatedAt`."""
    values = _values(source, row)
    updated = next((row[name] for name in (*_UPDATED.get(source, ()), "updatedAt", "createdAt") if row.get(name)), None)
    return {
        "id": _record_id(source, row),
        "properties": {name: text_of(values.get(name)) for name in fields(source)},
        "updatedAt": text_of(updated),
    }


def _values(source: Source, row: Mapping[str, Any]) -> Mapping[str, Any]:
    if source is Source.CAMPAIGNS:
        properties: Mapping[str, Any] = row["properties"]
        return properties
    if source is Source.MARKETING_EVENTS and isinstance(row.get("customProperties"), list):
        return {**row, "customProperties": [p for p in row["customProperties"] if not _is_sensitive(p)]}
    return row


def _is_sensitive(custom_property: Any) -> bool:
    """Whether a property of a marketing event is marked as sensitive: such values are never written."""
    told = custom_property.get("dataSensitivity") if isinstance(custom_property, dict) else None
    return told not in {None, "none", "non_sensitive"}


def undeclared(source: Source, row: Mapping[str, Any]) -> set[str]:
    """The fields of a row that are not declared and hold something."""
    if source is Source.CAMPAIGNS:
        return set()
    return {name for name, value in row.items() if value is not None} - fields(source).keys() - _LEFT_OUT_ON_PURPOSE


def _record_id(source: Source, row: Mapping[str, Any]) -> str:
    if source is Source.FORM_SUBMISSIONS:
        # HubSpot gives a submission no id of its own, and a conversion id only sometimes.
        known = row.get("conversionId")
        return str(known) if known else hashlib.sha256(msgspec.json.encode(row, order="deterministic")).hexdigest()[:32]
    return str(row[_ID.get(source, "id")])
