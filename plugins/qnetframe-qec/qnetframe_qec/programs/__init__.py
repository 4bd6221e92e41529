"""Programs: syndrome extraction, memories, correction by feed-forward, surgery, teleported gates."""
