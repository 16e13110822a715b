"""Types that an API of their own lists: their fields are properties, their answers records."""

from datetime import datetime

import pytest

from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.catalog.sources import Source
from hubspot_assets.tables.definitions import property_rows
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.properties import exported_properties
from hubspot_assets.tables.source_fields import field_definitions, record, undeclared

from .making import READ_AT, tables

HUBSPOT_DEFINES = (Source.CRM_OBJECTS, Source.ENGAGEMENT_KINDS, Source.DEAL_SPLITS, Source.NONE_KNOWN)
OWN = [source for source in Source if source not in HUBSPOT_DEFINES]


@pytest.mark.parametrize("source", OWN, ids=lambda source: source.name)
def test_every_source_of_its_own_declares_its_fields_once_with_known_types(source: Source):
    declared = field_definitions(source)

    assert declared
    assert len({definition["name"] for definition in declared}) == len(declared)
    assert {definition["type"] for definition in declared} <= {"string", "number", "bool", "date", "datetime", "json"}
    made = frame(property_rows("0-9", declared), PROPERTY_DEFINITIONS.columns, READ_AT).lazy()
    assert {p.name: p.type for p in exported_properties(made, "0-9")} == source.value.types


@pytest.mark.parametrize("source", HUBSPOT_DEFINES, ids=lambda source: source.name)
def test_types_whose_properties_hubspot_defines_declare_none(source: Source):
    assert field_definitions(source) == []


def rows_of(source: Source, row: dict[str, object]) -> dict[str, object]:
    """The one row of OBJECTS_<X> of an answer."""
    declared = frame(property_rows("0-1", field_definitions(source)), PROPERTY_DEFINITIONS.columns, READ_AT).lazy()
    (made,) = tables([record(source, row)], exported_properties(declared, "0-1")).wide
    return made


def test_a_page_is_a_record_with_its_fields_as_text_and_its_password_nowhere():
    page = {
        "id": "9007199254740993",
        "name": "Home",
        "slug": "",
        "currentlyPublished": True,
        "translations": {"de": {"id": 1}},
        "publishDate": "2024-01-02T03:04:05Z",
        "updated": "2024-02-03T04:05:06.789Z",
        "created": "2024-01-01T00:00:00Z",
        "password": "hunter2",
        "brandNewField": 1,
        "emptyNewField": None,
    }

    made = rows_of(Source.SITE_PAGES, page)

    assert made["OBJECTID"] == made["PROPERTY_ID"] == "9007199254740993"
    assert (made["PROPERTY_SLUG"], made["PROPERTY_CURRENTLYPUBLISHED"]) == ("", "true")
    assert made["PROPERTY_TRANSLATIONS"] == '{"de":{"id":1}}'
    assert str(made["UPDATEDAT"]) == "2024-02-03 04:05:06.789000"
    assert "hunter2" not in str(made)
    assert undeclared(Source.SITE_PAGES, page) == {"brandNewField"}


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (Source.LANDING_PAGES, "pageExpiryDate"),
        (Source.SITE_PAGES, "pageExpiryDate"),
        (Source.BLOG_POSTS, "archivedAt"),
    ],
)
@pytest.mark.parametrize("value", [1_704_164_645_678, "2024-01-02T03:04:05.678Z"], ids=["milliseconds", "text"])
def test_a_time_in_epoch_milliseconds_is_a_datetime_like_one_in_text(source: Source, field: str, value: object):
    made = rows_of(source, {"id": "1", field: value})

    assert made[f"PROPERTY_{field.upper()}"] == datetime(2024, 1, 2, 3, 4, 5, 678_000)
    assert made[f"PROPERTY_UNPARSED_{field.upper()}"] == "1704164645678"


