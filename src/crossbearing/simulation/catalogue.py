"""What is sold on the simulated markets: products with their slang, forms, amounts and prices.

Prices are those of no place and no year: whole US cents per unit, of the order that wholesale reports give.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One kind of thing that is offered.

    Attributes:
        code: Our own name for it; stands in the truth only.
        category: The first market's category path, "parent / child".
        names: What sellers call it, commonest first; slang and misspellings among them.
        form: powder, pills, blotter, herb, liquid, patch or goods.
        unit: What one counts: g, pill, tab, ml, patch, piece.
        amounts: Amounts offered, smallest first, in units.
        cents: Price of one unit in the smallest amount, US cents.
        contains: Substances that are really in it; the first is the one it is sold as, if it is one.
        sold_as: The substance it is said to be; empty for goods.
        weight: How often sellers deal in it, relative to the others.
    """

    code: str
    category: str
    names: tuple[str, ...]
    form: str
    unit: str
    amounts: tuple[int, ...]
    cents: int
    contains: tuple[str, ...]
    sold_as: str
    weight: int


_GRAMS: Final = (1, 2, 3, 5, 7, 10, 14, 28, 50, 100, 250, 500, 1000)
_PILLS: Final = (5, 10, 20, 25, 50, 100, 200, 500, 1000)


def _product(
    code: str,
    category: str,
    names: str,
    kind: tuple[str, str, tuple[int, ...], int],
    *,
    contains: str,
    weight: int,
    claims: str = "",
) -> Product:
    """A product; ``claims`` is what it is sold as where that is not the first thing in it."""
    form, unit, amounts, cents = kind
    substances = tuple(contains.split())
    return Product(
        code=code,
        category=category,
        names=tuple(names.split("|")),
        form=form,
        unit=unit,
        amounts=amounts,
        cents=cents,
        contains=substances,
        sold_as=claims or (substances[0] if substances else ""),
        weight=weight,
    )


