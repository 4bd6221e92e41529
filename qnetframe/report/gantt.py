"""The timeline of a placed program as a small SVG for pages: a lane for each qubit, an arrow a message."""

from __future__ import annotations

from qnetframe.placement.critical_path import CriticalPath, critical_path
from qnetframe.placement.dependencies import Dependencies
from qnetframe.placement.timeline import Event, Message, Timeline, seconds
from qnetframe.program.drawing_labels import plain
from qnetframe.report.markup import Markup, join, tag
from qnetframe.report.timeline_lanes import Lanes, lanes_of, legend_of, look_of
from qnetframe.report.timeline_scale import Scale, scale_of

_WIDTH, _LEFT, _RIGHT, _LANE = 820.0, 120.0, 30.0, 26.0
# An event shorter than this many units of length is still seen.
_THINNEST = 2.0


def timeline_chart(timeline: Timeline) -> Markup | None:
    """Return the chart on a linear scale of time, with its critical path; None where nothing takes time."""
    lanes = lanes_of(timeline)
    if not timeline.latency or not lanes.level:
        return None
    sheet = _Sheet(lanes, scale_of(timeline, "linear"))
    parts: list[Markup | None] = [sheet.tick(place, text) for place, text in sheet.scale.ticks()]
    parts += [sheet.lane(qubit) for qubit in lanes.level]
    parts += sheet.path(critical_path(timeline))
    parts += [sheet.event(event) for event in timeline.events]
    for message, ends in zip(timeline.messages, Dependencies(timeline).ends_of_messages(), strict=True):
        parts.append(sheet.message(message, *ends))
    chart = tag(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH:g} {sheet.bottom + 24:g}",
        role="img", aria_label=f"timeline, latency {seconds(timeline.latency)}", class_="gantt",
    )  # fmt: skip
    legend = [tag("span", tag("i", class_=k), text) for k, text in legend_of(timeline, True).items()]
    hidden = tag("span", f"{lanes.hidden} more qubits are not drawn") if lanes.hidden else None
    return join(
        tag("h4", "Timeline"),
        tag("div", chart, class_="scroll", tabindex="0", role="group", aria_label="timeline"),
        tag("p", *legend, hidden, class_="note legend"),
    )


class _Sheet:
    """One chart: times become places to the right, lanes heights downwards."""

    def __init__(self, lanes: Lanes, scale: Scale) -> None:
        self.lanes, self.scale = lanes, scale
        self.bottom = _LANE * lanes.height

    def x(self, place: float) -> float:
        """Return where a place between 0 and 1 is."""
        return round(_LEFT + place * (_WIDTH - _LEFT - _RIGHT), 2)

    def time(self, seconds: float) -> float:
        return self.x(self.scale.at(seconds))

    def tick(self, place: float, text: str) -> Markup:
        x = self.x(place)
        label = f"{text} {self.scale.unit}" if text != "0" else text
        shown = tag("text", label, class_="tick", x=x, y=self.bottom + 16, text_anchor="middle")
        return join(tag("line", class_="grid", x1=x, x2=x, y1=0, y2=self.bottom), shown)

    def lane(self, qubit: str) -> Markup:
        y = _LANE * self.lanes.level[qubit]
        label = tag("text", plain(qubit, 16), class_="name", x=_LEFT - 10, y=y + 4, text_anchor="end")
        return join(label, tag("line", class_="lane", x1=_LEFT, x2=self.x(1.0), y1=y, y2=y))

    def path(self, path: CriticalPath) -> list[Markup]:
        """Return a band behind what the critical path takes, and the line that joins its pieces."""
        pieces = list(self.lanes.route(path))
        bands = [
            tag("rect", class_="critical", x=self.time(p.start), y=_LANE * p.level - 9, height=18,
                width=max(_THINNEST, round(self.time(p.end) - self.time(p.start), 2)))
            for p in pieces if p.end > p.start
        ]  # fmt: skip
        points = [(self.time(t), _LANE * p.level) for p in pieces for t in (p.start, p.end)]
        way = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
        return [tag("path", class_="critical", d=way), *bands] if points else []

    def event(self, event: Event) -> Markup:
        hint = tag("title", f"{event.label or event.kind}: {seconds(event.start)} to {seconds(event.end)}")
        idle = event.kind == "idle"
        height = 4 if idle else 12
        bars = []
        for qubit in event.qubits:
            start = self.lanes.start_of_wait(event, qubit) if idle else event.start
            if qubit in self.lanes.level and (start < event.end or not idle):
                x, y = self.time(start), _LANE * self.lanes.level[qubit] - height / 2
                width = max(_THINNEST, round(self.time(event.end) - x, 2))
                bars.append(tag("rect", x=x, y=y, width=width, height=height))
        return tag("g", hint, *bars, class_=f"event {look_of(event)}")

    def message(self, message: Message, source: str | None, target: str | None) -> Markup | None:
        above = self.lanes.of(source, message.sender)
        below = self.lanes.of(target, message.receiver)
        if above is None or below is None:
            return None
        start, end = self.time(message.sent), self.time(message.received)
        hint = tag("title", f"{' ^ '.join(message.bits)}, arrives {seconds(message.received)}")
        line = tag("line", class_="message", x1=start, x2=end, y1=_LANE * above, y2=_LANE * below)
        return tag("g", hint, line, tag("circle", class_="arrival", cx=end, cy=_LANE * below, r=3))
