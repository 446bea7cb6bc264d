"""How well telephone numbers are found in made texts, and how fast they are compared with the numbering plans.

Each text holds one or two things that look like numbers and are none, and every second text a number from a range that
is kept free for films. What counts is what may be used for linking.

Run: python benchmarks/telephones.py
"""

import random
import time

from crossbearing.domain.identifier import Kind, State
from crossbearing.domain.scan import scan
from crossbearing.reference.telephones import checked

_TEXTS = 20_000
_SEED = 7
# Country, area, the digits before the last ones, and between which these lie. Australia and Sweden list single numbers.
_FREE = (
    ("1", "202", "555", 100, 199),
    ("1", "415", "555", 100, 199),
    ("46", "70", "174", 605, 699),
    ("61", "491", "570", 156, 159),
)
_BEFORE = (
    "",
    "call me ",
    "Tel: ",
    "whatsapp ",
    "signal: ",
    "text only, ",
    "my number ",
    "Handy ",
    "(",
    "order by phone ",
)
_BEHIND = ("", ".", " thanks", " 50 usd", ", 24/7", ")", " 2g", " 10 pieces", "\n", "; 100% stealth")


def _digits(rng: random.Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def _number(rng: random.Random) -> tuple[str, str]:
    """E.164 and one way to write it."""
    country, area, first, low, high = rng.choice(_FREE)
    last = f"{rng.randint(low, high):0{4 if country in {'1', '46'} else 3}}"
    gap = rng.choice(["", " ", "-", ".", " - "])
    prefix = rng.choice(["+", "+", "00"]) + country
    between = gap or (" " if prefix.startswith("00") else "")
    around = f"({area})" if rng.random() < 0.2 else area  # noqa: PLR2004 - a fifth
    return f"+{country}{area}{first}{last}", between.join([prefix, gap.join([around, first, last])])


def _other(rng: random.Random) -> str:
    """An order, a parcel, a price, a day, an account, a card, a hash."""
    kind = rng.randrange(14)

    def n(count: int) -> str:
        return _digits(rng, count)

    day = f"2021-{n(2)}-{n(2)} {n(2)}:{n(2)}:{n(2)}"
    return (
        f"order {n(10)}", f"order #00{n(9)}", f"parcel RR{n(9)}DE", f"parcel 00{n(18)}", f"parcel 1Z999AA{n(11)}",
        f"{rng.randrange(10**9):,} pieces", f"+{rng.randrange(10**10):,} profit", day,
        f"DE{n(2)} {n(4)} {n(4)} {n(4)} {n(4)} {n(2)}", f"{n(4)} {n(4)} {n(4)} {n(4)}", f"0.{n(8)} BTC", f"+{n(3)}%",
        f"{n(2)}.{n(2)}.2021", f"0x{n(40)}",
    )[kind]  # fmt: skip


def main() -> None:
    """Scan the texts once."""
    rng = random.Random(_SEED)  # noqa: S311 - made texts
    made = []
    for number in range(_TEXTS):
        parts = [_other(rng) for _ in range(rng.randint(1, 2))]
        value = ""
        if number % 2:
            value, written = _number(rng)
            parts.insert(rng.randrange(len(parts) + 1), rng.choice(_BEFORE) + written + rng.choice(_BEHIND))
        made.append((value, ", ".join(parts)))
    checked(scan("+12025550143").identifiers)  # the plans are loaded
    began = time.process_time()
    hits = [checked(scan(text).identifiers) for _, text in made]
    seconds = time.process_time() - began
    found = [{hit.value for hit in one if (hit.kind, hit.state) == (Kind.PHONE, State.NO_CHECKSUM)} for one in hits]
    right = sum(value in values for (value, _), values in zip(made, found, strict=True) if value)
    given, true = sum(map(len, found)), sum(bool(value) for value, _ in made)
    size = sum(len(text.encode()) for _, text in made) / 1e6
    print(f"{_TEXTS:,} made texts with {true:,} numbers: {right:,} found, {given - right:,} false")
    print(f"precision {right / given:.4f}, recall {right / true:.4f}; {size / seconds:.1f} MB/s")


if __name__ == "__main__":
    main()
