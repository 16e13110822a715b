"""The page says what the figures say, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from hubspot_assets_tests.benchmarks import page, results, sections
from hubspot_assets_tests.benchmarks.__main__ import DOCS
from hubspot_assets_tests.benchmarks.results import Figure, Machine, Result

MACHINE = Machine("2026-01-01", 2, "A processor", 8, "Linux", 0.5, {"Python": "3.11"})
FLOOR = Figure("floor", "reads", 1000, 2.0, 1.0, 50.0, 0.0, {"records, by list": 10}, most_in_flight=1)
OURS = Figure(
    "hubspot-assets", "exports", 1000, 4.0, 6.0, 200.0, 0.0, {"records, by list": 12}, rows=3000, bytes=5_000_000
)
PEER = Figure("dlt", "reads", 100, 2.0, 2.0, 300.0, 0.0, {"records, by list": 1}, rows=100, bytes=250_000, is_peer=True)
FACTS: dict[str, float] = {"contacts": 1000, "properties": 200, "changed": 10}


def contacts(*figures: Figure, **facts: float) -> Result:
    return Result("throughput", "full", MACHINE, list(figures), {**FACTS, **facts})


def line_of(text: str, name: str, nth: int = 0) -> list[str]:
    lines = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in lines[nth].strip("|").split("|")]


def test_a_peer_that_read_fewer_records_is_compared_for_each_record() -> None:
    ratios = line_of(page.section(contacts(FLOOR, OURS, PEER)), "dlt", 1)
    assert ratios == ["dlt", "100", "10×", "20×", "6×", "1×", "5×", "3.3×", "1.5×", "0.83×", "0.5×"]


def test_a_peer_is_compared_on_the_same_portal_where_there_is_one() -> None:
    result = contacts(FLOOR, OURS, replace(OURS, records=100, seconds=1.0), PEER)
    assert line_of(page.section(result), "dlt", 1)[6] == "2×"


def test_history_is_compared_with_history() -> None:
    ours = replace(OURS, name="hubspot-assets, with history", reads_history=True)
    floor = replace(FLOOR, name="floor, with history", reads_history=True, seconds=1.0)
    assert line_of(page.section(contacts(FLOOR, floor, OURS, ours)), ours.name, 1)[2] == "4×"


def test_what_limits_a_figure_is_worked_out_from_it() -> None:
    near, far = contacts(), contacts(latency_ms=250)
    busy = replace(OURS, cpu_seconds=3.6)
    full = replace(OURS, share=0.93, seconds=40.0, reading_seconds=36.0)
    assert sections.limited_by(full, far) == "HubSpot's rate limit"
    assert sections.limited_by(replace(full, seconds=60.0), far) == "HubSpot's rate limit for 36.0 s, then its own work"
    assert sections.limited_by(replace(FLOOR, seconds=3.0), far) == "latency, one call after another"
    assert sections.limited_by(busy, near) == "its own CPU, 0.9 cores"
    beside_portal = replace(busy, portal_cpu_seconds=3.6)
    assert sections.limited_by(beside_portal, near) == "all 2 cores, 50% of the work the portal's"
    assert sections.limited_by(replace(OURS, cpu_seconds=1.0), near) == "waiting; its own CPU for 25% of the time"


def test_the_next_day_is_told_call_by_call() -> None:
    first = replace(OURS, calls={"records with history, by list": 200, "definitions": 10})
    calls = {"records, by list": 100, "records with history, by batch read": 4, "definitions": 10}
    result = Result("next-day", "full", MACHINE, [first, replace(OURS, calls=calls, cpu_seconds=3.0)], FACTS)
    text = page.section(result)
    assert line_of(text, "- records, by list") == ["- records, by list", "–", "100", "–"]
    assert line_of(text, "CPU") == ["CPU", "6.00 s", "3.00 s", "50%"]
    assert "10 of 1,000 contacts were changed or created" in text
    assert "Calls for history on day 2: 4, which is 2.0% of the 200 on day 1." in text


def test_results_are_kept_between_runs(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "figures.json"
    memory = Result("memory", "small", MACHINE, [replace(OURS, memory=[(0.1, 50.0), (4.0, 200.0)])], FACTS)
    results.keep(path, contacts(FLOOR))
    results.keep(path, memory)
    assert results.keep(path, contacts(FLOOR, OURS)) == {"throughput": contacts(FLOOR, OURS), "memory": memory}


@pytest.mark.skipif(not DOCS.exists(), reason="the page was not written yet: `make bench` does")
def test_the_page_of_the_project_is_what_its_figures_make() -> None:
    assert DOCS.read_text(encoding="utf-8") == page.page_of(results.load(DOCS.with_suffix(".json")))
