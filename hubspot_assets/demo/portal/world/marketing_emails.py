"""What the marketing emails of a portal say of themselves."""

from typing import Any

from .chance import mixed
from .pieces import Piece
from .times import DAY_MS, iso

_STATES = (("PUBLISHED", True), ("DRAFT", False), ("AUTOMATED", True), ("SCHEDULED", False), ("AUTOMATED_DRAFT", False))
_KINDS = ("BATCH_EMAIL", "AUTOMATED_EMAIL", "RSS_EMAIL", "AB_EMAIL", "LEADFLOW_EMAIL")
_LANGUAGES = ("en", "de", "fr", "ja", None)


def email_id(email: Piece) -> str:
    return str(100_000_000_000 + email.number * 17)


def campaign_group_id(email: Piece) -> int:
    """What the campaigns of an email have in common; its events tell it, too."""
    return 300_000_000 + email.number * 101


def campaign_ids(email: Piece) -> tuple[int, ...]:
    """The campaigns that an email was sent as, the first one first; its events tell which."""
    first = 400_000_000 + email.number * 1009
    return (first, first + 7) if is_ab(email) or email.number % 4 == 1 else (first,)


def is_ab(email: Piece) -> bool:
    return _kind(email) == "AB_EMAIL"


def _kind(email: Piece) -> str:
    return _KINDS[email.chance // 8 % len(_KINDS)]


def is_omitted_with_statistics(email: Piece) -> bool:
    """HubSpot leaves some emails out where statistics are asked for."""
    return email.number % 7 == 3


def as_json(email: Piece, *, with_statistics: bool) -> dict[str, Any]:
    """As the marketing emails API gives it; what is not set is null or absent, as it comes."""
    state, published = _STATES[email.chance % len(_STATES)]
    kind = _kind(email)
    row: dict[str, Any] = {
        "id": email_id(email),
        "name": email.name,
        "subject": email.text(1),
        "state": state,
        "type": kind,
        "subcategory": kind.lower(),
        "language": _LANGUAGES[email.chance // 64 % len(_LANGUAGES)],
        "isPublished": published,
        "isTransactional": email.chance % 11 == 0,
        "archived": email.archived_ms is not None,
        "activeDomain": "www.example.com",
        "campaign": None if email.chance % 3 else email.guid,
        "campaignName": None if email.chance % 3 else email.text(2),
        "campaignUtm": f"utm, {email.number}" if email.chance % 2 else None,
        "primaryEmailCampaignId": str(campaign_ids(email)[0]),
        "allEmailCampaignIds": [str(campaign_id) for campaign_id in campaign_ids(email)],
        "emailCampaignGroupId": str(campaign_group_id(email)),
        "isAb": is_ab(email),
        "emailTemplateMode": ("DRAG_AND_DROP", "DESIGN_MANAGER", "CODED")[email.chance // 16 % 3],
        "previewKey": f"{email.chance % 16**8:08x}",
        "from": {
            "fromName": "Ada “Countess” Lovelace",
            "replyTo": "ada@example.com",
            "customReplyTo": email.text(8) if email.chance % 2 else None,
        },
        "to": _recipients(email),
        "content": _content(email),
        "subscriptionDetails": {
            "subscriptionId": str(email.chance % 7),
            "officeLocationId": str(email.chance % 3) if email.chance % 2 else None,
            "preferencesGroupId": None if email.chance % 2 else "4",
        },
        "webversion": _web_version(email),
        "testing": {**_TESTING, "isAbVariation": email.chance % 2 == 0} if is_ab(email) else None,
        "rssData": _RSS if kind == "RSS_EMAIL" else None,
        "feedbackSurveyId": "77" if email.chance % 13 == 0 else None,
        "folderId": 5_000_000_000 + email.chance % 3 if email.chance % 2 else None,
        "folderIdV2": 6_000_000_000_000 + email.chance % 3 if email.chance % 2 else None,
        "teamsWithAccess": ["300001", "300002"] if email.chance % 4 == 0 else [],
        "usersWithAccess": [email.created_by] if email.chance % 5 == 0 else [],
        "sendOnPublish": True,
        "jitterSendTime": False,
        "businessUnitId": "0",
        "workflowNames": [email.text(7)] if state.startswith("AUTOMATED") else [],
        "createdAt": iso(email.created_ms),
        "updatedAt": iso(email.updated_ms),
        "createdById": email.created_by,
        "updatedById": email.updated_by,
    }
    if published:
        at = iso(email.created_ms + DAY_MS)
        row |= {"publishDate": at, "publishedAt": at, "publishedById": email.updated_by}
        row |= {"publishedByEmail": f"user.{email.updated_by}@example.com", "publishedByName": "Müller, Jürgen “JM”"}
    elif email.chance % 2:
        row["unpublishedAt"] = iso(email.created_ms + 2 * DAY_MS)
    if email.number and email.chance % 7 == 0:
        row["clonedFrom"] = str(int(email_id(email)) - 17)  # the one before
    if email.archived_ms is not None:
        row["deletedAt"] = iso(email.archived_ms)
    return {**row, "stats": _statistics(email)} if with_statistics else row


_TESTING = {
    "testId": "3f1c",
    "hoursToWait": 4,
    "abTestPercentage": 50,
    "abStatus": "master",
    "abSamplingDefault": "master",
    "abSampleSizeDefault": "variant",
    "abSuccessMetric": "CLICKS_BY_OPENS",
}
_RSS = {
    "blogEmailType": "instant",
    "blogImageMaxWidth": 500,
    "blogLayout": "image_full",
    "hubspotBlogId": "700001",
    "maxEntries": 5,
    "rssEntryTemplate": "<h2>{{ name }}</h2>,\n",
    "timing": {"repeats": {"frequency": "weekly", "days": ["MONDAY"]}, "time": {"hour": 9, "minute": 0}},
    "url": "https://www.example.com/rss.xml",
    "useHeadlineAsSubject": True,
}
_FONT = {"font": "Arial, sans-serif", "color": "#23496d", "size": 15, "bold": False, "italic": False, "underline": True}
_STYLE = {
    "backgroundColor": "#ffffff",
    "backgroundImage": "",
    "backgroundImageType": "",
    "bodyBorderColor": "#eaf0f6",
    "bodyBorderColorChoice": "BORDER_MANUAL",
    "bodyBorderWidth": 1,
    "bodyColor": "#ffffff",
    "buttonStyleSettings": {"backgroundColor": {"color": "#00a4bd"}, "cornerRadius": 8, "fontStyle": _FONT},
    **{f"colorPickerFavorite{n}": "#000000" for n in range(1, 7)},
    "dividerStyleSettings": {"color": {"color": "#23496d"}, "height": 1, "lineType": "solid"},
    "emailBodyPadding": "10px 20px",
    "emailBodyWidth": "600",
    "headingOneFont": _FONT,
    "headingTwoFont": _FONT,
    "linksFont": _FONT,
    "primaryAccentColor": "",
    "primaryFont": "Arial, sans-serif",
    "primaryFontColor": "#23496d",
    "primaryFontLineHeight": "150%",
    "primaryFontSize": 15,
    "secondaryAccentColor": "",
    "secondaryFont": "Arial, sans-serif",
    "secondaryFontColor": "#23496d",
    "secondaryFontLineHeight": "150%",
    "secondaryFontSize": 12,
}


def _content(email: Piece) -> dict[str, Any]:
    return {
        "templatePath": "@hubspot/email/dnd/welcome.html",
        "plainTextVersion": f"{email.text(3)}\r\n\r\n{email.text(4)}",
        "flexAreas": {"main": {"sections": []}},
        "smartFields": {},
        "themeSettingsValues": {},
        "widgetContainers": {},
        "widgets": {"preview_text": {"body": {"value": email.text(5)}, "type": "text"}},
        "styleSettings": _STYLE,
    }


def _web_version(email: Piece) -> dict[str, Any]:
    slug, expires = f"email-{email.number}", email.chance % 2 == 0
    return {
        "domain": "www.example.com",
        "slug": slug,
        "url": f"https://www.example.com/{slug}",
        "title": email.text(6),
        "metaDescription": "",
        "isPageRedirected": False,
        "redirectToPageId": "12" if expires else None,
        "redirectToUrl": "https://www.example.com" if expires else None,
        "pageExpiryEnabled": expires,
        "expiresAt": iso(email.created_ms + 400 * DAY_MS) if expires else None,
    }


def _recipients(email: Piece) -> dict[str, Any]:
    lists = {"include": [str(10 + email.chance % 30 * 3)], "exclude": []}
    none: dict[str, list[str]] = {"include": [], "exclude": []}
    return {
        "contactIlsLists": lists,
        "contactIds": none,
        "contactLists": none,
        "limitSendFrequency": False,
        "suppressGraymail": True,
    }


def _statistics(email: Piece) -> dict[str, Any]:
    sent = mixed(email.chance, 9) % 5000
    opened, clicked = sent * 2 // 5, sent // 20
    return {
        "counters": {"sent": sent, "delivered": sent, "open": opened, "click": clicked, "bounce": 0},
        "ratios": {"openratio": 40.0 if sent else 0.0, "clickratio": 5.0 if sent else 0.0},
        "deviceBreakdown": {"open_device_type": {"computer": opened, "mobile": 0, "unknown": 0}},
        "qualifierStats": {},
    }
