"""What differs between two portals is told in lines: what is new, gone, and named otherwise."""

from dataclasses import replace

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.reading.differences import differences

CAR = ObjectType("2-7", "car", "Car", "Cars", ("crm.objects.custom.read",))
SHIP = ObjectType("2-8", "ship", "Ship", "Ships", ("crm.objects.custom.read",))


def test_equal_portals_have_no_differences() -> None:
    assert differences(Portal.of([CAR]), Portal.of([replace(CAR, description="wheels")])) == []


def test_an_object_type_that_is_named_otherwise_is_told_once_for_its_tables_are() -> None:
    renamed = replace(CAR, singular_label="Auto", plural_label="Autos")
    pair = ("2-7", "2-8")
    told = differences(Portal.of([CAR, SHIP], [], [pair]), Portal.of([renamed, SHIP], [], [pair]))
    assert told == ["renamed object type: Cars (2-7) is now Autos (2-7)"]


def test_of_very_many_the_first_are_told_and_how_many_more() -> None:
    events = [EventType(f"e_{number:02d}", f"4-{number}") for number in range(25)]
    told = differences(Portal.of([]), Portal.of([], events))
    assert told[0] == "new event type: e_00"
    assert told[20:] == ["new event type: 5 more"]
