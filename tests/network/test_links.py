"""Link models and the states that they herald."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe.builtin.links import LINKS, fiber_link, ideal_link
from qnetframe.channels import identity
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link, LinkModel, bell_diagonal_state, werner_state
from qnetframe.network.links import pair_for

BELL = np.array([[1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0]]) / 2**0.5


@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
def test_bell_weights_are_the_overlaps(raw):
    weights = np.array(raw) / sum(raw)
    rho = np.array(bell_diagonal_state(*weights))
    found = [float((v @ rho @ v).real) for v in BELL]
    assert found == pytest.approx(weights, abs=1e-12)
    assert np.abs(rho - sum(w * np.outer(v, v) for w, v in zip(weights, BELL, strict=True))).max() < 1e-15


def test_werner_is_the_isotropic_mixture():
    rho = np.array(werner_state(0.85))
    visibility = (4 * 0.85 - 1) / 3
    assert (
        np.abs(rho - visibility * np.outer(BELL[0], BELL[0]) - (1 - visibility) * np.eye(4) / 4).max() < 1e-15
    )
    assert LinkModel(state=werner_state(0.85)).fidelity == pytest.approx(0.85)


def test_the_pair_turns_round_with_the_link():
    state = np.kron([1, 0], [0, 1])
    link = Link("a", "b", LinkModel(state=state))
    assert np.array(pair_for(link, "a"))[1, 1] == 1
    assert np.array(pair_for(link, "b"))[2, 2] == 1


def test_fibre_by_hand():
    """20 km at 0.2 dB/km is 4 dB: 10^-0.4 = 0.3981072; a photon that goes half way, 10^-0.2 = 0.6309573."""
    model = fiber_link(20.0, 0.97, efficiency=0.5)
    assert model.success_probability == pytest.approx(0.5 * (0.5 * 0.6309573) ** 2, rel=1e-6)
    assert model.transmission == pytest.approx(0.5 * 0.3981072, rel=1e-6)
    assert model.attempt_time == model.delay == model.herald_delay == pytest.approx(1e-4)
    assert model.mean_time == pytest.approx(1e-4 / (0.125 * 0.3981072), rel=1e-6)
    assert model.fidelity == pytest.approx(0.97)
    assert fiber_link(10.0, attenuation_db_per_km=0.0, speed_km_per_s=3e5).delay == pytest.approx(10 / 3e5)


def test_ideal_and_specs():
    assert ideal_link() == LinkModel()
    assert {spec.name: spec.factory for spec in LINKS} == {"ideal": ideal_link, "fiber": fiber_link}
    assert len({LinkModel(), ideal_link(), ideal_link(0.9)}) == 2


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: fiber_link(-1.0), "length_km is -1.0; it must be at least 0"),
        (lambda: fiber_link(1.0, attenuation_db_per_km=-1.0), "attenuation_db_per_km is -1.0"),
        (lambda: fiber_link(1.0, speed_km_per_s=0.0), "speed_km_per_s is 0.0; it must be above 0"),
        (lambda: fiber_link(1.0, efficiency=2.0), "efficiency is 2.0"),
        (lambda: fiber_link(1.0, scheme="single-photon"), "scheme is 'single-photon'; allowed: 'two-photon'"),
        (lambda: fiber_link(1.0, efficiency=0.0), "never heralds a pair"),
        (lambda: fiber_link(1e6), "never heralds a pair"),
        (lambda: ideal_link(-0.1), "fidelity is -0.1"),
        (lambda: LinkModel(success_probability=0.0), "success_probability is 0"),
        (lambda: LinkModel(attempt_time=-1.0), "attempt_time"),
        (lambda: LinkModel(attempt_time=1.0, herald_delay=1.1), "the herald is part of the attempt"),
        (lambda: LinkModel(transmission=1.2), "link transmission is 1.2"),
        (lambda: LinkModel(send_channel=identity(2)), "must act on one qubit"),
        (lambda: LinkModel(state=[1, 0]), r"link state has shape \(2,\)"),
        (lambda: LinkModel(state="pair"), "link state is 'pair'"),
        (lambda: LinkModel(state=np.eye(4)), "has trace 4; it must be 1"),
        (lambda: LinkModel(state=np.diag([1.5, -0.5, 0, 0])), "has eigenvalue -0.5"),
        (lambda: LinkModel(state=np.diag([np.nan, 1, 0, 0])), "a number that is not finite"),
        (lambda: LinkModel(state=np.eye(4) / 4 + np.triu(np.ones((4, 4)), 1)), "is not Hermitian"),
        (lambda: bell_diagonal_state(0.5, 0.4), "sum to 0.9; they must sum to 1"),
        (lambda: werner_state(float("nan")), "fidelity is nan"),
    ],
)
def test_refusals(build, message):
    with pytest.raises(InvalidInputError, match=message):
        build()
