"""Run one protocol on several backends and judge whether they agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from qnetframe import checks
from qnetframe.api import Protocol
from qnetframe.errors import InvalidInputError, NoAcceptedShotsError, UnsupportedError
from qnetframe.experiment import shown
from qnetframe.experiment.agreement import EXACT_TOLERANCE, Check, check_pair
from qnetframe.experiment.networks import RouteBy
from qnetframe.experiment.run import RunResult, _check, new_session, run_session
from qnetframe.experiment.session import Placing, Record
from qnetframe.experiment.setup import backend_of, build_setup, mapping
from qnetframe.network import Network
from qnetframe.plugins import Plugins, discover

Verdict = Literal["agree", "disagree", "not comparable", "nothing compared"]


@dataclass(frozen=True)
class Row:
    """One backend of a comparison: its run, or why it was skipped.

    ``records`` are the programs that it ran: for a skipped one, those before it had no figures to give.
    """

    backend: str
    run: RunResult | None
    skipped: str = ""
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Pair:
    """The judgement on two backends, with the worst check of all their circuits."""

    first: str
    second: str
    verdict: Verdict
    circuits: int
    worst: Check | None = None
    circuit: int | None = None

    @property
    def detail(self) -> str:
        """The worst deviation or smallest p-value, in words."""
        if self.worst is None:
            return self.verdict
        place = f" at {self.worst.where} of circuit {self.circuit}" if self.worst.where else ""
        if self.worst.deviation is not None:
            return f"largest deviation {self.worst.deviation:.2g}{place}"
        value = f"{self.worst.p_value:.2g}" if self.worst.p_value else "below 1e-300"
        return f"smallest p-value {value} of {self.worst.tests} tests{place}"


@dataclass(frozen=True)
class Comparison:
    """Several backends on one protocol: the rows, the judgement on every pair, and the verdict.

    ``alpha`` is the family-wise probability of a false alarm among all sampled tests together.
    """

    protocol: str
    rows: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    alpha: float
    tests: int
    shots: int | None
    seed: int
    twirl: bool = False
    title: str = ""
    setup: Mapping[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> tuple[RunResult, ...]:
        """The runs that were not skipped."""
        return tuple(r.run for r in self.rows if r.run is not None)

    @property
    def agree(self) -> bool | None:
        """True if every compared pair agrees, False if one does not, None if nothing was compared."""
        verdicts = {p.verdict for p in self.pairs}
        if verdicts & {"disagree", "not comparable"}:
            return False
        return True if "agree" in verdicts else None

    @property
    def verdict(self) -> str:
        """The verdict in one sentence."""
        names = ", ".join(r.backend for r in self.runs)
        if self.agree is None:
            return f"nothing compared: {len(self.runs)} backend(s) ran ({names or 'none'})"
        bad = [p for p in self.pairs if p.verdict not in ("agree", "nothing compared")]
        if bad:
            worst = "; ".join(f"{p.first} and {p.second}: {p.verdict}, {p.detail}" for p in bad[:3])
            return f"DISAGREEMENT in {len(bad)} of {len(self.pairs)} pairs: {worst}"
        return f"{names} agree ({self.criterion})"

    @property
    def criterion(self) -> str:
        """What agreement was tested by."""
        parts = []
        kinds = {p.worst.kind for p in self.pairs if p.worst}
        if "exact" in kinds:
            parts.append(f"exact branches within {EXACT_TOLERANCE:g}")
        if kinds - {"exact"}:
            parts.append(f"samples by {self.tests} exact tests, family-wise false-alarm rate {self.alpha:g}")
        return "; ".join(parts) or "no test"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON values."""
        return {
            "protocol": self.protocol,
            "title": self.title or None,
            "setup": dict(self.setup),
            "shots": self.shots,
            "seed": self.seed,
            "twirl": self.twirl,
            "alpha": self.alpha,
            "tests": self.tests,
            "agree": self.agree,
            "verdict": self.verdict,
            "backends": [
                {"backend": r.backend, "skipped": r.skipped or None, "run": r.run and r.run.to_dict()}
                for r in self.rows
            ],
            "pairs": [
                {"first": p.first, "second": p.second, "verdict": p.verdict, "circuits": p.circuits,
                 "kind": p.worst.kind if p.worst else None,
                 "deviation": p.worst.deviation if p.worst else None,
                 "p_value": p.worst.p_value if p.worst else None, "detail": p.detail}
                for p in self.pairs
            ],
        }  # fmt: skip

    def to_json(self) -> str:
        """Return the comparison as a JSON text."""
        return json.dumps(self.to_dict(), indent=1)

    def to_pandas(self) -> Any:
        """Return a DataFrame with one row for each backend and figure."""
        import pandas as pd

        frames = [r.to_pandas() for r in self.runs]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def __rich__(self) -> Any:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        runs = self.runs
        table = Table(title=self.title or f"{self.protocol}, {_shots(self.shots)}, seed {self.seed}")
        table.add_column("figure")
        for run in runs:
            table.add_column(run.backend, justify="right")
        for figure in dict.fromkeys(name for run in runs for name in run.estimates):
            table.add_row(figure, *(_cell(run, figure) for run in runs))
        table.add_section()
        table.add_row("method", *(run.method for run in runs), style="dim")
        table.add_row("seconds", *(f"{run.seconds:.2f}" for run in runs), style="dim")
        skipped = [
            Text(f"{r.backend} skipped: {r.skipped}", style="yellow") for r in self.rows if r.run is None
        ]
        style = {True: "bold green", False: "bold red", None: "yellow"}[self.agree]
        return Group(*([table] if runs else []), *skipped, Text(self.verdict, style=style))

    def __str__(self) -> str:
        return shown.as_text(self)

    def _repr_html_(self) -> str:
        return shown.as_html(self)


