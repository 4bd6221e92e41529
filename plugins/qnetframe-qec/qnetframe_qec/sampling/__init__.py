"""Sampling: tasks of names and plain values, counts of logical errors, thresholds."""
