"""The independent verifier of the log: it shares no code with what writes the log."""
