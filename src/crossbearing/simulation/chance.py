"""Chance that can be repeated: every part of the simulation draws from a stream of its own.

A part that draws more or less than before changes nothing in the others, and no part depends on the order
in which the parts are made.
"""

import hashlib

import numpy as np


def stream(seed: int, *name: str | int) -> np.random.Generator:
    """The stream of one part.

    Args:
        seed: Of the whole simulation.
        name: Of the part; equal names give equal streams.
    """
    text = "\x1f".join(str(piece) for piece in (seed, *name))
    # PCG64 is named, for its bits are promised; what NumPy makes of them is promised for one version, which is locked.
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")))
