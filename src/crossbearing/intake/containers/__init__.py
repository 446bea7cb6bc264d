"""Archives and compressed files: what is packed in them, within one set of limits."""
