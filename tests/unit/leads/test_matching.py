"""What counts as a candidate: identifiers alone, or name, address and time all three; substance never decides."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.leads.addresses import Address, address_of
from crossbearing.leads.columns import DAY, Case
from crossbearing.leads.matching import FITS, NO_SPAN, UNREADABLE, CaseMatch, Hard, Near, match
from crossbearing.leads.person_names import EXACT, NEAR, OTHER
from crossbearing.leads.weights import shipped_weights
from crossbearing.reference.related_substances import Fit, Screen
from small_leads import DEATH, FENTANYL, TEXT, Sale, a_case, answer, as_sales, found_in, strangers

TIMES = shipped_weights().times
OTHER_NAME = TEXT.replace("Daneo Fermine", "Belus Corwen")
OTHER_PLACE = TEXT.replace("ZZ07 9ZZ Thornmere", "ZZ55 9ZZ Northmoss")


def soft(case: Case, *given_: Sale) -> list[int]:
    """Places, in the order given, of the sales that meet all three."""
    sales, places = as_sales([*given_, *strangers(50)])
    found = found_in(case, sales)
    chosen = set(found.sale[found.is_soft].tolist())
    return [n for n, place in enumerate(places[: len(given_)]) if place in chosen]


def one(found: CaseMatch, column: str) -> int:
    (value,) = getattr(found, column).tolist()
    return int(value)


def test_name_address_and_time_are_needed_all_three() -> None:
    assert soft(a_case(), Sale()) == [0]
    assert soft(a_case(), Sale(text=OTHER_NAME)) == []
    assert soft(a_case(), Sale(text=OTHER_PLACE)) == []
    assert soft(a_case(), Sale(days_before=200)) == []


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (TEXT, Near.DOOR),
        (TEXT.replace("Alder Lane", "ALDER LN."), Near.DOOR),
        (TEXT.replace("Alder", "Aldre"), Near.DOOR),
        (TEXT.replace("12 ", "14 "), Near.STREET),
        (TEXT.replace("12 Alder", "3 Quarry"), Near.CODE),
        (TEXT.replace("12 Alder", "3 Quarry").replace("ZZ07", "ZZ08"), Near.TOWN),
    ],
)
def test_addresses_are_near_in_levels(text: str, near: Near) -> None:
    sales, _ = as_sales([Sale(text=text), *strangers(20)])
    assert one(found_in(a_case(), sales), "near") == near


@pytest.mark.parametrize(("origin", "days", "is_possible"), [("GB", 0.6, True), ("NL", 0.6, False), ("", 0.6, True),
                                                           ("GB", 65, False), ("NL", 65, True)])  # fmt: skip
def test_the_time_that_is_possible_goes_by_the_route(origin: str, days: float, *, is_possible: bool) -> None:
    assert bool(soft(a_case(), Sale(days_before=days, origin=origin))) == is_possible


def test_an_order_reference_finds_its_sale_whatever_else_is_known() -> None:
    sales, places = as_sales([Sale(text=None, is_encrypted=True, order="ref-1", days_before=300), *strangers(20)])
    bare = a_case(given="", family="", address=Address(), last_seen=None, found=None, order="ref-1")
    found = found_in(bare, sales)
    assert found.sale.tolist() == [places[0]]
    assert Hard(one(found, "hard")) is Hard.ORDER
    assert (one(found, "name"), one(found, "near")) == (UNREADABLE, UNREADABLE)


@pytest.mark.parametrize("sale", [Sale(text=OTHER_PLACE, order="ref-1"), Sale(days_before=300, order="ref-1")])
def test_an_identifier_does_not_make_up_for_another_place_or_time(sale: Sale) -> None:
    sales, places = as_sales([sale, *strangers(20)])
    found = found_in(a_case(order="ref-1"), sales)
    assert found.sale.tolist() == [places[0]]
    assert not found.is_soft.any()


def test_a_buyers_handle_finds_the_timely_sales_of_the_account_and_no_others() -> None:
    given_ = [Sale(text=None, buyer=7, days_before=days) for days in (-3, 4, 40, 400)]
    sales, places = as_sales([*given_, *strangers(20)], {"quietfern": [7]})
    found = found_in(a_case(handle="quietfern"), sales)
    assert found.sale.tolist() == sorted(places[1:3])
    assert {Hard(kind) for kind in found.hard.tolist()} == {Hard.HANDLE}


def test_the_same_door_under_another_name_is_a_candidate_and_says_so() -> None:
    sales, places = as_sales([Sale(text=OTHER_NAME), *strangers(20)])
    found = found_in(a_case(), sales)
    assert found.sale.tolist() == [places[0]]
    assert Hard(one(found, "hard")) is Hard.ADDRESS
    assert not found.is_soft.any()


def test_a_sealed_sale_counts_through_another_order_of_the_account_and_never_as_a_soft_one() -> None:
    sealed = Sale(text=None, is_encrypted=True, buyer=3, days_before=5)
    long_ago = Sale(text=None, is_encrypted=True, buyer=3, days_before=310)
    sales, places = as_sales([Sale(buyer=3, days_before=300), sealed, long_ago, *strangers(20)])
    found = found_in(a_case(), sales)
    assert found.sale.tolist() == [places[1]]
    assert (one(found, "name"), one(found, "near"), one(found, "lender")) == (EXACT, Near.DOOR, places[0])
    assert not found.is_soft.any()


@pytest.mark.parametrize("screen", [FENTANYL, Screen(), Screen(absent=frozenset({"fentanyl"}))])
def test_what_was_found_takes_no_candidate_away(screen: Screen) -> None:
    assert soft(a_case(screen=screen), Sale()) == [0]


def test_sales_after_the_person_was_last_seen_are_counted_and_are_no_candidates() -> None:
    sales, _ = as_sales([Sale(days_before=-2), Sale(days_before=-9), Sale(days_before=200), *strangers(20)])
    found = found_in(a_case(), sales)
    assert (len(found.sale), found.later) == (0, 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"last_seen": None, "found": None},
        {"found": DEATH + 365 * DAY},
        {"address": address_of(None, None, None, "GB")},
        {"family": ""},
    ],
)
def test_what_a_case_does_not_say_leaves_identifiers_only(changed: dict[str, object]) -> None:
    assert soft(a_case(**changed), Sale()) == []
    sales, places = as_sales([Sale(order="ref-1"), *strangers(20)])
    assert found_in(a_case(order="ref-1", **changed), sales).sale.tolist() == [places[0]]


def test_chance_is_what_the_run_itself_shows_of_names_and_strangers() -> None:
    """Two of eight consignees elsewhere bear the name; three strangers had something sent to the town in time."""
    names = ["Daneo Fermine", "D Fermine", *(f"Belus Cor{letter}n" for letter in "abcdef")]
    elsewhere = [Sale(text=f"{name}\n{n} Vine Lane\nZZ80 9ZZ Pellbridge\nGB", days_before=100 + n)
                 for n, name in enumerate(names)]  # fmt: skip
    around = [Sale(text=f"Selia Vor{x}k\n{n + 30} Vine Lane\nZZ09 9ZZ Thornmere\nGB", days_before=3)
              for n, x in enumerate("ghi")]  # fmt: skip
    late = Sale(text="Selia Vorzk\n90 Vine Lane\nZZ09 9ZZ Thornmere\nGB", days_before=-3)
    sales, _ = as_sales([Sale(), *elsewhere, *around, late])
    found = found_in(a_case(), sales)
    assert found.names.tolist() == [6, 1, 1]
    assert found.expected[NEAR].tolist() == [0, 3 * 1 / 8, 0, 0, 0]
    assert found.expected[EXACT].tolist() == [0, 3 * 1 / 8, 0, 0, 0]
    assert found.expected[OTHER].tolist() == [0] * 5
    assert found.alike[EXACT, Near.DOOR] == 1


def test_the_true_pair_does_not_raise_what_chance_is_said_to_give() -> None:
    without = answer(a_case(), among=300).found.expected
    with_it = answer(a_case(), Sale(), Sale(days_before=9), among=300).found.expected
    assert np.allclose(without, with_it)


@given(st.lists(st.tuples(st.integers(-40, 400), st.booleans(), st.integers(0, 3)), min_size=1, max_size=12))
def test_every_soft_candidate_meets_all_three_and_the_order_of_cases_changes_nothing(
    made: list[tuple[int, bool, int]],
) -> None:
    texts = (TEXT, OTHER_NAME, OTHER_PLACE, TEXT.replace("12", "14"))
    given_ = [Sale(days_before=days, text=None if sealed else texts[n], buyer=n) for days, sealed, n in made]
    sales, _ = as_sales([*given_, *strangers(10)])
    other = replace(a_case(), number="GB-2", given="belus", family="corwen")
    first, second = match([a_case(), other], sales, TIMES), match([other, a_case()], sales, TIMES)
    for found, again in zip(first, list(second)[::-1], strict=True):
        assert found.sale.tolist() == again.sale.tolist()
        delay = DEATH - sales.sold_at[found.sale]
        timely = (delay >= TIMES.shortest[0]) & (delay <= TIMES.longest[0])
        is_read = found.name != UNREADABLE
        meets = is_read & ~found.is_lent & (found.name > OTHER) & (found.near > Near.ELSEWHERE) & timely
        assert np.array_equal(meets, found.is_soft)
        assert ((found.span == NO_SPAN) | ((delay >= TIMES.edges[0]) & (delay < TIMES.edges[-1]))).all()
        assert all(FITS[fit] in Fit for fit in found.fit.tolist())


@pytest.mark.parametrize(
    ("ours", "theirs", "is_door"),
    [
        ("12 W 14th Street", "12 W 14th St", True),
        ("12 W 14th Street", "12 W 15th St", False),
        ("12 W Quarry Ave", "12 E Quarry Ave", False),
        ("12 Quarry Avenue", "12 Quary Avenue", True),
    ],
)
def test_slips_of_a_street_are_not_in_its_number_or_its_direction(ours: str, theirs: str, is_door: bool) -> None:
    case = a_case(address=address_of(ours, "Thornmere", "ZZ07 9ZZ", "GB"))
    found = answer(case, Sale(text=f"Daneo Fermine\n{theirs}\nZZ07 9ZZ Thornmere\nGB")).found
    assert (Near(int(found.near[0])) is Near.DOOR) is is_door


def test_half_a_name_is_like_nobody_and_unlike_nobody() -> None:
    found = answer(a_case(given="", order="ref"), Sale(order="ref"), Sale()).found
    assert found.name.tolist() == [UNREADABLE], "the order that the reference names, and no other"
