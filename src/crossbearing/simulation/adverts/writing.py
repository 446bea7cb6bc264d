"""Writing with a hand: adverts, profiles, posts, and buyers' comments."""

import random
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

import numpy as np

from crossbearing.simulation.adverts.english_goods import GOODS
from crossbearing.simulation.adverts.english_shop import SHOP
from crossbearing.simulation.adverts.hand import Hand, Voice
from crossbearing.simulation.adverts.other_languages import STOCKS
from crossbearing.simulation.adverts.phrases import Dice, Stock, mixed
from crossbearing.simulation.catalogue import Product

_LABELS: Final = (
    "blue heron", "old mill", "night train", "lighthouse", "red barn", "glass river", "monsoon", "silver birch",
    "captain", "northern lights out", "paper moon", "velvet fox", "stone bridge", "golden gate 9", "big river",
    "salt and pepper", "winter palace", "queen of may", "no. 7", "the admiral", "tall ship", "copper kettle",
    "morning dew", "wild goose", "grand hotel", "amber road", "black pearl", "high meadow", "lucky coin", "orchid",
)  # fmt: skip
_AWAY: Final = ("australia", "new zealand", "russia", "canada", "south america", "asia", "the us", "norway")
# Which phrases suit a form of product, besides those about any goods.
_ABOUT_FORM: Final = {"powder": "powder", "pills": "pills", "blotter": "blotter", "herb": "herb", "liquid": "liquid",
                      "patch": "patch", "goods": "goods"}  # fmt: skip
_ANY_GOODS: Final = ("praise", "batch", "lab", "deal")
_SHOP_TOPICS: Final = ("greet", "ship", "ship", "terms", "terms", "review", "contact", "sign")
_PRAISED: Final = (
    "arrived in {n} days, well packed", "as described, will be back", "all good", "thanks", "fast and honest",
    "{n}/10", "perfect again", "great comms", "nice weight", "top", "super schnell", "alles goed", "merci",
    "quality ok, shipping {n} days", "on time", "would buy again", "good as always", "landed today", "very happy",
)  # fmt: skip
_BLAMED: Final = (
    "never arrived", "{n} days and nothing", "under weight", "not as described", "no answer to messages",
    "weak stuff", "half was missing", "slow, packaging poor", "nicht angekommen", "disappointed", "stay away",
)  # fmt: skip
_ORDERING: Final = (
    "anyone ordered from here lately?", "how long did yours take", "is the desk answering tickets", "feedback please",
    "new here, which sellers ship to my country", "site is slow today", "support took {n} days", "thanks all",
    "got mine after {n} days", "is this seller back?", "prices went up again",
)  # fmt: skip
_LABELS_OF_ONE: Final = 9  # labels that one seller gives to one product
_PRAISE_FROM: Final = 4  # stars
_SPELLINGS: Final = {"no apostrophes": (("'", ""),), "u for you": ((" you ", " u "), (" your ", " ur ")),
                     "ampersand": ((" and ", " & "),), "no full stops": ((". ", "  "),),
                     "spaced marks": ((",", " ,"), ("!", " !"))}  # fmt: skip


@cache
def _stock(language: str) -> Stock:
    return Stock({**GOODS, **SHOP} if language == "en" else STOCKS[language])


def advert(hand: Hand, product: Product, amount: int, origin: str, chance: np.random.Generator) -> tuple[str, str]:
    """Title and description of one advert.

    Args:
        hand: Who writes.
        product: What is offered.
        amount: In the product's units.
        origin: As the seller writes it; may be empty.
        chance: What is new in this advert.
    """
    dice = Dice(chance)
    place = mixed(hand.goods_memory, len(product.code) * 131 + product.cents)
    name = product.names[_weighted(dice, len(product.names))]
    label = _LABELS[(place + dice.below(_LABELS_OF_ONE)) % len(_LABELS)]
    quantity = _quantity(product, amount, dice)
    lines = [_line(hand, ("offer",), dice, number=0)]
    topics = _topics(hand.language, product)
    for number in range(1, 1 + max(1, round(hand.lines + dice.share() * 2 - 1))):
        if dice.share() < hand.reuse:
            lines.append(_remembered(hand.language, hand.template_voice, place + number, topics))
        else:
            lines.append(_line(hand, topics, dice, number=number))
    if dice.share() < hand.shop:
        # One in four has the shop's text first.
        lines.insert(0 if hand.shop_memory % 4 == 0 else len(lines), _shop_text(hand))
    filled = {
        "{amount}": quantity, "{name}": name, "{label}": label, "{origin}": origin or "europe",
        "{purity}": str(71 + mixed(place, amount) % 28), "{away}": _AWAY[place % len(_AWAY)],
    }  # fmt: skip
    text = _laid_out(lines, hand.voice)
    for mark, word in filled.items():
        text = text.replace(mark, word)
    return _title(hand, (quantity, name, label), dice), _slipped(text, hand.misspelt, dice)