def _cell(run: RunResult, figure: str) -> str:
    estimate = run.estimates.get(figure)
    if estimate is None:
        return "-"
    if estimate.shots is None:
        return f"{estimate.value:.6f}"
    return f"{estimate.value:.5f} ± {estimate.standard_error:.5f}"


def _shots(shots: int | None) -> str:
    return "exact" if shots is None else f"{shots} shots"


def compare(
    protocol: str | Protocol,
    *,
    backends: Sequence[str],
    topology: str | Network | None = None,
    hardware: str | Mapping[str, str] | None = None,
    link: str | None = None,
    params: Mapping[str, Any] | None = None,
    shots: int | None = None,
    seed: int = 0,
    alpha: float = 1e-6,
    nodes: Mapping[str, str] | None = None,
    waiting: Literal["none", "mean"] = "none",
    routing: Literal["refuse", "swap"] = "refuse",
    twirl: bool = False,
    ends: tuple[str, str] | None = None,
    route_by: RouteBy = "length",
    title: str = "",
    progress: Callable[[str], None] | None = None,
    plugins: Plugins | None = None,
) -> Comparison:
    """Run a protocol on several backends and judge every pair; see ``run`` for the parameters.

    Circuits are paired in order by content hash. Exact branches must agree within 1e-9; samples are tested
    with a family-wise false-alarm rate of ``alpha``. A backend that cannot run it, or has no accepted shot,
    becomes a skipped row.
    ``progress`` is called with the name of each backend before it is loaded and run.
    """
    plugins = plugins or discover()
    _check(shots, seed)
    if not 0 < checks.probability(alpha, "alpha") < 1:
        raise InvalidInputError(f"alpha is {alpha!r}; it must be in (0, 1)")
    mapping(nodes, "nodes")
    names = [backends] if isinstance(backends, str) else backends
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise InvalidInputError(f"backends is {backends!r:.60}; it must be a list of names")
    if not names:
        raise InvalidInputError("backends is empty; name at least one backend")
    if len(set(names)) != len(names):
        raise InvalidInputError(f"backends names one twice: {', '.join(names)}")
    for name in names:
        plugins.backends[name]
    rows = []
    for name in names:
        if progress is not None:
            progress(name)
        setup = build_setup(plugins, protocol, topology, hardware, link, params)
        spec, instance = backend_of(plugins, name, {})
        placing = Placing(nodes, waiting, routing, twirl, ends=ends, route_by=route_by)
        session = new_session(plugins, setup, spec, instance, shots, seed, placing)
        try:
            run = run_session(plugins, setup, session)
            rows.append(Row(name, run, records=run.records))
        except UnsupportedError as error:
            rows.append(Row(name, None, str(error)))
        except NoAcceptedShotsError as error:
            rows.append(Row(name, None, str(error), tuple(session.records)))
    comparison = judge(tuple(rows), alpha=alpha, shots=shots, seed=seed, twirl=twirl, protocol=setup.name)
    asked = {"topology": topology, "hardware": hardware, "link": link, "params": params, "nodes": nodes}
    shown = {k: v if isinstance(v, (str, Mapping)) else type(v).__name__ for k, v in asked.items() if v}
    if waiting != "none":
        shown["waiting"] = waiting
    if routing != "refuse":
        shown["routing"] = routing
    if ends is not None:
        shown["ends"] = ", ".join(ends)
    if route_by != "length":
        shown["route_by"] = route_by
    return replace(comparison, title=title, setup=shown)


def judge(
    rows: tuple[Row, ...], *, alpha: float, shots: int | None, seed: int, twirl: bool, protocol: str
) -> Comparison:
    """Return the comparison of finished runs."""
    done = [r for r in rows if r.run is not None or r.records]
    found = [(a, b, list(_checks(a, b))) for i, a in enumerate(done) for b in done[i + 1 :]]
    tests = sum(c.tests for _, _, checks_ in found for c in checks_ if c is not None)
    threshold = alpha / max(1, tests)
    judged = [(a, b, _pair(a, b, checks_, threshold)) for a, b, checks_ in found]
    # What a skipped backend ran can show that it is wrong; that it agrees would be too little to say.
    pairs = tuple(p for a, b, p in judged if (a.run and b.run) or p.verdict == "disagree")
    return Comparison(protocol, rows, pairs, alpha, tests, shots, seed, twirl)


def _checks(first: Row, second: Row) -> Iterator[Check | None]:
    """Yield the check of each paired circuit; None where the two ran different circuits."""
    if first.run and second.run and len(first.records) != len(second.records):
        yield None
        return
    for a, b in zip(first.records, second.records, strict=False):
        same = a.result.circuit.content_hash == b.result.circuit.content_hash
        yield check_pair(a.result, b.result) if same else None


def _pair(first: Row, second: Row, found: Sequence[Check | None], threshold: float) -> Pair:
    checks_ = [c for c in found if c is not None]
    if len(checks_) != len(found):
        return Pair(first.backend, second.backend, "not comparable", len(found))
    if not checks_:
        return Pair(first.backend, second.backend, "nothing compared", 0)

    def severity(check: Check) -> float:
        if check.deviation is not None:
            return check.deviation / EXACT_TOLERANCE
        return threshold / max(check.p_value or 0.0, 1e-300)

    index = max(range(len(checks_)), key=lambda i: severity(checks_[i]))
    worst = checks_[index]
    bad = (
        worst.deviation > EXACT_TOLERANCE
        if worst.deviation is not None
        else (worst.p_value or 0.0) < threshold
    )
    return Pair(first.backend, second.backend, "disagree" if bad else "agree", len(found), worst, index)
