"""Devices and links from dynamics: in catalogs, in programs, with provenance, kept on disk."""

import inspect
import json
from math import inf

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.channels import Channel
from qnetframe.cli import main
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.plugins import discover
from qnetframe_hardware.bridges import derivation, derived_hardware
from qnetframe_hardware.bridges.links import LINKS
from qnetframe_hardware.bridges.profiles import PROFILES
from qnetframe_hardware.ions import lens_collection, remote_ions_two_photon
from qnetframe_hardware.ions.gates import IDEAL, molmer_sorensen

NAMES = sorted(PROFILES)


@pytest.mark.parametrize("name", NAMES)
def test_every_device_teleports(name):
    plugins = discover()
    assert plugins.broken == () and name in plugins.hardware
    run = qn.run("teleportation", hardware=name, topology="chain", params={"topology.nodes": 2})
    ideal = qn.run("teleportation", topology="chain", params={"topology.nodes": 2})
    value = run.estimates["average fidelity"].value
    assert 0.85 < value < 1 - 1e-4 and ideal.estimates["average fidelity"].value > 1 - 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_source(name):
    found = derived_hardware(name)
    assert found.hardware.name == name
    for number in found.numbers:
        assert (
            number.kind in ("measured", "derived", "assumed")
            and len(number.source) > 8
            and np.isfinite(number.value)
        )
    entangler = max(g.error for (gate, _), g in found.hardware.gates.items() if g.channel is not None)
    assert 0 < entangler < 0.02 and 0.6 < sum(found.budget.values()) / entangler < 1.4
    assert found.versions["scipy"]


def test_the_host_keeps_its_generic_devices():
    assert {"transmon", "ion-trap", "nv-centre", "neutral-atom"} <= set(discover().hardware)


def test_the_gate_of_a_profile_is_the_channel_of_its_hamiltonian():
    found = derived_hardware("ion-ca40", heating_rate=200.0, t1=1e9, t2=2e9).hardware.gates["rxx", ()]
    gate = molmer_sorensen(detuning_hz=20e3, mean_phonons=0.1, heating_rate=200.0)
    assert found.channel.is_close(Channel.from_unitary(IDEAL.conj().T).then(gate.channel), 1e-5)
    assert found.duration == pytest.approx(1 / 20e3) and found.error == pytest.approx(
        gate.infidelity, abs=1e-5
    )


def test_relaxation_during_a_gate_is_in_its_channel():
    # Two ions that decay with T1 for t: 2 t/T1 times (2/5 on average over both-qubit states, T2 = 2 T1).
    dying = derived_hardware("ion-ca40", heating_rate=0.0, mean_phonons=0.0, t1=0.01, t2=0.02)
    assert dying.budget["spin decay"] == pytest.approx(2 * 0.4 * 5e-5 / 0.01, rel=0.05)


def test_parameters_reach_the_dynamics():
    hot = discover().make("hardware", "ion-ca40", {"heating_rate": "300"})
    cold = discover().make("hardware", "ion-ca40", {"heating_rate": "0"})
    assert hot.gates["rxx", ()].error > cold.gates["rxx", ()].error + 5e-3
    with pytest.raises(InvalidInputError, match="T2"):
        discover().make("hardware", "ion-ca40", {"t2": "3"})


@pytest.mark.parametrize("name", sorted(LINKS))
def test_every_link_carries_a_protocol(name):
    model = discover().make("link", name)
    assert 0.5 < model.fidelity < 1 and model.success_probability <= 1
    run = qn.run("teleportation", link=name)
    assert 0.6 < run.estimates["average fidelity"].value < 1


def test_a_link_is_what_its_model_says():
    model = discover().make("link", "ion-two-photon", {"length_km": 1.0})
    pair = remote_ions_two_photon(
        collection=lens_collection(numerical_aperture=0.6, branching=0.9449),
        fibre_coupling=0.3,
        detector=0.7,
        visibility=0.97,
        dark_counts=1e-7,
        emitter_fidelity=0.98,
        length_km=1.0,
        attenuation_db_per_km=3.0,
    )
    assert model == pair.link()
    assert inspect.signature(LINKS["microwave"][0]).parameters["t1"].default == inf


