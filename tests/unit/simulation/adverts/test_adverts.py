"""Adverts: as hard to link as real ones, repeatable, and a copycat's words apart from the victim's."""

import statistics
from dataclasses import replace

import numpy as np
import pytest

from crossbearing.simulation.adverts import Hand, TextDials, about, advert, comment, drifted, imitated, made_hand, post
from crossbearing.simulation.catalogue import BY_CODE, PRODUCTS
from crossbearing.simulation.chance import stream
from text_realism import CHARACTERS, Measured, measure, simulated_sellers

SEEDS = (21, 22, 23)
REAL = {False: 0.866, True: 0.197}  # pair AP on real adverts: masked, template-free
TOLERANCE = 0.05


def hand(number: int, dials: TextDials | None = None) -> Hand:
    return made_hand(stream(number, "hand"), dials or TextDials())


def texts(of: Hand, count: int, seed: int = 1) -> list[str]:
    chance = stream(seed, "texts")
    return [advert(of, PRODUCTS[n % 6], 10, "Germany", chance)[1] for n in range(count)]


@pytest.fixture(scope="module")
def worlds() -> list[dict[str, list[str]]]:
    return [simulated_sellers(seed, 262) for seed in SEEDS]


@pytest.mark.parametrize("is_free", [False, pytest.param(True, marks=pytest.mark.long)])
def test_plain_text_matching_gets_on_simulated_adverts_what_it_gets_on_real_ones(
    worlds: list[dict[str, list[str]]], is_free: bool
) -> None:
    found: list[Measured] = [measure(world, CHARACTERS, is_free=is_free) for world in worlds]
    assert statistics.mean(one.pair_ap for one in found) == pytest.approx(REAL[is_free], abs=TOLERANCE)


def test_the_measure_can_fail_either_way() -> None:
    """Text without anything of one's own cannot be linked, and text that is always the same is linked at once."""
    nobody = TextDials(without_templates=1.0, habit_strength=0.0)
    everybody = TextDials(own_templates=1.0, without_templates=0.0)
    assert measure(simulated_sellers(1, 80, nobody), CHARACTERS, is_free=False).pair_ap < 0.7
    assert measure(simulated_sellers(1, 80, everybody), CHARACTERS, is_free=False).pair_ap > 0.95


def test_the_same_hand_and_chance_write_the_same_words() -> None:
    assert texts(hand(1), 8) == texts(hand(1), 8)
    assert texts(hand(1), 8) != texts(hand(2), 8)


def test_a_copycat_repeats_the_victims_pieces_and_nothing_of_the_victims_habits() -> None:
    victim = replace(hand(3), reuse=1.0, shop=1.0, language="en")
    own = replace(hand(4), language="en")
    copycat = imitated(victim, own, stream(1, "copy"))
    assert copycat.voice == own.voice
    assert (copycat.goods_memory, copycat.shop_memory) == (victim.goods_memory, victim.shop_memory)

    def runs(of: Hand) -> set[tuple[str, ...]]:
        split = [text.lower().split() for text in texts(of, 12)]
        return {tuple(words[at : at + 5]) for words in split for at in range(len(words) - 4)}

    shared = len(runs(victim) & runs(copycat)) / len(runs(victim))
    strangers = len(runs(victim) & runs(own)) / len(runs(victim))
    assert shared > 0.2
    assert strangers < shared / 2


def test_drift_changes_pieces_and_keeps_the_person() -> None:
    first = hand(5)
    many = [drifted(first, stream(n, "drift"), TextDials(drift=0.5)) for n in range(200)]
    assert all(one.voice.taste == first.voice.taste for one in many)
    changed = [one.goods_memory != first.goods_memory for one in many]
    assert 0.35 < np.mean(changed) < 0.65
    assert drifted(first, stream(1, "none"), TextDials(drift=0.0)) == first


def test_sellers_write_in_several_languages_and_mostly_in_english() -> None:
    languages = [hand(number, TextDials(foreign=0.3)).language for number in range(300)]
    assert set(languages) == {"en", "de", "nl", "fr", "es"}
    assert 0.6 < languages.count("en") / 300 < 0.8


def test_every_product_can_be_described_in_every_language_and_no_mark_is_left() -> None:
    for number, language in enumerate(("en", "de", "nl", "fr", "es")):
        for product in PRODUCTS:
            writer = replace(hand(number), language=language)
            title, description = advert(writer, product, product.amounts[0], "", stream(number, product.code))
            assert title
            assert not {"{", "}", "[", "]", "<"} & set(title + description), description
        words = [about(writer, "amberbridge", "NL", stream(number, "about")), post(writer, "weed", stream(1, "post"))]
        assert not {"{", "}", "[", "]", "<"} & set("".join(words)), words


def test_an_amount_stands_in_title_and_text_as_it_is_sold() -> None:
    writer = replace(hand(6), language="en", misspelt=0.0)
    for amount in BY_CODE["mdma"].amounts:
        for number in range(6):
            title, description = advert(writer, BY_CODE["mdma"], amount, "NL", stream(number, amount))
            spellings = {
                3: "3", 7: "7|1/4|quarter", 14: "14|1/2|half", 28: "28|1 oz|1oz|ounce", 1000: "1kg|1 kilo|1000",
            }.get(amount, str(amount)).split("|")  # fmt: skip
            assert any(spelling in title.lower() for spelling in spellings), title
            assert any(spelling in description.lower() for spelling in spellings), description


def test_an_account_can_say_what_it_was_called_before_and_buyers_say_little() -> None:
    said = about(hand(7), "amberbridge", "NL", stream(1, "x"), formerly=("umberquay", "Osprey"))
    assert "formerly umberquay on Osprey" in said
    assert post(None, "order", stream(1, "y"))
    assert {comment(stream(n, "c"), 5) for n in range(50)}.isdisjoint({comment(stream(n, "c"), 1) for n in range(50)})
