"""Outcomes: what partners report back, counted once, added up, and shown with what is not known."""
