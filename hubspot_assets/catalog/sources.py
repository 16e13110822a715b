"""The APIs that list the records of object types, one record each: what is to be known of an API stands here alone.

Here: names. What a person reads, the reader's name in `hubspot`, the fields of an answer, where its id and its times
are. HubSpot has no property definitions for types that an API of their own lists: their fields are declared here, as
`name` (a string) or `name:type`. Not here: which type is of which API (`object_types.py`), how an answer is read
(`reading/readers.py`) and becomes a record (`tables/source_fields.py`), paths (`hubspot/versions.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

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


@dataclass(frozen=True)
class Api:
    """What is to be known of an API that lists records.

    `title`: what a person reads in the documentation. `reader`: `<module>.<function>` of `hubspot`, which yields the
    rows; empty where it takes more than a client (`reading/readers.py`). `endpoint`: the family of
    `hubspot/versions.py` that one small GET lists rows by, where there is one. `fields`: those that a row has, none
    where HubSpot defines the properties; `fields_without_definitions`: those that stand in where HubSpot refuses its
    definitions. `values`: the field that has the fields in it, where they are not the row's own. `id`: the field with
    the record's id. `updated`: the fields that tell when it last changed, the first that is set, before `updatedAt` and
    `createdAt`. `read_by`: the object
    type whose ids of the day the API is asked by.
    """

    title: str
    reader: str = ""
    endpoint: str | None = None
    fields: str = ""
    fields_without_definitions: str = ""
    values: str | None = None
    id: str = "id"
    updated: tuple[str, ...] = ()
    read_by: str | None = None

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Field name -> HubSpot's property type, of `fields`."""
        return typed_names(self.fields)


def typed_names(declared: str) -> dict[str, str]:
    """Return name -> type of fields that are declared as `name` (a string) or `name:type`, blank-separated."""
    pairs = (field.partition(":") for field in declared.split())
    return {name: type_ or "string" for name, _, type_ in pairs}


class Source(Enum):
    """The API that lists every record of a type. A portal's catalogue has the member's name."""

    CRM_OBJECTS = Api("CRM objects API")
    ENGAGEMENT_KINDS = Api("CRM objects API, one read per kind of engagement")
    CONVERSATIONS = Api(
        "Conversations API",
        reader="conversations.threads",
        endpoint="conversations_threads",
        fields=(
            "id:number status inboxId:number assignedTo associatedContactId:number spam:bool archived:bool "
            "originalChannelId:number originalChannelAccountId:number createdAt:datetime closedAt:datetime "
            "latestMessageTimestamp:datetime latestMessageSentTimestamp:datetime "
            "latestMessageReceivedTimestamp:datetime threadAssociations:json"
        ),
        updated=("latestMessageTimestamp", "createdAt"),
    )
    FORM_SUBMISSIONS = Api(
        "Form integrations API (legacy)",
        fields="formId conversionId submittedAt:datetime pageUrl values:json",
        updated=("submittedAt",),
    )
    FORMS = Api(
        "Marketing forms API",
        reader="forms.read",
        endpoint="forms",
        fields=(
            "id name formType createdAt:datetime updatedAt:datetime archived:bool archivedAt:datetime fieldGroups:json "
            "configuration:json displayOptions:json legalConsentOptions:json"
        ),
    )
    MARKETING_EMAILS = Api(
        "Marketing emails API",
        reader="marketing_emails.read",
        endpoint="marketing_emails",
        fields=(
            "id:number name subject type subcategory state language campaign campaignName isPublished:bool "
            "isTransactional:bool sendOnPublish:bool jitterSendTime:bool archived:bool activeDomain "
            "publishDate:datetime publishedAt:datetime publishedById:number createdAt:datetime createdById:number "
            "updatedAt:datetime updatedById:number deletedAt:datetime businessUnitId:number feedbackSurveyId:number "
            "folderId:number from:json to:json content:json webversion:json subscriptionDetails:json rssData:json "
            "testing:json workflowNames:json stats:json primaryEmailCampaignId:number allEmailCampaignIds:json "
            "emailCampaignGroupId:number isAb:bool emailTemplateMode previewKey clonedFrom:number "
            "unpublishedAt:datetime publishedByEmail publishedByName campaignUtm folderIdV2:number "
            "teamsWithAccess:json usersWithAccess:json"
        ),
    )
    CAMPAIGNS = Api(
        "Marketing campaigns API",
        endpoint="campaigns",
        fields=(
            "hs_name hs_start_date:date hs_end_date:date hs_notes hs_audience hs_currency_code hs_campaign_status "
            "hs_utm hs_owner:number hs_color_hex hs_created_by_user_id:number hs_goal hs_object_id:number "
            "hs_budget_items_sum_amount:number hs_spend_items_sum_amount:number"
        ),
        values="properties",
    )
    CAMPAIGN_ASSETS = Api(
        "Marketing campaigns API (assets): only those that belong to a campaign",
        fields="id name campaignIds:json metrics:json",
        read_by="0-35",
    )
    MARKETING_EVENTS = Api(
        "Marketing events API",
        reader="marketing_events.read",
        endpoint="marketing_events",
        fields=(
            "objectId:number eventName eventType eventStatus eventOrganizer eventDescription eventUrl "
            "eventCancelled:bool eventCompleted:bool externalEventId startDateTime:datetime endDateTime:datetime "
            "registrants:number attendees:number cancellations:number noShows:number appInfo:json "
            "customProperties:json createdAt:datetime updatedAt:datetime"
        ),
        id="objectId",
    )
    LANDING_PAGES = Api(
        "CMS pages API (landing pages)",
        reader="cms.landing_pages",
        endpoint="landing_pages",
        fields=_PAGE_FIELDS,
        updated=("updated", "created"),
    )
    SITE_PAGES = Api(
        "CMS pages API (site pages)",
        reader="cms.site_pages",
        endpoint="site_pages",
        fields=_PAGE_FIELDS,
        updated=("updated", "created"),
    )
    BLOG_POSTS = Api(
        "CMS blog posts API",
        reader="cms.blog_posts",
        endpoint="blog_posts",
        fields=_PAGE_FIELDS.replace("subcategory ", "").replace("templatePath ", "")
        + " blogAuthorId:number tagIds:json postBody postSummary rssBody rssSummary enableGoogleAmpOutputOverride:bool",
        updated=("updated", "created"),
    )
    LISTS = Api(
        "Lists API",
        reader="lists.read",
        fields=(
            "listId:number name objectTypeId processingType processingStatus listVersion:number size:number "
            "createdAt:datetime createdById:number updatedAt:datetime updatedById:number filtersUpdatedAt:datetime "
            "deletedAt:datetime additionalProperties:json filterBranch:json listPermissions:json "
            "membershipSettings:json"
        ),
        id="listId",
    )
    MEDIA_BRIDGE = Api(
        "Media bridge API",
        reader="media_bridge.read",
        fields=(
            "id:number mediaType title detailsPageLink fileUrl thumbnailUrl posterUrl oembedUrl externalId "
            "duration:number video:json createdAt:datetime updatedAt:datetime"
        ),
    )
    SEQUENCES = Api(
        "Sequences API",
        fields="id:number name userId:number folderId:number createdAt:datetime updatedAt:datetime",
    )
    DEAL_SPLITS = Api(
        "Deal splits API",
        fields_without_definitions=(
            "hs_deal_split_percentage:number hubspot_owner_id hs_object_id:number hs_createdate:datetime "
            "hs_lastmodifieddate:datetime"
        ),
        values="properties",
        read_by="0-3",
    )
    NONE_KNOWN = Api("no public API known; asked for once by type id on the CRM objects API")
