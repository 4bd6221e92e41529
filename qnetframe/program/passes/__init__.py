"""Passes: pure functions from Circuit to Circuit that keep the exact outcome distribution."""
