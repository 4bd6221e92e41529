"""Programs on IBM's devices: transpiled for the device, sampled by the Sampler primitive."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.exceptions import QiskitError
from qiskit.transpiler import PassManager
from qiskit.transpiler.passes import Optimize1qGatesDecomposition

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Gate, Unitary
from qnetframe.program.sampling import samples_of_bits
from qnetframe.values import Branch, Samples
from qnetframe_ibm.translate import symbol, translated

# The same circuit is laid out in the same way every time.
_TRANSPILER_SEED = 7


@dataclass(frozen=True)
class IbmBackend:
    """A device of Qiskit and, if it is a real one, the service that it belongs to."""

    device: Any
    capabilities: Capabilities
    service: Any = None
    optimization_level: int = 1
    method: str = "device"

    def compile(self, circuit: Circuit) -> IbmExecutable:
        """Return the circuit translated for the device; UnsupportedError names what the device lacks."""
        name, target = self.device.name, self.device.target
        missing = self.capabilities.misses(circuit)
        if missing:
            raise UnsupportedError(
                f"ibm cannot do {', '.join(missing)}: {name} has noise of its own, and nothing is added to it"
            )
        conditional = next(
            (o for o in circuit.operations if isinstance(o, (Gate, Unitary)) and o.when is not None), None
        )
        made, bits, angles = translated(circuit)
        if conditional is not None and "if_else" not in target.operation_names:
            what = conditional.name if isinstance(conditional, Gate) else "unitary"
            raise UnsupportedError(
                f"ibm cannot do the conditional {what} on {', '.join(conditional.qubits)}: {name} has no"
                " feed-forward (no if_else among its operations)"
            )
        if made.count_ops().get("reset") and "reset" not in target.operation_names:
            raise UnsupportedError(f"ibm cannot do a reset: {name} has none")
        if made.num_qubits > self.device.num_qubits:
            raise UnsupportedError(
                f"ibm: the circuit has {made.num_qubits} qubits; {name} has {self.device.num_qubits}"
            )
        return IbmExecutable(circuit, self, made, bits, angles)


@dataclass(frozen=True)
class IbmExecutable:
    """A circuit for a device: sampled in one go, or submitted now and retrieved later."""

    circuit: Circuit
    backend: IbmBackend
    made: QuantumCircuit
    bits: tuple[str, ...]
    angles: tuple[float, ...] = ()
    _jobs: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _like: IbmExecutable | None = field(default=None, repr=False, compare=False)

    def bind(self, circuit: Circuit) -> IbmExecutable | None:
        """Return a circuit that differs in angles only, laid out and routed as this one; None for another."""
        made, bits, angles = translated(circuit)
        if bits != self.bits or made != self.made:
            return None
        return IbmExecutable(circuit, self.backend, made, bits, angles, self._jobs, self)

    @cached_property
    def transpiled(self) -> QuantumCircuit:
        """The circuit in the gates and couplings of the device."""
        template = self.template
        if not self.angles:
            return template
        values = {
            p: self.angles[i] for i in range(len(self.angles)) if (p := symbol(i)) in template.parameters
        }
        # Turns by special angles take fewer gates than those by any angle.
        shorter = PassManager([Optimize1qGatesDecomposition(target=self.backend.device.target)])
        bound = shorter.run(template.assign_parameters(values))
        bound._layout = template.layout
        return bound

    @cached_property
    def template(self) -> QuantumCircuit:
        """The transpiled circuit with symbols for its angles, made once for all that differ in those."""
        if self._like is not None:
            return self._like.template
        device = self.backend.device
        try:
            return transpile(
                self.made,
                device,
                optimization_level=self.backend.optimization_level,
                seed_transpiler=_TRANSPILER_SEED,
            )
        except QiskitError as error:
            raise UnsupportedError(f"ibm: the circuit does not fit {device.name}: {error}") from error

    def sample(self, shots: int, seed: int) -> Samples:
        """Return the declared outputs of ``shots`` shots; waits for the device.

        A fake device gives the same shots for the same seed; a real one knows no seed.
        """
        if not self.bits:
            return samples_of_bits(self.circuit, {}, shots)
        return self.retrieve(self.submit(shots, seed))

    @property
    def queued(self) -> bool:
        """Whether jobs wait in a queue and outlive this process: those of a real device do."""
        return self.backend.service is not None

    def exact(self) -> list[Branch]:
        """Refuse: a device only samples."""
        raise UnsupportedError("ibm samples a device and has no exact branches; give shots")

    def submit(self, shots: int, seed: int) -> str:
        """Submit ``shots`` shots and return the job's id, by which they are retrieved."""
        if not self.bits:
            raise InvalidInputError("ibm: the circuit measures nothing; there is no job to submit")
        limit = getattr(self.backend.device, "max_shots", None)
        if self.backend.service is not None and limit and shots > limit:
            raise InvalidInputError(
                f"shots is {shots}; {self.backend.device.name} takes at most {limit} a job"
            )
        sampler = _sampler()(mode=self.backend.device)
        if self.backend.service is None:
            # The local mode takes 0 for no seed.
            number = int(np.random.SeedSequence(seed).generate_state(1)[0] >> 1)
            sampler.options.simulator.seed_simulator = number or 1
        job = sampler.run([self.transpiled], shots=shots)
        self._jobs[job.job_id()] = job
        return str(job.job_id())

    def status(self, job: str) -> str:
        """Return the state of a job, such as "QUEUED", "RUNNING" or "DONE"."""
        status = self._job(job).status()
        return str(getattr(status, "name", status))

    def retrieve(self, job: str) -> Samples:
        """Return the samples of a submitted job, waiting for them; InvalidInputError for an unknown id."""
        data = self._job(job).result()[0].data.c
        table = data.to_bool_array(order="little").reshape(-1, data.num_bits)
        columns = {bit: table[:, i] for i, bit in enumerate(self.bits)}
        return samples_of_bits(self.circuit, columns, len(table))

    def _job(self, job: str) -> Any:
        if job in self._jobs:
            return self._jobs[job]
        if self.backend.service is None:
            raise InvalidInputError(
                f"job is {job!r}; {self.backend.device.name} runs in this process and has no such job"
            )
        return self.backend.service.job(job)


def _sampler() -> Any:
    try:  # where it is until the name below becomes the same class
        from qiskit_ibm_runtime.executor_sampler import Sampler
    except ImportError:
        from qiskit_ibm_runtime import SamplerV2 as Sampler
    return Sampler
