"""Who took part in marketing events."""

from datetime import datetime

from hubspot_assets.catalog.fixed_tables import MARKETING_EVENT_PARTICIPATIONS
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.participations import participation_rows

from .making import READ_AT


def test_a_participation_says_who_did_what_and_when():
    attended = {
        "id": "54000000000",
        "createdAt": "2024-01-01T00:00:00Z",
        "associations": {
            "contact": {"contactId": "9007199254740993", "email": "a@example.com", "firstname": "Zoë", "lastname": "O"},
            "marketingEvent": {"marketingEventId": "54000000000", "name": "Webinar"},
        },
        "properties": {
            "attendanceState": "ATTENDED",
            "occurredAt": 1_704_164_645_678,
            "attendanceDurationSeconds": 3600,
            "attendancePercentage": "0.75",
        },
    }
    registered = {
        "associations": {"contact": {"contactId": 7, "email": "b@example.com"}, "marketingEvent": {}},
        "properties": {"attendanceState": "REGISTERED", "occurredAt": 0},
    }

    rows = participation_rows("54000000000", [attended, registered])

    made = frame(rows, MARKETING_EVENT_PARTICIPATIONS.columns, READ_AT).rows()
    read_at = READ_AT.replace(tzinfo=None)
    assert made == [
        (
            "54000000000",
            "9007199254740993",
            "a@example.com",
            "Zoë",
            "O",
            "ATTENDED",
            datetime(2024, 1, 2, 3, 4, 5, 678_000),
            "3600",
            "0.75",
            read_at,
        ),
        ("54000000000", "7", "b@example.com", None, None, "REGISTERED", datetime(1970, 1, 1), None, None, read_at),
    ]