def about(
    hand: Hand, handle: str, origin: str, chance: np.random.Generator, *, formerly: tuple[str, str] | None = None
) -> str:
    """What an account says of itself.

    Args:
        hand: Who writes.
        handle: Of the account.
        origin: As the seller writes it; may be empty.
        chance: What is new in it.
        formerly: Handle and market that the account says it had before.
    """
    dice = Dice(chance)
    lines = [f"{handle} {('-', 'here:', '')[dice.below(3)]}".strip(), _shop_text(hand)]
    if formerly:
        lines.insert(1, f"formerly {formerly[0]} on {formerly[1]}")
    text = _laid_out(lines, hand.voice).replace("{origin}", origin or "europe")
    return text.replace("{away}", _AWAY[hand.shop_memory % len(_AWAY)]).replace("{amount}", "your order")


def post(hand: Hand | None, topic: str, chance: np.random.Generator) -> str:
    """A post on a forum; a buyer has no hand that could be compared.

    Args:
        hand: Of a seller; None for a buyer.
        topic: What it is about.
        chance: Everything else.
    """
    dice = Dice(chance)
    if hand is None:
        return dice.one(_ORDERING).format(n=2 + dice.below(12))
    topics = ("terms", "ship", "batch", "review") if hand.language == "en" else ("shop", "goods")
    lines = [_line(hand, topics, dice, number=number) for number in range(1 + dice.below(4))]
    text = _laid_out(lines, hand.voice)
    for mark, word in (("{label}", topic), ("{name}", topic), ("{origin}", "europe"), ("{purity}", "80"),
                       ("{amount}", "some"), ("{away}", dice.one(_AWAY))):  # fmt: skip
        text = text.replace(mark, word)
    return _slipped(text, hand.misspelt, dice)


def comment(chance: np.random.Generator, rating: int) -> str:
    """A buyer's words beside so many stars, of five."""
    dice = Dice(chance)
    return dice.one(_PRAISED if rating >= _PRAISE_FROM else _BLAMED).format(n=2 + dice.below(11))


def _topics(language: str, product: Product) -> tuple[str, ...]:
    if language != "en":
        return ("goods",)
    return (_ABOUT_FORM[product.form], _ABOUT_FORM[product.form], *_ANY_GOODS)


def _line(hand: Hand, topics: Sequence[str], dice: Dice, *, number: int) -> str:
    """A new line in the person's words; the person tends to begin with the same kind of phrase."""
    stock = _stock(hand.language)
    phrases = stock.topics[topics[dice.below(len(topics))]]
    if dice.share() < hand.voice.strength:
        chosen = mixed(hand.voice.taste, number * 7 + len(phrases)) % len(phrases)
    else:
        chosen = dice.below(len(phrases))
    return _spelled(stock.spoken(phrases[chosen], dice, hand.voice.taste, hand.voice.strength), hand.voice.habits)


@lru_cache(maxsize=1 << 14)
def _remembered(language: str, voice: Voice, key: int, topics: tuple[str, ...]) -> str:
    """A line that is always the same for a voice and a key."""
    stock, dice = _stock(language), _remembering(key)
    phrases = stock.topics[topics[dice.below(len(topics))]]
    return _spelled(stock.spoken(dice.one(phrases), dice, voice.taste, voice.strength), voice.habits)


