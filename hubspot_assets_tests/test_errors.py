"""One tree of exceptions, as its docstring draws it."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import hubspot_assets
from hubspot_assets import errors
from hubspot_assets.errors import ExportError, UsageError

_DRAWN = re.compile(r"^ {4}(?P<depth>(?:│   |    )*(?:[├└]── )?)(?P<name>[A-Z]\w+)(?: \(and (?P<also>\w+)\))?(?:\s|$)")
_OTHERS = ("hubspot_assets.demo.portal", "hubspot_assets.definitions", "hubspot_assets.__main__")
"""Modules without errors of ours: the made-up HubSpot's are HubSpot's, and the others do things when imported."""

NEVER_SEEN = {
    "EarlierDayUnusable": "everything is read instead; `reading.carry_forward` tells it",
    "Sentence": "Dagster's own failure, which shows the sentence of one of these on the page of a run",
    "RoleNotAssumed": "botocore must know it as its own; `lake.errors` tells it",
    "TooLong": "the client of HubSpot makes a HubSpotError of it",
}
"""Exceptions that another one stands for before a command could meet them, and one that stands for others in the UI."""


def everything_below(root: type[ExportError]) -> set[type[ExportError]]:
    below = {root}
    for each in root.__subclasses__():
        below |= everything_below(each)
    return below


def drawn() -> dict[str, tuple[str, ...]]:
    """Class name -> names of its bases, as the drawing has them."""
    bases: dict[str, tuple[str, ...]] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := _DRAWN.match(line):
            depth = len(found["depth"]) // 4
            above[depth:] = [found["name"]]
            bases[found["name"]] = (*(above[depth - 1 : depth] if depth else ()), *filter(None, [found["also"]]))
    return bases


@pytest.fixture(scope="module")
def classes() -> set[type[ExportError]]:
    for module in walk_packages(hubspot_assets.__path__, "hubspot_assets."):
        if not module.name.startswith(_OTHERS):
            import_module(module.name)
    return {each for each in everything_below(ExportError) if each.__module__.startswith("hubspot_assets.")}


def test_the_tree_is_as_it_is_drawn(classes: set[type[ExportError]]) -> None:
    real = {
        each.__name__: tuple(base.__name__ for base in each.__bases__ if issubclass(base, ExportError))
        for each in classes
    }
    assert real == drawn()


def test_every_exception_of_ours_is_of_the_tree(classes: set[type[ExportError]]) -> None:
    """But for those that a module raises to itself."""

    def below(root: type[BaseException]) -> set[type[BaseException]]:
        return {root}.union(*(below(each) for each in root.__subclasses__()))

    ours = {
        each.__name__
        for each in below(Exception)
        if each.__module__.startswith("hubspot_assets.") and not each.__module__.startswith(_OTHERS)
    }
    strangers = {name for name in ours - {each.__name__ for each in classes} if not name.startswith("_")}
    assert strangers == set(NEVER_SEEN)


def test_usage_is_told_from_the_rest_by_class() -> None:
    assert issubclass(UsageError, ExportError)
    assert not issubclass(ExportError, UsageError)


GROUPS = {"ExportError", "UsageError", "HubSpotError", "Refused", "NotAvailable", "NotGranted", "Temporary", "Doubtful"}
"""Classes to catch by, or that the client alone sees: nobody is told of them."""


def test_the_page_of_errors_tells_of_each_what_to_do(classes: set[type[ExportError]]) -> None:
    page = (Path(hubspot_assets.__file__).parents[1] / "docs" / "errors.md").read_text(encoding="utf-8")
    usage, _ = page.split("\n## HubSpot\n")

    def told(text: str) -> list[str]:
        return re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)

    assert sorted(told(page)) == sorted({each.__name__ for each in classes} - GROUPS)
    assert set(told(usage)) == {each.__name__ for each in classes if issubclass(each, UsageError)} - GROUPS
