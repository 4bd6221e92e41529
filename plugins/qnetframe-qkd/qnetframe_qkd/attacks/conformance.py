"""What every attack must do: plain functions of (spec, make), each stating its contract.

Run by ``qnetframe check NAME --kind attack`` and ``qnetframe.testing.kind_tests("attack", name)``.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping

from qnetframe.errors import QnetframeError
from qnetframe.testing.kit import CapabilityMiss
from qnetframe_qkd.attacks.report import AttackReport
from qnetframe_qkd.entropy import binary_entropy
from qnetframe_qkd.hookspecs import AttackSpec

Make = Callable[[], object]
Check = Callable[[AttackSpec, Make], None]

_ROUNDING = 1e-9


def figures_are_in_range(spec: AttackSpec, make: Make) -> None:
    """Information is 0 to 1 bit of a sifted bit, a guess right with 1/2 to 1, QBER and sifting are shares."""
    for setting, found in _reports(make):
        for figure, low in (("information", 0.0), ("guess", 0.5), ("qber", 0.0), ("sifted", 0.0)):
            value = getattr(found, figure)
            assert low - _ROUNDING <= value <= 1 + _ROUNDING, f"{figure} is {value!r} for {setting}"


def information_fits_the_guess(spec: AttackSpec, make: Make) -> None:
    """A bit that is guessed right with g gives at most 2g - 1 bits (Hellman and Raviv 1970)."""
    for setting, found in _reports(make):
        most = 2 * found.guess - 1
        assert found.information <= most + _ROUNDING, (
            f"{found.information!r} bits of a bit that is guessed with {found.guess!r}, for {setting}"
        )


def information_costs_errors(spec: AttackSpec, make: Make) -> None:
    """On single photons of BB84, none lost, a QBER of D gives at most 1 - h(1/2 + sqrt(D(1 - D))) bits.

    The bound of attacks on one photon each: C. A. Fuchs, N. Gisin, R. B. Griffiths, C.-S. Niu and A. Peres,
    Phys. Rev. A 56, 1163 (1997).
    """
    for setting, found in _reports(make):
        if setting["protocol"] != "bb84" or setting["intensity"] is not None:
            continue
        if setting["transmittance"] < 1 or found.sifted < 0.5 - _ROUNDING:
            continue
        d = min(found.qber, 0.5)
        most = 1 - binary_entropy(0.5 + math.sqrt(d * (1 - d)))
        assert found.information <= most + _ROUNDING, (
            f"{found.information!r} bits at a QBER of {found.qber!r}"
        )
        return
    raise CapabilityMiss("it is refused on single photons of BB84, or blocks some")


def reports_are_repeatable(spec: AttackSpec, make: Make) -> None:
    """The same attack under the same setting has the same report: figures are exact, nothing is drawn."""
    first = [found for _, found in _reports(make)]
    assert first == [found for _, found in _reports(make)], "two reports under one setting differ"


def unknown_protocols_are_refused(spec: AttackSpec, make: Make) -> None:
    """A protocol that does not exist is an error of qnetframe that names it."""
    report = _report(make)
    try:
        report(protocol="no-such-protocol")
    except QnetframeError as error:
        assert "no-such-protocol" in str(error), f"the refusal does not name the protocol: {error}"
    else:
        raise AssertionError("a protocol that does not exist has a report")


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        figures_are_in_range,
        information_fits_the_guess,
        information_costs_errors,
        reports_are_repeatable,
        unknown_protocols_are_refused,
    )
}


def _report(make: Make) -> Callable[..., AttackReport]:
    report: Callable[..., AttackReport] = make().report  # type: ignore[attr-defined]
    if "protocol" not in inspect.signature(report).parameters:
        raise CapabilityMiss("it does not attack pulses: its report takes no protocol")
    return report


def _reports(make: Make) -> Iterator[tuple[dict[str, object], AttackReport]]:
    """Yield the reports under settings that the attack takes; one that is refused by name is left out."""
    taken = 0
    for protocol in ("bb84", "six-state", "b92", "sarg04"):
        for intensity, transmittance in ((None, 1.0), (None, 0.5), (0.2, 0.5)):
            setting = {"protocol": protocol, "intensity": intensity, "transmittance": transmittance}
            try:
                found = _report(make)(**setting)
            except QnetframeError:
                continue
            taken += 1
            yield setting, found
    if not taken:
        raise CapabilityMiss("it takes no setting of BB84, six-state, B92 or SARG04")