def _shop_text(hand: Hand) -> str:
    return _shop(hand.language, hand.template_voice, hand.shop_memory)


@lru_cache(maxsize=1 << 13)
def _shop(language: str, voice: Voice, key: int) -> str:
    """The shop's text: a few lines that are always the same."""
    dice = _remembering(key ^ 0x5DEECE66D)
    count = 1 + dice.below(4)
    topics = _SHOP_TOPICS if language == "en" else ("shop",) * 6
    chosen = dice.some([f"{place} {topic}" for place, topic in enumerate(topics)], count)
    order = sorted(int(one.split()[0]) for one in chosen)
    return ". ".join(_remembered(language, voice, mixed(key, place) + place, (topics[place],)) for place in order)


def _remembering(key: int) -> Dice:
    """Dice that fall the same way for the same key."""
    return Dice(random.Random(key))  # noqa: S311 - a piece of text, not a secret


def _weighted(dice: Dice, count: int) -> int:
    """A place, the first ones oftener."""
    return int(dice.share() ** 2 * count)


def _spelled(text: str, habits: frozenset[str]) -> str:
    for habit in sorted(habits & _SPELLINGS.keys()):
        for usual, own in _SPELLINGS[habit]:
            text = text.replace(usual, own)
    if "lower case" not in habits:
        text = text[:1].upper() + text[1:]
    if "double marks" in habits:
        text += "!!"
    if "smileys" in habits:
        text += " :)"
    if "caps for weight" in habits:
        text = text.replace("very", "VERY").replace("never", "NEVER").replace("free", "FREE")
    return text


def _laid_out(lines: Sequence[str], voice: Voice) -> str:
    habits = voice.habits
    between = "\n" if "line breaks" in habits else (" - " if "dashes" in habits else ". ")
    if "stars" in habits:
        between = " ** " if between == ". " else between
    text = between.join(line for line in lines if line)
    if "and so on" in habits:
        text += " ..."
    return f"*** {text} ***" if "stars" in habits and "line breaks" in habits else text


def _title(hand: Hand, words: tuple[str, str, str], dice: Dice) -> str:
    quantity, name, label = words
    ways = (f"{quantity} {name}", f"{name} {quantity}", f"{quantity} - {name} ({label})", f"{name} {label} {quantity}",
            f"** {quantity} {name} **", f"{label} {name} | {quantity}", f"{name} x {quantity}")  # fmt: skip
    usual = mixed(hand.voice.taste, 3) % len(ways)
    title = ways[usual if dice.share() < 0.8 else dice.below(len(ways))]  # noqa: PLR2004 - people keep to one way
    return title.upper() if "upper case title" in hand.voice.habits else title


def _quantity(product: Product, amount: int, dice: Dice) -> str:
    """An amount in one of the spellings that sellers use."""
    if product.unit == "g":
        special = {3: ("3g", "3 grams"), 7: ("7g", "1/4 oz", "quarter"), 14: ("14g", "1/2 oz", "half oz"),
                   28: ("28g", "1 oz", "ounce", "1oz"), 1000: ("1kg", "1 kilo", "1000g")}  # fmt: skip
        plain = (f"{amount}g", f"{amount} g", f"{amount} grams", f"{amount}gr", f"{amount} gram")
        return dice.one(special.get(amount, plain))
    if product.unit == "pill":
        return dice.one((f"{amount} pills", f"{amount}x", f"{amount} pcs", f"x{amount}", f"{amount} pieces"))
    if product.unit == "tab":
        return dice.one((f"{amount} tabs", f"{amount} hits", f"{amount}x", f"{amount} blotters"))
    if product.unit == "piece":
        return "1x" if amount == 1 else f"{amount}x"
    return dice.one((f"{amount} {product.unit}", f"{amount}{product.unit}", f"{amount}x"))


def _slipped(text: str, share: float, dice: Dice) -> str:
    """Two letters swapped in some words."""
    if share <= 0:
        return text
    words = text.split(" ")
    for place, word in enumerate(words):
        if dice.share() < share and len(word) > 3 and word.isalpha():  # noqa: PLR2004 - short words stay
            at = 1 + dice.below(len(word) - 2)
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)
