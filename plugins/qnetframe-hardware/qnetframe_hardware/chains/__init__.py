"""State transfer through coupled spins: chains and graphs, perfect, optimised, disordered, routed."""

from qnetframe_hardware.chains.couplings import optimised_couplings, perfect_couplings, uniform_couplings
from qnetframe_hardware.chains.hamiltonian import (
    chain_problem,
    full_hamiltonian,
    single_excitation_hamiltonian,
)
from qnetframe_hardware.chains.transfer import (
    Transfer,
    best_transfer,
    disordered_transfer,
    fidelity_of_amplitude,
    route_excitation,
    transfer_amplitude,
    transport_efficiency,
)

__all__ = [
    "Transfer",
    "best_transfer",
    "chain_problem",
    "disordered_transfer",
    "fidelity_of_amplitude",
    "full_hamiltonian",
    "optimised_couplings",
    "perfect_couplings",
    "route_excitation",
    "single_excitation_hamiltonian",
    "transfer_amplitude",
    "transport_efficiency",
    "uniform_couplings",
]
