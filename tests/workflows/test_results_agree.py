"""What is shown, frozen, stated and drawn are the same figures, and a story stops where its case is sealed or over."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import fixed_context, made_operation
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.outcomes import Basis
from crossbearing.domain.progress import Silent
from crossbearing.results.statement_words import language
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.compare_operations import compare_operations, draw_charts
from crossbearing.workflows.decide_outcomes import seal_case, state_basis
from crossbearing.workflows.freeze_results import compare_releases, freeze_results, release_text, show_release
from crossbearing.workflows.judge_pairs import judge, list_pairs
from crossbearing.workflows.list_outcomes import list_outcomes
from crossbearing.workflows.publish_statement import Wanted, draft_statement
from outcome_reports import line, report, row, shown

WHO = fixed_context()
ARRESTS = "arrest.persons.persons"
SEALED = {"case_ref": "C-9", "sealed": "yes"}
DRUGS = {"kind": "seizure", "part_of": "drugs", "unit": "kg"}
CASH = {"kind": "seizure", "item": "cash", "unit": "EUR"}
PRIVATE = "its report is not labelled for the public"
PRESUMED = f"\n[{language('en').words['presumption']}](presumption)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Events of which some are doubles, sealed, superseded, withdrawn, early, or worth what nobody seized."""
    made = made_operation(tmp_path / "operation")
    first = [
        row("A-1", place_country="BE", place_name="Antwerpen", case_ref="C-1", reported_on="2022-02-01"),
        row("A-2", happened_on="2022-05-01", amount="4"),
        row("A-3", happened_on="2022-06-01", amount="7"),
        row("A-4", happened_on="2021-01-01", amount="90"),
        row("A-5", happened_on="2022-07-01", amount="30", **SEALED),
        row("A-6", item="cocaine", amount="2.5", **DRUGS),
        row("A-7", item="heroin", amount="800", **{**DRUGS, "unit": "g"}),
        row("A-8", amount="1000.10", happened_on="2022-08-03", **CASH),
        row("A-9", kind="valuation", item="the market", amount="90000000", unit="EUR", happened_on="2023-12-01",
            note="a newspaper"),
    ]  # fmt: skip
    report(made, "first", first)
    other = {"credit_country": "BE", "credit_agency": "BE Desk", "place_country": "BE", "place_name": "Antwerpen"}
    report(made, "second", [row("B-1", other_ref="A-1", case_ref="B-C", **other)])
    report(
        made,
        "third",
        [
            row("A-2", happened_on="2022-05-01", amount="3", case_ref="C-2", place_country="DE"),
            row("A-3", statement="withdrawal"),
        ],
    )
    basis = Basis(campaign="Nightjar", attribution="place", counted_from=date(2022, 1, 1))
    state_basis(made, WHO, basis, reason="agreed")
    bring_up_to_date(made, WHO, Silent())
    (pair,) = [one for one in list_pairs(made, WHO, PairKind.OUTCOME) if one["tier"] == "proposal"]
    judge(made, WHO, PairKind.OUTCOME, pair["pair_id"], Verdict.SAME, reason="one names the other")
    bring_up_to_date(made, WHO, Silent())
    return made


