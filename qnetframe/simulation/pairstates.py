"""What a pair is made of: a Werner parameter, three Bell correlations, or sixteen correlations of a matrix.

All are kept in the frame in which every Pauli correction has been made, so that Φ+ is the good state, and all
are correlations Tr[ρ σ⊗σ'], in which decoherence and swapping are products. Decoherence of one half over a
time is a diagonal of factors (for XX, YY, ZZ); that of a memory with T1 and T2 is (e^{-t/T2}, e^{-t/T2},
e^{-t/T1}), with the drift to |0> in the matrix alone: a Bell-diagonal pair takes its Pauli twirl.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network.pairs import PairState

Kind: TypeAlias = Literal["werner", "bell", "matrix"]
Method: TypeAlias = Literal["bbpssw", "dejmps"]
State: TypeAlias = Any
_NEVER = math.inf
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Decay:
    """Decoherence of one half: rates in hertz of the correlations XX, YY and ZZ, and whether it ends in |0>.

    >>> Decay.relaxation(t1=math.inf, t2=2.0).rates
    (0.5, 0.5, 0.0)
    """

    rates: tuple[float, float, float] = (0.0, 0.0, 0.0)
    to_ground: bool = False

    @staticmethod
    def relaxation(t1: float, t2: float) -> Decay:
        """Return the decay of a memory with T1 and T2, in seconds."""
        first, second = checks.relaxation_times(t1, t2)
        return Decay((1 / second, 1 / second, 1 / first), to_ground=first < math.inf)

    @staticmethod
    def pauli(x: float, y: float, z: float) -> Decay:
        """Return the decay by Pauli errors at these rates in hertz: XX decays at 2(y+z), and so on."""
        a, b, c = (
            checks.non_negative(r, f"Pauli rate {n} (hertz)") for r, n in zip((x, y, z), "xyz", strict=True)
        )
        return Decay((2 * (b + c), 2 * (a + c), 2 * (a + b)))

    @staticmethod
    def depolarizing(t: float) -> Decay:
        """Return the decay in which every correlation falls as e^{-time/t}, ``t`` in seconds."""
        rate = 1 / checks.positive(t, "coherence time (seconds)", infinite=True)
        return Decay((rate, rate, rate))


@dataclass(frozen=True)
class SwapNoise:
    """The factors of XX, YY and ZZ of a Bell measurement, and the chance that it works at all.

    From a two-qubit gate that is ideal with probability p2 (else it depolarizes fully) and readout of
    reliability η: p2 (2η-1) for XX and ZZ, p2 (2η-1)² for YY, whose mean is p2(4η²-1)/3: Briegel et al.,
    Phys. Rev. Lett. 81, 5932 (1998).
    """

    success: float = 1.0
    gate: float = 1.0
    readout: float = 1.0

    def __post_init__(self) -> None:
        for name in ("success", "gate", "readout"):
            checks.probability(getattr(self, name), f"swap {name}")
        if self.success == 0.0:
            raise InvalidInputError("swap success is 0; swaps that never succeed deliver no pair")

    @property
    def factors(self) -> tuple[float, float, float]:
        """The factors of XX, YY and ZZ."""
        seen = 2 * self.readout - 1
        return self.gate * seen, self.gate * seen * seen, self.gate * seen


class Formalism(Protocol):
    """What the network asks of a kind of pair state. ``side`` is 0 for the first half."""

    def fresh(self, state: PairState, where: str) -> State:
        """Return a heralded 4x4 density matrix; InvalidInputError if this kind cannot hold it."""
        ...

    def decay(self, state: State, side: int, decay: Decay, seconds: float) -> State:
        """Return the state after one half has waited."""
        ...

    def swap(self, left: State, right: State, factors: tuple[float, float, float]) -> State:
        """Return the pair that a Bell measurement makes of two, its corrections done."""
        ...

    def purify(self, kept: State, used: State, method: Method) -> tuple[float, State]:
        """Return the chance that a round of purification succeeds, and the pair that it leaves."""
        ...

    def fidelity(self, state: State) -> float:
        """Return the overlap with Φ+."""
        ...

    def check(self, decay: Decay, where: str) -> None:
        """Raise InvalidInputError for a decay that this kind cannot hold."""
        ...


class Werner:
    """A pair as its Werner parameter w = (4F-1)/3; decoherence must be equal in all three correlations."""

    def __init__(self, twirl: bool = False) -> None:
        self._twirl = twirl

    def fresh(self, state: PairState, where: str) -> float:
        """Return w of a Werner state (of any state, twirled, where that was asked for)."""
        x, y, z = BellDiagonal(self._twirl).fresh(state, where)
        if not self._twirl and max(abs(x - y), abs(y - z)) > _TOLERANCE:
            raise InvalidInputError(
                f"{where}: the pair is no Werner state; use pair_states='bell' or twirl=True"
            )
        return (x + y + z) / 3

    def decay(self, state: float, side: int, decay: Decay, seconds: float) -> float:
        """Return w times e^{-rate·time}."""
        rate = decay.rates[0]
        return state * math.exp(-rate * seconds) if rate else state

    def swap(self, left: float, right: float, factors: tuple[float, float, float]) -> float:
        """Return the product, twirled."""
        return left * right * (factors[0] + factors[1] + factors[2]) / 3

    def purify(self, kept: float, used: float, method: Method) -> tuple[float, float]:
        """Return one round, twirled: p = (1+w1w2)/2, p·w = (w1+w2+4w1w2)/6 for either method."""
        good = (1 + kept * used) / 2
        return good, (kept + used + 4 * kept * used) / (6 * good)

    def fidelity(self, state: float) -> float:
        """Return (1+3w)/4."""
        return (1 + 3 * state) / 4

    def check(self, decay: Decay, where: str) -> None:
        """Refuse a decay that is not the same for XX, YY and ZZ."""
        if max(decay.rates) - min(decay.rates) > 1e-9 * max(decay.rates):
            raise InvalidInputError(
                f"{where}: decoherence is not equal in all directions, which a Werner pair cannot hold; "
                "use pair_states='bell' or 'matrix'"
            )


class BellDiagonal:
    """A pair as its correlations (XX, -YY, ZZ), all 1 for Φ+."""

    def __init__(self, twirl: bool = False) -> None:
        self._twirl = twirl

    def fresh(self, state: PairState, where: str) -> tuple[float, float, float]:
        """Return the correlations; what is not Bell-diagonal is refused unless twirling was asked for."""
        table = correlations(state)
        rest = table - np.diag(np.diag(table))
        if not self._twirl and np.abs(rest).max() > _TOLERANCE:
            raise InvalidInputError(
                f"{where}: the pair is not Bell-diagonal; use pair_states='matrix' or twirl=True"
            )
        return float(table[1, 1]), -float(table[2, 2]), float(table[3, 3])

    def decay(self, state: State, side: int, decay: Decay, seconds: float) -> State:
        """Return every correlation times its factor."""
        a, b, c = decay.rates
        return (
            state[0] * math.exp(-a * seconds),
            state[1] * math.exp(-b * seconds),
            state[2] * math.exp(-c * seconds),
        )

    def swap(self, left: State, right: State, factors: tuple[float, float, float]) -> State:
        """Return the products of the correlations."""
        return (
            left[0] * right[0] * factors[0],
            left[1] * right[1] * factors[1],
            left[2] * right[2] * factors[2],
        )

    def purify(self, kept: State, used: State, method: Method) -> tuple[float, State]:
        """Return a round of BBPSSW without twirling, or of DEJMPS.

        Φ- and Ψ- change places first in DEJMPS: Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996), equation 6;
        then p·(Φ+, Φ-, Ψ+, Ψ-) = (a1a2+b1b2, a1b2+b1a2, c1c2+d1d2, c1d2+d1c2).
        """
        a1, b1, c1, d1 = weights(kept)
        a2, b2, c2, d2 = weights(used)
        if method == "dejmps":
            b1, d1, b2, d2 = d1, b1, d2, b2
        after = (a1 * a2 + b1 * b2, a1 * b2 + b1 * a2, c1 * c2 + d1 * d2, c1 * d2 + d1 * c2)
        good = sum(after)
        a, b, c, d = (x / good for x in after)
        return good, (a - b + c - d, a - b - c + d, a + b - c - d)

    def fidelity(self, state: State) -> float:
        """Return the weight of Φ+."""
        return float(1 + state[0] + state[1] + state[2]) / 4

    def check(self, decay: Decay, where: str) -> None:
        """Take any decay."""


def weights(state: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """Return the weights of Φ+, Φ-, Ψ+, Ψ- of the correlations (XX, -YY, ZZ)."""
    x, y, z = state
    return (1 + x + y + z) / 4, (1 - x - y + z) / 4, (1 + x - y - z) / 4, (1 - x + y - z) / 4


_PAULIS = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex
)
_D = np.diag([1.0, 1.0, -1.0, 1.0])
# Which correlations change sign under I, X, Y, Z.
_SIGNS = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]], dtype=float)


def correlations(state: Any) -> Any:
    """Return the 4x4 real table Tr[ρ σ_i⊗σ_j] of a density matrix."""
    rho = np.asarray(state, dtype=complex).reshape(2, 2, 2, 2)
    return np.einsum("abcd,ica,jdb->ij", rho, _PAULIS, _PAULIS).real


def density_matrix(table: Any) -> Any:
    """Return the density matrix (4, 4) of a table of correlations."""
    return np.einsum("ij,iac,jbd->abcd", table, _PAULIS, _PAULIS).reshape(4, 4) / 4


class Matrix:
    """A pair as its full density matrix, kept as the real table Tr[ρ σ_i⊗σ_j]."""

    def fresh(self, state: PairState, where: str) -> Any:
        """Return the table of correlations."""
        return correlations(state)

    def decay(self, state: Any, side: int, decay: Decay, seconds: float) -> Any:
        """Return the state after decoherence of one half, relaxation to |0> included."""
        a, b, c = (math.exp(-r * seconds) for r in decay.rates)
        change = np.diag([1.0, a, b, c])
        if decay.to_ground:
            change[3, 0] = 1 - c
        return change @ state if side == 0 else state @ change.T

    def swap(self, left: Any, right: Any, factors: tuple[float, float, float]) -> Any:
        """Return the mean over the four outcomes of the Bell measurement, each corrected at the far end."""
        # A wrong outcome means a wrong correction: the factors act on the corrected half.
        noise = np.array([1.0, *factors])
        total = sum(left @ _D @ np.diag(s) @ right @ np.diag(s) for s in _SIGNS) / 4
        return total * noise

    def purify(self, kept: Any, used: Any, method: Method) -> tuple[float, Any]:
        """Return one round of the circuit: bilateral CX, both targets measured, equal outcomes kept."""
        rho = np.kron(density_matrix(kept), density_matrix(used))
        after = sum(k @ rho @ k.conj().T for k in _kraus(method))
        good = float(np.trace(after).real)
        return good, correlations(after / good)

    def fidelity(self, state: Any) -> float:
        """Return the overlap with Φ+."""
        return float(state[0, 0] + state[1, 1] - state[2, 2] + state[3, 3]) / 4

    def check(self, decay: Decay, where: str) -> None:
        """Take any decay."""


def _kraus(method: Method) -> list[Any]:
    """Return the two Kraus operators (4, 16) of equal outcomes; qubits kept a, kept b, used a, used b."""
    turn = (np.eye(2) - 1j * _PAULIS[1]) / math.sqrt(2)
    local = np.eye(16, dtype=complex)
    if method == "dejmps":
        back = turn.conj().T
        local = np.kron(np.kron(turn, back), np.kron(turn, back))
    moved = np.zeros((16, 16))
    for i in range(16):
        a, b, c, d = i >> 3 & 1, i >> 2 & 1, i >> 1 & 1, i & 1
        moved[a << 3 | b << 2 | (c ^ a) << 1 | (d ^ b), i] = 1
    found = []
    for outcome in (0b00, 0b11):
        pick = np.zeros((4, 16))
        for k in range(4):
            pick[k, k << 2 | outcome] = 1
        found.append(pick @ moved @ local)
    return found


def formalism(kind: str, twirl: bool = False) -> Formalism:
    """Return the kind of pair state by name; InvalidInputError for an unknown one."""
    if kind == "werner":
        return Werner(twirl)
    if kind == "bell":
        return BellDiagonal(twirl)
    if kind == "matrix":
        return Matrix()
    raise InvalidInputError(f"pair_states is {kind!r}; allowed: 'werner', 'bell', 'matrix'")
