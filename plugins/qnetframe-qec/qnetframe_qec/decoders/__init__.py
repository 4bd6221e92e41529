"""Decoders: from detection events to predicted observables."""
