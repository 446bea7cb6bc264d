"""Proposing a profile for tables that nobody has described: from their names, and from what stands in them."""
