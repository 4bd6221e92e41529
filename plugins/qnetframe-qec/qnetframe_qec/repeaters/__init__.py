"""Repeaters with encoding: codes on the links, and codes at the stations."""