def test_media_are_flat_records():
    video = {
        "id": "57000000000",
        "mediaType": "VIDEO",
        "title": "Welcome, “all”",
        "detailsPageLink": "https://media.example.com/1?a=1,2",
        "duration": 300_001,
        "externalId": "e-1",
        "fileUrl": "https://media.example.com/1.mp4",
        "oembedUrl": "https://media.example.com/1/oembed",
        "posterUrl": "https://media.example.com/1.jpg",
        "thumbnailUrl": "https://media.example.com/1.png",
        "video": {"id": 9, "fileId": 123},
        "createdAt": "2024-01-01T00:00:00Z",
        "updatedAt": "2024-01-02T00:00:00Z",
    }

    made = rows_of(Source.MEDIA_BRIDGE, video)

    assert undeclared(Source.MEDIA_BRIDGE, video) == set()
    texts = {name: made[f"PROPERTY_{name.upper()}"] for name in video if not name.endswith("At")}
    assert texts == {**{name: video[name] for name in texts}, "duration": "300001", "video": '{"id":9,"fileId":123}'}
    assert made["PROPERTY_CREATEDAT"] == datetime(2024, 1, 1)


def test_a_marketing_email_says_which_campaigns_it_was_sent_as_and_who_may_see_it():
    email = {
        "id": "1",
        "primaryEmailCampaignId": "400000000",
        "allEmailCampaignIds": ["400000000", "400000007"],
        "emailCampaignGroupId": "300000000",
        "isAb": True,
        "emailTemplateMode": "DRAG_AND_DROP",
        "previewKey": "0001abcd",
        "clonedFrom": "99",
        "unpublishedAt": "2024-01-02T03:04:05Z",
        "publishedByEmail": "user@example.com",
        "publishedByName": "Müller, J.",
        "campaignUtm": "spring",
        "folderIdV2": 6_000_000_000_001,
        "teamsWithAccess": ["7"],
        "usersWithAccess": [],
    }

    made = rows_of(Source.MARKETING_EMAILS, email)

    assert undeclared(Source.MARKETING_EMAILS, email) == set()
    assert made["PROPERTY_ALLEMAILCAMPAIGNIDS"] == '["400000000","400000007"]'
    assert (made["PROPERTY_PRIMARYEMAILCAMPAIGNID"], made["PROPERTY_CLONEDFROM"]) == ("400000000", "99")
    assert (made["PROPERTY_ISAB"], made["PROPERTY_FOLDERIDV2"]) == ("true", "6000000000001")
    assert (made["PROPERTY_TEAMSWITHACCESS"], made["PROPERTY_USERSWITHACCESS"]) == ('["7"]', "[]")
    assert made["PROPERTY_UNPUBLISHEDAT"] == datetime(2024, 1, 2, 3, 4, 5)


def test_a_marketing_event_is_a_record_by_its_own_id_without_what_is_marked_as_sensitive():
    event = {
        "objectId": "54000000000",
        "eventName": "Webinar, “live”",
        "eventCompleted": False,
        "startDateTime": "2024-05-01T16:00:00Z",
        "registrants": 12,
        "noShows": 0,
        "appInfo": {"id": "4711", "name": "Webinars"},
        "customProperties": [
            {"name": "topic", "value": "CRM"},
            {"name": "health", "value": "secret", "dataSensitivity": "high"},
            {"name": "room", "value": "1", "dataSensitivity": "none"},
        ],
        "createdAt": "2024-01-01T00:00:00Z",
        "updatedAt": "2024-01-02T00:00:00Z",
    }

    made = rows_of(Source.MARKETING_EVENTS, event)

    assert undeclared(Source.MARKETING_EVENTS, event) == set()
    assert made["OBJECTID"] == made["PROPERTY_OBJECTID"] == "54000000000"
    assert (made["PROPERTY_EVENTCOMPLETED"], made["PROPERTY_NOSHOWS"]) == ("false", "0")
    assert made["PROPERTY_APPINFO"] == '{"id":"4711","name":"Webinars"}'
    assert made["UPDATEDAT"] == datetime(2024, 1, 2)
    assert "topic" in made["PROPERTY_CUSTOMPROPERTIES"]
    assert "room" in made["PROPERTY_CUSTOMPROPERTIES"]
    assert "secret" not in str(made)


