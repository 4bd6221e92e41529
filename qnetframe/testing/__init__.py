"""qnetframe."""
