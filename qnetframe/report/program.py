"""The program of a comparison: its drawing, what it consumes, and what placing it on the network gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qnetframe.experiment import Comparison
from qnetframe.experiment.session import Record
from qnetframe.placement import Placed
from qnetframe.placement.timeline import seconds
from qnetframe.program.program import Program
from qnetframe.report.gantt import timeline_chart
from qnetframe.report.markup import Markup, details, drawn, join, table, tag


def program_part(comparison: Comparison) -> Markup | None:
    """Return the first program of the first run that had one: drawing, resources, timeline."""
    records: tuple[Record, ...] = next((run.records for run in comparison.runs if run.records), ())
    if not records:
        return None
    first = records[0]
    names = list(dict.fromkeys(r.program.name for r in records))
    note = f"The first of {len(records)} programs of a run: {', '.join(names)}." if len(records) > 1 else None
    return join(
        tag("h3", "Program: ", first.program.name),
        tag("p", note, class_="note") if note else None,
        tag("div", drawn(first.program._repr_html_()), class_="scroll drawing", tabindex="0", role="group",
            aria_label="program drawing"),
        tag("div", _resources(first.program), _placed(first.placed), class_="columns"),
        timeline_chart(first.placed.timeline),
        details("Timeline, event by event", tag("pre", str(first.placed.timeline))),
    )  # fmt: skip


def _resources(program: Program) -> Markup:
    counts = program.resources
    rows: list[list[object]] = [
        ["pairs", counts.pairs, _between(counts.pairs_between, "–")],
        ["qubits sent", sum(counts.qubits_sent.values()), _between(counts.qubits_sent, "→")],
        ["classical bits", sum(counts.classical_bits.values()), _between(counts.classical_bits, "→")],
        ["rounds", counts.rounds, ""],
        ["gates", sum(counts.gates.values()), _by_party(counts.gates)],
        [
            "two-qubit gates",
            sum(counts.two_qubit_gates.values()),
            _by_party(counts.two_qubit_gates),
        ],
        ["measurements", sum(counts.measurements.values()), _by_party(counts.measurements)],
        ["depth", max(counts.depth.values(), default=0), _by_party(counts.depth)],
    ]
    return table(["", "number", "where"], rows, "Resources")


def _between(counts: Mapping[tuple[str, str], int], arrow: str) -> str:
    return _listed((f"{a}{arrow}{b}", n) for (a, b), n in counts.items())


def _by_party(counts: Mapping[str, int]) -> str:
    return _listed((party, n) for party, n in counts.items() if n)


def _listed(items: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {n}" for name, n in items)


def _placed(placed: Placed) -> Markup:
    success, timeline = placed.success, placed.timeline
    rows: list[list[object]] = [["latency", seconds(timeline.latency)]]
    for pair in success.pairs:
        odds = f"{pair.probability:.4g}, each {seconds(pair.attempt_time)}"
        rows.append([f"success of an attempt on {pair.link}", odds])
    if success.pairs:
        rows.append(["mean time to all pairs, one by one", seconds(success.mean_time_one_by_one)])
    waits = [(q, t) for q, t in timeline.idle if t]
    if waits:
        qubit, longest = max(waits, key=lambda wait: wait[1])
        rows.append([f"longest wait, {qubit}", seconds(longest)])
    return table(["", ""], rows, "On the network")
