"""MVB2000 V5: calls are laid out as tasks with dial lists and read back; see README.md for manual and traps."""
