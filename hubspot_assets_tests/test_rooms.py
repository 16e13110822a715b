"""Which room of the package may import which: the arrows of `docs/architecture.md`, held against every import.

Imports within functions count like those at the top; those for type checkers alone do not.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import hubspot_assets

PACKAGE = Path(hubspot_assets.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__")

MAY_IMPORT = {
    "settings": {"errors", "outside_text", "setting_values"},
    "setting_values": {"outside_text"},
    "errors": set(),
    "allocation": set(),
    "files": set(),
    "portals": {"settings", "errors", "outside_text", "files"},
    "concurrency": set(),
    "scratch": set(),
    "outside_text": set(),
    "days": {"settings", "errors"},
    "catalog": {"outside_text", "errors", "settings", "files"},
    "hubspot": {"outside_text", "errors", "settings", "concurrency"},
    "tables": {"catalog", "errors", "scratch", "concurrency"},
    "lake": {"outside_text", "catalog", "errors", "scratch", "concurrency"},
    "connection": {"outside_text", "catalog", "errors", "settings", "lake", "hubspot", "reading"},
    "reading": {
        "outside_text",
        "catalog",
        "hubspot",
        "tables",
        "lake",
        "settings",
        "errors",
        "days",
        "concurrency",
        "scratch",
    },
    "checks": {
        "outside_text",
        "catalog",
        "hubspot",
        "tables",
        "lake",
        "settings",
        "errors",
        "days",
        "concurrency",
        "scratch",
    },
    "verify": {
        "outside_text",
        "catalog",
        "hubspot",
        "lake",
        "settings",
        "errors",
        "days",
        "concurrency",
        "scratch",
        "reading",
    },
    "warehouse": {
        "outside_text",
        "catalog",
        "tables",
        "lake",
        "connection",
        "settings",
        "errors",
        "concurrency",
        "scratch",
        "reading",
    },
    "demo": {"errors"},
    "defs": {"catalog", "hubspot", "tables", "lake", "connection", "reading", "checks", "verify"}
    | {"settings", "portals", "errors", "days", "concurrency", "scratch", "outside_text"},
    "definitions": {"allocation", "defs", "settings", "errors", "catalog", "reading"},
}
"""Of each room and root module, what of ours it may import beside itself. `cli` and `__main__` may import all."""


def imports(path: Path) -> Iterator[str]:
    """Every module that a module imports, whole names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    package = ("hubspot_assets", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{origin}.{alias.name}" if is_module(f"{origin}.{alias.name}") else origin


def is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def room(path: Path) -> str:
    """The room that a module lies in, or its own name at the root."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def name_of(path: Path) -> str:
    parts = ("hubspot_assets", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize(
    ("libraries", "rooms"),
    [
        (("dagster", "dagster_aws", "dagster_shared"), {"defs", "definitions"}),
        (("typer", "rich", "click"), {"cli"}),
        (("requests", "urllib3"), {"hubspot"}),
    ],
    ids=lambda value: sorted(value)[0],
)
def test_a_library_is_known_in_its_room_alone(libraries: tuple[str, ...], rooms: set[str]) -> None:
    strangers = [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        for name in imports(path)
        if name.split(".")[0] in libraries and room(path) not in rooms
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "inside", [*ROOMS, "days", "settings", "portals", "allocation", "concurrency", "scratch", "definitions"]
)
def test_arrows_go_one_way(inside: str) -> None:
    if inside == "cli":
        pytest.skip("the command line stands on everything")
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        if room(path) == inside
        for name in imports(path)
        if name.startswith("hubspot_assets.") and name.split(".")[1] not in MAY_IMPORT[inside] | {inside}
    ]
    assert wrong == []


def test_the_demo_portal_imports_nothing_outside_itself() -> None:
    portal = PACKAGE / "demo" / "portal"
    outside = [
        f"{name_of(path)} imports {name}"
        for path in sorted(portal.rglob("*.py"))
        for name in imports(path)
        if name.startswith("hubspot_assets") and not name.startswith("hubspot_assets.demo.portal")
    ]
    assert outside == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not even late: a module that is imported within a function stands in the same circle."""
    graph = {
        name_of(path): {name for name in imports(path) if name.startswith("hubspot_assets.")} - {name_of(path)}
        for path in MODULES
        if path.name != "__init__.py"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_an_import_within_a_function_tells_why() -> None:
    """In `cli` the reason is everywhere the same: `--help` and wrong usage answer before Dagster and Polars load."""
    silent = []
    for path in MODULES:
        if room(path) == "cli":
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if line.startswith(" ") and line.lstrip().startswith(("from ", "import ")) and "PLC0415" in line:
                reason = line.split("PLC0415", 1)[1].strip(" -")
                above = lines[number - 1].strip()
                if not reason and not above.startswith("#") and "PLC0415" not in above:
                    silent.append(f"{name_of(path)}:{number + 1}")
    assert silent == []
