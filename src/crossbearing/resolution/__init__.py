"""Which accounts may be one operator: signals, proposals, and the view that judgements make."""
