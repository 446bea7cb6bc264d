"""Crossbearing: evidence in, one target package per country out, results that can be proven."""

__version__ = "0.1.0"
