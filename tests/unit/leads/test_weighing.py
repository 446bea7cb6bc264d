"""Parts that add up, rarity that counts, rivals that share, and grades that are earned."""

from dataclasses import replace
from decimal import Decimal
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.leads.weighing import Grade, Lead, Role
from crossbearing.reference.related_substances import Fit, Screen
from small_leads import TEXT, Answer, Sale, a_case, answer, strangers

BETWEEN = TEXT.replace("Daneo Fermine", "Belus Corwen").replace("12 Alder", "3 Quarry")


def first(found: Answer) -> Lead:
    return found.leads[0]


def bar(lead: Lead, part: str) -> Decimal:
    return sum((one.value for one in lead.bars if one.part == part), Decimal(0))


@given(st.lists(st.tuples(st.floats(0.6, 60), st.integers(0, 3), st.sampled_from([TEXT, None, BETWEEN])), max_size=8))
def test_the_bars_of_every_lead_add_up_to_its_sum_and_its_probability(
    made: list[tuple[float, int, str | None]],
) -> None:
    given_ = [Sale(days_before=days, seller=seller, text=text, buyer=5) for days, seller, text in made]
    found = answer(a_case(handle="h"), *given_, among=60, handles={"h": [5]})
    assert len(found.leads) == len({sale.seller for sale in given_})
    for lead in found.leads:
        assert sum(one.value for one in lead.bars) == lead.log_odds
        assert lead.probability == pytest.approx(1 / (1 + exp(-float(lead.log_odds))))
    assert sum(lead.probability for lead in found.leads) <= 1 + 1e-3


def test_a_person_who_ordered_in_their_own_name_gives_a_strong_lead() -> None:
    found = answer(a_case(), Sale(seller=4), among=3000)
    assert [(lead.seller, lead.grade, lead.role) for lead in found.leads] == [(4, Grade.STRONG, Role.CONSIGNEE)]


def test_a_common_name_weighs_less_than_a_rare_one() -> None:
    namesakes = [replace(one, text=f"Daneo Fermine\n{n} Vine Lane\nZZ80 9ZZ Pellbridge\nGB")
                 for n, one in enumerate(strangers(60))]  # fmt: skip
    rare, common = first(answer(a_case(), Sale())), first(answer(a_case(), Sale(), *namesakes))
    assert bar(common, "name") < bar(rare, "name") - 3


@pytest.mark.parametrize(
    ("screen", "fit"),
    [
        (Screen(present=frozenset({"fentanyl"})), Fit.MATCH),
        (Screen(present=frozenset({"carfentanil"})), Fit.COMPATIBLE),
        (Screen(present=frozenset({"ethanol"})), Fit.NOT_TESTED),
        (Screen(absent=frozenset({"fentanyl"})), Fit.INCOMPATIBLE),
    ],
)
def test_substance_lowers_or_lifts_and_what_was_not_tested_says_nothing(screen: Screen, fit: Fit) -> None:
    lead = first(answer(a_case(screen=screen), Sale()))
    assert lead.fit is fit
    value = bar(lead, "substance")
    assert {Fit.MATCH: value > 0, Fit.COMPATIBLE: value > 0, Fit.NOT_TESTED: value == 0,
            Fit.INCOMPATIBLE: value < 0}[fit]  # fmt: skip


def test_two_sellers_of_one_person_share_what_speaks_for_both() -> None:
    alone = first(answer(a_case(), Sale(seller=4), among=3000))
    both = answer(a_case(), Sale(seller=4), Sale(seller=5), among=3000).leads
    assert alone.grade is Grade.STRONG
    assert [lead.grade is Grade.STRONG for lead in both] == [False, False]
    assert both[0].probability == pytest.approx(both[1].probability)
    assert all(bar(lead, "rivals") < 0 for lead in both)


def test_a_friend_in_between_is_a_hypothesis_and_alone_no_accepted_lead() -> None:
    sealed = answer(a_case(order="ref"), Sale(text=BETWEEN, order="ref"))
    assert (first(sealed).role, first(sealed).grade) == (Role.BETWEEN, Grade.STRONG)
    door = answer(a_case(), Sale(text=TEXT.replace("Daneo Fermine", "Belus Corwen")))
    assert (first(door).role, first(door).grade) == (Role.BETWEEN, Grade.WEAK)


def test_without_a_street_or_an_identifier_no_lead_is_of_accepted_grade() -> None:
    town = TEXT.replace("12 Alder", "3 Quarry").replace("ZZ07", "ZZ08")
    lead = first(answer(a_case(), Sale(text=town), among=20_000))
    assert lead.grade is not Grade.STRONG


def test_an_identifier_of_an_order_after_the_death_is_shown_and_speaks_against_itself() -> None:
    lead = first(answer(a_case(order="ref"), Sale(text=None, order="ref", days_before=-3)))
    assert bar(lead, "time") < -4
    assert lead.grade is not Grade.STRONG


def test_an_order_reference_of_the_scene_alone_is_a_strong_lead() -> None:
    lead = first(answer(a_case(order="ref", screen=Screen()), Sale(text=None, order="ref")))
    assert lead.grade is Grade.STRONG
    assert lead.expected is None, "nobody counted strangers where no address could be read"


def test_hours_before_is_not_long_before() -> None:
    lead = first(answer(a_case(order="ref"), Sale(text=None, order="ref", days_before=0.25)))
    assert [one.level for one in lead.bars if one.part == "time"] == ["hours before"]
