"""Reports that are made to cost much: very many rows of one case, one reference, one day."""

from decimal import Decimal

from crossbearing.results.measures import Missed
from crossbearing.store.session import Session, session
from small_outcomes import derived, row

MANY = 1100


def counted(engine: Session, table: str) -> int:
    return int(engine.one(f"SELECT count(*) AS found FROM {table}")["found"])


def test_a_case_and_a_reference_of_very_many_rows_ask_a_few_questions() -> None:
    kinds = ("arrest", "conviction", "acquittal")
    first = [row("R", kinds[place % 3], "DE", "1", "persons", item=f"i{place % 5}") for place in range(MANY)]
    later = [row("R", kinds[place % 3], "DE", "1", "persons", item=f"j{place % 5}") for place in range(MANY)]
    with session(threads=1) as engine:
        derived(engine, first, later, case_ref="C")
        # One on two verdicts, one for each kind that stands often, and for each item that came in the place of the
        # first one of its kind.
        assert counted(engine, "outcome_query") == 1 + 2 + 3 * 5


def test_amounts_in_questions_and_pairs_are_written_without_the_zeros_of_a_decimal() -> None:
    masses = (("1", "2.5", "lb"), ("2", "30", "kg"), ("3", "1134", "g"))
    one, other, abroad = (row(ref, "seizure", "DE", amount, unit, item="cocaine") for ref, amount, unit in masses)
    with session(threads=1) as engine:
        derived(engine, [one, other], [abroad.replace("DE desk", "FR desk")], product_ref="P")
        questions, pairs = engine.rows("FROM outcome_query"), engine.rows("FROM outcome_pair")
        assert ["(1.133980925 to 30 kg)" in one["question"] for one in questions] == [True]
        assert [one["reason"].count(each) for one in pairs for each in (" 2.5 lb", " 1134 g")] == [1, 1]


def test_events_that_nobody_can_tell_apart_are_in_no_pair_and_one_more_among_few_is() -> None:
    for count, pairs in ((3, 9), (MANY, 0)):
        one = [row(f"A{place}", "arrest", "DE", "1", "persons") for place in range(count)]
        other = [line.replace("DE desk", "FR desk").replace(",A", ",B") for line in one]
        with session(threads=1) as engine:
            derived(engine, one, other)
            assert counted(engine, "outcome_candidate") == pairs


def test_however_many_doubles_are_missed_a_bound_is_given_and_grows() -> None:
    zero = Decimal(0)
    bounds = [Missed(Decimal(count), zero, zero, zero).upper for count in (1, 100, 499, 501, 760, 100_000)]
    assert bounds == sorted(bounds)
    assert bounds[:2] == [3, 117]
    assert bounds[-1] == 100_521
