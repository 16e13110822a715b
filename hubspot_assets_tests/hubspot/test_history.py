"""A history is a mapping of what HubSpot told, however it is held."""

from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.hubspot.record_pages.history import History, Version

_VERSION = st.builds(Version, st.none() | st.text(max_size=3), st.text(max_size=3), source_id=st.none() | st.just("7"))
_TOLD = st.dictionaries(st.sampled_from("abcdef"), st.lists(_VERSION, max_size=3))


def given_of(told: dict[str, list[Version]]) -> dict[str, list[Version]]:
    """What has versions."""
    return {name: versions for name, versions in told.items() if versions}


@given(_TOLD)
def test_it_is_the_mapping_of_what_was_told_without_what_has_no_versions(told: dict[str, list[Version]]) -> None:
    history = History.of(told)
    assert history == given_of(told)
    assert list(history) == sorted(given_of(told))
    assert len(history) == len(given_of(told))
    assert [history.get(name) for name in "abcdefg"] == [given_of(told).get(name) for name in "abcdefg"]


@given(_TOLD, st.sets(st.sampled_from("abcdefg")))
def test_only_some_of_it_and_those_beside_the_others_again(told: dict[str, list[Version]], wanted: set[str]) -> None:
    history = History.of(told)
    some = history.only(wanted)
    assert some == {name: versions for name, versions in given_of(told).items() if name in wanted}
    others = history.only({*"abcdefg"} - wanted)
    assert list(others.beside(some).items()) == list(history.items())


@given(_TOLD, _TOLD)
def test_with_other_versions_of_some_properties(
    told: dict[str, list[Version]], changed: dict[str, list[Version]]
) -> None:
    assert History.of(told).with_versions(changed) == given_of({**told, **changed})
