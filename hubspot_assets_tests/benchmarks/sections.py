"""One section of the page for each scenario: its tables, and the sentences that its own numbers allow.

No number is written here by hand; what a sentence claims is worked out from the figures. Not here: the page around them
(`page.py`).
"""

from collections.abc import Callable, Iterable

from hubspot_assets_tests.benchmarks.markdown import count, mebibytes, percent, ratio, seconds, size, table
from hubspot_assets_tests.benchmarks.results import Figure, Result
from hubspot_assets_tests.benchmarks.traffic import HISTORY

_SATURATED = 0.85
_LINES_OF_MEMORY = 24
_ALLOWED_A_SECOND = 19


def contacts(result: Result) -> str:
    """Several contestants on contacts: figures, ratios, and who did not take part."""
    headings = ["", "contacts", "wall", "reading", "contacts/s", "CPU", "peak memory", "calls", "at once"]
    limited = "limit" in result.facts
    headings += [*(["share of the limit", "refused"] if limited else []), "rows out", "bytes out", "limited by"]
    rows = []
    for f in result.figures:
        row = [f.name, count(f.records), seconds(f.seconds), seconds(f.reading_seconds)]
        row += [count(f.records / f.seconds), seconds(f.cpu_seconds)]
        row += [mebibytes(f.peak_mib), count(f.total_calls), count(f.most_in_flight)]
        row += [percent(f.share), str(f.refused)] if limited else []
        rows.append([*row, count(f.rows), size(f.bytes), limited_by(f, result)])
    parts = [table(headings, rows), "As ratios, each contestant to the one of its kind (with or without history):"]
    parts.append(_ratios(result))
    parts += [f"{name} took no part: {reason}" for name, reason in result.absent.items()]
    return "\n\n".join(parts)


def limited_by(figure: Figure, result: Result) -> str:
    """What kept a contestant from being quicker, as far as its figures tell."""
    busy = figure.cpu_seconds / figure.seconds
    with_portal = busy + figure.portal_cpu_seconds / figure.seconds
    waited = figure.total_calls * result.facts.get("latency_ms", 0) / 1000 / figure.seconds
    if figure.share is not None and figure.share >= _SATURATED:
        reading = figure.reading_seconds
        whole = reading >= _SATURATED * figure.seconds
        return "HubSpot's rate limit" + ("" if whole else f" for {seconds(reading)}, then its own work")
    if figure.most_in_flight == 1 and waited > 0.5:
        return "latency, one call after another"
    if with_portal >= _SATURATED * result.machine.cores:
        return f"all {result.machine.cores} cores, {percent(1 - busy / with_portal)} of the work the portal's"
    if busy >= _SATURATED:
        return f"its own CPU, {busy:.1f} cores"
    return f"waiting; its own CPU for {percent(busy)} of the time"


def _ratios(result: Result) -> str:
    headings = ["", "contacts", *(f"{what} × floor" for what in ("wall", "CPU", "memory", "calls"))]
    headings += [f"{what} × ours" for what in ("wall", "CPU", "memory", "calls", "bytes")]
    rows = []
    for f in result.figures:
        kind = ", with history" if f.reads_history else ""
        row = [f.name, count(f.records)]
        for name, parts in (("floor", 4), ("hubspot-assets", 5)):
            base = result.of(name + kind, f.records)
            row += ["–"] * parts if base is None else _against(f, base)[:parts]
        rows.append(row)
    return table(headings, rows)


def _against(figure: Figure, base: Figure) -> list[str]:
    """Wall, CPU, calls and bytes for each record, as there may be no base that read as many; memory as it was."""
    f, b = figure, base

    def each(value: float, base_value: float) -> str:
        return ratio(value / f.records, base_value / b.records)

    return [
        each(f.seconds, b.seconds),
        each(f.cpu_seconds, b.cpu_seconds),
        ratio(f.peak_mib, b.peak_mib),
        each(f.total_calls, b.total_calls),
        each(f.bytes, b.bytes),
    ]


def next_day(result: Result) -> str:
    """Day 2 against day 1, call by call."""
    if len(result.figures) != 2:
        return "Not measured."
    first, second = result.figures
    kinds = list(dict.fromkeys([*first.calls, *second.calls]))
    rows = [
        ["calls", *_both(first.total_calls, second.total_calls, count)],
        *([f"- {kind}", *_both(first.calls.get(kind, 0), second.calls.get(kind, 0), count)] for kind in kinds),
        ["wall", *_both(first.seconds, second.seconds, seconds)],
        ["CPU", *_both(first.cpu_seconds, second.cpu_seconds, seconds)],
        ["peak memory", *_both(first.peak_mib, second.peak_mib, mebibytes)],
        ["rows out", *_both(first.rows, second.rows, count)],
        ["bytes out", *_both(first.bytes, second.bytes, size)],
    ]
    before, after = _history_calls(first), _history_calls(second)
    told = f"Calls for history on day 2: {after:,}, which is {percent(after / before)} of the {before:,} on day 1."
    changed = f"{result.facts['changed']:,.0f} of {second.records:,} contacts were changed or created between the two."
    return "\n\n".join([table(["", "day 1", "day 2", "day 2 / day 1"], rows), f"{changed} {told}"])


