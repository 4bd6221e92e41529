"""The device that a backend submits to: a fake one in this process, or one of the IBM Quantum service."""

from __future__ import annotations

import os
import warnings
from typing import Any

from qnetframe.errors import PluginError, UnknownNameError

FAKE = "fake_"


def fake_device(name: str) -> Any:
    """Return a device of qiskit-ibm-runtime's local testing mode, such as "fake_sherbrooke"."""
    from qiskit_ibm_runtime import fake_provider

    known = {
        found: kind
        for kind in vars(fake_provider).values()
        if isinstance(kind, type) and isinstance(found := getattr(kind, "backend_name", None), str)
    }
    if name not in known:
        raise UnknownNameError(
            "device", name, known, "A name without fake_ is a device of the IBM Quantum service."
        )
    with warnings.catch_warnings():
        # One snapshot warns that its figures are not typical; it is the user who names it.
        warnings.simplefilter("ignore", UserWarning)
        return known[name]()


def real_device(name: str, token_variable: str, instance: str) -> tuple[Any, Any]:
    """Return (service, device) of the IBM Quantum service; PluginError where it cannot be reached.

    The token is that in the environment variable; without one, the account that was saved with
    ``QiskitRuntimeService.save_account`` is used.
    """
    from qiskit_ibm_runtime import QiskitRuntimeService

    token = os.environ.get(token_variable) or None
    try:
        service = QiskitRuntimeService(
            channel="ibm_quantum_platform" if token else None, token=token, instance=instance or None
        )
        return service, service.backend(name)
    except Exception as error:  # whatever the client or the network raises: there is no device
        said = " ".join(str(error).split())[:200]
        said = said.replace(token, "(token)") if token else said
        account = (
            f"the token in {token_variable}" if token else f"a saved account ({token_variable} is not set)"
        )
        raise PluginError(
            f"ibm: device {name!r} cannot be reached with {account}: {type(error).__name__}: {said}"
        ) from None
