"""This operation beside earlier ones: what sources differ on is kept, no record claimed that may not hold."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbearing.reference.operations import Operation, operations, valuations
from crossbearing.results.chart_data import Chart, charts_of, compared
from crossbearing.results.comparison import beside, notes_on, record_of
from crossbearing.results.statement_check import checked
from crossbearing.results.statement_figures import Book
from crossbearing.results.statement_words import LANGUAGES, language
from crossbearing.results.stating import slip_in
from small_outcomes import book_of, row, rows

A = "arrest.persons.persons"
KNOWN = {one.name: one for one in operations()}


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    with book_of(rows()) as found:
        yield found


def note(name: str, *words: str) -> str:
    """The one note on an operation that holds these words."""
    plain = [" ".join(one.split()) for one in notes_on(KNOWN[name])]
    (found,) = [one for one in plain if all(word in one for word in words)]
    return found


def test_published_totals_are_those_of_the_announcements_and_their_countries_add_up() -> None:
    """R1: four have a table of countries, SaboTor has none."""
    totals = {name: one.figure("arrests", "persons") for name, one in KNOWN.items()}
    assert {name: int(one.value) for name, one in totals.items() if one} == {
        "SaboTor": 61, "DisrupTor": 179, "Dark HunTor": 150, "SpecTor": 288, "RapTor": 270,
    }  # fmt: skip
    for name in ("DisrupTor", "Dark HunTor", "SpecTor", "RapTor"):
        assert note(name, "countries add to", "the total is").endswith(": equal")
    assert not any("countries add to" in one for one in notes_on(KNOWN["SaboTor"]))


def test_one_arrest_counted_by_agency_and_by_place_is_no_contradiction_and_both_are_kept() -> None:
    """R2: 121 of the US, or 119 and two in Canada."""
    said = KNOWN["DisrupTor"].said("arrests", "persons", "US")
    assert [int(one.value) for one in said] == [121, 119]
    assert "place" in said[1].doubt


@pytest.mark.parametrize(
    ("name", "words"),
    [("SpecTor", "228 persons"), ("SpecTor", "155 persons"), ("SpecTor", "17 pieces"), ("SpecTor", "33 countries"),
     ("Dark HunTor", "2 persons"), ("DisrupTor", "64 pieces")],
)  # fmt: skip
def test_misprints_are_kept_with_their_source_and_are_never_what_is_compared(name: str, words: str) -> None:
    """R3."""
    assert words in note(name, f": {words} stands in")
    for one in KNOWN[name].figures:
        assert one.source
        if one.doubt and not one.scope:
            assert KNOWN[name].figure(one.measure, one.unit) != one


def test_pounds_that_are_not_the_kilograms_are_flagged() -> None:
    """R4: 64 kg are 141 lb, and 152 lb are not."""
    assert "152 lb is not 64 kg, which is 141 lb" in note("SpecTor", "lb is not")


def test_two_currencies_imply_a_rate_that_nobody_published() -> None:
    """R5."""
    assert "imply 1.051 USD" in note("SpecTor", "imply")


def test_valuations_of_one_market_stay_beside_each_other_and_the_outlier_is_marked() -> None:
    """R6, R13."""
    found = valuations("Monopoly")
    assert [(int(one.value), one.unit) for one in found if not one.doubt] == [
        (1_600_000, "USD"), (17_300_000, "EUR"), (18_000_000, "USD"), (21_000_000, "EUR"),
    ]  # fmt: skip
    (outlier,) = [one for one in found if one.doubt]
    assert (int(outlier.value), "not used" in outlier.doubt) == (52_000_000, True)
    assert all(one.source for one in found)


def test_what_no_kind_accounts_for_is_said_and_rounding_is_accepted_within_a_stated_tolerance() -> None:
    """R7, R8."""
    assert note("SpecTor", "kinds").endswith("unspecified 432 kg")
    rounded = note("Dark HunTor", "kinds add")
    assert "233.1 kg" in rounded
    assert "equal within rounding, at most 1 in its last digit" in rounded


@pytest.mark.real_data
def test_the_list_agrees_with_the_file_of_published_figures(real_data: Path) -> None:
    """Each total and country figure of the file stands in the list, as a value or as one of several."""
    path = real_data / "operations" / "operations_outcomes.csv"
    compared_rows = 0
    with path.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            measure = {"cash_and_virtual_currency": "money", "crypto_cash_gold": "money"}.get(
                line["metric"], line["metric"]
            )
            unit = line["unit"].split(" ")[0]
            scope = "" if line["scope"] == "total" else line["scope"]
            said = [one.value for one in KNOWN[line["operation"]].said(measure, unit, scope)]
            if said:
                compared_rows += 1
                near = min(abs(value - Decimal(line["value"])) for value in said)
                assert near <= Decimal("0.5"), line["metric"]
    assert compared_rows > 40


def test_a_record_is_claimed_only_above_everything_that_anybody_published() -> None:
    with book_of([row("1", "arrest", "DE", "289", "persons")]) as most:
        state, why = record_of(most, A)
        assert state == "holds among known"
        assert "not known of Bayonet" in why
    with book_of([row("1", "arrest", "DE", "288", "persons")]) as equal:
        assert record_of(equal, A)[0] == "does not hold"


def test_a_record_over_a_rounded_figure_is_not_claimed() -> None:
    """RapTor says more than 180 firearms: 185 may be fewer."""
    for amount, state in (("180", "does not hold"), ("185", "cannot be said"), ("191", "holds among known")):
        with book_of([row("1", "seizure", "DE", amount, "pieces", item="firearms")]) as found:
            assert record_of(found, "seizure.firearms.pieces")[0] == state, amount


def test_a_record_among_the_operations_of_one_lead_names_them_alone(book: Book) -> None:
    with book_of([row("1", "arrest", "DE", "300", "persons")]) as most:
        (found,) = [one for one in beside(most, lead="JCODE") if one.measure == "arrests"]
        assert found.record == "holds"
        assert "Bayonet" not in {one.name for one, _ in found.earlier}
    assert len(beside(book)) > len(beside(book, currency="BTC"))


def test_an_open_double_makes_no_record_and_its_figure_is_shown_as_not_settled_with_the_reason() -> None:
    one = row("1", "arrest", "DE", "400", "persons")
    with book_of([one], [one.replace("DE desk", "FR desk")]) as doubled:
        assert record_of(doubled, A)[0] == "cannot be said"
        (found,) = [x for x in beside(doubled) if x.measure == "arrests"]
        part = compared(found, "Nightjar").parts[0]
        assert (part.value, part.is_unspecified, part.shown[:3], part.shown[-13:]) == (
            800,
            True,
            "800",
            ", not settled",
        )
        assert "ours is not settled: double reports" in found.conditions[0]


def test_pills_are_held_against_pills_whether_or_not_a_report_says_that_they_are_drugs() -> None:
    """Of both sorts in one campaign neither is the whole."""
    alone, drugs = (row(part, "seizure", "DE", "600000", "pills", item="pills", part_of=part) for part in ("", "drugs"))
    for lines, name in (([alone], "seizure.pills.pills"), ([drugs], "seizure.drugs.pills")):
        with book_of(lines) as found:
            (one,) = [x for x in beside(found) if x.unit == "pills"]
            assert (one.ours.name if one.ours else "", one.record) == (name, "holds among known")
            assert record_of(found, name)[0] == "holds among known"
    with book_of([alone, drugs]) as both:
        assert {record_of(both, f"seizure.{one}.pills")[0] for one in ("drugs", "pills")} == {"cannot be said"}


@settings(max_examples=settings.default.max_examples // 3)
@given(st.integers(1, 400))
def test_no_record_holds_that_an_earlier_operation_reaches(count: int) -> None:
    highest = max(figure.highest for one in operations() for figure in one.said("arrests", "persons"))
    with book_of([row("1", "arrest", "DE", str(count), "persons")]) as found:
        state = record_of(found, A)[0]
        assert (state == "holds among known") == (count > highest)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_statement_says_a_record_with_its_limit_or_not_at_all(code: str) -> None:
    words = language(code)
    phrase, limit = words.words["refused"]["record"]["arrest"][0], words.words["among_known"][0]
    said = f"\n[{words.words['presumption']}](presumption)"
    with book_of([row("1", "arrest", "DE", "300", "persons")]) as most:
        assert not checked(f"[{phrase} {limit}](record.{A}).{said}", most, words).findings
        assert checked(f"[{phrase}](record.{A}).{said}", most, words).findings
        assert checked(f"[{limit}](record.{A}).{said}", most, words).findings
        assert checked(f"{phrase}.{said}", most, words).findings
    with book_of([row("1", "arrest", "DE", "200", "persons")]) as fewer:
        assert checked(f"[{phrase} {limit}](record.{A}).{said}", fewer, words).findings


def test_every_chart_adds_up_to_its_line_and_has_its_data(book: Book) -> None:
    charts = charts_of(book, currency="EUR")
    assert len({one.name for one in charts}) == len(charts)
    by_name = {one.name: one for one in charts}
    assert {
        "arrest-persons-by-country",
        "arrest-persons-by-month",
        "seizure-of-drugs-kg-by-kind",
        "money-by-month",
    } <= (by_name.keys())
    for line in book.lines.values():
        for chart in charts:
            if chart.title.lower().startswith(f"{line.kind}, {line.unit}"):
                assert sum(part.value or 0 for part in chart.parts) == line.total, chart.title
    for chart in charts:
        found = list(csv.DictReader(chart.as_csv().splitlines()))
        assert [Decimal(one["value"]) for one in found] == [part.value for part in chart.parts]
        assert max(width for _, width in chart.rows) == 1000


def test_what_has_no_day_or_kind_is_a_part_of_its_own() -> None:
    lines = [
        row("1", "arrest", "DE", "2", "persons"),
        row("2", "arrest", "DE", "3", "persons", on=""),
        row("T", "arrest", "DE", "9", "persons", statement="total", on=""),
    ]
    with book_of(lines) as found:
        (chart,) = [one for one in charts_of(found) if one.name == "arrest-persons-by-month"]
        shown = {part.name: (part.value, part.is_unspecified) for part in chart.parts}
        assert shown == {"2022-01": (2, False), "no day stated": (3, True), "stated as a total only": (4, True)}


def test_months_without_an_event_stand_in_the_row_of_months() -> None:
    lines = [row("1", "arrest", "DE", "2", "persons"), row("2", "arrest", "DE", "3", "persons", on="2022-04-01")]
    with book_of(lines) as found:
        (chart,) = [one for one in charts_of(found) if one.name == "arrest-persons-by-month"]
        assert [(part.name, part.value) for part in chart.parts] == [
            ("2022-01", 2), ("2022-02", 0), ("2022-03", 0), ("2022-04", 3),
        ]  # fmt: skip


def test_what_nobody_published_is_drawn_as_not_known_and_not_as_nothing(book: Book) -> None:
    (one,) = [x for x in beside(book) if x.measure == "arrests"]
    chart = compared(one, "Nightjar")
    assert [(part.value, part.shown) for part in chart.parts if "Bayonet" in part.name] == [(None, "– not known")]  # noqa: RUF001 - an en dash


def test_a_total_that_looks_like_a_misprint_of_its_events_is_asked_about_and_changes_nothing() -> None:
    """The whole for a part, a digit too many, two swapped; many events without details are no misprint."""
    arrests = [row(str(at), "arrest", "NL", "1", "persons", on=f"2022-01-{at + 1:02}") for at in range(24)]
    for stated, said in (("283", "about ten times as many"), ("42", "two of them swapped"), ("60", ""), ("24", "")):
        total = row("T", "arrest", "NL", stated, "persons", statement="total", on="")
        with book_of([*arrests, total]) as found:
            line = found.lines["arrest", "persons", "persons"]
            assert [said in one and "ask NL" in one and "add to 24" in one for one in line.questions] == [True] * bool(
                said
            )
            assert (line.total, line.problems) == (Decimal(stated), ())


@given(st.decimals(1, 10**6, places=2), st.decimals("0.85", "1.17", places=2), st.sampled_from([10, 100, 1000]))
def test_a_factor_of_ten_is_seen_both_ways_and_a_difference_below_five_times_is_none(
    amount: Decimal, near: Decimal, factor: int
) -> None:
    assert slip_in(amount * near * factor, amount).endswith("times as many")
    assert slip_in(amount, amount * near * factor).endswith("of them")
    assert "times" not in slip_in(amount * near * 4, amount)
    assert slip_in(amount * 4, amount, amount * 4) == "close to what the events of all countries add to"
    assert slip_in(amount * 4, amount, amount * 5) == slip_in(amount * 4, amount * 3, amount * 4) == ""
    assert slip_in(amount, amount) == slip_in(Decimal(0), amount) == slip_in(amount, Decimal(0)) == ""
    assert slip_in(Decimal("13.2"), Decimal("12.3")) == ""  # a point between them: no two digits side by side


def test_a_name_that_a_spreadsheet_would_calculate_is_text() -> None:
    with book_of([row("1", "seizure", "DE", "2", "kg", item="=1+1", part_of="drugs")]) as found:
        (chart,) = [one for one in charts_of(found) if one.name.endswith("by-kind")]
        assert "'=1+1" in chart.as_csv()


def test_operations_come_in_the_order_of_their_announcement_each_with_a_lead() -> None:
    days = [one.announced for one in operations()]
    assert days == sorted(days)
    assert all(isinstance(one, Operation) and one.lead for one in operations())


def test_two_charts_never_have_one_file_and_no_name_is_too_long_for_one() -> None:
    titles = ["seizure of ключ, kg by month", "seizure of замок, kg by month", f"a {'long ' * 100}title", "of a_b, kg"]
    titles += ["of a-b, kg", "of a b, kg"]
    names = [Chart(title=one, unit="kg", parts=(), source="").name for one in titles]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) < 100
    assert Chart(title="Arrest, persons by country", unit="persons", parts=(), source="").name == (
        "arrest-persons-by-country"
    )
