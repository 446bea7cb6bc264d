"""What plain TF-IDF gets on adverts: the measure by which simulated text is held to real text.

Protocol: resolution.md of the reference, sections 3 and 5. Adverts of one seller by first sighting, the first half
as account A, the second as account B; sellers with fewer than four are distractors. An account is the mean of its
adverts' vectors. "Masked": handle, addresses and keys are taken out. "Template-free": also every run of five words that
the seller repeats, counted over both halves; so a true pair can no longer share one.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import normalize

FEWEST = 4  # adverts of a seller who is split
SHOWN = 250  # characters of a description that the real pages show
CHARACTERS = {"analyzer": "char", "ngram_range": (2, 5), "sublinear_tf": True, "min_df": 2}
WORDS = {"analyzer": "word", "ngram_range": (1, 2), "sublinear_tf": True, "min_df": 2}
_LEAKS = re.compile(r"https?://\S+|\w+\.onion\S*|\S+@\S+\.\w+|-----BEGIN PGP.*", re.DOTALL)
_RUN = 5  # words


@dataclass(frozen=True, slots=True)
class Measured:
    """Average precision over all pairs, and the share of accounts whose own other half comes first."""

    pair_ap: float
    first: float


def masked(handle: str, text: str) -> str:
    """A text without the seller's handle, its parts, addresses and keys."""
    text = re.sub(re.escape(handle), " ", text, flags=re.IGNORECASE)
    for part in re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", handle):
        if len(part) >= 4:
            text = re.sub(re.escape(part), " ", text, flags=re.IGNORECASE)
    return _LEAKS.sub(" ", text)


def template_free(adverts: Sequence[str]) -> list[str]:
    """One seller's adverts without the runs of five words that stand in two of them."""
    split = [text.lower().split() for text in adverts]
    seen: Counter[tuple[str, ...]] = Counter()
    for words in split:
        seen.update({tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)})
    left = []
    for words in split:
        is_kept = np.ones(len(words), bool)
        for at in range(len(words) - _RUN + 1):
            if seen[tuple(words[at : at + _RUN])] > 1:
                is_kept[at : at + _RUN] = False
        left.append(" ".join(np.array(words)[is_kept].tolist()) if words else "")
    return left


def measure(sellers: Mapping[str, Sequence[str]], settings: Mapping[str, object], *, is_free: bool) -> Measured:
    """Score one text method on a population.

    Args:
        sellers: Descriptions by handle, in order of first sighting.
        settings: Of the vectoriser.
        is_free: Whether templates are taken out.
    """
    first, second, rest = [], [], []
    for handle, texts in sellers.items():
        shown = [masked(handle, text[:SHOWN]) for text in texts]
        shown = template_free(shown) if is_free else shown
        if len(shown) >= FEWEST:
            half = len(shown) // 2
            first.append(shown[:half])
            second.append(shown[half:])
        else:
            rest.append(shown)
    accounts = [*first, *second, *rest]
    owner = np.repeat(np.arange(len(accounts)), [len(one) for one in accounts])
    vectors = TfidfVectorizer(**settings).fit_transform([text for one in accounts for text in one])
    sums = sp.csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(len(accounts), len(owner)))
    mean = normalize(sums @ vectors).tocsr()
    count = len(first)
    similarity = (mean[:count] @ mean[count:].T).toarray()
    true = np.zeros_like(similarity)
    true[np.arange(count), np.arange(count)] = 1
    own = similarity[np.arange(count), np.arange(count)]
    rank = (similarity > own[:, None]).sum(1)
    return Measured(float(average_precision_score(true.ravel(), similarity.ravel())), float((rank == 0).mean()))


def simulated_sellers(seed: int, count: int, dials: object = None) -> dict[str, list[str]]:
    """Descriptions of one-account sellers, as many adverts each as on the real pages, four to forty, 13 on average."""
    from crossbearing.simulation import handles
    from crossbearing.simulation.adverts import TextDials, advert, made_hand
    from crossbearing.simulation.catalogue import PRODUCTS
    from crossbearing.simulation.chance import stream

    weights = np.array([product.weight for product in PRODUCTS], float)
    sellers: dict[str, list[str]] = {}
    for number in range(count):
        chance = stream(seed, "realism", number)
        hand = made_hand(chance, dials or TextDials())
        kinds = min(len(PRODUCTS), 1 + int(chance.geometric(0.45)))
        products = chance.choice(len(PRODUCTS), size=kinds, replace=False, p=weights / weights.sum())
        texts = []
        for _ in range(int(np.clip(chance.lognormal(np.log(13) - 0.4, 0.9), 1, 80))):
            product = PRODUCTS[products[int(len(products) * chance.random() * chance.random())]]
            amount = product.amounts[int(min(chance.geometric(0.3) - 1, len(product.amounts) - 1))]
            texts.append(advert(hand, product, amount, "Germany", chance)[1])
        sellers[handles.unused(handles.handle(chance, is_common=False), set(sellers), chance)] = list(
            dict.fromkeys(texts)
        )
    return sellers
