"""Protocols: circuit form and detection form of each."""
