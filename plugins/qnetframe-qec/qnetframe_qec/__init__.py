"""Error correction in networks: codes, decoders, distributed codes, repeaters with encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from qnetframe.api import CommandSpec, ProtocolSpec, TaskSpec
from qnetframe.hookspecs import hookimpl
from qnetframe_qec import hooks, protocols
from qnetframe_qec.codes import bicycle, colour, small, surface
from qnetframe_qec.decoders import general, matching, tables, windowed
from qnetframe_qec.hooks import CodeSpec, DecoderSpec


@hookimpl
def qnetframe_hooks(declare: Callable[[object], None]) -> None:
    """Declare the hooks of decoders and codes."""
    declare(hooks)


@hookimpl
def qnetframe_decoders() -> Iterator[DecoderSpec]:
    """Yield the decoders."""
    yield DecoderSpec("lookup", tables.Lookup, "the likeliest errors of every syndrome, as a table")
    yield DecoderSpec(
        "maximum-likelihood",
        tables.MaximumLikelihood,
        "the likeliest observables of every syndrome, as a table",
    )
    yield DecoderSpec(
        "pymatching", matching.Matching, "minimum-weight perfect matching by PyMatching", hyperedges=False
    )
    yield DecoderSpec(
        "pymatching-correlated",
        matching.correlated_matching,
        "PyMatching with correlations",
        hyperedges=False,
    )
    yield DecoderSpec(
        "windowed-matching",
        windowed.WindowedMatching,
        "PyMatching in windows that follow the rounds",
        hyperedges=False,
    )
    yield DecoderSpec("bp-osd", general.BpOsd, "belief propagation and ordered statistics, by ldpc")
    yield DecoderSpec("union-find", general.UnionFind, "weighted union-find, by ldpc")
    yield DecoderSpec("tesseract", general.Tesseract, "A* search, by tesseract-decoder")


@hookimpl
def qnetframe_codes() -> Iterator[CodeSpec]:
    """Yield the codes."""
    yield CodeSpec("repetition", small.repetition, "repetition code against bit or phase flips")
    yield CodeSpec(
        "five-qubit", small.five_qubit, "[[5,1,3]], the smallest that corrects any error of a qubit"
    )
    yield CodeSpec("steane", small.steane, "[[7,1,3]], CSS, transversal Clifford gates")
    yield CodeSpec("shor", small.shor, "[[9,1,3]], repetition of repetition")
    yield CodeSpec("four-two-two", small.four_two_two, "[[4,2,2]], detects an error of a qubit")
    yield CodeSpec("rotated-surface", surface.rotated_surface, "[[d²,1,d]] surface code")
    yield CodeSpec("unrotated-surface", surface.unrotated_surface, "[[d²+(d-1)²,1,d]] planar surface code")
    yield CodeSpec("toric", surface.toric, "[[2d²,2,d]] surface code on a torus")
    yield CodeSpec("colour", colour.colour, "[[(3d²+1)/4,1,d]] triangular 6.6.6 colour code")
    yield CodeSpec(
        "bivariate-bicycle", bicycle.bivariate_bicycle, "[[72,12,6]] … [[144,12,12]] low-density code"
    )
    yield CodeSpec("stabilizers", small.from_stabilizers, "your own stabilizers, strings of I, X, Y and Z")


@hookimpl
def qnetframe_protocols() -> Iterator[ProtocolSpec]:
    """Yield the protocols."""
    yield ProtocolSpec("memory", protocols.Memory, "logical error of a code that is kept for some rounds")
    yield ProtocolSpec(
        "distributed-memory", protocols.DistributedMemory, "the same for a patch cut by seams between nodes"
    )
    yield ProtocolSpec(
        "encoded-repeater",
        protocols.EncodedRepeater,
        "encoded swapping, or encoded qubits sent, along a route",
    )


@hookimpl
def qnetframe_tasks() -> Iterator[TaskSpec]:
    """Yield memory experiments as a kind of task, for sweeps and stores."""
    yield TaskSpec(
        "memory", _memory_kind, "memory experiment of a code: settings of qnetframe_qec's MemoryTask"
    )


@hookimpl
def qnetframe_commands() -> Iterator[CommandSpec]:
    """Yield ``qnetframe qec``."""
    yield CommandSpec("qec", _commands, "codes, thresholds and seams of error correction")


def _memory_kind() -> Any:
    from qnetframe_qec.sampling.kind import MemoryKind

    return MemoryKind()


def _commands() -> Any:
    from qnetframe_qec.commands import app

    return app
