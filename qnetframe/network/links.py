"""Links: what one attempt at a pair, a sent qubit and a classical message cost between two nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError
from qnetframe.network.attributes import LINK_FIELDS, Scalar, frozen_attributes
from qnetframe.network.pairs import PHI_PLUS, PairState, pair_state


@dataclass(frozen=True, slots=True)
class LinkModel:
    """The physics of a link. Times in seconds; the default is ideal and instantaneous.

    One attempt at a pair takes ``attempt_time`` and succeeds with ``success_probability`` (above 0); then
    ``state`` is the 4x4 density matrix of the pair as heralded, first qubit most significant, *without* the
    decay of the memories, which have waited for ``herald_delay`` (at most ``attempt_time``) when the herald
    arrives. ``delay`` is the one-way light time of classical messages and of sent qubits. A sent qubit
    arrives with probability ``transmission``, through ``send_channel`` if there is one.
    """

    success_probability: float = 1.0
    attempt_time: float = 0.0
    state: PairState = PHI_PLUS
    delay: float = 0.0
    herald_delay: float = 0.0
    transmission: float = 1.0
    send_channel: Channel | None = None

    def __post_init__(self) -> None:
        checks.probability(self.success_probability, "link success_probability")
        if self.success_probability == 0.0:
            raise InvalidInputError("link success_probability is 0; a link that never works is no link")
        checks.non_negative(self.attempt_time, "link attempt_time (seconds)")
        checks.non_negative(self.delay, "link delay (seconds)")
        checks.non_negative(self.herald_delay, "link herald_delay (seconds)")
        if self.herald_delay > self.attempt_time * (1 + 1e-12):
            raise InvalidInputError(
                f"link herald_delay is {self.herald_delay!r} s and attempt_time {self.attempt_time!r} s; "
                "the herald is part of the attempt"
            )
        checks.probability(self.transmission, "link transmission")
        object.__setattr__(self, "state", pair_state(self.state, "link state"))
        if self.send_channel is not None and (
            not isinstance(self.send_channel, Channel) or self.send_channel.num_qubits != 1
        ):
            raise InvalidInputError(f"link send_channel is {self.send_channel!r}; it must act on one qubit")

    @property
    def mean_time(self) -> float:
        """The mean time in seconds until a pair is heralded: attempt_time / success_probability."""
        return self.attempt_time / self.success_probability

    @property
    def fidelity(self) -> float:
        """The overlap of the heralded pair with Φ+."""
        s = self.state
        return (s[0][0] + s[0][3] + s[3][0] + s[3][3]).real / 2


@dataclass(frozen=True, slots=True)
class Link:
    """A link between nodes ``a`` and ``b``; ``name`` (by default "a-b") tells parallel links apart.

    ``model`` is its physics: ideal where neither it nor a length is given; a length alone is refused, since
    it does not say what happens on the way. ``length_km`` is what routes are measured by; None where the link
    has no meaningful length. ``attributes`` are what else is known of it: text, numbers, true or false.
    """

    a: str
    b: str
    model: LinkModel = None  # type: ignore[assignment]
    name: str = ""
    length_km: float | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for end in (self.a, self.b):
            if not isinstance(end, str) or not end:
                raise InvalidInputError(f"link end is {end!r}; it must be the name of a node")
        if self.a == self.b:
            raise InvalidInputError(f"link {self.name or self.a!r} joins node {self.a!r} to itself")
        if self.length_km is not None:
            checks.non_negative(self.length_km, f"link {self.name or f'{self.a}-{self.b}'}: length_km")
        if self.model is None:
            if self.length_km:
                raise InvalidInputError(
                    f"link {self.a}-{self.b}: length_km is {self.length_km!r} without a model; give model=, "
                    "such as fiber_link(length_km) of qnetframe.builtin.links, or an ideal LinkModel()"
                )
            object.__setattr__(self, "model", LinkModel())
        if not isinstance(self.model, LinkModel):
            raise InvalidInputError(f"link {self.a}-{self.b}: {self.model!r:.60} is not a LinkModel")
        if not isinstance(self.name, (str, type(None))):
            raise InvalidInputError(f"link {self.a}-{self.b}: name is {self.name!r}; it must be a string")
        if not self.name:
            object.__setattr__(self, "name", f"{self.a}-{self.b}")
        where = f"link {self.name}"
        object.__setattr__(self, "attributes", frozen_attributes(self.attributes, where, LINK_FIELDS))

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy cannot be pickled or deep-copied.
        return Link, (self.a, self.b, self.model, self.name, self.length_km, dict(self.attributes))

    def other(self, node: str) -> str:
        """Return the node at the other end."""
        return self.b if node == self.a else self.a


def pair_for(link: Link, first: str) -> PairState:
    """Return the heralded state with the qubit at node ``first`` most significant.

    ``model.state`` has the qubit at ``link.a`` first.
    """
    state = link.model.state
    if first == link.a:
        return state
    order = (0, 2, 1, 3)
    return tuple(tuple(state[i][j] for j in order) for i in order)
