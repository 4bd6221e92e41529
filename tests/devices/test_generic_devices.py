"""The generic devices: numbers as cited, every one can be overridden, and what a program costs on them."""

import inspect
import math

import pytest

import qnetframe as qn
from qnetframe import Program
from qnetframe.builtin import devices
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.network import Link, Network, Node
from qnetframe.placement import place
from qnetframe.plugins import Plugins
from qnetframe.program.operations import Noise

NAMES = {
    "ion-trap": devices.ion_trap,
    "neutral-atom": devices.neutral_atom,
    "nv-centre": devices.nv_centre,
    "transmon": devices.transmon,
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_made_by_name(name):
    plugins = Plugins(entry_points=False)
    assert plugins.make("hardware", name) == NAMES[name]() and NAMES[name]().name == name
    assert plugins.make("hardware", name, {"two_qubit_error": "0.03"}) == NAMES[name](two_qubit_error=0.03)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_parameter_changes_the_device(name):
    plain = NAMES[name]()
    for parameter, value in inspect.signature(NAMES[name]).parameters.items():
        if parameter == "nuclear_spins":
            changed = 2
        elif parameter.endswith("t1"):
            changed = 200.0
        else:
            changed = value.default / 2 if value.default else 1e-7
        assert NAMES[name](**{parameter: changed}) != plain, parameter


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_default_that_is_a_figure_is_in_the_docstring(name):
    assert "(20" in NAMES[name].__doc__, "a year"


def test_cited_numbers():
    ion, atom, nv, transmon = (NAMES[n]() for n in ("ion-trap", "neutral-atom", "nv-centre", "transmon"))
    assert ion.gates["prx", ()].error == pytest.approx(1 - 0.999934)
    assert ion.gates["rzz", ()].error == pytest.approx(1 - 0.999) and ion.default.t2 == 50.0
    assert ion.default.readout == (pytest.approx(1 - 0.9993),) * 2
    assert atom.gates["prx", ()].error == pytest.approx(1 - 0.99902)
    assert atom.gates["cz", ()].error == pytest.approx(1 - 0.995)
    assert atom.gates["cz", ()].duration == pytest.approx(7.612 / (2 * math.pi * 4.6e6), rel=2e-3)
    assert atom.default.measure_duration == pytest.approx(10e-6 + 500e-6 + 200e-6)
    assert nv.gates["prx", (0,)].error == pytest.approx(1 - 0.999952)
    assert nv.gates["cx", (0, 3)].error == pytest.approx(1 - 0.992)
    assert transmon.default.t2 <= 2 * transmon.default.t1


def test_the_transmon_is_the_median_of_its_source():
    google = pytest.importorskip("qnetframe_google")
    source, mine = google.hardware("google-willow_pink", "median"), NAMES["transmon"]()
    for gate in ("phxz", "cz"):
        assert mine.gates[gate, ()].error == pytest.approx(source.gates[gate, ()].error, rel=5e-3)
        assert mine.gates[gate, ()].duration == pytest.approx(source.gates[gate, ()].duration)
    assert mine.default.t1 == pytest.approx(source.default.t1, rel=5e-3)
    assert mine.default.t2 == pytest.approx(source.default.t2, rel=5e-3)
    assert mine.default.readout == pytest.approx(source.default.readout, rel=1e-2)
    assert mine.default.measure_duration == pytest.approx(source.default.measure_duration)
    assert mine.default.prepare_duration == pytest.approx(source.default.prepare_duration)


def teleportation():
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.8, 0.6])
    p.entangle(a, b)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.save("out", b)
    return p


@pytest.mark.parametrize("name", sorted(NAMES))
def test_teleportation_places_on_every_device(name):
    network = Network([Node("alice", NAMES[name]()), Node("bob", NAMES[name]())], [Link("alice", "bob")])
    fidelity = qn.execute(teleportation(), network=network).state("out").fidelity([0.8, 0.6]).value
    assert (
        {"ion-trap": 0.99, "neutral-atom": 0.98, "nv-centre": 0.85, "transmon": 0.95}[name]
        < fidelity
        < 0.9995
    )


def test_a_cx_of_ions_by_hand():
    """One rzz between rotations: duration 100 us and the rotations, Pauli probability 5r/4 after dephasing."""
    device = devices.ion_trap(t2=math.inf, single_qubit_error=0.0)
    p = Program("cx")
    p.cx(*p.qubits("alice", "a", "b"))
    placed = place(p, Network([Node("alice", device)]))
    (pair,) = (o.channel for o in placed.circuit.operations if isinstance(o, Noise) and len(o.qubits) == 2)
    assert 1 - pair.pauli_probabilities["II"] == pytest.approx(1.25e-3, rel=1e-9)
    assert placed.timeline.latency == pytest.approx(100e-6 + 2 * 4.4e-6, rel=1e-9)


def test_a_cx_from_a_nucleus_takes_turns_of_both():
    """The electron controls; the other way round, h on both before and after: two slow pulses on the nucleus."""
    device = devices.nv_centre(nuclear_spins=1)
    network = Network([Node("alice", device)])

    def latency(swap):
        p = Program("cx")
        a, b = p.qubits("alice", "a", "b")
        p.cx(*((b, a) if swap else (a, b)))
        return place(p, network, layout={"alice": {"alice.a": 0, "alice.b": 1}}).timeline.latency

    start = 310e-6
    assert latency(False) == pytest.approx(start + 5e-4)
    assert latency(True) == pytest.approx(start + 3 * 5e-4)


def test_nuclei_are_coupled_to_the_electron_only():
    p = Program("star")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.cx(a, b).cx(b, c).cx(c, a)
    network = Network([Node("alice", devices.nv_centre())])
    with pytest.raises(UnsupportedError, match="they are not coupled; use routing='swap'"):
        place(p, network)
    assert place(p, network, routing="swap").timeline.latency > 5e-3


def test_bad_input_names_the_field():
    with pytest.raises(InvalidInputError, match="T2 must be at most"):
        devices.transmon(t1=1e-6)
    with pytest.raises(InvalidInputError, match=r"nuclear_spins is -1"):
        devices.nv_centre(nuclear_spins=-1)
    with pytest.raises(InvalidInputError, match=r"gate error is 1\.5"):
        devices.ion_trap(two_qubit_error=1.5)
    assert devices.nv_centre(nuclear_spins=0).coupling == frozenset()
