"""A world of its own, with the truth known: what agencies would hold, in the formats they hold it in."""
