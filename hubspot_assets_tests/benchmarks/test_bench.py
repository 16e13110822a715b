"""The command of the benchmarks runs, with portals too small to say anything: what counts is that it reads them."""

from pathlib import Path

from typer import Typer
from typer.testing import CliRunner

from hubspot_assets_tests.benchmarks import results
from hubspot_assets_tests.benchmarks.__main__ import main
from hubspot_assets_tests.sampled import SWEEP

APP = Typer()
APP.command()(main)


def bench(directory: Path, *arguments: str) -> str:
    """The page that a run writes."""
    page = directory / "benchmarks.md"
    places = ["--directory", str(directory), "--write", str(page)]
    result = CliRunner().invoke(APP, [*arguments, *places])
    assert result.exit_code == 0, result.output
    return page.read_text(encoding="utf-8")


def test_the_floor_reads_every_page_with_and_without_history(tmp_path: Path) -> None:
    page = bench(tmp_path, "--only", "throughput", "--contestant", "floor", "--contacts", "230")
    found = results.load(tmp_path / "benchmarks.json")["throughput"]
    assert {figure.name for figure in found.figures} == {"floor", "floor, with history"}
    for figure in found.figures:
        kind, size = ("records with history, by list", 50) if figure.reads_history else ("records, by list", 100)
        assert figure.calls == {kind: -(-figure.records // size), "definitions": 1}
    assert "| floor |" in page


@SWEEP
def test_the_export_is_measured_with_what_it_wrote(tmp_path: Path) -> None:
    page = bench(tmp_path, "--only", "memory", "--contacts", "120")
    (figure,) = results.load(tmp_path / "benchmarks.json")["memory"].figures
    assert figure.tables == 5
    assert figure.rows > 5 * figure.records
    assert figure.bytes > 0
    assert figure.total_calls > figure.records / 50
    assert "## Memory: " in page
    assert not list(tmp_path.glob("run-*"))


@SWEEP
def test_what_is_measured_without_a_network_makes_the_rows_of_an_export(tmp_path: Path) -> None:
    page = bench(tmp_path, "--only", "memory", "--only", "own-work", "--contacts", "120")
    found = results.load(tmp_path / "benchmarks.json")
    (export,) = found["memory"].figures
    one, three, five = found["own-work"].figures
    assert [one.records, three.records, five.records] == [export.records] * 3
    assert [one.rows, three.rows, five.rows] == [export.records, 3 * export.records, export.rows]
    assert all(figure.cpu_seconds > 0 for figure in (one, three, five))
    assert "| five tables |" in page
