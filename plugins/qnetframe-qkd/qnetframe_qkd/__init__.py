"""Quantum key distribution for qnetframe: what the plugin offers. Heavy modules are imported on use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qnetframe.api import CommandSpec, ProtocolSpec
from qnetframe.hookspecs import hookimpl
from qnetframe_qkd import attacks
from qnetframe_qkd.hookspecs import AttackSpec
from qnetframe_qkd.protocols.decoy import DecoyBB84
from qnetframe_qkd.protocols.gaussian import GG02
from qnetframe_qkd.protocols.pairs import BBM92, E91, DeviceIndependent
from qnetframe_qkd.protocols.prepared import B92, BB84, SARG04, SixState
from qnetframe_qkd.protocols.relays import MDI, TwinField

if TYPE_CHECKING:
    import typer


def _commands() -> typer.Typer:
    from qnetframe_qkd.cli import app

    return app


@hookimpl
def qnetframe_commands() -> Iterable[CommandSpec]:
    """Yield the commands below ``qnetframe qkd``."""
    yield CommandSpec("qkd", _commands, "secret-key rates of protocols, links and networks")


@hookimpl
def qnetframe_hooks(declare: Callable[[object], None]) -> None:
    """Declare the hook of attacks."""
    from qnetframe_qkd import hookspecs

    declare(hookspecs)


@hookimpl
def qnetframe_protocols() -> Iterable[ProtocolSpec]:
    """Yield the protocols."""
    yield ProtocolSpec("bb84", BB84, "BB84: QBER, sifting and key rate, with an eavesdropper if asked for")
    yield ProtocolSpec("bb84-decoy", DecoyBB84, "BB84 with weak pulses and decoy intensities")
    yield ProtocolSpec("six-state", SixState, "BB84 with a third basis")
    yield ProtocolSpec("b92", B92, "two states that are not orthogonal")
    yield ProtocolSpec("sarg04", SARG04, "the states of BB84, pairs of states announced instead of bases")
    yield ProtocolSpec("e91", E91, "pairs, and the CHSH value as the test")
    yield ProtocolSpec("bbm92", BBM92, "pairs measured in two bases")
    yield ProtocolSpec("mdi", MDI, "two senders, an untrusted Bell measurement between them")
    yield ProtocolSpec("twin-field", TwinField, "two senders, single-photon interference between them")
    yield ProtocolSpec("di", DeviceIndependent, "security by the CHSH value alone, no trust in devices")
    yield ProtocolSpec("gg02", GG02, "Gaussian coherent states, homodyne or heterodyne")


@hookimpl
def qnetframe_attacks() -> Iterable[AttackSpec]:
    """Yield the attacks."""
    yield AttackSpec(
        "intercept-resend", attacks.InterceptResend, "measure a share of the pulses, send what was found"
    )
    yield AttackSpec(
        "photon-number-splitting", attacks.PhotonNumberSplitting, "keep a photon of every pulse with several"
    )
    yield AttackSpec("beam-splitting", attacks.BeamSplitting, "take the light that the fibre would lose")
    yield AttackSpec("entangling-cloner", attacks.EntanglingCloner, "the best attack on Gaussian states")
    yield AttackSpec("faked-state", attacks.FakedState, "steer detectors whose efficiencies differ")
    yield AttackSpec(
        "time-shift", attacks.TimeShift, "choose when pulses arrive, and so which detector is the likelier"
    )
    yield AttackSpec(
        "unambiguous-discrimination", attacks.UnambiguousDiscrimination, "on B92: be certain, or send nothing"
    )
