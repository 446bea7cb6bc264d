"""What simulated sellers write: adverts, profiles, posts; each person with a hand of their own.

Naive comparison of these texts gets what it gets on real ones; ``benchmarks/realism_texts.py`` measures both.
"""

from crossbearing.simulation.adverts.hand import Hand, TextDials, drifted, imitated, made_hand
from crossbearing.simulation.adverts.writing import about, advert, comment, post

__all__ = ["Hand", "TextDials", "about", "advert", "comment", "drifted", "imitated", "made_hand", "post"]
