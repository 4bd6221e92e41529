"""Link models of this pack, derived from photons, cables and sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf

from qnetframe import checks
from qnetframe.network import LinkModel


def ion_two_photon(
    length_km: float = 0.0,
    numerical_aperture: float = 0.6,
    branching: float = 0.9449,
    fibre_coupling: float = 0.3,
    detector: float = 0.7,
    visibility: float = 0.97,
    dark_counts: float = 1e-7,
    emitter_fidelity: float = 0.98,
    attempt_rate_hz: float = 1e6,
    attenuation_db_per_km: float = 3.0,
) -> LinkModel:
    """Return two ions behind lenses whose photons meet half way (`ions.remote_ions_two_photon`)."""
    from qnetframe_hardware.ions import lens_collection, remote_ions_two_photon

    collection = lens_collection(numerical_aperture=numerical_aperture, branching=branching)
    return remote_ions_two_photon(
        collection=collection,
        fibre_coupling=fibre_coupling,
        detector=detector,
        visibility=visibility,
        dark_counts=dark_counts,
        emitter_fidelity=emitter_fidelity,
        attempt_rate_hz=attempt_rate_hz,
        length_km=length_km,
        attenuation_db_per_km=attenuation_db_per_km,
    ).link()


def nv_single_click(
    bright: float = 0.1,
    detection: float = 4e-4,
    visibility: float = 0.9,
    dark_counts: float = 5e-7,
    phase_noise: float = 0.25,
    double_excitation: float = 0.04,
    attempt_time: float = 5.5e-6,
) -> LinkModel:
    """Return two NV centres entangled by one click (`platforms.remote_centres`)."""
    from qnetframe_hardware.platforms import remote_centres

    return remote_centres(
        bright=bright,
        detection=detection,
        visibility=visibility,
        dark_counts=dark_counts,
        phase_noise=phase_noise,
        double_excitation=double_excitation,
        attempt_time=attempt_time,
    ).link()


def atom_dlcz(
    excitation: float = 0.01,
    efficiency: float = 0.1,
    dark_counts: float = 1e-6,
    phase_noise: float = 0.2,
    length_km: float = 0.0,
    attenuation_db_per_km: float = 0.2,
    attempt_time: float = 10e-6,
) -> LinkModel:
    """Return two atomic ensembles whose Stokes photons meet half way (`platforms.dlcz_pair`)."""
    from qnetframe_hardware.ions.remote import FIBRE_SPEED_KM_PER_S
    from qnetframe_hardware.platforms import dlcz_pair

    half = checks.non_negative(length_km, "length_km") / 2
    arrives = checks.probability(efficiency, "efficiency") * 10 ** (-attenuation_db_per_km * half / 10)
    light = length_km / FIBRE_SPEED_KM_PER_S
    pair = dlcz_pair(
        excitation=excitation, efficiency=arrives, dark_counts=dark_counts, phase_noise=phase_noise
    )
    return pair.link(attempt_time=max(attempt_time, light), herald_delay=light, delay=light)


def microwave(
    coupling_hz: float = 5e6,
    cable_decay_hz: float = 50e3,
    thermal_photons: float = 0.0,
    t1: float = inf,
    cycle_time: float = 1e-6,
) -> LinkModel:
    """Return a cold cable between two cryostats, without herald (`transmons.microwave_link`)."""
    from qnetframe_hardware.transmons import microwave_link

    return microwave_link(
        coupling_hz=coupling_hz, cable_decay_hz=cable_decay_hz, thermal_photons=thermal_photons, t1=t1
    ).link(cycle_time=cycle_time)


def spdc(
    mean_pairs: float = 0.05,
    efficiency: float = 0.3,
    pulse_rate_hz: float = 1e8,
    dark_counts: float = 1e-6,
    length_km: float = 0.0,
    attenuation_db_per_km: float = 0.2,
) -> LinkModel:
    """Return a down-conversion source half way between two detectors (`photons.spdc_source`)."""
    from qnetframe_hardware.ions.remote import FIBRE_SPEED_KM_PER_S
    from qnetframe_hardware.photons import spdc_source

    half = checks.non_negative(length_km, "length_km") / 2
    arrives = checks.probability(efficiency, "efficiency") * 10 ** (-attenuation_db_per_km * half / 10)
    source = spdc_source(
        mean_pairs=mean_pairs, efficiency=arrives, pulse_rate_hz=pulse_rate_hz, dark_counts=dark_counts
    )
    return source.link(delay=length_km / FIBRE_SPEED_KM_PER_S)


LINKS: Mapping[str, tuple[Callable[..., LinkModel], str]] = {
    "ion-two-photon": (ion_two_photon, "two ions behind lenses, heralded by two photons half way"),
    "nv-single-click": (nv_single_click, "two NV centres, heralded by one click"),
    "atom-dlcz": (atom_dlcz, "two atomic ensembles, heralded by one Stokes photon"),
    "microwave": (microwave, "a cold microwave cable between two cryostats"),
    "spdc": (spdc, "a down-conversion source half way"),
}