def test_lists_and_campaigns_are_records_by_their_own_ids():
    assert record(Source.LISTS, {"listId": 7, "name": "x"})["id"] == "7"
    campaign = record(
        Source.CAMPAIGNS, {"id": "c-1", "properties": {"hs_name": "x"}, "updatedAt": "2024-01-01T00:00:00Z"}
    )
    assert (campaign["id"], campaign["properties"]["hs_name"]) == ("c-1", "x")


def test_owned_records_have_hubspots_names_of_properties_and_the_apis_own_beside():
    one = {
        "listId": 7,
        "name": "x",
        "size": 0,
        "listVersion": 2,
        "processingType": "DYNAMIC",
        "createdById": "9",
        "filtersUpdatedAt": "2024-01-02T00:00:00Z",
        "additionalProperties": {
            "hs_is_public": "true",
            "hs_is_read_only": "false",
            "hs_list_size": "7",
            "hs_new": "1",
        },
    }
    made = rows_of(Source.LISTS, one)

    assert undeclared(Source.LISTS, one) == {"hs_new"}
    assert (made["PROPERTY_HS_LIST_ID"], made["PROPERTY_HS_LIST_NAME"], made["PROPERTY_HS_LIST_SIZE"]) == (
        "7",
        "x",
        "0",
    )
    assert (made["PROPERTY_HS_IS_PUBLIC"], made["PROPERTY_HS_IS_READ_ONLY"]) == ("true", "false")
    assert (made["PROPERTY_HS_PROCESSING_TYPE"], made["PROPERTY_HS_CREATED_BY_USER_ID"]) == ("DYNAMIC", "9")
    assert made["PROPERTY_FILTERSUPDATEDAT"] == datetime(2024, 1, 2)
    assert {"PROPERTY_LISTID", "PROPERTY_NAME", "PROPERTY_ADDITIONALPROPERTIES"}.isdisjoint(made)
    assert rows_of(Source.LISTS, {**one, "size": None})["PROPERTY_HS_LIST_SIZE"] == "7"

    email = {"id": "77", "name": "Spring", "campaign": "1b7f-guid", "campaignName": "Sales", "subject": "Hi"}
    made = rows_of(Source.MARKETING_EMAILS, email)
    assert (made["OBJECTID"], made["PROPERTY_HS_ORIGIN_ASSET_ID"], made["PROPERTY_HS_NAME"]) == ("77", "77", "Spring")
    assert (made["PROPERTY_HS_CAMPAIGN_NAME"], made["PROPERTY_CAMPAIGNNAME"]) == ("1b7f-guid", "Sales")
    assert made["PROPERTY_SUBJECT"] == "Hi"

    campaign = rows_of(Source.CAMPAIGNS, {"id": "1b7f-guid", "properties": {"hs_name": "Sales"}})
    assert (campaign["PROPERTY_HS_ORIGIN_ASSET_ID"], campaign["PROPERTY_HS_NAME"]) == ("1b7f-guid", "Sales")
    assert "hs_origin_asset_id" not in Source.CAMPAIGNS.value.own_names


def test_a_form_submission_has_an_id_that_follows_from_what_it_says():
    submission = {"formId": "f", "submittedAt": 1704164645678, "values": [{"name": "email", "value": "a@b.c"}]}

    one, same = (
        record(Source.FORM_SUBMISSIONS, submission),
        record(Source.FORM_SUBMISSIONS, dict(reversed(submission.items()))),
    )
    other = record(Source.FORM_SUBMISSIONS, {**submission, "formId": "g"})

    assert one["id"] == same["id"] != other["id"]
    assert record(Source.FORM_SUBMISSIONS, {**submission, "conversionId": "c"})["id"] == "c"
    assert str(rows_of(Source.FORM_SUBMISSIONS, submission)["UPDATEDAT"]) == "2024-01-02 03:04:05.678000"


def test_a_record_without_any_time_has_none():
    assert record(Source.SEQUENCES, {"id": 1})["updatedAt"] is None
