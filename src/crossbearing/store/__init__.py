"""The operation folder: originals, records, derived tables, decisions, and the only way to read them."""
