"""The timeline of a placed program as a small SVG: a lane for each qubit, an arrow for each message."""

from __future__ import annotations

from qnetframe.placement.timeline import Event, Message, Timeline, seconds
from qnetframe.report.markup import Markup, join, tag
from qnetframe.report.numbers import ticks

_WIDTH, _LEFT, _RIGHT, _LANE = 820.0, 120.0, 30.0, 26.0
# An event shorter than this many units of length is still seen.
_THINNEST = 2.0
_LETTERS = 16
_LEGEND = {
    "gate": "gate or preparation",
    "measure": "measurement",
    "entangle": "pair",
    "send": "qubit on its way",
    "idle": "waiting",
    "message": "message",
}


def timeline_chart(timeline: Timeline) -> Markup | None:
    """Return the chart on a linear scale of time; None where nothing takes time."""
    end = timeline.latency
    lanes = list(dict.fromkeys(q for event in timeline.events for q in event.qubits))
    if not end or not lanes:
        return None
    level = {qubit: _LANE * (i + 0.5) for i, qubit in enumerate(lanes)}
    bottom = _LANE * len(lanes)

    def x(time: float) -> float:
        return round(_LEFT + time / end * (_WIDTH - _LEFT - _RIGHT), 2)

    parts = [_axis(x(t), t, bottom) for t in ticks(0.0, end, 6)]
    parts += [_lane(qubit, y, x(end)) for qubit, y in level.items()]
    parts += [_event(event, level, x(event.start), x(event.end)) for event in timeline.events]
    for message in timeline.messages:
        start = _qubit(timeline, message.sender, message.sent, sending=True)
        stop = _qubit(timeline, message.receiver, message.received, sending=False)
        if start is not None and stop is not None:
            parts.append(_message(message, x(message.sent), level[start], x(message.received), level[stop]))
    chart = tag(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH:g} {bottom + 24:g}",
        role="img", aria_label=f"timeline, latency {seconds(end)}", class_="gantt",
    )  # fmt: skip
    kinds = {"gate" if e.kind in ("prepare", "reset") else e.kind for e in timeline.events}
    kinds |= {"message"} if timeline.messages else set()
    legend = [tag("span", tag("i", class_=k), text) for k, text in _LEGEND.items() if k in kinds]
    return join(
        tag("h4", "Timeline"),
        tag("div", chart, class_="scroll", tabindex="0", role="group", aria_label="timeline"),
        tag("p", *legend, class_="note legend"),
    )


def _qubit(timeline: Timeline, party: str, time: float, sending: bool) -> str | None:
    """Return the party's qubit whose measurement sends at a time, or that waits for the arrival; else any."""
    theirs: list[tuple[bool, str]] = []
    for event in timeline.events:
        if party in event.parties and event.qubits and event.kind != "idle":
            paired = len(event.parties) == len(event.qubits)
            qubit = event.qubits[event.parties.index(party) if paired else 0]
            theirs.append((time == (event.end if sending else event.start), qubit))
    return max(theirs, key=lambda item: item[0])[1] if theirs else None


def _message(message: Message, start: float, above: float, end: float, below: float) -> Markup:
    hint = tag("title", f"{' ^ '.join(message.bits)}, arrives {seconds(message.received)}")
    line = tag("line", class_="message", x1=start, x2=end, y1=above, y2=below)
    return tag("g", hint, line, tag("circle", class_="arrival", cx=end, cy=below, r=3))


def _axis(x: float, time: float, bottom: float) -> Markup:
    text = tag("text", seconds(time), class_="tick", x=x, y=bottom + 16, text_anchor="middle")
    return join(tag("line", class_="grid", x1=x, x2=x, y1=0, y2=bottom), text)


def _lane(qubit: str, y: float, end: float) -> Markup:
    name = qubit if len(qubit) <= _LETTERS else qubit[: _LETTERS - 1] + "…"
    label = tag("text", name, class_="name", x=_LEFT - 10, y=y + 4, text_anchor="end")
    return join(label, tag("line", class_="lane", x1=_LEFT, x2=end, y1=y, y2=y))


def _event(event: Event, level: dict[str, float], start: float, end: float) -> Markup:
    width = max(_THINNEST, round(end - start, 2))
    hint = tag("title", f"{event.label or event.kind}: {seconds(event.start)} to {seconds(event.end)}")
    height = 4 if event.kind == "idle" else 12
    bars = [tag("rect", x=start, y=level[q] - height / 2, width=width, height=height) for q in event.qubits]
    return tag("g", hint, *bars, class_=f"event {event.kind}")
