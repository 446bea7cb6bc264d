"""The markets' own databases and pages, as they stood when they were seized or saved."""
