"""The network in time: repeater chains, memories, heralded links, messages, requests."""

from qnetframe.simulation.chains import ChainResult, repeater_chain

__all__ = ["ChainResult", "repeater_chain"]
