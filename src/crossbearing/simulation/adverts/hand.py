"""A hand: how one person writes, and which pieces of text the person uses again and again."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

# Habits of spelling and layout; each is one person's or not.
HABITS: Final = (
    "lower case", "upper case title", "no apostrophes", "u for you", "double marks", "stars", "dashes", "ampersand",
    "no full stops", "line breaks", "spaced marks", "smileys", "caps for weight", "and so on",
)  # fmt: skip
_RARE: Final = {"lower case": 0.12, "upper case title": 0.2, "u for you": 0.12, "smileys": 0.12, "no full stops": 0.3}
_USUAL: Final = 0.2  # how often a person has a habit that is not named above
_LANGUAGES: Final = ("de", "nl", "fr", "es")
_SPREAD: Final = 6.0  # larger: sellers are more alike in how much they use again
_SHARED: Final = 12  # templates that go round among sellers who have nothing to do with each other


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDials:
    """How sellers write.

    Attributes:
        own_templates: How much of an advert is the seller's own text used again, for the typical seller.
        without_templates: Sellers who write every advert anew.
        shared_templates: Sellers whose shop text goes round among unrelated sellers.
        habit_strength: How often a person says a thing in the person's own way.
        drift: Pieces of text and habits that change from one account to the next.
        foreign: Sellers who write in another language than English.
        misspelt: Words with a slip of the finger.
    """

    own_templates: float = 0.86
    without_templates: float = 0.23
    shared_templates: float = 0.06
    habit_strength: float = 0.09
    drift: float = 0.45
    foreign: float = 0.08
    misspelt: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Whose words a piece of text is in.

    Attributes:
        taste: Of equal alternatives, which one comes to mind; 52 bits.
        strength: How often the taste decides.
        habits: Of ``HABITS``.
    """

    taste: int
    strength: float
    habits: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One person's way of writing on one account.

    Attributes:
        language: "en", "de", "nl", "fr" or "es".
        voice: In whose words new text is written.
        template_voice: In whose words the used-again text was written; a copycat's is the victim's.
        goods_memory: Which texts about goods are used again; 52 bits.
        shop_memory: Which text about the shop is used again; 52 bits.
        reuse: Share of the text about goods that is used again.
        shop: Share of adverts that carry the shop's text.
        lines: Lines about the goods in an advert, on average.
        misspelt: Words with a slip of the finger.
    """

    language: str
    voice: Voice
    template_voice: Voice
    goods_memory: int
    shop_memory: int
    reuse: float
    shop: float
    lines: float
    misspelt: float


def made_hand(chance: np.random.Generator, dials: TextDials) -> Hand:
    """A new person."""
    language = "en" if chance.random() >= dials.foreign else str(_LANGUAGES[int(chance.integers(len(_LANGUAGES)))])
    habits = frozenset(habit for habit in HABITS if chance.random() < _RARE.get(habit, _USUAL))
    voice = Voice(taste=_mark(chance), strength=dials.habit_strength * float(chance.uniform(0.4, 1.6)), habits=habits)
    is_fresh = chance.random() < dials.without_templates
    # A beta distribution around the dial: most sellers use nearly everything again, some only a little.
    around = min(max(dials.own_templates, 0.02), 0.98)
    reuse = 0.0 if is_fresh else float(chance.beta(_SPREAD * around, _SPREAD * (1 - around)))
    shop_memory = _mark(chance)
    if chance.random() < dials.shared_templates:
        shop_memory = int(chance.integers(_SHARED))
        shared = Voice(taste=shop_memory, strength=1.0, habits=frozenset())
    else:
        shared = voice
    return Hand(
        language=language,
        voice=voice,
        template_voice=shared if shared is not voice else voice,
        goods_memory=_mark(chance),
        shop_memory=shop_memory,
        reuse=reuse,
        shop=0.0 if is_fresh else float(np.clip(reuse + chance.normal(0, 0.2), 0, 1)),
        lines=float(chance.uniform(1.2, 4.5)),
        misspelt=dials.misspelt * float(chance.pareto(1.5)),
    )


def drifted(hand: Hand, chance: np.random.Generator, dials: TextDials) -> Hand:
    """The same person on another account or later: other pieces of text in part, mostly the same habits."""
    voice = hand.voice
    turned = {habit for habit in HABITS if chance.random() < dials.drift / 6}
    voice = replace(voice, habits=voice.habits ^ turned)
    goods = _mark(chance) if chance.random() < dials.drift else hand.goods_memory
    shop = _mark(chance) if chance.random() < dials.drift else hand.shop_memory
    return replace(hand, voice=voice, goods_memory=goods, shop_memory=shop)


def imitated(victim: Hand, own: Hand, chance: np.random.Generator) -> Hand:
    """A copycat: the victim's pieces of text, and what is new in the copycat's own words."""
    return replace(
        own,
        language=victim.language,
        template_voice=victim.template_voice,
        goods_memory=victim.goods_memory,
        shop_memory=victim.shop_memory,
        reuse=max(victim.reuse, float(chance.uniform(0.7, 1.0))),
        shop=max(victim.shop, 0.7),
    )


def _mark(chance: np.random.Generator) -> int:
    return int(chance.integers(1 << 52))
