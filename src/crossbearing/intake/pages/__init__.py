"""Saved web pages as data: decoded, measured before they are parsed, and taken apart; nothing is rendered."""
