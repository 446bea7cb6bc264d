"""The bitcoin part of a simulated operation: valid transactions in block files of a private chain, and the truth."""

from crossbearing.simulation.chain.dials import ChainDials, Payments
from crossbearing.simulation.chain.economy import write_chain
from crossbearing.simulation.chain.truth import Chain

__all__ = ["Chain", "ChainDials", "Payments", "write_chain"]
