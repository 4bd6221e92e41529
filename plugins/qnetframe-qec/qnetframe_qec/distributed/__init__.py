"""Codes whose qubits sit at several nodes of a network."""
