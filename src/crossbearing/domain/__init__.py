"""Nouns, rules, codecs and the access decision; standard library only."""
