"""Random portals, and one-line object types for tests."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.sources import Source

#: No test depends on how busy the machine is.
ANY_LOAD = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def object_type(type_id: str, plural: str = "Cars", singular: str = "Car", name: str = "car") -> ObjectType:
    return ObjectType(type_id, name, singular, plural)


# Few letters and words on purpose: names must collide often.
_LABELS = st.one_of(
    st.sampled_from(
        ["Cars", "cars", "CARS", "Cars 2 222", "A to B", "B to C", "A", "B", "C", "", " ", "../x", "Машины"]
    ),
    st.text(alphabet="aB _/.é", max_size=4),
    st.text(max_size=12),
)
_TYPE_IDS = st.builds("{}-{}".format, st.sampled_from("02"), st.integers(1, 30))


@st.composite
def portals(draw: st.DrawFn) -> Portal:
    """Portals with every kind of label, name and pair that HubSpot's users could come up with."""
    type_ids = draw(st.lists(_TYPE_IDS, unique=True, max_size=6))
    types = [
        ObjectType(
            type_id,
            draw(_LABELS),
            draw(_LABELS),
            draw(_LABELS),
            tuple(draw(st.lists(_LABELS, max_size=2))),
            draw(st.sampled_from(Source)),
            draw(st.none() | _LABELS),
            draw(_LABELS),
        )
        for type_id in type_ids
    ]
    names = draw(
        st.lists(st.sampled_from(["e_a", "pe1_a", "pe22_a", "a", "A", "e_b/c", "e_b.c"]) | _LABELS, unique=True)
    )
    events = [
        EventType(name, draw(_LABELS), draw(_LABELS), draw(_LABELS), tuple(draw(st.lists(_LABELS, max_size=2))))
        for name in names
    ]
    ends = st.sampled_from(type_ids)
    return Portal.of(types, events, draw(st.lists(st.tuples(ends, ends), max_size=8)) if type_ids else [])
