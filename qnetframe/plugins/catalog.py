"""Catalogs: what is installed of one kind, by name; a wrong name says what there is and who provides it."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from qnetframe.api import Spec
from qnetframe.errors import UnknownNameError
from qnetframe.plugins.discovery import BrokenPlugin

S = TypeVar("S", bound=Spec)

_GALLERY = (
    "w-state",
    "graph-state",
    "superdense-capacity",
    "secret-sharing",
    "anonymous-transmission",
    "coin-flipping",
    "leader-election",
    "byzantine-agreement",
    "blind-rotation",
    "phase-sensing",
)
_QKD = (
    "bb84",
    "bb84-decoy",
    "six-state",
    "b92",
    "sarg04",
    "e91",
    "bbm92",
    "mdi",
    "twin-field",
    "di",
    "gg02",
)
_QEC = ("memory", "distributed-memory", "encoded-repeater")
_PROTOCOLS = {
    **dict.fromkeys(_GALLERY, "qnetframe-gallery"),
    **dict.fromkeys(_QKD, "qnetframe-qkd"),
    **dict.fromkeys(_QEC, "qnetframe-qec"),
}

# Names that a user may ask for, and the distribution that offers them. A pattern stands for many.
PROVIDERS: Mapping[str, Mapping[str, str]] = {
    "backend": {
        "aer": "qnetframe-aer",
        "cirq": "qnetframe-cirq",
        "qutip": "qnetframe-qutip",
        "stim": "qnetframe-stim",
        "ibm": "qnetframe-ibm",
        "qulacs": "qnetframe-qulacs",
        "pennylane": "qnetframe-pennylane",
        "quimb": "qnetframe-quimb",
    },
    "executor": {"dask": "qnetframe-dask"},
    "hardware": {
        "ibm-*": "qnetframe-ibm",
        "google-*": "qnetframe-google",
        **dict.fromkeys(
            ("ion-ca40", "ion-sr88-ca43", "transmon-cr", "nv", "atom-rb87"), "qnetframe-hardware"
        ),
    },
    "link": dict.fromkeys(
        ("ion-two-photon", "nv-single-click", "atom-dlcz", "microwave", "spdc"), "qnetframe-hardware"
    ),
    "topology": dict.fromkeys(("ion-traps", "microwave-modules"), "qnetframe-hardware"),
    "solver": {
        "expm": "qnetframe-hardware",
        "qutip": "qnetframe-qutip",
        "dynamiqs": "qnetframe-dynamiqs",
    },
    "protocol": _PROTOCOLS,
    "attack": dict.fromkeys(
        (
            "intercept-resend",
            "photon-number-splitting",
            "beam-splitting",
            "entangling-cloner",
            "faked-state",
            "time-shift",
            "unambiguous-discrimination",
        ),
        "qnetframe-qkd",
    ),
    "task": {"memory": "qnetframe-qec"},
    "command": {"qec": "qnetframe-qec", "qkd": "qnetframe-qkd"},
}


class Catalog(Mapping[str, S], Generic[S]):
    """The specs of one kind by name, read-only, in alphabetical order.

    A missing name raises UnknownNameError, with the nearest names and the plugin that provides it.
    """

    def __init__(self, kind: str, specs: Mapping[str, S], broken: tuple[BrokenPlugin, ...] = ()) -> None:
        self.kind = kind
        self._specs = dict(sorted(specs.items()))
        self._broken = broken

    def __getitem__(self, name: str) -> S:
        spec = self._specs.get(name) if isinstance(name, str) else None
        if spec is None:
            raise UnknownNameError(
                self.kind, str(name), self._specs, hint(self.kind, str(name), self._broken, self._specs)
            )
        return spec

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __contains__(self, name: object) -> bool:
        return name in self._specs

    def get(self, name: str, default: Any = None) -> Any:
        """Return the spec, or ``default`` for a name that is not installed."""
        return self._specs.get(name, default)  # Mapping.get waits for a KeyError, which never comes

    def __repr__(self) -> str:
        return f"<{self.kind} catalog: {', '.join(self._specs) or 'empty'}>"


def hint(kind: str, name: str, broken: tuple[BrokenPlugin, ...], known: Iterable[str] = ()) -> str:
    """Return who provides a name that is not installed, or why that plugin is left out; '' if unknown."""
    providers = {p: d for p, d in PROVIDERS.get(kind, {}).items() if p not in known}
    patterns = [p for p in providers if fnmatch.fnmatchcase(name, p)]
    patterns = patterns or difflib.get_close_matches(name, providers, n=1, cutoff=0.6)
    if not patterns:
        return ""
    distribution = providers[patterns[0]]
    for plugin in broken:
        if plugin.distribution == distribution:
            return f"{kind} {patterns[0]!r} is in {distribution}, which is left out: {plugin.reason}."
    return f"{kind.capitalize()} {patterns[0]!r} comes with: pip install {distribution}"
