"""The timeline of a placed program with matplotlib: lanes, bars, waits, messages and the critical path."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.figures import figure_path, legible, save
from qnetframe.placement.critical_path import WORDS, CriticalPath, critical_path
from qnetframe.placement.dependencies import Dependencies
from qnetframe.placement.placer import Placed
from qnetframe.placement.timeline import Event, Message, Timeline, seconds
from qnetframe.program.drawing_labels import plain
from qnetframe.program.drawing_signs import words
from qnetframe.report.timeline_lanes import Lanes, lanes_of, legend_of, look_of
from qnetframe.report.timeline_scale import Kind, Scale, scale_of

INK, SOFT, PAPER = "#1d2733", "#5c6876", "#ffffff"
_MESSAGE, _PATH, _PALE, _HATCH = "#d55e00", "#ffd45c", "#f3f5f8", "#a9b3bf"
_FILL = {
    "gate": "#0072b2",
    "prepare": "#56a9d8",
    "measure": INK,
    "entangle": "#b0558a",
}
# Of bars, as a part of a lane: the usual one, that of some kinds, and that of the critical path behind them.
_BAR, _HALO = 0.52, 0.78
_HEIGHT = {"idle": 0.2, "entangle": 0.4}
# Points: the letters in bars, and the least width of a bar, so that it is still seen.
_LETTERS, _THINNEST = 7.5, 1.6
_MOST_LABELS = 16


def plot_timeline(
    placed: Placed | Timeline, ax: Any = None, *, scale: Kind = "linear", critical: bool = True
) -> Any:
    """Draw who does what when, who waits for what, and which chain of it all makes the latency.

    A lane for each qubit, lanes grouped by party; bars for gates, measurements, preparations and pairs (with
    a notch after each attempt), hatched bars with their duration where a qubit waits; dashed arrows for
    messages, from the qubit whose bit they carry to the qubit that waits for it. The yellow line is the
    critical path (see ``critical_path``); ``critical=False`` leaves it out. ``scale="compressed"`` shortens
    long intervals and labels the instants, for devices whose gates are short against the light time. At most
    64 qubits are drawn.

    Returns the matplotlib Axes, that of a new Figure where ``ax`` is not given. Raises InvalidInputError
    where nothing takes time, or for another scale.
    """
    import matplotlib

    timeline = placed if isinstance(placed, Timeline) else placed.timeline
    axis = scale_of(timeline, scale) if timeline.latency else None
    lanes = lanes_of(timeline)
    if axis is None or not lanes.height:
        raise InvalidInputError("nothing on this timeline takes time; place the program on a network")
    path = critical_path(timeline) if critical else None
    with matplotlib.rc_context({"hatch.linewidth": 0.5, "svg.hashsalt": "qnetframe"}):
        axes = _new_axes(lanes) if ax is None else ax
        sheet = _Sheet(axes, axis, lanes, timeline)
        sheet.lanes_and_axis()
        if path is not None:
            sheet.path(path)
        attempts = [] if isinstance(placed, Timeline) else [p.attempt_time for p in placed.success.pairs]
        sheet.events(attempts)
        sheet.messages()
        sheet.legend(path)
    return axes


class _Sheet:
    """One drawing: times become places from 0 to 1, qubits heights that grow downwards."""

    def __init__(self, axes: Any, scale: Scale, lanes: Lanes, timeline: Timeline) -> None:
        self.axes, self.scale, self.lanes, self.timeline = axes, scale, lanes, timeline
        extent = axes.get_window_extent()
        self.points: float = extent.width * 72.0 / axes.figure.dpi

    def fits(self, text: str, width: float, size: float = _LETTERS) -> bool:
        """Whether a text fits in a bar of a width between 0 and 1."""
        return words(text, size) + 3.0 < width * self.points

    def lanes_and_axis(self) -> None:
        axes, lanes = self.axes, self.lanes
        axes.set_xlim(-0.004, 1.008)
        axes.set_ylim(lanes.height, -0.12)
        for spine in axes.spines.values():
            spine.set_visible(False)
        where, texts = zip(*self.scale.ticks(), strict=True)
        axes.set_xticks(where, texts, fontsize=8.5, color=SOFT)
        note = ", long intervals compressed" if self.scale.kind == "compressed" else ""
        hidden = f"; {lanes.hidden} more qubits are not drawn" if lanes.hidden else ""
        axes.set_xlabel(f"time ({self.scale.unit}{note}){hidden}", fontsize=9, color=INK)
        axes.tick_params(axis="x", length=3, color="#c3cad3")
        axes.set_axisbelow(True)
        axes.grid(axis="x", color="#e3e7ec", linewidth=0.7)
        for band in lanes.bands:
            axes.axhspan(band.top, band.bottom, color=band.colour, alpha=0.07, linewidth=0, zorder=0)
        axes.set_yticks(list(lanes.level.values()), [legible(n) for n in lanes.names], fontsize=8.5)
        axes.tick_params(axis="y", length=0, pad=4)
        margin = max(words(name, 8.5) for name in lanes.names) + 12.0
        for band in lanes.bands:
            axes.annotate(
                legible(plain(band.party)),
                (0.0, (band.top + band.bottom) / 2),
                (-margin, 0.0),
                ("axes fraction", "data"),
                "offset points",
                ha="right",
                va="center",
                fontsize=9.5,
                fontweight="bold",
                color=band.colour,
                annotation_clip=False,
            )
        for qubit, pieces in lanes.holders.items():
            for start, end, colour in pieces:
                left, right = self.scale.at(start), self.scale.at(end)
                axes.plot([left, right], [lanes.level[qubit]] * 2, color=colour, alpha=0.45, lw=0.9, zorder=1)

    def bar(self, event: Event, qubit: str, **style: Any) -> None:
        start, end = self.scale.at(event.start), self.scale.at(event.end)
        width = max(end - start, _THINNEST / self.points)
        height = _HEIGHT.get(event.kind, _BAR)
        self.axes.barh(self.lanes.level[qubit], width, height, left=start, **style)

    def events(self, attempts: list[float]) -> None:
        left = iter(attempts)
        for event in self.timeline.events:
            attempt = next(left, 0.0) if event.kind == "entangle" else 0.0
            qubits = [q for q in event.qubits if q in self.lanes.level]
            if event.kind == "idle":
                for qubit in qubits:
                    self.idle(event, qubit)
                continue
            colour = _FILL[look_of(event)]
            for qubit in qubits:
                self.bar(event, qubit, color=colour, edgecolor=PAPER, linewidth=0.6, zorder=4)
                self.notches(event, qubit, attempt)
            if len(qubits) > 1:
                levels = [self.lanes.level[q] for q in qubits]
                place = self.scale.at(
                    event.end if event.kind == "entangle" else (event.start + event.end) / 2
                )
                self.axes.plot(
                    [place] * 2,
                    [min(levels), max(levels)],
                    color=colour,
                    linewidth=1.6,
                    zorder=3.5,
                    solid_capstyle="round",
                )
            # In the first attempt, where there are several, so that no notch goes through the letters.
            shown = attempt if attempt and self.scale.at(attempt) > 0.02 else event.end - event.start
            self.name(event, qubits, min(event.end, event.start + shown))

    def notches(self, event: Event, qubit: str, attempt: float) -> None:
        """Mark where each attempt at a pair ends, as far as that can be seen."""
        if not attempt or (event.end - event.start) / attempt < 1.5:
            return
        times = [event.start + i * attempt for i in range(1, int((event.end - event.start) / attempt + 1e-9))]
        if self.scale.at(event.start + attempt) - self.scale.at(event.start) > 2.5 / self.points:
            y, half = self.lanes.level[qubit], _HEIGHT["entangle"] / 2
            self.axes.vlines([self.scale.at(t) for t in times], y - half, y + half, PAPER, lw=0.8, zorder=4.5)

    def name(self, event: Event, qubits: list[str], end: float) -> None:
        text, left, right = _text(event), self.scale.at(event.start), self.scale.at(end)
        if not text or not self.fits(text, right - left):
            return
        for qubit in qubits:
            self.axes.text(
                (left + right) / 2,
                self.lanes.level[qubit],
                text,
                ha="center",
                va="center_baseline",
                color=PAPER,
                fontsize=_LETTERS,
                zorder=5,
            )

    def idle(self, event: Event, qubit: str) -> None:
        """Draw a wait; what a pair waits while its herald travels is part of the bar of the pair."""
        start = self.lanes.start_of_wait(event, qubit)
        if start >= event.end:
            return
        rest = replace(event, start=start)
        self.bar(rest, qubit, facecolor=_PALE, edgecolor=_HATCH, hatch="//////", linewidth=0.5, zorder=2.5)
        text = seconds(float(f"{event.end - start:.3g}"))
        left, right = self.scale.at(start), self.scale.at(event.end)
        if self.fits(text, right - left):
            self.axes.text(
                left + 4.0 / self.points,
                self.lanes.level[qubit] - 0.13,
                text,
                va="bottom",
                fontsize=_LETTERS - 0.5,
                color=SOFT,
                zorder=5,
            )

    def messages(self) -> None:
        ends = Dependencies(self.timeline).ends_of_messages()
        for i, (message, (source, target)) in enumerate(zip(self.timeline.messages, ends, strict=True)):
            start, stop = self.lanes.of(source, message.sender), self.lanes.of(target, message.receiver)
            if start is None or stop is None:
                continue
            tail = (self.scale.at(message.sent), start)
            tip = (self.scale.at(message.received), stop + self.edge(target, message.received, start > stop))
            arrow = {"arrowstyle": "-|>", "mutation_scale": 9, "shrinkA": 0, "shrinkB": 0, "lw": 1.1}
            self.axes.annotate(
                "",
                tip,
                tail,
                zorder=6,
                arrowprops={**arrow, "linestyle": (0, (4, 2)), "color": _MESSAGE, "joinstyle": "miter"},
            )
            if len(self.timeline.messages) <= _MOST_LABELS:
                part = 0.36 + 0.28 * (i % 2)
                place = (tail[0] + part * (tip[0] - tail[0]), tail[1] + part * (tip[1] - tail[1]))
                self.axes.text(
                    *place,
                    _bits(message),
                    ha="center",
                    va="center",
                    fontsize=_LETTERS,
                    color=_MESSAGE,
                    zorder=7,
                    bbox={
                        "boxstyle": "round,pad=0.18",
                        "facecolor": PAPER,
                        "edgecolor": "none",
                        "alpha": 0.9,
                    },
                )

    def edge(self, qubit: str | None, time: float, from_below: bool) -> float:
        """Return how far from the middle of a lane an arrow ends: at the edge of what is there."""
        here = [e for e in self.lanes.busy.get(qubit or "", ()) if e.start <= time < e.end or time == e.start]
        half = (_HEIGHT.get(here[0].kind, _BAR) if here else _HEIGHT["idle"]) / 2
        return half if from_below else -half

    def path(self, path: CriticalPath) -> None:
        """Draw a band behind the bars and messages by which each step leads to the next."""
        before: tuple[float, float] | None = None
        for piece in self.lanes.route(path):
            left, right, level = self.scale.at(piece.start), self.scale.at(piece.end), piece.level
            if piece.arrives and before is not None:
                level += self.edge(piece.qubit, piece.start, before[1] > level)
            if before is not None and before != (left, level):
                style = {"color": _PATH, "linewidth": 8, "solid_capstyle": "round", "zorder": 2}
                self.axes.plot([before[0], left], [before[1], level], **style)
            if right > left:
                self.axes.barh(level, right - left, _HALO, left=left, color=_PATH, linewidth=0, zorder=2)
            before = (right, level)

    def legend(self, path: CriticalPath | None) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        handles: list[Any] = []
        for look, text in legend_of(self.timeline, path is not None).items():
            if look == "idle":
                handles.append(Patch(facecolor=_PALE, edgecolor=_HATCH, hatch="//////", lw=0.5, label=text))
            elif look == "message":
                handles.append(Line2D([], [], color=_MESSAGE, ls=(0, (4, 2)), lw=1.2, label=text))
            else:
                handles.append(Patch(color=_FILL.get(look, _PATH), label=text))
        columns = self.columns([h.get_label() for h in handles])
        self.axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=columns,
            frameon=False,
            fontsize=8,
            handlelength=1.4,
            columnspacing=1.3,
            handletextpad=0.5,
            borderaxespad=0.2,
            borderpad=0.1,
        )
        self.title(path, pad=9.0 + 14.0 * math.ceil(len(handles) / columns))

    def columns(self, labels: list[str]) -> int:
        """Return how many entries of a legend fit side by side."""
        width = max(words(label, 8.0) for label in labels) + 30.0
        total = sum(words(label, 8.0) + 26.0 for label in labels)
        return len(labels) if total < self.points else max(1, int(self.points / width))

    def title(self, path: CriticalPath | None, pad: float) -> None:
        text, shares = f"latency {seconds(float(f'{self.timeline.latency:.4g}'))}", ""
        if path is not None:
            parts = [(WORDS.get(k, k), t / path.latency) for k, t in path.seconds_by_kind.items()]
            shares = "critical path: " + ", ".join(f"{name} {x:.0%}" for name, x in parts if x >= 0.005)
        self.axes.set_title(text, loc="left", fontsize=11, fontweight="bold", color=INK, pad=pad)
        if words(text, 11, bold=True) + words(shares, 8.5) + 20.0 < self.points:
            self.axes.set_title(shares, loc="right", fontsize=8.5, color=SOFT, pad=pad)


def save_timeline(
    placed: Placed | Timeline, path: str | Path, *, scale: Kind = "linear", critical: bool = True
) -> Path:
    """Draw a timeline into a .png, .svg or .pdf file and return its path; see ``plot_timeline``."""
    figure_path(path)  # before anything is drawn
    return save(plot_timeline(placed, scale=scale, critical=critical).figure, path)


def _text(event: Event) -> str:
    if event.kind == "measure":
        return event.label.upper()
    if event.kind in ("prepare", "reset"):
        return event.label.replace(">", "⟩") or event.kind
    return legible(plain(event.label.replace(" -> ", " → ")))


def _bits(message: Message) -> str:
    text = legible("⊕".join(message.bits))
    return text if len(text) <= 12 else f"{len(message.bits)} bits"


def _new_axes(lanes: Lanes) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.5, 0.34 * lanes.height + 1.25), layout="constrained")
    return figure.subplots()
