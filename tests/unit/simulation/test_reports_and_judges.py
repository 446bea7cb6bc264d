"""Partners' reports and judges: every fault is in the truth, and the truth adds up."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.simulation import partners
from crossbearing.simulation.chance import stream
from crossbearing.simulation.judges import Answer, JudgeDials, judge_pairs
from crossbearing.simulation.partners import AGENCIES, Reports, made_reports
from crossbearing.simulation.scenario import PartnerDials


@pytest.fixture(scope="module", params=[1, 2, 3])
def reports(request: pytest.FixtureRequest) -> Reports:
    return made_reports(PartnerDials(), request.param, scale=5.0)


def test_nine_partners_of_whom_the_silent_did_something_too(reports: Reports) -> None:
    assert len(AGENCIES) == 9
    assert len(reports.files) + len(reports.silent) == 9
    quiet = {country for agency, country, _ in AGENCIES if agency in reports.silent}
    for (country, _, _), (made, reported, in_time) in reports.figures.items():
        assert made >= 0
        assert reported == (0 if country in quiet else made)
        assert in_time == 0 if country in quiet else in_time >= 0
    assert {country for country, _, _ in reports.figures} == {country for _, country, _ in AGENCIES}


def test_reports_less_the_doubles_and_with_their_corrections_and_misprints_add_up_to_the_true_figures(
    reports: Reports,
) -> None:
    doubled = {copy for _, copy in reports.doubles}
    later = {one.report_ref: one for rows in reports.corrections.values() for one in rows}
    wrong = {one.report_ref: one for one in reports.misprints if one.how == "pounds as kilograms"}
    counted: Counter[tuple[str, str, str]] = Counter()
    for events in reports.files.values():
        for event in events:
            if event.statement == "total" or event.amount == "a few" or event.report_ref in doubled:
                continue
            final = later.get(event.report_ref, event)
            unit = wrong[final.report_ref].unit if final.report_ref in wrong else final.unit
            amount = Decimal(final.amount)
            if unit in {"kg", "lb"}:
                kilograms = amount * (Decimal("0.45359237") if unit == "lb" else 1)
                counted[final.credit_country, "drugs", "kg"] += kilograms
            else:
                counted[final.credit_country, final.item, unit] += amount
    expected = {of: reported for of, (_, reported, _) in reports.figures.items() if reported}
    assert set(expected) <= set(counted)
    for of, amount in counted.items():
        # Pounds are rounded down to a thousandth.
        assert amount == pytest.approx(expected.get(of, 0), abs=Decimal("0.03") if of[2] == "kg" else 0)


def test_a_double_is_the_same_arrest_within_days_and_nothing_but_the_truth_marks_it(reports: Reports) -> None:
    arrests = [e for rows in reports.files.values() for e in rows if e.kind == "arrest" and e.statement == "event"]
    events = {event.report_ref: event for event in arrests if event.amount == "1"}
    copies = {copy for _, copy in reports.doubles}
    assert "DE-001" in {one for one, _ in reports.doubles}
    for one, copy in reports.doubles:
        first, second = events[one], events[copy]
        assert first.happened_on
        assert second.happened_on
        assert -1 <= (second.happened_on - first.happened_on).days <= 2
        assert second.place_country == first.place_country
        assert second.credit_country != first.credit_country
        assert one not in copies, "a double of a double"
    abroad = {ref for ref, event in events.items() if event.place_country != event.credit_country}
    assert abroad - copies, "arrests abroad that only one country reports"
    assert {events[copy].note for copy in copies} <= set(partners._NOTES)


def test_every_misprint_is_known_and_none_is_right() -> None:
    found = made_reports(replace(PartnerDials(), misprinted=1.0, wrong_unit=1.0, silent=0.0), 1, scale=5.0)
    shown = {e.report_ref: e for rows in found.files.values() for e in rows}
    totals = [one for one in found.misprints if one.how != "pounds as kilograms"]
    stated = {ref for ref, event in shown.items() if event.statement == "total"}
    assert {one.report_ref for one in totals} == stated - {"US-T2"}
    assert all(Decimal(shown[one.report_ref].amount) != Decimal(one.amount) for one in totals)
    assert len({one.how for one in totals}) >= 3
    weighed = [one for one in found.misprints if one not in totals]
    assert weighed
    assert all(shown[one.report_ref].unit == "kg" and one.unit == "lb" for one in weighed)
    assert "lb" not in {event.unit for event in shown.values()}


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 3), st.integers())
def test_a_misprint_is_another_number(figure: int, other: int, places: int, seed: int) -> None:
    right = f"{Decimal(figure).scaleb(-places):f}"
    shown, how = partners.misprinted(right, [right, str(other)], figure + other, stream(seed, "misprint"))
    assert Decimal(shown) != Decimal(right), how


def test_mechanisms_that_are_off_do_not_happen() -> None:
    off = PartnerDials(silent=0, declined=0, late=0, doubled=0, without_package=0, corrected=0, misprinted=0,
                       wrong_unit=0)  # fmt: skip
    found = made_reports(off, 5, scale=5.0)
    assert found.silent == found.misprints == []
    assert len(found.doubles) == 1, "one arrest abroad is always in two reports"
    assert found.corrections == {}
    assert not any(answer == "declined" for _, _, answer, _ in found.replies)


def test_a_correction_comes_in_a_later_file_under_the_reference_it_replaces() -> None:
    found = made_reports(replace(PartnerDials(), corrected=1.0), 1, scale=1.0)
    first = {event.report_ref: event for rows in found.files.values() for event in rows}
    again = [event for rows in found.corrections.values() for event in rows]
    assert {event.item for event in again if event.unit != "kg"} == {"persons", "cash"}
    for event in again:
        assert event.unit == first[event.report_ref].unit
        assert event.reported_on > first[event.report_ref].reported_on
        assert event.kind != "arrest" or event.amount == "0"
    assert not {event.report_ref for event in again} & {ref for pair in found.doubles for ref in pair}


def test_judges_err_as_often_as_stated_and_the_same_pair_gets_the_same_answer() -> None:
    dials = JudgeDials(judges=3, misses=0.2, false_joins=0.05, unsure=0.1, seconds=60)
    pairs = [(f"P-{number}", number % 2 == 0) for number in range(8_000)]
    answers = judge_pairs(pairs, dials, 1)
    assert answers == judge_pairs(pairs, dials, 1)
    assert judge_pairs(pairs[1:], dials, 1) == answers[1:], "whatever else is judged"
    decided = [
        (one, is_one) for one, (_, is_one) in zip(answers, pairs, strict=True) if one.answer is not Answer.UNSURE
    ]
    assert 1 - len(decided) / len(pairs) == pytest.approx(0.1, abs=0.02)
    misses = [one.answer is Answer.DIFFERENT for one, is_one in decided if is_one]
    joins = [one.answer is Answer.SAME for one, is_one in decided if not is_one]
    assert sum(misses) / len(misses) == pytest.approx(0.2, abs=0.03)
    assert sum(joins) / len(joins) == pytest.approx(0.05, abs=0.02)
    assert sorted(one.seconds for one in answers)[4_000] == pytest.approx(60, rel=0.1)
