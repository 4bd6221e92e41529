"""The figures of a benchmark run as Markdown tables, and the plot of the chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Okabe & Ito, "Color Universal Design" (2008), and a marker each.
_LOOK = {"reference": ("#0072B2", "o"), "aer": ("#D55E00", "s"), "cirq": ("#009E73", "^")}


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1e3:.1f} ms"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _said(good: bool) -> str:
    return "met" if good else "MISSED"


def teleportation_table(data: dict[str, Any]) -> str:
    """Return the three ways to run 10^5 noisy teleportations, for each SDK."""
    rows = []
    for sdk, entry in data.items():
        own = entry["ways"]["qnetframe"]["seconds"]
        for name, way in entry["ways"].items():
            low, high = way["quartiles"]
            timed = f"{way['repeats']} × {way['shots timed']:,} shots"
            ratio = (
                "1"
                if name == "qnetframe"
                else f"{way['seconds'] / own:,.2f}"
                if way["seconds"] < 10 * own
                else f"{way['seconds'] / own:,.0f}"
            )
            rows.append([sdk, name, _time(way["seconds"]), f"{_time(low)} – {_time(high)}", ratio, timed])
    head = ["SDK", "way", "median", "quartiles", "times qnetframe's", "timed"]
    lines = [
        f"- {sdk}: {e['times as fast as the fastest idiomatic']:,.0f} times as fast as the fastest idiomatic script "
        f"(target 50), {e['times the best expert']:.2f} times the best expert script, "
        f"{e['seconds over the best expert'] * 1e3:+.1f} ms (target 1.25 times or 20 ms): "
        f"{_said(e['meets the target'])}; distributions {'equal' if e['same distribution'] else 'DIFFER'}"
        for sdk, e in data.items()
    ]
    note = (
        "Writing the circuit or program and drawing the counts is timed; imports, first runs and the making of "
        "noise objects are not. Times of fewer shots are scaled to 100,000; the quartiles of three repeats are "
        "their extremes. Every result is tested against the exact distribution."
    )
    return "\n\n".join(["## 100,000 noisy teleportations", _table(head, rows), "\n".join(lines), note])


def chain_table(data: dict[str, Any]) -> str:
    """Return the cost of exact chains by length and backend."""
    head = ["backend", *(f"{n} links ({2 * n} qubits)" for n in data["links"]), "a link", "R² of a line"]
    rows = [
        [b, *map(_time, e["seconds"]), _time(e["seconds a link"]), f"{e['R²']:.4f}"]
        for b, e in data["backends"].items()
    ]
    lines = [
        f"Medians of {data['repeats']} repeats. Largest difference between any two backends' states: "
        f"{data['largest difference']:.1e}. 50 links in under 2 s each, equal within 1e-9: "
        f"{_said(data['meets the target'])}.",
        *(f"- {b}: {e['method']}" for b, e in data["backends"].items()),
    ]
    return "\n\n".join(["## Exact noisy swapping chain", _table(head, rows), "\n".join(lines)])


def host_table(data: dict[str, Any]) -> str:
    """Return the cost of the host alone by number of operations."""
    rows = []
    for shape, e in data.items():
        for i, (count, seconds) in enumerate(zip(e["operations"], e["seconds"], strict=True)):
            stages = [_time(values[i]) for values in e["stages"].values()]
            last = f"{e['exponent']:.2f}" if i == len(e["operations"]) - 1 else ""
            rows.append(
                [shape, f"{count:,}", *stages, _time(seconds), f"{seconds / count * 1e6:.0f} µs", last]
            )
    stages = list(next(iter(data.values()))["stages"])
    head = ["program", "operations", *stages, "together", "an operation", "exponent"]
    return "\n\n".join(["## The host alone, without simulation", _table(head, rows)])


def start_table(data: dict[str, Any]) -> str:
    """Return what the command line takes to answer at all."""
    rows = [
        [
            f"`{n}`",
            _time(c["seconds"]),
            " – ".join(map(_time, c["quartiles"])),
            f"{c['times the imports']:.2f}",
        ]
        for n, c in data["commands"].items()
    ]
    said = f"At most {data['limit']:g} times the imports alone: {_said(data['meets the target'])}."
    head = ["command", "median", "quartiles", "times the imports"]
    return "\n\n".join(["## The first answer of the command line", _table(head, rows), said])


def wide_table(data: dict[str, Any]) -> str:
    """Return the ways to sample a wide chain."""
    rows = [
        [n, _time(w["seconds"]), " – ".join(map(_time, w["quartiles"])), f"{w['shots']:,}"]
        for n, w in data["ways"].items()
    ]
    said = (
        f"qnetframe on Stim takes {data['times the script by hand']:.2f} times the script by hand "
        f"(target 1.25): {_said(data['meets the target'])}; values {'equal' if data['same value'] else 'DIFFER'}."
    )
    head = ["way", "median", "quartiles", "shots"]
    return "\n\n".join(["## A chain of 25 nodes with Pauli noise, sampled", _table(head, rows), said])


def plot_host(data: dict[str, Any], path: Path) -> None:
    """Draw the host's seconds against operations, on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
    for (shape, entry), (colour, marker) in zip(data.items(), _LOOK.values(), strict=False):
        label = f"{shape}: exponent {entry['exponent']:.2f}"
        axes.plot(entry["operations"], entry["seconds"], marker=marker, color=colour, label=label)
    axes.set(xlabel="operations", ylabel="wall time of the host (s)", xscale="log", yscale="log")
    axes.set_title("Writing, placing, planning and hashing a program")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#dde2e9")
    axes.legend(frameon=False, loc="upper left")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def plot_chain(data: dict[str, Any], path: Path) -> None:
    """Draw seconds against links with the fitted lines."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
    links = data["links"]
    for backend, entry in data["backends"].items():
        colour, marker = _LOOK[backend]
        seconds = entry["seconds"]
        spread = [[s - q[0] for s, q in zip(seconds, entry["quartiles"], strict=True)],
                  [q[1] - s for s, q in zip(seconds, entry["quartiles"], strict=True)]]  # fmt: skip
        label = f"{backend}: {entry['seconds a link'] * 1e3:.1f} ms a link, R² {entry['R²']:.3f}"
        axes.errorbar(links, seconds, spread, fmt=marker, color=colour, capsize=3, label=label)
        ends = [0, max(links)]
        axes.plot(
            ends,
            [entry["seconds at no link"] + entry["seconds a link"] * n for n in ends],
            color=colour,
            lw=1,
        )
    axes.set(xlabel="links (two qubits each)", ylabel="wall time (s)", title="Exact noisy swapping chain")
    axes.set_xlim(0, None)
    axes.set_ylim(0, None)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dde2e9")
    axes.legend(frameon=False, loc="upper left")
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
