"""The APIs that list the records of object types, one record each: what is to be known of an API stands here alone.

Here: names. What a person reads, the reader's name in `hubspot`, the fields of an answer, where its id and its times
are. HubSpot has no property definitions for types that an API of their own lists: their fields are declared here, as
`name` (a string) or `name:type`; or as `property=field:type` where it is known what HubSpot calls the property that the
API tells in a field, so that statements written for HubSpot's data share find it (`a=b|c`: in the first that is set).
These names are those of public statements and tables of HubSpot's share (lists, marketing emails, campaigns, forms) and
of properties that records of every type have (`hs_created_by_user_id`).

Not here: which type is of which API (`object_types.py`), how an answer is read (`reading/readers.py`) and becomes a
record (`tables/source_fields.py`), paths (`hubspot/versions.py`).
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
    definitions. `values`: the field that has the fields in it, where they are not the row's own; `more`: the field
    that has further ones. `id`: the field with
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
    more: str | None = None
    id: str = "id"
    updated: tuple[str, ...] = ()
    read_by: str | None = None

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Property name -> HubSpot's property type, of `fields`."""
        return typed_names(self.fields)

    @cached_property
    def fields_of(self) -> Mapping[str, tuple[str, ...]]:
        """Property name -> the fields that tell it, of `fields`: the first that is set."""
        return dict(_name_and_fields(field) for field in self.fields.split())

    @property
    def own_names(self) -> list[str]:
        """The properties that the API knows by their own names."""
        return [name for name, fields in self.fields_of.items() if name in fields]


def typed_names(declared: str) -> dict[str, str]:
    """Return property name -> type of fields that are declared blank-separated, as the module says."""
    return {_name_and_fields(field)[0]: field.partition(":")[2] or "string" for field in declared.split()}


def _name_and_fields(declared: str) -> tuple[str, tuple[str, ...]]:
    name, _, fields = declared.partition(":")[0].partition("=")
    return name, tuple((fields or name).split("|"))


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
            "hs_origin_asset_id=id hs_name=name formType hs_created_at=createdAt:datetime "
            "updatedAt:datetime archived:bool archivedAt:datetime fieldGroups:json configuration:json "
            "displayOptions:json legalConsentOptions:json "
        ),
    )
    MARKETING_EMAILS = Api(
        "Marketing emails API",
        reader="marketing_emails.read",
        endpoint="marketing_emails",
        fields=(
            "hs_origin_asset_id=id hs_name=name subject type subcategory state language hs_campaign_name=campaign "
            "campaignName isPublished:bool "
            "isTransactional:bool sendOnPublish:bool jitterSendTime:bool archived:bool activeDomain "
            "publishDate:datetime publishedAt:datetime publishedById:number createdAt:datetime "
            "hs_created_by_user_id=createdById:number updatedAt:datetime hs_updated_by_user_id=updatedById:number "
            "deletedAt:datetime businessUnitId:number feedbackSurveyId:number "
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
            "hs_origin_asset_id=id hs_name hs_start_date:date hs_end_date:date hs_notes hs_audience hs_currency_code "
            "hs_campaign_status hs_utm hs_owner:number hs_color_hex hs_created_by_user_id:number hs_goal "
            "hs_object_id:number "
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
            "hs_list_id=listId:number hs_list_name=name hs_object_type_id=objectTypeId "
            "hs_processing_type=processingType hs_processing_status=processingStatus "
            "hs_list_version=listVersion:number hs_list_size=size|hs_list_size:number hs_created_at=createdAt:datetime "
            "hs_created_by_user_id=createdById:number hs_updated_at=updatedAt:datetime "
            "hs_updated_by_user_id=updatedById:number filtersUpdatedAt:datetime deletedAt:datetime hs_is_public:bool "
            "hs_is_read_only:bool hs_classic_list_id=classicListId|hs_classic_list_id:number hs_description "
            "hs_folder_name hs_list_access_level hs_last_record_added_at:datetime hs_last_record_removed_at:datetime "
            "hs_list_reference_count:number hs_num_references_blocking_delete:number hs_unique_list_reference_types "
            "hs_list_size_week_delta:number hs_total_size_calculated_at:datetime hs_is_limit_exempt:bool "
            "hs_is_lookalike_list:bool hs_generated_by_ai:bool hs_click_through_rate:number "
            "hs_email_open_rate:number filterBranch:json listPermissions:json membershipSettings:json"
        ),
        more="additionalProperties",
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
