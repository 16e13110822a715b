"""The command line: which scenarios, at which scale, and where the page goes."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from hubspot_assets.demo.portal_process import DemoPortalError
from hubspot_assets_tests.benchmarks import page, results, scenarios
from hubspot_assets_tests.benchmarks.bench import Bench
from hubspot_assets_tests.benchmarks.measuring import CommandFailed
from hubspot_assets_tests.benchmarks.scale import ScaleName, scale_of

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs" / "benchmarks.md"

_Scenario = Enum("_Scenario", {name: name for name in scenarios.SCENARIOS})  # type: ignore[misc]


def main(
    scale: Annotated[ScaleName, typer.Option(help="How much is read; small is a fiftieth.")] = "small",
    only: Annotated[
        list[_Scenario] | None, typer.Option(help="A scenario; repeat for more. Default: all but memory.")
    ] = None,
    contestant: Annotated[
        list[str] | None, typer.Option(help="Only contestants whose name begins so (floor, hubspot-assets, dlt, ...).")
    ] = None,
    contacts: Annotated[int | None, typer.Option(help="Another number of contacts than the scale's.", min=1)] = None,
    write: Annotated[
        Path | None,
        typer.Option(help="The page; its figures are kept beside it as JSON. Full scale: docs/benchmarks.md."),
    ] = None,
    directory: Annotated[Path, typer.Option(help="Where peers are installed and runs have room.")] = ROOT / ".bench",
) -> None:
    """Measure the export beside the floor and its peers, print the figures and write the page.

    Exit code 1 if something failed: the scenarios that did not are on the page.
    """
    sizes = scale_of(scale)
    bench = Bench(
        scale=sizes.with_contacts(contacts) if contacts else sizes,
        directory=directory,
        say=lambda line: typer.echo(line, err=True),
        contestants=frozenset(contestant or ()),
    )
    path = write or (DOCS if scale == "full" else directory / "benchmarks.md")
    done, failed = {}, False
    names = [name.value for name in only or ()] or [n for n in scenarios.SCENARIOS if n not in scenarios.APART]
    for name in names:
        bench.say(f"{name}, {scale} scale")
        try:
            done[name] = scenarios.run(name, bench)
        except (CommandFailed, DemoPortalError) as failure:
            bench.say(str(failure))
            failed = True
            continue
        kept = results.keep(path.with_suffix(".json"), done[name])
        path.write_text(page.page_of(kept), encoding="utf-8")
    for result in done.values():
        typer.echo(f"{page.section(result)}\n")
    if done:
        bench.say(f"The page is {path}.")
    raise typer.Exit(1 if failed else 0)


if __name__ == "__main__":
    typer.run(main)