@pytest.mark.parametrize("name, nodes", [("ion-traps", 5), ("microwave-modules", 3)])
def test_networks_by_name(name, nodes):
    network = discover().make("topology", name)
    assert len(network.nodes) == nodes
    run = qn.run("teleportation", topology=name, hardware="uniform")
    assert 0.9 < run.estimates["average fidelity"].value < 1


# ---- the cache -----------------------------------------------------------------------------------


def test_a_derived_gate_is_read_back_and_a_damaged_file_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("QNETFRAME_CACHE", str(tmp_path))
    calls = []

    def model(**params):
        calls.append(params)
        return molmer_sorensen(**params)

    first = derivation.cached_gate(model, detuning_hz=1e4, heating_rate=20.0)
    again = derivation.cached_gate(model, detuning_hz=1e4, heating_rate=20.0)
    assert (
        len(calls) == 1
        and again["channel"] == first["channel"]
        and again["infidelity"] == first["infidelity"]
    )
    (path,) = tmp_path.iterdir()
    data = json.loads(path.read_text())
    assert (
        data["key"]["params"]["heating_rate"] == 20.0 and data["key"]["versions"]["numpy"] == np.__version__
    )
    path.write_text("{")
    derivation.cached_gate(model, detuning_hz=1e4, heating_rate=20.0)
    assert len(calls) == 2
    derivation.cached_gate(model, detuning_hz=1e4, heating_rate=21.0)
    assert len(calls) == 3 and len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("QNETFRAME_CACHE", str(tmp_path / "file"))
    assert derivation.cached_gate(molmer_sorensen, detuning_hz=1e4)["infidelity"] < 1e-12


def test_the_users_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("QNETFRAME_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert derivation.folder() == tmp_path / "qnetframe" / "hardware"


# ---- command line --------------------------------------------------------------------------------


def called(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out = capsys.readouterr()
    return left.value.code, out.out, out.err


def test_hardware_show(capsys):
    code, out, _ = called(["hardware", "show", "ion-ca40", "--set", "heating_rate=100"], capsys)
    assert (
        not code
        and "rxx infidelity" in out
        and "100 quanta/s" in out
        and "Barton" in out
        and "spin dephasing" in out
    )
    code, out, _ = called(["hardware", "show", "ion-ca40", "--json"], capsys)
    data = json.loads(out)
    assert not code and data["budget"]["heating"] > 0 and data["versions"]["numpy"]


def test_hardware_show_says_what_is_wrong(capsys):
    code, _, err = called(["hardware", "show", "ion-ca4"], capsys)
    assert code == 2 and "did you mean 'ion-ca40'" in err and "Traceback" not in err
    code, _, err = called(["hardware", "show", "nv", "--set", "t2=5"], capsys)
    assert code == 2 and "T2 must be at most" in err


def test_hardware_check(capsys):
    code, out, _ = called(["hardware", "check", "purcell", "--solvers", "expm,qutip"], capsys)
    assert not code and "purcell" in out
    code, out, _ = called(
        ["hardware", "check", "purcell", "--solvers", "expm,qutip", "--tolerance", "0", "--json"], capsys
    )
    assert code == 1 and json.loads(out)["agree"] is False
    code, out, _ = called(["hardware", "check", "drag", "--solvers", "expm,qutip", "--json"], capsys)
    assert not code and json.loads(out)["difference"] == {"drag": None}
    code, _, err = called(["hardware", "check", "purcel"], capsys)
    assert code == 2 and "did you mean 'purcell'" in err


def test_a_number_set_by_hand_is_not_called_measured():
    t1 = {n.name: n for n in derived_hardware("ion-ca40", t1=1.0, t2=0.05).numbers}["T1"]
    assert t1.kind == "given" and "published: 1.168 s" in t1.source


def test_an_unknown_device_of_the_pack():
    with pytest.raises(UnknownNameError, match="ion-ca40"):
        derived_hardware("ion")
