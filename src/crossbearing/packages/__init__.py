"""Target packages: who is ranked and routed where, and the document a country receives."""
