"""Reference data and how to look things up in it: countries, currencies, substances, quantities."""