def _both(first: float, second: float, shown: Callable[..., str]) -> list[str]:
    return [shown(first), shown(second), percent(second / first) if second < 10 * first else "–"]


def _history_calls(figure: Figure) -> int:
    return sum(number for kind, number in figure.calls.items() if kind.startswith(HISTORY))


def small(result: Result) -> str:
    """Portals with little in them, and how long commands take to start."""
    imports = result.of("importing the export")
    base = imports.seconds if imports else 0.0
    headings = ["", "records", "wall", "CPU", "peak memory", "calls", "tables", "rows out", "ms a table", "calls alone"]
    rows = []
    for f in result.figures:
        if f.calls:
            each = count(1000 * (f.seconds - base) / f.tables) if f.tables else "–"
            row = [f.name, str(f.records), seconds(f.seconds), seconds(f.cpu_seconds), mebibytes(f.peak_mib)]
            least = seconds(f.total_calls / _ALLOWED_A_SECOND)
            rows.append([*row, count(f.total_calls), count(f.tables), count(f.rows), each, least])
    starts = [
        [f"{f.name} ({f.does})", seconds(f.seconds), seconds(f.cpu_seconds), mebibytes(f.peak_mib)]
        for f in result.figures
        if not f.calls
    ]
    return "\n\n".join(
        [
            table(headings, rows),
            f"*ms a table* leaves out the {seconds(base)} that importing takes. *Calls alone* is how long the calls "
            f"would take at HubSpot's limit of {_ALLOWED_A_SECOND} a second; here it was off.",
            "How long a command takes to start, the median of several:",
            table(["", "wall", "CPU", "peak memory"], starts),
        ]
    )


def own_work(result: Result) -> str:
    """What each number of tables costs a record, and how that compares to the limit."""
    headings = ["", "made", "wall", "contacts/s", "CPU", "CPU a contact", "rows out", "bytes out"]
    rows = []
    for f in result.figures:
        row = [f.name, f.does, seconds(f.seconds), count(f.records / f.seconds), seconds(f.cpu_seconds)]
        row += [f"{1e6 * f.cpu_seconds / f.records:,.0f} µs", count(f.rows), size(f.bytes)]
        rows.append(row)
    most = [f"{_ALLOWED_A_SECOND * page:,} a second {how}" for page, how in ((100, "without history"), (50, "with it"))]
    return "\n\n".join(
        [table(headings, rows), f"HubSpot's limit of {_ALLOWED_A_SECOND} calls a second is {' and '.join(most)}."]
    )


def memory(result: Result) -> str:
    """Memory over time of the one contestant."""
    return "\n\n".join(_memory_of(figure) for figure in result.figures)


def _memory_of(figure: Figure) -> str:
    f = figure
    rows = [[f.name, count(f.records), seconds(f.seconds), count(f.records / f.seconds), seconds(f.cpu_seconds)]]
    rows[0] += [mebibytes(f.peak_mib), mebibytes(f.disk_mib), count(f.total_calls), count(f.rows), size(f.bytes)]
    headings = ["", "contacts", "wall", "contacts/s", "CPU", "peak memory", "temporary files", "calls"]
    headings += ["rows out", "bytes out"]
    return "\n\n".join([table(headings, rows), "Resident memory over time:", _over_time(f.memory)])


def _over_time(memory: list[tuple[float, float]]) -> str:
    """The highest of each stretch of time, as bars."""
    if not memory:
        return "No sample: it was over too soon."
    stretch = memory[-1][0] / _LINES_OF_MEMORY or 1.0
    highest: dict[int, float] = {}
    for moment, mib in memory:
        place = min(int(moment / stretch), _LINES_OF_MEMORY - 1)
        highest[place] = max(highest.get(place, 0.0), mib)
    most = max(highest.values())
    bars: Iterable[str] = (
        f"{place * stretch:8,.0f} s {mib:6,.0f} MiB {'#' * round(60 * mib / most)}" for place, mib in highest.items()
    )
    return "\n".join(["```", *bars, "```"])
