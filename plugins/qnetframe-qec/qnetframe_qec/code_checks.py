"""What every code must be, beyond what ``Code`` checks of itself when it is made.

Plain functions of (spec, make), each stating its contract. Run by ``qnetframe check NAME --kind code`` and
``qnetframe.testing.kind_tests("code", name, params={…})``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

from qnetframe.errors import UnsupportedError
from qnetframe.testing.kit import CapabilityMiss
from qnetframe_qec.codes import Code, distance_bound, exact_distance
from qnetframe_qec.hooks import CodeSpec

Make = Callable[[], Code]
Check = Callable[[CodeSpec, Make], None]

_TRIES = 60  # random information sets, for the codes that are too large for an integer program
_SECONDS = 20.0


def distance_is_as_claimed(spec: CodeSpec, make: Make) -> None:
    """The lightest logical operator has the claimed weight; of a large code, none lighter is found.

    A code whose stabilizers have X only or Z only claims the distance against the errors that they see.
    """
    code = make()
    if code.distance is None:
        raise CapabilityMiss("it claims no distance")
    kind = "any" if not code.is_one_sided else "Z" if code.x_checks else "X"
    try:
        found = exact_distance(code, kind, _SECONDS)
    except UnsupportedError:
        bound = distance_bound(code, _TRIES)
        assert bound.value >= code.distance, (
            f"{bound.operator} is logical and has weight {bound.value}, below the claimed {code.distance}"
        )
        return
    assert found == code.distance, f"the distance is {found}, and {code.distance} is claimed"


def schedule_measures_the_stabilizers(spec: CodeSpec, make: Make) -> None:
    """Rounds that interleave their checks still measure the stabilizers, not products with other ancillas.

    Two checks that anticommute on some qubits must meet an even number of these in the same order: else their
    ancillas end entangled. E. Dennis et al., J. Math. Phys. 43, 4452 (2002), section IV.
    """
    code = make()
    if not code.schedule:
        raise CapabilityMiss("it has no schedule of its own")
    when = [{q: t for t, q in enumerate(steps) if q is not None} for steps in code.schedule]
    for i, j in combinations(range(code.num_checks), 2):
        a, b = code.stabilizers[i], code.stabilizers[j]
        first = sum(when[i][q] < when[j][q] for q in when[i].keys() & when[j].keys() if a[q] != b[q])
        assert first % 2 == 0, f"stabilizers {i} and {j}, {a} and {b}, are entangled by their schedule"


def factory_is_repeatable(spec: CodeSpec, make: Make) -> None:
    """The same parameters give the same code, so that results have one meaning."""
    assert make() == make(), "two calls with the same parameters give different codes"


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (distance_is_as_claimed, schedule_measures_the_stabilizers, factory_is_repeatable)
}