def test_shown_frozen_stated_and_drawn_are_the_same_figures(folder: Path, tmp_path: Path) -> None:
    found = shown(folder, currency="EUR")
    assert (line(found).total, found.money_total) == (Decimal(4), Decimal("1000.10"))
    assert {part.country: part.total for part in line(found).countries} == {"BE": 1, "DE": 3}
    assert found.left_out_in_words == ("Left out: 1 double, 1 outside the counting period, 2 superseded, 1 withdrawal.")
    then = shown(folder, currency="EUR", as_of="2099-01-01")
    assert (then.lines, then.money, then.left_out) == (found.lines, found.money, found.left_out)

    released = freeze_results(folder, WHO, "first", reason="press", currency="EUR").document
    bring_up_to_date(folder, WHO, Silent())
    assert compare_releases(folder, WHO, "first")[2] == []
    assert found.questions
    assert "NL Desk" not in release_text(show_release(folder, WHO, "first")), "questions name agencies and cases"
    assert released["money"]["total"] == f"{found.money_total.normalize():f}"

    drawn, _ = draw_charts(folder, WHO, tmp_path / "charts", currency="EUR")
    charts = {chart.title: chart for chart in drawn.charts}
    held = draft_statement(folder, WHO, Wanted(currency="EUR"))
    assert held.holds, held.checked.findings
    said = held.statement.figures
    for one, frozen in zip(found.lines, released["lines"], strict=True):
        assert Decimal(frozen["total"]) == one.total
        assert {part["country"]: Decimal(part["total"]) for part in frozen["countries"]} == {
            part.country: part.total for part in one.countries
        }
        titles = [title for title in charts if title.endswith((" by country", " by month"))]
        mine = [charts[title] for title in titles if title.lower().startswith(f"{one.kind} ") or one.kind == "arrest"]
        assert any(sum(part.value or 0 for part in chart.parts) == one.total for chart in mine)
    assert {name: value["value"] for name, value in said.items() if name.startswith(ARRESTS)} == {
        ARRESTS: "4", f"{ARRESTS}#": "2", f"{ARRESTS}@BE": "1", f"{ARRESTS}@DE": "3",
    }  # fmt: skip
    assert said["seizure.drugs.kg"]["value"] == "3.3"
    assert Decimal(said["money.EUR"]["value"]) == found.money_total
    assert said["day.last"]["value"] == "2022-08-03", "a valuation is no event of the operation"
    for title in ("Money by currency it was seized in", "Money by month"):
        assert sum(part.value or 0 for part in charts[title].parts) == found.money_total
    (money,) = [one for one in compare_operations(folder, WHO, currency="EUR").measures if one.unit == "EUR"]
    assert money.ours
    assert money.ours.value == found.money_total


def story(folder: Path, ref: str, words: str) -> list[str]:
    """What speaks against a story about one event."""
    (event,) = [one for one in list_outcomes(folder, WHO) if one["report_ref"] == ref and one["counts"]]
    found = problems(folder, f"[{words}](event.{event['outcome_id']}).")
    return [one.partition("may not be said: ")[2] or one for one in found]


def problems(folder: Path, text: str) -> list[str]:
    """What speaks against a text."""
    return [one.problem for one in draft_statement(folder, WHO, Wanted(text=text + PRESUMED)).checked.findings]


def test_no_story_is_told_of_a_case_that_was_sealed_after_a_release_and_nobody_is_told_why(folder: Path) -> None:
    assert story(folder, "A-2", "3 suspects were arrested") == [PRIVATE]
    freeze_results(folder, WHO, "first", reason="press")
    seal_case(folder, WHO, "Nightjar", "NL Desk", "C-2", reason="order of the court")
    bring_up_to_date(folder, WHO, Silent())
    assert line(shown(folder)).total == 4, "the figure stays, for the difference would point at the case"
    assert re.sub("R-[0-9a-f]+", "", story(folder, "A-2", "3 suspects were arrested")[0]) == re.sub(
        "R-[0-9a-f]+", "", problems(folder, "[3 suspects were arrested](event.R-0123456789).")[0]
    )
    assert not any("sealed" in name for one in list_outcomes(folder, WHO) for name in one)


def test_no_story_is_told_of_an_arrest_after_an_acquittal_in_its_case_or_in_that_of_its_double(folder: Path) -> None:
    acquitted = {"kind": "acquittal", "happened_on": "2023-05-01"}
    late = [row("A-2-Z", case_ref="C-2", **acquitted)]
    late.append(row("B-1-Z", case_ref="B-C", credit_country="BE", credit_agency="BE Desk", **acquitted))
    for ref, words in (("A-2", "3 suspects were arrested"), ("B-1", "one suspect was arrested")):
        assert story(folder, ref, words) == [PRIVATE]
    report(folder, "late", late)
    for ref, words in (("A-2", "3 suspects were arrested"), ("B-1", "one suspect was arrested")):
        assert "a court has acquitted in its case" in story(folder, ref, words)[0]
    assert story(folder, "A-2-Z", "one acquittal") == [PRIVATE]


def test_what_somebody_calls_a_market_worth_is_in_no_statement(folder: Path) -> None:
    name = "valuation.the%20market%2C%20valued%20by%20a%20newspaper.EUR"
    assert "no words of the catalogue" in problems(folder, f"They seized [EUR 90,000,000 of money]({name}).")[0]
