"""Channels, protocols, networks, links, devices and specs with one thing wrong, and the check that tells."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.api import ChannelSpec, ExecutorSpec, HardwareSpec, LinkSpec, ProtocolSpec, TopologySpec
from qnetframe.channels import Channel, depolarizing
from qnetframe.network import (
    GateProfile,
    Hardware,
    Link,
    LinkModel,
    Network,
    Node,
    QubitProfile,
    werner_state,
)
from qnetframe.plugins import Plugins
from qnetframe.testing.kit import checks_of, run_checks
from qnetframe.values import Estimate

PLUGINS = Plugins(entry_points=False)
SPECS = {
    "channel": ChannelSpec, "protocol": ProtocolSpec, "topology": TopologySpec, "link": LinkSpec, "hardware": HardwareSpec,
    "executor": ExecutorSpec,
}  # fmt: skip
counter = itertools.count(1)


def growing_channel():
    return depolarizing(1 / (10 + next(counter)))


def unchecked_channel(p: float = 0.1):
    return depolarizing(math.sqrt(p) ** 2)


class Unphysical(Channel):
    """Says of itself what it is not."""

    @property
    def kraus(self):
        return tuple(1.01 * k for k in super().kraus)


def unphysical():
    return Unphysical(depolarizing(0.1).kraus)


@dataclasses.dataclass(frozen=True)
class Right:
    fidelity: float = 1.0

    def run(self, session):
        p = qn.Program("equal")
        a, b = p.qubit(session.route()[0], "a"), p.qubit(session.route()[-1], "b")
        p.entangle(a, b)
        p.output(p.measure(a) ^ p.measure(b) ^ 1, label="equal")
        result = session.run(p)
        return {"P(equal)": result.distribution().get((1,), Estimate(0.0))}


class GlobalGenerator:
    def run(self, session):
        return {"value": Estimate(float(np.random.random()))}


class Remembering:
    def __init__(self):
        self.runs = 0

    def run(self, session):
        self.runs += 1
        return {"runs": Estimate(float(self.runs))}


class Biased(Right):
    def run(self, session):
        figures = super().run(session)
        return {n: e if e.shots is None else e.scaled(0.9) for n, e in figures.items()}


class OtherNames(Right):
    def run(self, session):
        return {n if e.shots is None else f"{n} sampled": e for n, e in super().run(session).items()}


class Undefined(Right):
    def run(self, session):
        return {"ratio": Estimate(math.nan)}


class ExactWithError(Right):
    def run(self, session):
        return {n: Estimate(e.value, 0.01, 100) for n, e in super().run(session).items()}


class IdealOnly(Right):
    def run(self, session):
        figures = super().run(session)
        if any(link.model.fidelity < 1 for link in getattr(session.network, "links", ())):
            raise qn.InvalidInputError("links must be ideal")
        return figures


def network(*links, nodes="abc"):
    return Network(tuple(Node(n) for n in nodes), links)


def two_nodes():
    return network(Link("a", "b"), Link("b", "c"))


def apart():
    return network(Link("a", "b"), Link("c", "d"), nodes="abcd")


def lonely():
    return network(Link("a", "b"))


def superluminal():
    return network(Link("a", "b", LinkModel(), length_km=10.0), Link("b", "c"))


def growing_network():
    return network(
        Link("a", "b", LinkModel(state=werner_state(1 - 1 / (10 + next(counter))))), Link("b", "c")
    )


def crashing_network(nodes: int = 3):
    return network(*(Link("abc"[i], "abc"[i + 1]) for i in range(nodes - 1)), nodes="abc"[:nodes] or [][0])


def fast_link(length_km: float = 10.0):
    return LinkModel(attempt_time=1e-3)


def instant_herald(length_km: float = 10.0):
    return LinkModel(delay=length_km / 2e5)


def better_link(length_km: float = 10.0):
    time = length_km / 2e5
    return LinkModel(success_probability=length_km / 100, attempt_time=time, delay=time)


def right_link(length_km: float = 10.0):
    if length_km < 0 or not math.isfinite(length_km):
        raise qn.InvalidInputError(f"length_km is {length_km!r}; it must be at least 0")
    time = length_km / 2e5
    return LinkModel(attempt_time=time, delay=time)


def unreadable_device():
    return Hardware("bad", default=QubitProfile(readout=(0.6, 0.6)))


def uncoupled_gate():
    profile = QubitProfile()
    return Hardware(
        "bad", (profile,) * 3, gates={("cx", (0, 2)): GateProfile(0.01)}, coupling=frozenset({(0, 1)})
    )


def excluded_device():
    return Hardware("bad", (QubitProfile(),), excluded=(0,))


def hopeless_device():
    return Hardware("bad", gates={("cx", ()): GateProfile(0.7), ("h", ()): GateProfile(0.1)})


def untyped(p):
    return depolarizing(p)


def wrong_default(p: float = "a tenth"):
    return depolarizing(0.1)


class Inline:
    """Runs one task after the other."""

    workers = 1

    def run(self, tasks, perform):
        for task in tasks:
            yield perform(task)


class Forgetful(Inline):
    def run(self, tasks, perform):
        *outcomes, _ = [perform(task) for task in tasks] or [None]
        yield from outcomes


class Doubling(Inline):
    def run(self, tasks, perform):
        for outcome in super().run(tasks, perform):
            yield outcome
            yield outcome


class Numbering(Inline):
    """Seeds by the order of running."""

    def run(self, tasks, perform):
        for number, task in enumerate(tasks):
            outcome = perform(dataclasses.replace(task, seed=number))
            yield dataclasses.replace(outcome, task=task)


class Hasty(Inline):
    def run(self, tasks, perform):
        return super().run(iter(list(itertools.islice(tasks, 1000))), perform)


class Once(Inline):
    def __init__(self):
        self.done = False

    def run(self, tasks, perform):
        if not self.done:
            self.done = True
            yield from super().run(tasks, perform)


class Idle(Inline):
    workers = 0


MUTANTS = {
    "an executor that loses a task": ("executor", Forgetful, "each_task_once"),
    "an executor that runs tasks twice": ("executor", Doubling, "each_task_once"),
    "an executor whose seeds follow its order": ("executor", Numbering, "same_numbers_everywhere"),
    "an executor that takes all tasks at once": ("executor", Hasty, "tasks_are_taken_when_needed"),
    "an executor that runs once": ("executor", Once, "runs_again"),
    "an executor without workers": ("executor", Idle, "has_workers"),
    "a channel that changes": ("channel", growing_channel, "made_twice_is_equal"),
    "a channel that does not check": ("channel", unchecked_channel, "bad_input_is_refused"),
    "a channel that gains weight": ("channel", unphysical, "trace_preserving"),
    "a channel with two meanings": ("channel", unphysical, "representations_agree"),
    "a parameter without a type": ("channel", untyped, "spec_parameters"),
    "a default of a wrong type": ("channel", wrong_default, "spec_parameters"),
    "a protocol with a generator of its own": ("protocol", GlobalGenerator, "a_seed_decides"),
    "a protocol that remembers": ("protocol", Remembering, "nothing_is_kept"),
    "a protocol that is biased when sampled": ("protocol", Biased, "sampled_agrees_with_exact"),
    "a protocol whose figures change names": ("protocol", OtherNames, "sampled_agrees_with_exact"),
    "a protocol without a number": ("protocol", Undefined, "figures_have_names"),
    "a protocol without figures": ("protocol", type("Empty", (), {"run": lambda self, s: {}}), "figures_have_names"),
    "a protocol that is never exact": ("protocol", ExactWithError, "exact_has_no_error"),
    "a protocol for ideal links only": ("protocol", IdealOnly, "runs_on_noisy_links"),
    "a network in two parts": ("topology", apart, "is_connected"),
    "a node without a link": ("topology", lonely, "has_links"),
    "a network faster than light": ("topology", superluminal, "no_faster_than_light"),
    "a network that changes": ("topology", growing_network, "made_twice_is_equal"),
    "a network that crashes": ("topology", crashing_network, "bad_input_is_refused"),
    "a link faster than light": ("link", fast_link, "no_faster_than_light"),
    "a herald faster than light": ("link", instant_herald, "no_faster_than_light"),
    "a link that length improves": ("link", better_link, "longer_is_no_better"),
    "a device whose readout is inverted": ("hardware", unreadable_device, "prepares_and_measures"),
    "a gate on qubits that are not coupled": ("hardware", uncoupled_gate, "gates_are_where_qubits_are_coupled"),
    "a device with no qubit left": ("hardware", excluded_device, "has_a_name"),
    "a device that is only noise": ("hardware", hopeless_device, "runs_a_chain_of_gates"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_offer_fails_the_check_that_is_meant_for_it(name):
    kind, factory, check = MUTANTS[name]
    checks = checks_of(PLUGINS.kind(kind))
    (outcome,) = run_checks(SPECS[kind]("mutant", factory, name), factory, {check: checks[check]}).values()
    assert outcome.status == "failed", f"{check} does not catch: {name}"


@pytest.mark.parametrize("kind, factory", [
    ("protocol", Right), ("topology", two_nodes), ("link", right_link), ("hardware", Hardware), ("executor", Inline),
    ("channel", lambda: depolarizing(0.1)),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_right_ones_pass(kind, factory):
    checks = {n: c for n, c in checks_of(PLUGINS.kind(kind)).items() if not n.startswith("spec_")}
    outcomes = run_checks(SPECS[kind]("right", factory, "as it should be"), factory, checks)
    assert "failed" not in {o.status for o in outcomes.values()}, outcomes


def test_every_check_states_its_contract():
    for kind in ("backend", *SPECS):
        for name, check in checks_of(PLUGINS.kind(kind)).items():
            text = (getattr(check, "func", check).__doc__ or "").strip()
            assert len(text) > 30 and text.endswith("."), f"{kind}: {name}"