PRODUCTS: Final[tuple[Product, ...]] = (
    _product("fentanyl-powder", "Opioids / Fentanyl", "fentanyl|fent|fetty|china white|fentanil",
             ("powder", "g", (1, 2, 5, 10, 25, 50), 9500), contains="fentanyl", weight=3),
    _product("fentanyl-patch", "Opioids / Fentanyl", "fentanyl patch 100mcg|fent patches|duragesic style patch",
             ("patch", "patch", (1, 2, 5, 10), 5500), contains="fentanyl", weight=2),
    _product("pressed-blues", "Opioids / Pills", "blues|M30|oxy 30|pressed 30s|roxy 30mg",
             ("pills", "pill", _PILLS, 1400), contains="fentanyl acetaminophen", weight=4, claims="oxycodone"),
    _product("heroin-brown", "Opioids / Heroin", "heroin|brown|H #3|dope|afghan heroin|gear",
             ("powder", "g", _GRAMS, 5200), contains="heroin caffeine acetaminophen", weight=7),
    _product("heroin-white", "Opioids / Heroin", "heroin #4|white H|smack",
             ("powder", "g", _GRAMS, 9800), contains="heroin", weight=3),
    _product("heroin-laced", "Opioids / Heroin", "strong brown|fire dope|gear +",
             ("powder", "g", _GRAMS, 6000), contains="heroin fentanyl", weight=2),
    _product("oxycodone", "Opioids / Pills", "oxycodone 30mg|oxy|OC 80|percs",
             ("pills", "pill", _PILLS, 2600), contains="oxycodone", weight=4),
    _product("tramadol", "Opioids / Pills", "tramadol 100mg|trams|tramadol hcl",
             ("pills", "pill", _PILLS, 180), contains="tramadol", weight=3),
    _product("cocaine", "Stimulants / Cocaine", "cocaine|coke|flake|charlie|snow|peruvian flake|cocaina",
             ("powder", "g", _GRAMS, 7800), contains="cocaine", weight=14),
    _product("cocaine-cut", "Stimulants / Cocaine", "budget coke|party coke|cocaine 60%",
             ("powder", "g", _GRAMS, 4400), contains="cocaine levamisole caffeine", weight=6),
    _product("crack", "Stimulants / Cocaine", "crack|hard|rocks",
             ("powder", "g", (1, 2, 3, 5, 7, 14), 8000), contains="cocaine", weight=3),
    _product("meth", "Stimulants / Meth", "crystal meth|ice|tina|shards|meth",
             ("powder", "g", _GRAMS, 5600), contains="methamphetamine", weight=7),
    _product("speed", "Stimulants / Speed", "speed paste|amphetamine|pep|speed 75%|amfe",
             ("powder", "g", _GRAMS, 900), contains="amphetamine caffeine", weight=9),
    _product("pressed-addy", "Stimulants / Pills", "addy 30|adderall style 30mg|study orange",
             ("pills", "pill", _PILLS, 700), contains="methamphetamine caffeine", weight=3, claims="amphetamine"),
    _product("mdma", "Ecstasy / Crystals", "mdma|molly|md crystals|dutch champagne|mandy",
             ("powder", "g", _GRAMS, 2100), contains="mdma", weight=10),
    _product("xtc", "Ecstasy / Pills", "xtc 220mg|ecstasy pills|pressies|rolls 250mg",
             ("pills", "pill", _PILLS, 420), contains="mdma", weight=10),
    _product("2cb", "Psychedelics / 2C-B", "2cb|2c-b pills|tucibi tabs",
             ("pills", "pill", _PILLS, 500), contains="2c-b", weight=3),
    _product("lsd", "Psychedelics / LSD", "lsd 120ug|acid tabs|blotters 150ug|lucy|doses",
             ("blotter", "tab", (5, 10, 25, 50, 100, 250, 500, 1000), 600), contains="lsd", weight=8),
    _product("mushrooms", "Psychedelics / Mushrooms", "magic mushrooms|shrooms|golden cap",
             ("herb", "g", _GRAMS, 800), contains="psilocybin", weight=4),
    _product("dmt", "Psychedelics / DMT", "dmt|spirit powder|nn-dmt",
             ("powder", "g", (1, 2, 5, 10, 25), 6500), contains="dmt", weight=2),
    _product("ketamine", "Dissociatives / Ketamine", "ketamine|ket|k needles|s-isomer|special k",
             ("powder", "g", _GRAMS, 3000), contains="ketamine", weight=6),
    _product("weed", "Cannabis / Flowers", "weed|haze|kush|flowers|amnesia|lemon haze|bud",
             ("herb", "g", _GRAMS, 1000), contains="cannabis", weight=16),
    _product("hash", "Cannabis / Hash", "hash|polm|ice-o-lator|dry sift|caramello",
             ("herb", "g", _GRAMS, 900), contains="cannabis", weight=7),
    _product("carts", "Cannabis / Concentrates", "vape carts|distillate cart 1ml|shatter",
             ("liquid", "ml", (1, 2, 5, 10, 25), 3500), contains="cannabis", weight=3),
    _product("xanax", "Benzos / Pills", "alprazolam 2mg|xanax|bars|xans",
             ("pills", "pill", _PILLS, 300), contains="alprazolam", weight=6),
    _product("pressed-bars", "Benzos / Pills", "green hulks|white bars 3mg|rc bars",
             ("pills", "pill", _PILLS, 120), contains="bromazolam", weight=4, claims="alprazolam"),
    _product("diazepam", "Benzos / Pills", "diazepam 10mg|vallies|valium style",
             ("pills", "pill", _PILLS, 150), contains="diazepam", weight=4),
    _product("steroids", "Steroids / Injectables", "test e 250|tren ace 100|dbol 10mg",
             ("liquid", "ml", (10, 20, 50, 100), 400), contains="testosterone", weight=3),
    _product("party-pack", "Other / Mixed", "party pack md + coke|weekend mix|festival kit",
             ("powder", "g", (2, 4, 6, 10), 6000), contains="mdma cocaine ketamine", weight=2),
    _product("guides", "Other / Guides", "stealth shipping guide|vendor handbook|cashout ebook",
             ("goods", "piece", (1,), 900), contains="", weight=2),
    _product("documents", "Other / Documents", "utility bill template|novelty id scan",
             ("goods", "piece", (1, 2, 5), 2500), contains="", weight=2),
    _product("press-die", "Other / Equipment", "pill press die|tablet stamp set|binder mix",
             ("goods", "piece", (1, 2), 18000), contains="", weight=1),
)  # fmt: skip
BY_CODE: Final = {product.code: product for product in PRODUCTS}
