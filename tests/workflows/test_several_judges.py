"""Several people judge the same pairs, and none of them overrules another."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import fixed_context
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.judgement import PairKind, Standing, Verdict
from crossbearing.domain.progress import Silent
from crossbearing.resolution import review
from crossbearing.store.operation import open_operation
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.judge_pairs import Judged, consult_pair, judge, list_operators, list_pairs, review_queue
from crossbearing.workflows.show_agreement import show_agreement
from crossbearing.workflows.show_operator import show_operator

KIND = PairKind.ACCOUNT


@pytest.fixture
def copy(story: Path, tmp_path: Path) -> Path:
    return shutil.copytree(story, tmp_path / "copy")


def says(folder: Path, person: str, pair: str, verdict: Verdict, *, of: str = "") -> Judged:
    return judge(folder, fixed_context(person), KIND, pair, verdict, reason=f"{person} looked", of=of)


def proposal(folder: Path) -> str:
    return str(list_pairs(folder, fixed_context(), KIND, tier="proposal")[0]["pair_id"])


def test_contrary_answers_join_nothing_until_one_is_withdrawn_by_whoever(copy: Path) -> None:
    pair = proposal(copy)
    assert says(copy, "P", pair, Verdict.SAME).standing is Standing.SAME
    disputed = says(copy, "Q", pair, Verdict.DIFFERENT)
    assert (disputed.standing, disputed.operators, len(disputed.disputed)) == (Standing.DISPUTED, {}, 1)
    (row,) = [one for one in list_pairs(copy, fixed_context(), KIND) if one["pair_id"] == pair]
    assert (row["verdict"], row["judges"]) == ("disputed", ["P", "Q"])
    with pytest.raises(BadRequest, match="no answer of R to withdraw"):
        says(copy, "R", pair, Verdict.WITHDRAWN)
    settled = says(copy, "R", pair, Verdict.WITHDRAWN, of="Q")
    assert (settled.standing, list(settled.operators)) == (Standing.SAME, ["O-0001"])
    with open_operation(copy, fixed_context()) as operation:
        last = operation.ledger.entries(ActKind.PAIR_JUDGED)[-1]
    assert (last.person, last.payload["of"]) == ("R", "Q"), "the log keeps who took back whose answer"


def test_withdrawing_ones_own_answer_keeps_the_others(copy: Path) -> None:
    pair = proposal(copy)
    says(copy, "P", pair, Verdict.SAME)
    says(copy, "Q", pair, Verdict.SAME)
    kept = says(copy, "P", pair, Verdict.WITHDRAWN)
    assert (kept.standing, list(kept.operators)) == (Standing.SAME, ["O-0001"])


def test_an_answer_keeps_the_score_and_whether_it_was_shown(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, blind = [one["pair_id"] for one in list_pairs(copy, fixed_context(), KIND, tier="proposal")[:2]]
    monkeypatch.setattr(review, "is_in_blind_share", lambda pair_id: pair_id == blind)
    assert consult_pair(copy, fixed_context("P"), KIND, blind)["probability"] is None
    assert consult_pair(copy, fixed_context("P"), KIND, shown)["probability"] is not None
    assert blind in [one["pair_id"] for one in review_queue(copy, fixed_context("P"))]
    for person, verdict in (("P", Verdict.SAME), ("Q", Verdict.UNSURE)):
        says(copy, person, blind, verdict)
        says(copy, person, shown, Verdict.SAME)
    assert consult_pair(copy, fixed_context("P"), KIND, blind)["probability"] is not None
    assert blind not in [one["pair_id"] for one in review_queue(copy, fixed_context("R"))]
    with open_operation(copy, fixed_context()) as operation:
        said = {entry.subject: entry.payload for entry in operation.ledger.entries(ActKind.PAIR_JUDGED)}
    assert (said[blind]["blind"], said[shown]["blind"]) == (True, False)
    assert all(float(one["score"]["probability"]) >= 0.99 for one in said.values())
    found = show_agreement(copy, fixed_context())
    assert (found.answers, found.by_person) == (4, {"P": 2, "Q": 2})
    assert (found.blind.pairs, found.blind.same_answer.hits) == (1, 0)
    assert [(band.blind.trials, band.shown.trials) for band in found.bands] == [(2, 2), (0, 0), (0, 0)]


def test_operators_can_be_seen_as_they_were_on_a_day(copy: Path) -> None:
    pair = proposal(copy)
    day = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def on(days: int) -> Context:
        return replace(fixed_context(), clock=lambda: day + timedelta(days=days))

    judge(copy, on(0), KIND, pair, Verdict.SAME, reason="x")
    judge(copy, on(2), KIND, pair, Verdict.WITHDRAWN, reason="x")
    assert list_operators(copy, on(3)).operators == {}
    for as_of in ("2026-11-23", "2026-11-24", "2026-11-25T11:59:59Z", "2026-11-25T12:59:00+01:00"):
        assert list(list_operators(copy, on(3), as_of=as_of).operators) == ["O-0001"], as_of
    for as_of in ("2026-11-22", "2026-11-23T11:00:00", "2026-11-25"):
        assert list_operators(copy, on(3), as_of=as_of).operators == {}, as_of
    with pytest.raises(BadRequest, match="no day and no time"):
        list_operators(copy, on(3), as_of="yesterday")


def test_an_operator_shows_what_would_part_without_each_answer(copy: Path) -> None:
    pair = list_pairs(copy, fixed_context(), KIND, tier="proposal")[0]
    says(copy, "P", pair["pair_id"], Verdict.SAME)
    bring_up_to_date(copy, fixed_context(), Silent())
    found = show_operator(copy, fixed_context(), "O-0001")
    assert [one["account_id"] for one in found.accounts] == [pair["left_id"], pair["right_id"]]
    (link,) = found.links
    assert (link.pair_id, link.verdict, link.judged_by) == (pair["pair_id"], "same", "P")
    assert link.parts == ((pair["left_id"],), (pair["right_id"],))
    with pytest.raises(NotFound, match="No operator"):
        show_operator(copy, fixed_context(), "O-0009")
