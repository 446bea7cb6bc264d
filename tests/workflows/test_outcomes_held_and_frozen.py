"""What is sealed leaks into nothing, what is frozen stays, what is corrected, withdrawn or late supersedes."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import fixed_context, made_operation
from crossbearing.domain.context import Context
from crossbearing.domain.errors import Contradiction, NotFound
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.progress import Silent
from crossbearing.store.operation import open_operation
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.decide_outcomes import seal_case, unseal_case
from crossbearing.workflows.freeze_results import compare_releases, freeze_results, release_text, show_release
from crossbearing.workflows.judge_pairs import judge, list_pairs
from crossbearing.workflows.list_outcomes import list_outcomes
from outcome_reports import line, report, row, shown, total

OPEN = [
    row("A-1", case_ref="C-1"),
    row("A-2", case_ref="C-2", happened_on="2022-05-01"),
    row("D-1", credit_country="DE", credit_agency="DE Desk", happened_on="2022-05-02", case_ref="D-1"),
]
SEALED = [
    row("A-3", case_ref="C-3", sealed="yes", happened_on="2022-06-01"),
    row("A-3-S", case_ref="C-3", kind="seizure", item="cocaine", part_of="drugs", amount="2.5", unit="kg"),
    row("A-3-V", case_ref="C-3", kind="conviction", happened_on="2021-01-01", place_country="XQ"),
]


def on(day: str) -> Context:
    """A context of a later day."""
    counter = itertools.count(1)
    return Context(
        person="analyst",
        purpose="test",
        clock=lambda: datetime.fromisoformat(day).replace(tzinfo=UTC),
        randomness=lambda size: next(counter).to_bytes(size, "big"),
    )


def told(folder: Path) -> list[Any]:
    """All that a reader is shown of the figures, without places, which name files."""
    found = shown(folder)
    lines = [(one.kind, one.item, one.total, one.countries, one.kinds, one.check, one.problems) for one in found.lines]
    beside = (found.cases, found.verdicts, found.questions, found.left_out, found.missed, found.contained)
    pairs = [
        (pair["reason"], pair["one_event_chance"]) for pair in list_pairs(folder, fixed_context(), PairKind.OUTCOME)
    ]
    return [lines, beside, pairs, sorted(one["report_ref"] for one in list_outcomes(folder, fixed_context()))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made_operation(tmp_path / "operation")


def test_a_sealed_case_changes_nothing_that_is_shown(folder: Path, tmp_path: Path) -> None:
    report(folder, "with", [*OPEN, *SEALED])
    without = made_operation(tmp_path / "without")
    report(without, "without", OPEN)
    assert told(folder) == told(without)
    unseal_case(folder, fixed_context(), "Nightjar", "NL Desk", "C-3", reason="order of the court")
    bring_up_to_date(folder, fixed_context(), Silent())
    assert told(folder) != told(without)
    assert line(shown(folder)).total == 4
    assert line(shown(folder), "seizure", "drugs", "kg").total == Decimal("2.5")


def test_a_stated_total_that_may_count_a_sealed_case_is_held_back_with_it(folder: Path) -> None:
    report(folder, "with", [*OPEN, *SEALED, total("Nightjar", "NL Desk", 3, "NL"), total("Nightjar", "all", 4)])
    assert line(shown(folder)).total == 3
    assert not line(shown(folder)).stated
    unseal_case(folder, fixed_context(), "Nightjar", "NL Desk", "C-3", reason="order of the court")
    bring_up_to_date(folder, fixed_context(), Silent())
    assert line(shown(folder)).check == "adds up to what was stated"


def test_a_case_that_is_sealed_after_a_release_does_not_show_in_the_difference(folder: Path) -> None:
    report(folder, "open", OPEN)
    freeze_results(folder, fixed_context(), "first", reason="press")
    seal_case(folder, fixed_context(), "Nightjar", "NL Desk", "C-2", reason="order of the court")
    report(folder, "later", [row("A-2-V", case_ref="C-2", kind="conviction", happened_on="2022-09-01")])
    assert compare_releases(folder, fixed_context())[2] == []


def test_a_case_that_is_sealed_before_any_release_is_in_none(folder: Path) -> None:
    report(folder, "open", OPEN)
    assert line(shown(folder)).total == 3
    seal_case(folder, fixed_context(), "Nightjar", "NL Desk", "C-2", reason="order of the court")
    bring_up_to_date(folder, fixed_context(), Silent())
    assert line(shown(folder)).total == 2


def test_an_earlier_day_does_not_open_what_is_sealed_now(folder: Path) -> None:
    report(folder, "open", OPEN, at=on("2026-01-05"))
    report(folder, "sealed", [row("A-2-V", case_ref="C-2", kind="charge", sealed="yes")], at=on("2026-03-05"))
    assert line(shown(folder)).total == 2
    assert line(shown(folder, as_of="2026-02-01")).total == 2


def test_no_error_says_whether_a_case_is_sealed(folder: Path) -> None:
    report(folder, "with", [*OPEN, *SEALED])
    said = []
    for case in ("C-1", "C-99"):
        with pytest.raises(NotFound) as caught:
            unseal_case(folder, fixed_context(), "Nightjar", "NL Desk", case, reason="x")
        said.append(caught.value.problem)
    assert said == ["No such case is sealed"] * 2
    told = [seal_case(folder, fixed_context(), "Nightjar", "NL Desk", case, reason="x") for case in ("C-3", "C-99")]
    assert told == [0, 0], "a sealed case, and one that nobody reports"
    assert seal_case(folder, fixed_context(), "Nightjar", "NL Desk", "C-1", reason="x") == 1
    bring_up_to_date(folder, fixed_context(), Silent())
    pair = list_pairs(folder, fixed_context(), PairKind.OUTCOME)[0]["pair_id"]
    assert judge(folder, fixed_context(), PairKind.OUTCOME, pair, Verdict.UNSURE, reason="x").pair_id == pair


def test_a_frozen_release_stays_byte_for_byte_and_the_difference_names_every_figure(
    folder: Path, tmp_path: Path
) -> None:
    report(folder, "open", OPEN)
    made = freeze_results(folder, fixed_context(), "first", reason="press")
    out = tmp_path / "release.json"
    show_release(folder, fixed_context(), "first", out=out)
    before = out.read_bytes()
    report(folder, "later", [row("A-9", happened_on="2022-07-01"), row("A-1", case_ref="C-1", amount="0")])
    with open_operation(folder, fixed_context()) as operation:
        assert operation.ledger.position() > made.position
    show_release(folder, fixed_context(), "first", out=out)
    assert out.read_bytes() == before == release_text(made).encode()
    freeze_results(folder, fixed_context(), "second", reason="press")
    bring_up_to_date(folder, fixed_context(), Silent())
    report(folder, "last", [row("A-10", happened_on="2022-08-01")])
    older, newer, changes = compare_releases(folder, fixed_context())
    assert (older, newer) == ("second", "now")
    figures = {one.what: (one.before, one.after) for one in changes}
    assert figures["arrest, persons"] == ("3", "4")
    assert figures["arrest, persons: NL"] == ("2", "3")
    with pytest.raises(Contradiction, match="already"):
        freeze_results(folder, fixed_context(), "first", reason="press")


def test_results_as_of_a_day_are_what_they_were_on_it(folder: Path) -> None:
    report(folder, "first", OPEN, at=on("2026-01-05"))
    was = told(folder)
    report(folder, "second", [row("A-9", happened_on="2022-07-01"), row("A-1", amount="0")], at=on("2026-03-05"))
    then = shown(folder, as_of="2026-02-01")
    assert [(one.kind, one.item, one.total, one.countries) for one in then.lines] == [one[:4] for one in was[0]]
    assert line(shown(folder)).total == line(then).total == 3, "one came, one was taken back"
    with pytest.raises(NotFound, match="was on record by 2025-12-31"):
        shown(folder, as_of="2025-12-31")
    assert {one["report_ref"] for one in list_outcomes(folder, fixed_context())} > {"A-9"}


def test_corrected_late_and_withdrawn_reports_supersede(folder: Path) -> None:
    cocaine = {"kind": "seizure", "item": "cocaine", "part_of": "drugs", "unit": "kg"}
    report(folder, "first", [row("A-1"), row("A-2", happened_on="2022-05-01"), row("A-4", amount="2", **cocaine)])
    report(
        folder,
        "later",
        [
            row("A-1", statement="withdrawal", amount="", unit="", item=""),
            row("A-4", amount="1.5", **cocaine),
            row("A-5", reported_on="2023-06-01", happened_on="2022-11-01"),
        ],
    )
    assert line(shown(folder)).total == 2
    assert line(shown(folder), "seizure", "drugs", "kg").total == Decimal("1.5")
    report(folder, "again", [row("A-1", note="an arrest after all")])
    assert line(shown(folder)).total == 3
    report(folder, "unit", [row("A-4", amount="1500", **{**cocaine, "unit": "g"})])
    assert any("a correction, or a further event?" in one for one in shown(folder).questions)


def test_the_mass_of_a_product_counts_once_and_what_it_contains_is_measured_by_laboratory_state(folder: Path) -> None:
    seizure = {"kind": "seizure", "part_of": "drugs", "unit": "kg", "product_ref": "P-1"}
    rows = [
        row("A-1", item="heroin", amount="3", contained="fentanyl", lab_state="confirmed", **seizure),
        row("A-2", item="caffeine", amount="3", lab_state="confirmed", **seizure),
        row("A-3", item="heroin", amount="1", contained="fentanyl; xylazine", lab_state="presumptive",
            **{**seizure, "product_ref": "P-2"}),
        row("A-4", item="fentanyl", amount="500", lab_state="not tested",
            **{**seizure, "unit": "g", "product_ref": "P-3"}),
        row("A-5", item="cocaine", amount="2", **{**seizure, "product_ref": ""}),
        row("A-6", kind="seizure", item="pistol", part_of="firearms", amount="2", unit="pieces"),
        row("A-7", kind="seizure", item="firearms", amount="1", unit="pieces"),
    ]  # fmt: skip
    report(folder, "products", rows)
    found = shown(folder)
    drugs = line(found, "seizure", "drugs", "kg")
    assert drugs.total == Decimal("6.5"), "3 kg once, not twice"
    assert found.left_out == {"same product": 1}
    measure = next(one for one in found.contained if one.substance == "fentanyl")
    assert (measure.amount, dict(measure.by_state)) == (
        Decimal("4.5"), {"confirmed": Decimal(3), "presumptive": Decimal(1), "not tested": Decimal("0.5")},
    )  # fmt: skip
    assert not [one for one in found.contained if one.substance == "cocaine"], "nothing was said of it"
    firearms = line(found, "seizure", "firearms", "pieces")
    assert (firearms.total, firearms.kinds, firearms.kind_unspecified) == (3, (("pistol", Decimal(2)),), 1)


def test_money_keeps_the_reporters_rate_with_its_day_and_source(folder: Path) -> None:
    cash = {"kind": "seizure", "item": "virtual currency", "amount": "0.5", "unit": "BTC"}
    rows = [
        row("A-1", worth_in="EUR", stated_rate="38000.10", rate_on="2022-03-01", rate_source="an exchange", **cash),
        row("A-2", worth_in="EUR", stated_rate="38000.10", **cash),
        row(
            "A-3", **{**cash, "unit": "HRK", "amount": "100", "happened_on": "2023-06-01", "reported_on": "2023-07-01"}
        ),
    ]
    report(folder, "money", rows)
    found = shown(folder, currency="EUR")
    assert found.refused_rows == 1, "a rate without its day and source"
    assert [(one.value, one.source) for one in found.money if one.currency == "BTC"] == [
        (Decimal("19000.05"), "reporter: an exchange")
    ]
    assert found.money_left == 1
    assert any("HRK ended on 2023-01-14, its successor is EUR" in one for one in found.questions)


def test_bad_input_is_refused_or_asked_about_in_words(folder: Path) -> None:
    rows = [
        row("A-1", kind="seizure", item="cocaine", amount="-2", unit="kg"),
        row("A-2", credit_country="ZZ"),
        row("A-3", amount="1", happened_on="2022-05-01", reported_on="2022-04-01"),
        row("A-4", kind="seizure", item="cocaine", amount="2", unit="stones"),
        row("A-5", kind="seizure", item="kg", amount="2", unit="pills"),
    ]
    report(folder, "bad", rows)
    found = shown(folder)
    assert found.refused_rows == 1
    said = "\n".join(found.questions)
    for words in (
        "'ZZ' is the code or the name of no one country", "after it was reported on", "'stones' is no unit",
        "the item is 'kg', which is a unit, and the unit 'pills'; are they swapped?",
    ):  # fmt: skip
        assert words in said
    assert line(found).total == 2, "asked about, and not changed"
