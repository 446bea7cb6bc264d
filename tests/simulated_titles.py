"""Simulated adverts with the amount that is really sold, and how the amount read from the title compares."""

from collections import Counter
from decimal import Decimal

from crossbearing.reference.quantities import offer_in, quantities_in
from crossbearing.simulation.adverts import TextDials, advert, made_hand
from crossbearing.simulation.catalogue import PRODUCTS, Product
from crossbearing.simulation.chance import stream

HANDS = 250
# Readings that say the truth's unit; "50x" says pieces of any form.
SAYS = {
    "g": {"g"},
    "ml": {"ml", "piece"},
    "pill": {"pill", "capsule", "tab", "piece"},
    "tab": {"tab", "blotter", "piece"},
    "patch": {"patch", "piece"},
    "piece": {"piece"},
}
# The simulation sells 28 g as an ounce, 14 g as half of one, 7 g as a quarter; read exactly they are these.
BY_OUNCE = {28: Decimal("28.349523125"), 14: Decimal("14.1747615625"), 7: Decimal("7.08738078125")}


def judged(seed: int, adverts: int) -> Counter[str]:
    """How many amounts are right, wrong, or not given, over so many adverts."""
    chance = stream(seed, "titles")
    hands = [made_hand(stream(seed * 1_000 + number, "hand"), TextDials()) for number in range(HANDS)]
    weights = [product.weight / sum(one.weight for one in PRODUCTS) for product in PRODUCTS]
    verdicts: Counter[str] = Counter()
    for _ in range(adverts):
        product = PRODUCTS[chance.choice(len(PRODUCTS), p=weights)]
        amount = int(chance.choice(product.amounts))
        title, _description = advert(hands[int(chance.integers(HANDS))], product, amount, "NL", chance)
        verdicts[verdict(title, product, amount)] += 1
    return verdicts


def verdict(title: str, product: Product, amount: int) -> str:
    """Right, wrong or none."""
    offer = offer_in(quantities_in(title).readings)
    if offer is None:
        return "none"
    one = offer.quantity
    values = {Decimal(amount)} | ({BY_OUNCE[amount]} if product.unit == "g" and amount in BY_OUNCE else set())
    return "right" if one.unit in SAYS[product.unit] and one.low == one.high and one.low in values else "wrong"
