"""Evidence in: readers take a source's rows as they stand, profiles say which records they are."""
